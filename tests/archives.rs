//! Archives are read member by member, within one budget, whatever their bytes say: formats, nesting, bombs, lies and cuts,
//! and how every gate and command speaks of a member.

use crate::support::{STANCH, Sandbox, key};
use flate2::Compression;
use proptest::prelude::*;
use stanch::archive::{Budget, Left, Limits, Unread, read};
use stanch::text::container::{self, Sort};
use std::fs;
use std::io::Write;

const XZ: &[u8] = &[
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 1, 0, 17,
    104, 101, 108, 108, 111, 32, 102, 114, 111, 109, 32, 105, 110, 115, 105, 100, 101, 10, 0, 0, 0, 238, 176,
    130, 234, 199, 221, 237, 83, 0, 1, 42, 18, 75, 8, 84, 188, 31, 182, 243, 125, 1, 0, 0, 0, 0, 4, 89, 90,
];
const LZMA: &[u8] = &[
    93, 0, 0, 128, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 52, 25, 73, 238, 141, 233, 18, 230, 20, 14,
    191, 185, 97, 152, 29, 99, 108, 50, 149, 22, 242, 168, 255, 255, 79, 64, 0, 0,
];
/// What both hold.
const INSIDE: &str = "hello from inside\n";

// ---- making archives -------------------------------------------------------------------------------------------

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // As it is: the builder's own check of names is not asked.
        match name.len() < 100 {
            true => {
                header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_cksum();
                out.append(&header, *bytes).unwrap();
            }
            false => out.append_data(&mut header, name, *bytes).unwrap(),
        }
    }
    out.into_inner().unwrap()
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        out.extend(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, bytes.len()).bytes(),
        );
        out.extend_from_slice(bytes);
        out.extend(vec![b'\n'; bytes.len() % 2]);
    }
    out
}

fn cpio(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in members.iter().copied().chain([("TRAILER!!!", &b""[..])]) {
        let fields = [1, 0o100_644, 0, 0, 1, 0, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0];
        out.extend(b"070701");
        fields.iter().for_each(|f| out.extend(format!("{f:08x}").bytes()));
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn rpm(payload: &[u8]) -> Vec<u8> {
    let header = |data: &[u8]| {
        let mut out = b"\x8e\xad\xe8\x01\0\0\0\0".to_vec();
        out.extend(0u32.to_be_bytes());
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(data);
        out
    };
    let mut out = b"\xed\xab\xee\xdb\x03\0\0\0".to_vec();
    out.resize(96, 0);
    out.extend(header(b"signature"));
    out.resize(out.len().next_multiple_of(8), 0);
    out.extend(header(b"tags"));
    out.extend(payload);
    out
}

/// One member of a zip, with every field that can lie.
#[derive(Clone)]
struct Part {
    name: Vec<u8>,
    data: Vec<u8>,
    method: u16,
    flags: u16,
    size: u32,
    plain: u32,
    /// True if the directory names it.
    listed: bool,
}

impl Part {
    fn stored(name: &str, bytes: &[u8]) -> Part {
        let n = bytes.len() as u32;
        Part { name: name.into(), data: bytes.to_vec(), method: 0, flags: 0, size: n, plain: n, listed: true }
    }

    fn deflated(name: &str, bytes: &[u8]) -> Part {
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        let data = out.finish().unwrap();
        Part { size: data.len() as u32, method: 8, data, ..Part::stored(name, bytes) }
    }
}

fn zip_of(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for p in parts {
        let at = out.len() as u32;
        let mut fields = Vec::new();
        for n in [20, p.flags, p.method, 0, 0] {
            fields.extend(n.to_le_bytes());
        }
        for n in [0, p.size, p.plain] {
            fields.extend(n.to_le_bytes());
        }
        fields.extend((p.name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(&p.name);
        out.extend(&p.data);
        if p.listed {
            directory.extend(b"PK\x01\x02\x14\0");
            directory.extend(&fields);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(&p.name);
        }
    }
    end(out, &directory, parts.iter().filter(|p| p.listed).count())
}

/// Puts the directory behind the members.
fn end(mut out: Vec<u8>, directory: &[u8], count: usize) -> Vec<u8> {
    let at = out.len() as u32;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([(count as u16).to_le_bytes(); 2].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(&members.iter().map(|(name, bytes)| Part::deflated(name, bytes)).collect::<Vec<_>>())
}

// ---- reading them ----------------------------------------------------------------------------------------------

const LIMITS: Limits =
    Limits { mb: 64, key: "archive_mb", entries: 1000, ratio: 100, depth: 4, member_mb: 8 };

/// The members, and what was left.
fn read_in(bytes: &[u8], path: &str, limits: Limits) -> (Vec<(String, Vec<u8>)>, Vec<Left>) {
    let Some(Sort::Archive(archive)) = container::of(bytes, path.as_bytes()).map(|c| c.sort) else {
        return Default::default();
    };
    let mut members = Vec::new();
    let budget = Budget::new(limits);
    let walked = read(bytes, path.as_bytes(), archive, &budget, &|| false, &mut |member| {
        // Without what is beside the contents of a compressed archive.
        if let Some(path) = member.path {
            members.push((String::from_utf8_lossy(path).into_owned(), member.bytes.to_vec()));
        }
    });
    for range in &walked.covered {
        assert!(range.start <= range.end && range.end <= bytes.len(), "{range:?} of {}", bytes.len());
    }
    (members, walked.left)
}

/// The members as text; all must be read.
fn all(bytes: &[u8], path: &str) -> Vec<(String, String)> {
    let (members, left) = read_in(bytes, path, LIMITS);
    assert_eq!(left, [], "{path}");
    members.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

fn reasons(left: &[Left]) -> Vec<Unread> {
    left.iter().map(|l| l.why.clone()).collect()
}

const A: &[u8] = b"the first file\n";
const B: &[u8] = b"the second file, a little longer than the first\n";

/// An archive of each format with the two files.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let two: &[(&str, &[u8])] = &[("a.txt", A), ("b/c.env", B)];
    let plain = tar(two);
    vec![
        ("two.zip", zip(two)),
        ("stored.jar", zip_of(&[Part::stored("a.txt", A), Part::stored("b/c.env", B)])),
        ("two.tar", plain.clone()),
        ("two.tgz", gz(&plain)),
        ("two.tar.bz2", bz2(&plain)),
        ("two.tar.zst", zstd(&plain)),
        ("two.a", ar(&[("a.txt/", A), ("b/c.env", B)])),
        ("two.rpm", rpm(&gz(&cpio(two)))),
    ]
}

#[test]
fn every_format_gives_its_members_whatever_the_file_is_called() {
    for (name, bytes) in samples() {
        for name in [name, "picture.png"] {
            let want = [("a.txt", A), ("b/c.env", B)];
            let got = all(&bytes, name);
            let got: Vec<_> = got.iter().map(|(n, b)| (&**n, b.as_bytes())).collect();
            assert_eq!(got, want, "{name}");
        }
    }
    for (name, bytes, member) in [
        ("a.xz", XZ.to_vec(), "a"),
        ("notes.txt.lzma", LZMA.to_vec(), "notes.txt"),
        ("dump.sql.gz", gz(INSIDE.as_bytes()), "dump.sql"),
        ("x/y.env.bz2", bz2(INSIDE.as_bytes()), "y.env"),
        ("log.zst", zstd(INSIDE.as_bytes()), "log"),
        // Two streams are one content.
        ("two.gz", [gz(b"hello from "), gz(b"inside\n")].concat(), "two"),
        ("two.bz2", [bz2(b"hello from "), bz2(b"inside\n")].concat(), "two"),
        (
            "two.zst",
            [zstd(b"hello from "), b"\x50\x2a\x4d\x18\x03\0\0\0xyz".to_vec(), zstd(b"inside\n")].concat(),
            "two",
        ),
    ] {
        assert_eq!(all(&bytes, name), [(member.to_owned(), INSIDE.to_owned())], "{name}");
    }
    let twice = [XZ, &[0; 8], XZ].concat();
    assert_eq!(all(&twice, "a.xz")[0].1, INSIDE.repeat(2));
    // A package of Debian holds compressed tars, one of Ruby too.
    let inner = gz(&tar(&[("etc/app.env", A)]));
    assert_eq!(all(&ar(&[("data.tar.gz", &inner)]), "x.deb")[0].0, "data.tar.gz!etc/app.env");
    assert_eq!(all(&tar(&[("data.tar.gz", &inner)]), "x.gem")[0].0, "data.tar.gz!etc/app.env");
}

#[test]
fn what_git_and_python_make_is_read() {
    let s = Sandbox::new();
    s.record(&[("a.txt", "one\n"), ("b/c.env", "two\n")]);
    for format in ["zip", "tar", "tar.gz"] {
        s.git(["archive", &format!("--format={format}"), "-o", "out", "HEAD"]);
        let want = [("a.txt", "one\n"), ("b/c.env", "two\n")].map(|(n, t)| (n.to_owned(), t.to_owned()));
        assert_eq!(all(&s.read("out"), format), want, "{format}");
    }
    let script = "import zipfile,sys\n\
        z = zipfile.ZipFile(sys.argv[1], 'w')\n\
        for i, m in enumerate([0, 8, 12, 14]):\n    z.writestr('m%d' % m, 'hello from inside\\n' * 50, m)\n\
        z.close()\n";
    let out = s.dir().join("py.zip");
    let made = s.command("python3").args(["-c", script]).arg(&out).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("python3 cannot make the zip here; not run");
        return;
    }
    let members = all(&fs::read(out).unwrap(), "py.zip");
    assert_eq!(members.iter().map(|(n, _)| &**n).collect::<Vec<_>>(), ["m0", "m8", "m12", "m14"]);
    assert!(members.iter().all(|(_, text)| *text == INSIDE.repeat(50)));
}

#[test]
fn archives_in_archives_are_opened_four_deep_and_no_further() {
    let mut bytes = A.to_vec();
    let mut names = vec!["a.txt".to_owned()];
    for depth in 1..=4 {
        let name = names[0].clone();
        bytes = if depth % 2 == 0 { gz(&tar(&[(&name, &bytes)])) } else { zip(&[(&name, &bytes)]) };
        names.insert(0, format!("{depth}.pack"));
    }
    let inner = names[1..].join("!");
    // The innermost first; behind it the headers of the archives around it.
    assert_eq!(all(&bytes, "outer")[0], (inner, String::from_utf8_lossy(A).into_owned()));
    let (members, left) = read_in(&zip(&[("fourth", &bytes)]), "outer", LIMITS);
    assert_eq!(reasons(&left), [Unread::Depth(4)]);
    assert_eq!(left[0].path, b"fourth!3.pack!2.pack!1.pack");
    // What was not opened is scanned as the bytes that it is.
    assert!(members.iter().any(|(name, _)| name == "fourth!3.pack!2.pack!1.pack"));
    // Far too deep takes no stack.
    let mut bytes = A.to_vec();
    (0..500).for_each(|_| bytes = gz(&bytes));
    assert_eq!(reasons(&read_in(&bytes, "a", LIMITS).1), [Unread::Depth(4)]);
}

// ---- bombs -----------------------------------------------------------------------------------------------------

fn total(members: &[(String, Vec<u8>)]) -> usize {
    members.iter().map(|(_, bytes)| bytes.len()).sum()
}

#[test]
fn a_bomb_ends_at_the_limit_that_it_reaches() {
    let zeros = vec![0u8; 6 << 20];
    let many = |n: usize| -> Vec<Part> { (0..n).map(|i| Part::deflated(&format!("{i}"), &zeros)).collect() };
    // More than a hundred times its size, and more than 16 MB.
    let (members, left) = read_in(&zip_of(&many(4)), "a.zip", LIMITS);
    assert_eq!(reasons(&left), [Unread::Ratio(100)]);
    assert!(total(&members) <= 17 << 20);
    // More than all that is unpacked in a run.
    let wide = Limits { ratio: 100_000, ..LIMITS };
    let (members, left) = read_in(&zip_of(&many(12)), "a.zip", wide);
    assert_eq!(reasons(&left), [Unread::Bytes(64, "archive_mb")]);
    assert!(total(&members) <= 64 << 20);
    // As 42.zip: small archives of small archives.
    let mut bomb = zip_of(&many(2));
    for _ in 0..3 {
        let parts: Vec<Part> = (0..16).map(|i| Part::deflated(&format!("{i}.zip"), &bomb)).collect();
        bomb = zip_of(&parts);
    }
    let (members, left) = read_in(&bomb, "42.zip", LIMITS);
    assert!(reasons(&left).contains(&Unread::Ratio(100)), "{left:?}");
    assert!(total(&members) <= 17 << 20);
    // Many members, empty ones too.
    let empty: Vec<Part> = (0..1001).map(|i| Part::stored(&format!("{i}"), b"")).collect();
    assert_eq!(reasons(&read_in(&zip_of(&empty), "a.zip", LIMITS).1), [Unread::Entries(1000)]);
    let names: Vec<String> = (0..1001).map(|i| i.to_string()).collect();
    let empty: Vec<(&str, &[u8])> = names.iter().map(|n| (&**n, &b""[..])).collect();
    assert_eq!(reasons(&read_in(&gz(&tar(&empty)), "a.tgz", LIMITS).1), [Unread::Entries(1000)]);
    // One member over the size of a file; the others are read.
    for size in [(8 << 20) + 1, 20 << 20] {
        let big = vec![b'x'; size];
        for bytes in [
            zip(&[("big", &big), ("a", A)]),
            gz(&tar(&[("big", &big), ("a", A)])),
            rpm(&gz(&cpio(&[("big", &big), ("a", A)]))),
        ] {
            let (members, left) = read_in(&bytes, "a", Limits { ratio: 100_000, ..LIMITS });
            assert_eq!(reasons(&left), [Unread::TooLarge(8)], "{size}");
            assert_eq!(members.last(), Some(&("a".to_owned(), A.to_vec())), "{size}");
        }
    }
}

#[test]
fn members_that_share_their_bytes_are_charged_each() {
    // One stream, named a thousand times by the directory (a bomb without nesting).
    let part = Part::deflated("a", &vec![0u8; 4 << 20]);
    let one = zip_of(std::slice::from_ref(&part));
    let at = one.len() - 22 - 46 - 1;
    let entry = one[at..one.len() - 22].to_vec();
    let bytes = end(one[..at].to_vec(), &entry.repeat(900), 900);
    let (members, _) = read_in(&bytes, "a.zip", LIMITS);
    assert!(total(&members) <= 17 << 20);
}

#[test]
fn a_budget_is_one_for_all_archives_of_a_run() {
    let budget = Budget::new(Limits { ratio: 100_000, ..LIMITS });
    let bytes = zip(&[("a", &vec![0u8; 7 << 20])]);
    let mut reached = 0;
    for _ in 0..12 {
        let Some(Sort::Archive(archive)) = container::of(&bytes, b"a").map(|c| c.sort) else { panic!() };
        let walked = read(&bytes, b"a", archive, &budget, &|| false, &mut |_| {});
        reached += usize::from(reasons(&walked.left) == [Unread::Bytes(64, "archive_mb")]);
    }
    assert_eq!(reached, 3);
}

// ---- lies, cuts and tricks -------------------------------------------------------------------------------------

#[test]
fn a_header_that_lies_hides_nothing() {
    let listed = Part::deflated("a.txt", A);
    let second = Part::deflated("b.txt", B);
    let want = [("a.txt".to_owned(), A.to_vec()), ("b.txt".to_owned(), B.to_vec())];
    for (what, parts) in [
        ("a size of none", [listed.clone(), Part { size: 0, plain: 0, ..second.clone() }]),
        ("a size without end", [listed.clone(), Part { size: u32::MAX - 1, plain: 1, ..second.clone() }]),
        (
            "a member that the directory does not name",
            [listed.clone(), Part { listed: false, ..second.clone() }],
        ),
    ] {
        let (members, left) = read_in(&zip_of(&parts), "a.zip", LIMITS);
        assert_eq!(members, want, "{what}: {left:?}");
    }
    // Two members with one name are two.
    let (members, _) =
        read_in(&zip_of(&[listed.clone(), Part { name: b"a.txt".to_vec(), ..second }]), "a", LIMITS);
    assert_eq!(total(&members), A.len() + B.len());
    // Behind a program, before a comment, and without its directory.
    let whole = zip(&[("a.txt", A), ("b.txt", B)]);
    let behind = [&b"#!/bin/sh\nexec java -jar \"$0\"\n"[..], &whole].concat();
    assert_eq!(read_in(&behind, "a.run", LIMITS), (want.to_vec(), Vec::new()));
    let cut = &whole[..whole.len() - 30];
    let (members, left) = read_in(cut, "a.zip", LIMITS);
    assert_eq!(members, want);
    assert!(matches!(&reasons(&left)[..], [Unread::Damaged(_)]), "{left:?}");
    // A directory that is elsewhere than it says.
    let mut moved = whole.clone();
    let n = moved.len();
    moved[n - 6..n - 2].copy_from_slice(&7u32.to_le_bytes());
    assert_eq!(read_in(&moved, "a.zip", LIMITS).0, want);
}

#[test]
fn an_encrypted_member_and_an_unknown_method_are_named_and_the_others_read() {
    let locked = Part { flags: 1, ..Part::stored("locked", &[0x5a; 40]) };
    let odd = Part { method: 97, ..Part::stored("odd.wav", &[0x5a; 40]) };
    let (members, left) =
        read_in(&zip_of(&[locked.clone(), locked, odd, Part::deflated("a.txt", A)]), "a.zip", LIMITS);
    // The mark may be false: the bytes of a stored one are scanned.
    let stored = ("locked".to_owned(), vec![0x5a; 40]);
    assert_eq!(members, [stored.clone(), stored, ("a.txt".to_owned(), A.to_vec())]);
    assert_eq!(reasons(&left), [Unread::Encrypted, Unread::Method(97)]);
    assert_eq!((left[0].count, &left[0].path[..]), (2, &b"locked"[..]));
    // A format that is not read, and a file that another program encrypted.
    let (members, left) = read_in(
        &zip(&[("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04"), ("k.age", b"age-encryption.org/v1\n-> x\n")]),
        "a.zip",
        LIMITS,
    );
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(members.len(), 2, "their bytes are scanned");
}

#[test]
fn a_false_mark_of_encryption_hides_nothing() {
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    for part in [Part::stored("a.txt", A), Part::deflated("a.txt", A)] {
        let mut whole = zip_of(std::slice::from_ref(&part));
        let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
        whole[14..18].copy_from_slice(&sum(A));
        for marks in [&[6][..], &[directory + 8], &[6, directory + 8]] {
            let mut marked = whole.clone();
            marks.iter().for_each(|at| marked[*at] |= 1);
            assert_eq!(
                read_in(&marked, "a.zip", LIMITS),
                (vec![("a.txt".to_owned(), A.to_vec())], Vec::new())
            );
            // Without a sum nothing proves that the content is what was packed.
            marked[14..18].fill(0);
            let (members, left) = read_in(&marked, "a.zip", LIMITS);
            assert_eq!(members, [("a.txt".to_owned(), A.to_vec())]);
            assert_eq!(reasons(&left), [Unread::Encrypted]);
        }
    }
    // What is encrypted stays so.
    let noise: Vec<u8> = (0..200u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 | 6).collect();
    let part = Part { flags: 1, data: noise.clone(), size: 200, ..Part::deflated("a.txt", A) };
    let (members, left) = read_in(&zip_of(&[part]), "a.zip", LIMITS);
    assert!(members.iter().all(|(_, bytes)| bytes != A), "{members:?}");
    assert_eq!(reasons(&left), [Unread::Encrypted]);
}

#[test]
fn text_behind_the_first_bytes_of_any_format_is_scanned() {
    let s = Sandbox::new();
    for (i, magic) in [
        &b"PK\x03\x04"[..],
        b"PK\x05\x06",
        b"\x1f\x8b\x08",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"BZh9",
        b"BZh91AY&SY",
        b"\xfd7zXZ\0",
        b"LZIP\x01",
        b"\x28\xb5\x2f\xfd",
        b"\x50\x2a\x4d\x18\x02\0\0\0xx",
        b"\x5d\0\0\x80\0",
        b"!<arch>\n",
        b"\xed\xab\xee\xdb",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07\0",
        b"MSCF\0\0\0\0",
        b"\x04\x22\x4d\x18",
        b"hsqs",
        b"%PDF-1.7\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PAR1",
        b"Obj\x01",
        b"\x89HDF\r\n\x1a\n",
        b"PACK\0\0\0\x02",
        b"# v2 git bundle\n",
        b"age-encryption.org/v1\n",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"-----BEGIN PGP MESSAGE-----\n\n",
        b"$ANSIBLE_VAULT;1.1;AES256\n",
        b"Salted__",
        b"LUKS\xba\xbe",
        b"\0GITCRYPT\0",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"SQLite format 3\0",
        b"\x7fELF\x02\x01",
        b"MZ\x90\0",
        b"\0asm\x01\0\0\0",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x18ftypmp42",
        b"OggS",
        b"fLaC",
        b"ID3",
        b"wOF2",
        b"\xca\xfe\xba\xbe",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xff\xfe\0\0",
        b"\xef\xbb\xbf",
    ]
    .into_iter()
    .enumerate()
    {
        for (j, rest) in ["\n", "\0\0\0\n"].into_iter().enumerate() {
            let name = format!("{i}.{j}.dat");
            s.write(
                &name,
                [magic, rest.as_bytes(), format!("KLAVIYO_API_KEY={}\n", key(1)).as_bytes()].concat(),
            );
            let run = s.stanch(["scan", "--format", "jsonl", &name]);
            assert_eq!(run.code, 1, "{}: {run:#?}", magic.escape_ascii());
        }
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_gives_what_is_left_of_it_and_says_so() {
    for (name, whole) in samples() {
        let full = read_in(&whole, name, LIMITS).0;
        for cut in (1..whole.len()).step_by(7) {
            let (members, left) = read_in(&whole[..cut], name, LIMITS);
            if container::of(&whole[..cut], name.as_bytes()).is_none() {
                continue;
            }
            assert!(members.len() <= full.len() + 1, "{name} at {cut}");
            // The zeros at the end of a tar say nothing.
            // An ar has no mark at its end: cut between two members it is whole.
            let between = name == "two.a" && [8, 8 + 60 + A.len() + A.len() % 2].contains(&cut);
            let missing = total(&members) < total(&full) && !between;
            assert!(!missing || !left.is_empty(), "{name} at {cut}: {members:?}");
        }
    }
}

#[test]
fn a_compressed_text_in_base64_is_read_wherever_a_text_is() {
    let text = format!("{0}KLAVIYO_API_KEY={1}\n{0}", "# the quick brown fox\n".repeat(9), key(1));
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(text.as_bytes()).unwrap();
    let zlib = zlib.finish().unwrap();
    let members = [("a/logo.bin", &[0, 159, 146, 150][..]), ("deploy.env", text.as_bytes())];
    for (name, bytes) in [
        ("gzip", gz(text.as_bytes())),
        ("zlib", zlib),
        ("zip", zip(&members)),
        ("zip, stored", zip_of(&members.map(|(name, bytes)| Part::stored(name, bytes)))),
        // Its directory and the last bytes of its last file are missing.
        ("zip, cut off", zip(&members)[..zip(&members).len() - 150].to_vec()),
    ] {
        let encoded = data_encoding::BASE64.encode(&bytes);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let s = Sandbox::guarded();
        s.stage("a.json", format!("{{\n\"data\": \"{encoded}\"\n}}\n"));
        s.stage("b.yaml", format!("data: |\n  {}\n", lines.join("\n  ")));
        let run = s.commit();
        assert!(run.stderr.contains("a.json:2:") && run.stderr.contains("b.yaml:2:"), "{name}: {run:#?}");
        for (form, encoded) in [
            ("url", data_encoding::BASE64URL.encode(&bytes)),
            ("hex", data_encoding::HEXLOWER.encode(&bytes)),
            ("HEX", data_encoding::HEXUPPER.encode(&bytes)),
            ("0x", format!("0x{}", data_encoding::HEXLOWER.encode(&bytes))),
        ] {
            let s = Sandbox::guarded();
            s.stage("a.json", format!("{{\"data\": \"{encoded}\"}}\n"));
            let run = s.commit();
            assert!(run.stderr.contains("a.json:1:"), "{name}, {form}: {run:#?}");
        }
    }
    // A zip in a zip.
    let outer = data_encoding::BASE64.encode(&zip(&[("in.zip", &zip(&members))]));
    let s = Sandbox::guarded();
    s.stage("a.json", format!("{{\"data\": \"{outer}\"}}\n"));
    s.commit().stopped_at("a.json:1:");
    // Of one that unpacks to more than any text does, nothing is called clean, text or not.
    for byte in [b'x', 0] {
        let bomb = data_encoding::BASE64.encode(&zip(&[("a.txt", &vec![byte; 4 << 20])]));
        let s = Sandbox::new();
        s.write("bomb.json", format!("{{\"data\": \"{bomb}\"}}\n"));
        let run = s.stanch(["scan", "bomb.json"]);
        assert!(run.code == 2 && run.stdout.contains("it decodes to many times its size"), "{run:#?}");
    }
}

#[test]
fn names_that_lead_elsewhere_are_names() {
    let long = "n/".repeat(5000);
    let names = ["../../etc/passwd", "/etc/shadow", "C:\\windows\\x", "a\x1b[2Jb\nc", "a!b", "", &long];
    for name in names {
        for bytes in [zip(&[(name, A)]), gz(&tar(&[(if name.is_empty() { "x" } else { name }, A)]))] {
            let (members, _) = read_in(&bytes, "a", LIMITS);
            assert!(
                members.iter().any(|(n, bytes)| bytes == A && n.len() <= 1024),
                "{name:.40}: {members:?}"
            );
        }
    }
    // A link is not a file: its target is not read.
    let mut out = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    out.append_link(&mut header, "link", "/etc/passwd").unwrap();
    assert_eq!(all(&gz(&out.into_inner().unwrap()), "a.tgz"), []);
}

#[test]
fn what_lies_around_and_behind_an_archive_is_scanned() {
    let s = Sandbox::new();
    for (name, bytes) in samples().into_iter().filter(|(name, _)| !name.ends_with(".a")) {
        let (before, behind) = (format!("KLAVIYO={}\n", key(1)), format!("\nKLAVIYO={}\n", key(2)));
        let polyglot = match name.ends_with("zip") || name.ends_with("jar") {
            true => [before.as_bytes(), &bytes, behind.as_bytes()].concat(),
            false => [&bytes[..], behind.as_bytes()].concat(),
        };
        s.write(name, &polyglot);
        let run = s.stanch(["scan", "--format", "jsonl", name]);
        let zip = name.ends_with("zip") || name.ends_with("jar");
        assert_eq!(run.stdout.lines().count(), if zip { 2 } else { 1 }, "{name}: {run:#?}");
    }
}

/// A tar whose one member is made by `member`, which gets a builder and a header of a file without content.
fn tar_with(member: impl FnOnce(&mut tar::Builder<Vec<u8>>, tar::Header)) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    member(&mut out, header);
    out.into_inner().unwrap()
}

#[test]
fn what_stands_in_the_headers_of_a_compressed_archive_is_scanned() {
    let line = format!("KLAVIYO_API_KEY={}", key(1));
    let text = line.as_bytes();
    let named = tar_with(|out, mut h| out.append_data(&mut h, format!("a/{line}"), &b""[..]).unwrap());
    let long = tar_with(|out, mut h| {
        out.append_data(&mut h, format!("{}/{line}", "d/".repeat(90)), &b""[..]).unwrap();
    });
    let linked = tar_with(|out, mut h| {
        h.set_entry_type(tar::EntryType::Symlink);
        out.append_link(&mut h, "a", &line).unwrap();
    });
    let pax = tar_with(|out, mut h| {
        out.append_pax_extensions([("comment", text)]).unwrap();
        out.append_data(&mut h, "a", &b""[..]).unwrap();
    });
    let unknown = tar_with(|out, mut h| {
        h.set_entry_type(tar::EntryType::new(b'Z'));
        h.set_size(text.len() as u64);
        out.append_data(&mut h, "a", text).unwrap();
    });
    let mut gzip = flate2::GzBuilder::new().comment(text).write(Vec::new(), Compression::default());
    gzip.write_all(b"hello\n").unwrap();
    let frame = [b"\x50\x2a\x4d\x18", &(text.len() as u32).to_le_bytes()[..], text].concat();
    let s = Sandbox::new();
    for (name, bytes) in [
        ("name.tgz", gz(&named)),
        ("long.tar.zst", zstd(&long)),
        ("link.tar.bz2", bz2(&linked)),
        ("pax.tgz", gz(&pax)),
        ("unknown.tgz", gz(&unknown)),
        ("comment.gz", gzip.finish().unwrap()),
        ("frame.zst", [zstd(b"hello\n"), frame].concat()),
        ("name.rpm", rpm(&gz(&cpio(&[(&line, b"hello\n")])))),
        ("in.zip", zip(&[("name.tgz", &gz(&named))])),
        ("plain.tar", pax.clone()),
    ] {
        s.write(name, &bytes);
        let run = s.stanch(["scan", "--format", "jsonl", name]);
        assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{name}: {run:#?}");
        let place = if name == "in.zip" { "in.zip!name.tgz" } else { name };
        assert!(run.stdout.contains(&format!("\"path\":\"{place}\"")), "{name}: {run:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_broken_archive_is_read_within_its_budget(
        sample in 0..8usize,
        breaks in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let (name, mut bytes) = samples().swap_remove(sample);
        for (at, byte) in breaks {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (members, _) = read_in(&bytes, name, LIMITS);
        prop_assert!(total(&members) <= 64 << 20);
    }
}

// ---- gates and commands ----------------------------------------------------------------------------------------

fn env_zip(seed: u64) -> Vec<u8> {
    zip(&[
        ("README.md", b"# app\n"),
        ("conf/.env", format!("DEBUG=1\nKLAVIYO_API_KEY={}\n", key(seed)).as_bytes()),
    ])
}

#[test]
fn every_gate_reads_what_a_committed_archive_brings() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    let run = s.commit();
    run.stopped_at("app.zip!conf/.env:2:");
    assert!(run.stderr.contains("make the archive again"), "{run:#?}");
    assert!(run.stderr.contains("git add app.zip && git commit"), "{run:#?}");
    let run = s.stanch(["scan", "app.zip"]);
    assert!(run.code == 1 && run.stdout.contains("app.zip!conf/.env:2:"), "{run:#?}");
    let run = s.run_with(STANCH, ["scan", "-"], &env_zip(1));
    assert!(run.code == 1 && run.stdout.contains("-!conf/.env:2:"), "{run:#?}");
    s.git(["commit", "-qm", "it", "--no-verify"]);
    let run = s.stanch(["scan", "--history"]);
    assert!(run.code == 1 && run.stdout.contains("app.zip!conf/.env:2:"), "{run:#?}");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("app.zip!conf/.env:2:"), "{run:#?}");
}

#[test]
fn an_archive_that_is_made_again_brings_only_what_its_former_version_lacks() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    s.git(["commit", "-qm", "old", "--no-verify"]);
    let old = format!("A=1\nB=2\nKLAVIYO_API_KEY={}\n", key(1));
    s.stage("app.zip", zip(&[("moved/.env", old.as_bytes()), ("new.txt", b"hello\n")]));
    s.commit().ok();
    let new = format!("{old}OTHER_KLAVIYO={}\n", key(2));
    s.stage("app.zip", zip(&[("moved/.env", new.as_bytes())]));
    let run = s.commit();
    run.stopped_at("app.zip!moved/.env:4:");
    assert!(!run.stderr.contains("moved/.env:3:"), "{run:#?}");
}

#[test]
fn a_member_is_allowed_fixed_explained_and_reported_as_a_place_in_its_archive() {
    let s = Sandbox::guarded();
    s.stage("app.zip", env_zip(1));
    s.commit().stopped_at("app.zip!conf/.env:2:");
    let row = s.stanch(["scan", "--format", "jsonl", "app.zip"]).stdout;
    let row: serde_json::Value = serde_json::from_str(row.lines().next().unwrap()).unwrap();
    assert_eq!((&row["path"], &row["member"]), (&"app.zip!conf/.env".into(), &"conf/.env".into()));
    let sarif = s.stanch(["scan", "--format", "sarif", "app.zip"]).stdout;
    assert!(sarif.contains("\"uri\": \"app.zip\"") && sarif.contains(" in conf/.env ("), "{sarif}");
    let fix = s.stanch(["fix", "--all"]);
    assert!(fix.code == 1 && fix.stderr.contains("make the archive again"), "{fix:#?}");
    assert_eq!(s.read("app.zip"), env_zip(1));
    let json = s.stanch(["scan", "--format", "json", "app.zip"]).stdout;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    let id = rows[0]["fingerprint"].as_str().unwrap().to_owned();
    let explained = s.stanch(["explain", &id[..8]]).ok();
    assert!(explained.stdout.contains("app.zip!conf/.env:2"), "{explained:#?}");
    let history = s.stanch(["explain", "--history", &id[..8]]);
    assert!(history.code == 2 && history.stderr.contains("is in an archive"), "{history:#?}");
    s.stanch(["allow", &id[..8], "--reason", "a sample"]).ok();
    s.commit().ok();
    assert_eq!(s.stanch(["allow", "--stale"]).ok().stdout.matches("allows nothing").count(), 0);
}

#[test]
fn markers_baselines_and_path_rules_hold_for_members() {
    let text = |seed, marker: &str| format!("KLAVIYO_API_KEY={} {marker}\n", key(seed));
    let s = Sandbox::guarded();
    // An inline marker is in the member.
    let marked = text(1, "# stanch:allow klaviyo-private-api-key -- a sample");
    s.stage("a.zip", zip(&[("a.env", marked.as_bytes())]));
    s.commit().ok();
    // A baseline knows the value, once it is committed.
    s.write("b.zip", env_zip(2));
    s.stage("b.zip", env_zip(2));
    s.commit().stopped_at("b.zip!conf/.env:2:");
    s.stanch(["baseline", "create"]).ok();
    s.git(["add", ".stanch-baseline"]);
    s.git(["commit", "-qm", "baseline", "--no-verify", "--", ".stanch-baseline"]);
    s.commit().ok();
    let shown = s.stanch(["baseline", "show"]).ok().stdout;
    assert!(shown.contains("b.zip!conf/.env:2"), "{shown}");
    for (glob, holds) in [("c.zip", true), ("**/.env", true), ("c.zip!conf/*", true), ("*.txt", false)] {
        let s = Sandbox::guarded();
        let rule = format!("[[path]]\nglob = '{glob}'\nmode = 'skip'\nreason = 'samples'\n");
        s.record(&[(".stanch.toml", &rule)]);
        s.stage("c.zip", env_zip(3));
        assert_eq!(s.commit().code == 0, holds, "{glob}");
    }
}

#[test]
fn a_member_in_tests_is_judged_as_a_file_in_tests() {
    let s = Sandbox::new();
    let text = "db_password = \"Tr0ub4dor-9fK2xQ\"\n";
    for (name, path) in [("app.zip", "tests/settings.py"), ("tests/app.zip", "settings.py")] {
        s.write(name, zip(&[(path, text.as_bytes())]));
        let of_file = s.dir().join("tests/settings.py");
        fs::create_dir_all(of_file.parent().unwrap()).unwrap();
        fs::write(&of_file, text).unwrap();
        assert_eq!(s.stanch(["scan", name]).code, s.stanch(["scan", "tests/settings.py"]).code, "{name}");
    }
}

#[test]
fn a_word_in_pieces_of_a_document_is_one_word() {
    let secret = key(5);
    let (head, tail) = secret.split_at(9);
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>Key &amp; more:</w:t></w:r></w:p>\
         <w:p><w:r><w:t>KLAVIYO_API_KEY={head}</w:t></w:r><w:r><w:rPr/><w:t>{tail}</w:t></w:r></w:p></w:body></w:document>"
    );
    let s = Sandbox::new();
    s.write(
        "letter.docx",
        zip(&[("[Content_Types].xml", b"<?xml?>"), ("word/document.xml", xml.as_bytes())]),
    );
    let run = s.stanch(["scan", "letter.docx"]);
    assert!(run.code == 1 && run.stdout.contains("letter.docx!word/document.xml:2:"), "{run:#?}");
}

#[test]
fn an_escape_in_a_members_name_is_never_printed() {
    let s = Sandbox::guarded();
    let name = format!("a\x1b]0;x\x07\n{}/.env", key(9));
    s.stage("a.zip", zip(&[(&name, format!("KLAVIYO_API_KEY={}\n", key(1)).as_bytes())]));
    let run = s.commit();
    assert_ne!(run.code, 0);
    for run in [run, s.stanch(["scan", "a.zip"]), s.stanch(["scan", "--format", "json", "a.zip"])] {
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains('\x1b') && !said.contains('\x07'), "{said:?}");
        assert!(!said.contains(&key(9)) && !said.contains(&key(1)), "{said:?}");
    }
}

#[test]
fn a_hook_reads_less_than_a_scan_and_says_which_key_reads_more() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[limits]\narchive_hook_mb = 64\narchive_ratio = 100000\n")]);
    let parts: Vec<Part> = (0..11).map(|i| Part::deflated(&format!("{i}"), &vec![b'\n'; 6 << 20])).collect();
    s.stage("a.zip", zip_of(&parts));
    let run = s.commit();
    assert!(run.code != 0 && run.stderr.contains("limits.archive_hook_mb"), "{run:#?}");
    assert!(run.stderr.contains("stanch allow --unread"), "{run:#?}");
    s.stanch(["scan", "a.zip"]).ok();
}

// ---- Git LFS ---------------------------------------------------------------------------------------------------

/// Puts a content into the clone's store; the pointer that git records.
fn lfs(s: &Sandbox, store: &str, content: &[u8]) -> String {
    let id = crate::images::sha(content);
    s.write(format!("{store}/objects/{}/{}/{id}", &id[..2], &id[2..4]), content);
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {}\n", content.len())
}

#[test]
fn what_a_pointer_of_git_lfs_stands_for_is_read_where_it_is_asked_and_at_a_push() {
    let s = Sandbox::guarded();
    let text = format!("-- dump\nKLAVIYO_API_KEY={}\n", key(1));
    let zipped = env_zip(2);
    s.stage("dump.sql", lfs(&s, ".git/lfs", text.as_bytes()));
    s.stage("app.zip", lfs(&s, ".git/lfs", &zipped));
    s.stage("absent.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n");
    s.git(["commit", "-qm", "lfs", "--no-verify"]);
    s.stanch(["scan"]).ok();
    for args in
        [&["scan", "--lfs"][..], &["scan", "--lfs", "--history"], &["scan", "--lfs", "app.zip", "dump.sql"]]
    {
        let run = s.stanch(args);
        assert!(run.code == 1 && run.stdout.contains("dump.sql!dump.sql:2:"), "{args:?}: {run:#?}");
        assert!(run.stdout.contains("app.zip!app.zip!conf/.env:2:"), "{args:?}: {run:#?}");
    }
    // What is not here is reported as before.
    let run = s.stanch(["scan", "--lfs", "--strict", "absent.bin"]);
    assert!(run.code == 2 && run.stdout.contains("Git LFS"), "{run:#?}");
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.hook("pre-push");
    let run = s.try_git(["push", "-q", "origin", "main"]);
    assert!(run.code != 0 && run.stderr.contains("dump.sql!dump.sql:2:"), "{run:#?}");
    assert!(run.stderr.contains("app.zip!app.zip!conf/.env:2:"), "{run:#?}");
    // What the remote has already is not new in another object.
    s.git(["push", "-q", "--no-verify", "origin", "main"]);
    s.stage("dump.sql", lfs(&s, ".git/lfs", format!("-- more\n{text}").as_bytes()));
    s.git(["commit", "-qm", "more", "--no-verify"]);
    s.git(["push", "-q", "origin", "main"]);
    // Another place, as lfs.storage names it from the git directory.
    s.git(["config", "lfs.storage", "elsewhere"]);
    let moved = lfs(&s, ".git/elsewhere", format!("KLAVIYO_API_KEY={}\n", key(3)).as_bytes());
    s.write("moved.sql", moved);
    let run = s.stanch(["scan", "--lfs", "moved.sql"]);
    assert!(run.code == 1 && run.stdout.contains("moved.sql!moved.sql:1:"), "{run:#?}");
    let outside = Sandbox::empty();
    assert_eq!(outside.stanch(["scan", "--lfs"]).code, 2);
}
