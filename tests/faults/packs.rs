//! Packs and indexes that are damaged: an answer, or an error that names the pack; never a crash, never "clean" unread.

use crate::support::{Run, STANCH, Sandbox, key};
use std::fs;
use std::path::PathBuf;

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A repository whose objects are all in one pack, with a commit that is to be pushed: it has a key.
fn packed() -> Sandbox {
    let s = Sandbox::new();
    s.git(["remote", "add", "origin", "../remote.git"]);
    for i in 0..12 {
        s.record(&[("a.txt", &format!("{i}\n").repeat(50)), (&format!("f{i}"), "x\n")]);
    }
    s.record(&[("a.env", &line(1))]);
    s.git(["repack", "-q", "-a", "-d"]);
    s
}

/// Runs the hook for a push of everything.
fn push(s: &Sandbox) -> Run {
    let id = fs::read_to_string(s.dir().join(".git/refs/heads/main")).unwrap();
    let refs = format!("refs/heads/main {} refs/heads/main {}\n", id.trim(), "0".repeat(40));
    s.run_with(STANCH, ["hook", "pre-push", "origin", "../remote.git"], refs.as_bytes())
}

/// The pack's file with this end, writable.
fn file(s: &Sandbox, end: &str) -> PathBuf {
    let dir = s.dir().join(".git/objects/pack");
    let path = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().unwrap() == end)
        .unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_damaged_index_of_a_pack_is_reported_with_the_pack_and_the_remedy() {
    let s = packed();
    push(&s).stopped_at("a.env:1:");
    let path = file(&s, "idx");
    let whole = fs::read(&path).unwrap();
    let objects = u32::from_be_bytes(whole[8 + 255 * 4..8 + 256 * 4].try_into().unwrap());
    let with = |at: usize, bytes: &[u8]| {
        let mut idx = whole.clone();
        idx[at..at + bytes.len()].copy_from_slice(bytes);
        idx
    };
    let total = 8 + 255 * 4;
    let mut one_more: Vec<u8> = whole[..8].to_vec();
    for count in whole[8..8 + 1024].chunks(4) {
        one_more.extend((u32::from_be_bytes(count.try_into().unwrap()) + 1).to_be_bytes());
    }
    one_more.extend(&whole[8 + 1024..]);
    let damaged: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("cut in its head", whole[..700].to_vec()),
        ("cut in its ids", whole[..whole.len() - 300].to_vec()),
        ("one byte short", whole[..whole.len() - 1].to_vec()),
        ("one byte long", [&whole[..], b"x"].concat()),
        ("counts that fall", with(8 + 4 * 100, &[0xff; 4])),
        ("too many", with(total, &(objects + 1).to_be_bytes())),
        ("one more everywhere", one_more),
        ("of another pack", with(whole.len() - 40, &[7; 20])),
    ];
    for (what, bytes) in damaged {
        fs::write(&path, bytes).unwrap();
        let run = push(&s);
        run.could_not_check("is damaged: ");
        let pack = path.with_extension("pack");
        assert!(run.stderr.contains(pack.file_name().unwrap().to_str().unwrap()), "{what}: {run:#?}");
        assert!(run.stderr.contains("git fsck"), "{what}: {run:#?}");
    }
    // A sum that is wrong is looked for when something is missing: here the id of the newest commit.
    let id = fs::read_to_string(s.dir().join(".git/refs/heads/main")).unwrap();
    let raw: Vec<u8> = (0..20).map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap()).collect();
    let at = 1032 + whole[1032..].windows(20).position(|w| w == raw).unwrap();
    fs::write(&path, with(at + 10, &[raw[10] ^ 1])).unwrap();
    let run = push(&s);
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(
        run.stderr.contains("the sum of its index is wrong") || run.stderr.contains("not in this clone"),
        "{run:#?}"
    );
    fs::write(&path, whole).unwrap();
    push(&s).stopped_at("a.env:1:");
}

#[test]
fn a_damaged_pack_is_reported() {
    let s = packed();
    let path = file(&s, "pack");
    let whole = fs::read(&path).unwrap();
    for bytes in [
        &b""[..],
        &whole[..11],
        &whole[..whole.len() / 2],
        &whole[..whole.len() - 1],
        b"PACK\0\0\0\x02\0\0\0\0",
    ] {
        fs::write(&path, bytes).unwrap();
        push(&s).could_not_check("is damaged: ");
    }
    let mut version = whole.clone();
    version[7] = 9;
    fs::write(&path, version).unwrap();
    assert_eq!(push(&s).code, 2);
    fs::remove_file(&path).unwrap();
    assert_eq!(push(&s).code, 2);
}

#[test]
fn what_only_git_reads_is_read_through_git() {
    let s = packed();
    // An index of version 1, a multi-pack index beside the others, and more packs than are opened.
    let pack = file(&s, "pack");
    let idx = file(&s, "idx");
    fs::remove_file(&idx).unwrap();
    s.git(["index-pack", "--index-version=1", pack.to_str().unwrap()]);
    assert_ne!(fs::read(&idx).unwrap()[..4], *b"\xfftOc");
    push(&s).stopped_at("a.env:1:");
    let v1 = fs::read(&idx).unwrap();
    fs::remove_file(&idx).unwrap();
    fs::write(&idx, &v1[..v1.len() - 1]).unwrap();
    push(&s).could_not_check("is damaged: ");
    fs::write(&idx, &v1).unwrap();
    s.git(["multi-pack-index", "write"]);
    push(&s).stopped_at("a.env:1:");
    for bytes in [&b"MIDX"[..], &[0xff; 4000]] {
        let path = s.dir().join(".git/objects/pack/multi-pack-index");
        let _ = fs::remove_file(&path);
        fs::write(&path, bytes).unwrap();
        let run = push(&s);
        assert!(matches!(run.code, 1 | 2), "{run:#?}");
    }
}

/// A small generator: the same cases each time.
fn numbers() -> impl FnMut(usize) -> usize {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |below| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }
}

#[test]
fn no_change_of_a_packs_files_crashes_the_hook_or_makes_it_call_a_key_clean() {
    let s = packed();
    let mut below = numbers();
    let files = [file(&s, "idx"), file(&s, "pack")];
    let whole = files.clone().map(|f| fs::read(f).unwrap());
    let count = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(120);
    for case in 0..count {
        let which = case % 2;
        let mut bytes = whole[which].clone();
        for _ in 0..1 + below(3) {
            let at = below(bytes.len());
            match below(5) {
                0 => bytes[at] ^= 1 << below(8),
                1 => bytes[at] = below(256) as u8,
                2 => bytes.truncate(at.max(1)),
                3 => {
                    let end = (at + 4).min(bytes.len());
                    bytes[at..end].copy_from_slice(&[0xff, 0xff, 0xff, 0xff][..end - at]);
                }
                _ => drop(bytes.drain(at..(at + 1 + below(30)).min(bytes.len()))),
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        fs::write(&files[which], &bytes).unwrap();
        let run = push(&s);
        assert!(matches!(run.code, 1 | 2), "case {case}: {run:#?}");
        assert!(!run.stderr.contains("internal error"), "case {case}: {run:#?}");
    }
}
