//! Headers that lie, archives that are cut, and text around what an archive holds.

use super::*;

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
