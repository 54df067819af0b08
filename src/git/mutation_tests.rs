//! Tests of the parsers of raw objects and ref lists on input that is broken in a few places.

use super::object::{self, Commit, Entry, TREE_MODE, Tag};
use super::{Oid, parse_push, parse_receive};
use crate::test_support::{Dice, breaks, cases, each};

const A: &str = "1111111111111111111111111111111111111111";
const B: &str = "2222222222222222222222222222222222222222";

fn some_id() -> Oid {
    Oid::from_bytes(&[7; 20]).unwrap()
}

/// A raw tree in git's order: alternating files and folders.
fn tree(entries: usize, dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for i in 0..entries {
        let mode = ["100644", "40000", "120000", "160000"][dice.below(4)];
        out.extend(format!("{mode} name{i:03}\0").bytes());
        out.extend((0..20).map(|_| dice.below(256) as u8));
    }
    out
}

/// The entries that two trees do not share.
fn unlike<'a>(a: &[Entry<'a>], b: &[Entry<'a>]) -> Vec<(u32, &'a [u8], Oid)> {
    let key = |e: &Entry<'a>| (e.mode, e.name, e.id);
    let (a, b): (Vec<_>, Vec<_>) = (a.iter().map(key).collect(), b.iter().map(key).collect());
    let mut out: Vec<_> = a.iter().filter(|e| !b.contains(e)).copied().collect();
    out.extend(b.iter().filter(|e| !a.contains(e)));
    out
}

#[test]
fn a_broken_tree_is_refused_or_read_and_nothing_that_differs_is_lost() {
    cases("trees", 2000, |dice| {
        let (count, other) = (dice.below(12), dice.below(12));
        let old = tree(count, dice);
        let mut new = if dice.below(4) == 0 { tree(other, dice) } else { old.clone() };
        breaks(&mut new, &old, dice);
        let Some(entries) = object::entries(&new, 20) else {
            // Refused as a whole, whatever it is compared with; shared entries are not parsed.
            return drop(object::differing(&old, &new, 20));
        };
        assert!(entries.iter().all(|e| e.mode != TREE_MODE || e.id.as_bytes().len() == 20));
        let was = object::entries(&old, 20).unwrap();
        let (only_old, only_new) = object::differing(&old, &new, 20).unwrap();
        for (mode, name, id) in unlike(&was, &entries) {
            let same = |e: &Entry<'_>| e.mode == mode && e.name == name && e.id == id;
            assert!(only_old.iter().chain(&only_new).any(same), "{name:?} is lost");
        }
    });
}

#[test]
fn a_broken_commit_or_tag_is_refused_or_read() {
    let commit = format!(
        "tree {A}\nparent {B}\nparent {A}\nauthor A <a@b> 1700000000 +0100\ncommitter C <c@d> 1700000001 -0230\n\
         gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\nmergetag object {A}\n type commit\n\
         encoding ISO-8859-1\n\nA message\n\nof two parts\n"
    );
    let tag = format!("object {A}\ntype commit\ntag v1.0\ntagger T <t@u> 1700000000 +0000\n\nA release\n");
    let valid = [commit.clone().into_bytes(), tag.into_bytes()];
    assert_eq!(Commit::parse(some_id(), &valid[0]).unwrap().parents.len(), 2);
    each("commits and tags", 2000, &valid, |bytes| {
        if let Ok(commit) = Commit::parse(some_id(), bytes) {
            assert!(commit.message.is_empty() || bytes.ends_with(&commit.message));
        }
        if let Ok(tag) = Tag::parse(some_id(), bytes) {
            assert!(tag.message.is_empty() || bytes.ends_with(&tag.message));
        }
    });
}

#[test]
fn a_broken_list_of_refs_is_refused_or_read_line_by_line() {
    let push = format!("refs/heads/a {A} refs/heads/b {B}\n(delete) {} refs/heads/c {A}\n", "0".repeat(40));
    let receive = format!("{A} {B} refs/heads/a\n{} {A} refs/tags/v1\n", "0".repeat(40));
    let valid = [push.into_bytes(), receive.into_bytes()];
    each("lists of refs", 2000, &valid, |bytes| {
        // No line is skipped: each is an update, or the whole input is refused.
        let lines = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count();
        for updates in [parse_push(bytes), parse_receive(bytes)].into_iter().flatten() {
            assert_eq!(updates.len(), lines);
        }
    });
}
