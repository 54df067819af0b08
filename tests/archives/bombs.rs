//! Archives that unpack to much more than they are.

use super::*;

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
