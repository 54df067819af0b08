//! Derives the public key of an Ed25519 seed, after TweetNaCl's public-domain arithmetic. A check needs only
//! this, and a curve library would be the largest part of the program. It does not run in constant time:
//! the caller already has the key.

use sha2::{Digest, Sha512};

/// A number modulo 2^255 - 19 in 16 limbs of 16 bits, loosely reduced.
type Field = [i64; 16];
/// A point in extended coordinates (x, y, z, t).
type Point = [Field; 4];

const ZERO: Field = [0; 16];
const ONE: Field = {
    let mut one = ZERO;
    one[0] = 1;
    one
};
/// Twice the curve's constant d.
const D2: Field = [
    0xf159, 0x26b2, 0x9b94, 0xebd6, 0xb156, 0x8283, 0x149a, 0x00e0, 0xd130, 0xeef3, 0x80f2, 0x198e, 0xfce7,
    0x56df, 0xd9dc, 0x2406,
];
const BASE_X: Field = [
    0xd51a, 0x8f25, 0x2d60, 0xc956, 0xa7b2, 0x9525, 0xc760, 0x692c, 0xdc5c, 0xfdd6, 0xe231, 0xc0a4, 0x53fe,
    0xcd6e, 0x36d3, 0x2169,
];
const BASE_Y: Field = [
    0x6658, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666,
    0x6666, 0x6666, 0x6666,
];

fn carry(f: &mut Field) {
    for i in 0..16 {
        let c = f[i] >> 16;
        f[i] -= c << 16;
        if i < 15 {
            f[i + 1] += c;
        } else {
            f[0] += 38 * c;
        }
    }
}

fn add(a: &Field, b: &Field) -> Field {
    std::array::from_fn(|i| a[i] + b[i])
}

fn sub(a: &Field, b: &Field) -> Field {
    std::array::from_fn(|i| a[i] - b[i])
}

fn mul(a: &Field, b: &Field) -> Field {
    let mut wide = [0i64; 31];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            wide[i + j] += x * y;
        }
    }
    let mut out: Field = std::array::from_fn(|i| wide[i] + 38 * wide.get(i + 16).unwrap_or(&0));
    carry(&mut out);
    carry(&mut out);
    out
}

/// Inverts by Fermat's theorem: the power p - 2, whose bits are all one except the second and the fourth.
fn invert(a: &Field) -> Field {
    let mut out = *a;
    for bit in (0..254).rev() {
        out = mul(&out, &out);
        if bit != 2 && bit != 4 {
            out = mul(&out, a);
        }
    }
    out
}

fn pack(f: &Field) -> [u8; 32] {
    let mut t = *f;
    carry(&mut t);
    carry(&mut t);
    carry(&mut t);
    for _ in 0..2 {
        let mut m = ZERO;
        m[0] = t[0] - 0xffed;
        for i in 1..15 {
            m[i] = t[i] - 0xffff - (m[i - 1] >> 16 & 1);
            m[i - 1] &= 0xffff;
        }
        m[15] = t[15] - 0x7fff - (m[14] >> 16 & 1);
        let below = m[15] >> 16 & 1 == 1;
        m[14] &= 0xffff;
        if !below {
            t = m;
        }
    }
    std::array::from_fn(|i| (t[i / 2] >> (8 * (i % 2))) as u8)
}

fn sum(p: &Point, q: &Point) -> Point {
    let a = mul(&sub(&p[1], &p[0]), &sub(&q[1], &q[0]));
    let b = mul(&add(&p[0], &p[1]), &add(&q[0], &q[1]));
    let c = mul(&mul(&p[3], &q[3]), &D2);
    let d = mul(&p[2], &q[2]);
    let d = add(&d, &d);
    let (e, f, g, h) = (sub(&b, &a), sub(&d, &c), add(&d, &c), add(&b, &a));
    [mul(&e, &f), mul(&h, &g), mul(&g, &f), mul(&e, &h)]
}

/// The public key of this seed.
pub(super) fn public_key(seed: &[u8; 32]) -> [u8; 32] {
    let digest = Sha512::digest(seed);
    let mut scalar = [0; 32];
    scalar.copy_from_slice(&digest[..32]);
    scalar[0] &= 248;
    scalar[31] = scalar[31] & 127 | 64;
    let base: Point = [BASE_X, BASE_Y, ONE, mul(&BASE_X, &BASE_Y)];
    let mut point: Point = [ZERO, ONE, ONE, ZERO];
    for bit in (0..256).rev() {
        point = sum(&point, &point);
        if scalar[bit / 8] >> (bit % 8) & 1 == 1 {
            point = sum(&point, &base);
        }
    }
    let z = invert(&point[2]);
    let mut out = pack(&mul(&point[1], &z));
    out[31] ^= (pack(&mul(&point[0], &z))[0] & 1) << 7;
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn rfc_8032s_first_three_keys_come_out() {
        // The RFC's seeds are split because they look like keys.
        let vectors = [
            (
                ["9d61b19deffd5a60ba844af492ec2cc4", "4449c5697b326919703bac031cae7f60"],
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            ),
            (
                ["4ccd089b28ff96da9db6c346ec114e0f", "5b8a319f35aba624da8cf6ed4fb8a6fb"],
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            ),
            (
                ["c5aa8df43f9f837bedb7442f31dcb7b1", "66d38535076f094b85ce3a2e0b4458f7"],
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            ),
        ];
        for (seed, public) in vectors {
            let seed: [u8; 32] = HEXLOWER.decode(seed.concat().as_bytes()).unwrap().try_into().unwrap();
            assert_eq!(HEXLOWER.encode(&public_key(&seed)), public);
        }
    }
}
