//! Values that vendors print in their manuals, and keys that every emulator ships with. They are never
//! secrets.
//!
//! Stored as the first 8 bytes of their SHA-256, so that this file holds no secret-shaped text.

use sha2::{Digest, Sha256};

const PUBLISHED: &[u64] = &[
    // Amazon Web Services: the manuals' access key ids, then their secret keys.
    0x1a5d_44a2_dca1_9669,
    0xc6ea_27c5_34f9_93d3,
    0xcb20_d34a_7add_a2f5,
    0x7831_4b11_be2e_5815,
    0xe21b_597b_a6b9_cafa,
    // The storage emulator Azurite and the Cosmos DB emulator.
    0x0011_cc25_eb43_2071,
    0xaa65_4743_9583_c3a2,
    // Stripe's test key from its manual, and its former one.
    0x2caf_c097_0149_a84f,
    0xf2d6_ca16_5150_33e5,
    // The default token on jwt.io.
    0x7f75_367e_7881_2551,
    // The key in SendGrid's manual.
    0x0209_1175_c1ae_3023,
    // The first account of Hardhat and Anvil, without and with 0x, and the mnemonic that it is made from.
    0xbc1a_5096_6c9e_6486,
    0x60a0_9e43_5786_8c1e,
    0xf79c_d64f_9cea_2378,
    // BIP-39's first test vector.
    0xc557_eec8_78df_d852,
    // Seeds of one-time passwords from the documentation of otpauth links and RFC 6238; the bearer token of
    // RFC 6750.
    0x8be5_d113_c087_1ce1,
    0x549c_9390_539e_fcfa,
    0xb8e1_4854_5b13_c78b,
];

/// Returns whether this value comes from a vendor's documentation or a public emulator.
pub(super) fn is_documented(secret: &[u8]) -> bool {
    let digest = Sha256::digest(secret);
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    PUBLISHED.contains(&u64::from_be_bytes(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_manual_is_known_and_its_neighbour_is_not() {
        assert!(is_documented(apart!("AKIAIOSFODNN7", "EXAMPLE").as_bytes()));
        assert!(is_documented(apart!("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc").as_bytes()));
        assert!(is_documented(apart!("JBSWY3DP", "EHPK3PXP").as_bytes()));
        assert!(!is_documented(apart!("AKIAIOSFODNN7", "EXAMPLF").as_bytes()));
    }
}
