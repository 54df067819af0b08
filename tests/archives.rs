//! Archives are read member by member, within one budget, whatever their bytes say: formats, nesting, bombs, lies and cuts,
//! and how every gate and command speaks of a member.

mod bombs;
mod encoded;
mod gates;
mod lfs;
mod lies;
mod make;

pub use make::*;

use crate::support::{STANCH, Sandbox, key};
use flate2::Compression;
use proptest::prelude::*;
use stanch::archive::{Budget, Left, Limits, Unread, read};
use stanch::text::container::{self, Sort};
use std::fs;
use std::io::Write;

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

fn total(members: &[(String, Vec<u8>)]) -> usize {
    members.iter().map(|(_, bytes)| bytes.len()).sum()
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
