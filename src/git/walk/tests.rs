//! Walks over made-up histories, against git's own answer.

use super::walk;
use crate::git::Oid;
use crate::git::backend::Backend;
use crate::git::libgit2::Libgit2;
use crate::test_support::tries;
use proptest::prelude::*;
use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn git(dir: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "git {args:?}");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn ids(text: &str) -> Vec<Oid> {
    text.lines().map(|l| Oid::from_hex(l.as_bytes()).unwrap()).collect()
}

/// A commit: the distances to its parents, and its time.
type Made = (Vec<usize>, u32);

/// Writes commits whose parents are earlier ones; returns their ids, oldest first.
fn history(dir: &Path, commits: &[Made]) -> Vec<Oid> {
    git(dir, &["init", "-q"], "");
    let mut stream = String::new();
    for (i, (back, time)) in commits.iter().enumerate() {
        let (mark, branch) = (i + 1, format!("refs/heads/b{i}"));
        stream.push_str(&format!("commit {branch}\nmark :{mark}\ncommitter t <t@t> {time} +0000\ndata 0\n"));
        let mut parents: Vec<usize> = back.iter().filter(|b| **b <= i).map(|b| mark - b).collect();
        parents.sort_unstable();
        parents.dedup();
        for (n, parent) in parents.iter().enumerate() {
            stream.push_str(&format!("{} :{parent}\n", if n == 0 { "from" } else { "merge" }));
        }
        stream.push_str(&format!("M 100644 inline f\ndata {}\n{i}\n", i.to_string().len()));
    }
    git(dir, &["fast-import", "--quiet", "--force"], &stream);
    (0..commits.len()).flat_map(|i| ids(&git(dir, &["rev-parse", &format!("b{i}")], ""))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: tries(6), max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_lists_what_rev_list_lists_parents_first_and_with_any_clock_no_less(
        shape in prop::collection::vec((prop::collection::vec(1..6usize, 0..3), 0..40u32), 1..24),
        skewed in any::<bool>(),
        ends in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..5),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let commits: Vec<Made> = shape
            .into_iter()
            .enumerate()
            .map(|(i, (back, time))| (back, if skewed { 1000 + time } else { 1000 + i as u32 / 2 }))
            .collect();
        let all = history(dir.path(), &commits);
        let of = |hidden: bool| ends.iter().filter(|e| e.1 == hidden).map(|e| *e.0.get(&all)).collect::<Vec<Oid>>();
        let (include, hide) = (of(false), of(true));
        let backend = Libgit2::new(git2::Repository::open(dir.path()).unwrap());
        let found = walk(backend.reader(), &include, &hide, &HashSet::new()).unwrap();
        // What is reachable, computed without times.
        let reached = |ends: &[Oid]| -> HashSet<Oid> {
            let names = ends.iter().map(Oid::to_string).collect::<Vec<_>>().join("\n");
            if ends.is_empty() { HashSet::new() } else { ids(&git(dir.path(), &["rev-list", "--stdin"], &names)).into_iter().collect() }
        };
        let wanted: HashSet<Oid> = reached(&include).difference(&reached(&hide)).copied().collect();
        let listed: HashSet<Oid> = found.iter().copied().collect();
        prop_assert_eq!(listed.len(), found.len());
        prop_assert!(listed.is_superset(&wanted), "{:?} lacks some of {:?}", listed, wanted);
        if !skewed {
            prop_assert_eq!(&listed, &wanted);
        }
        for (i, id) in found.iter().enumerate() {
            let text = git(dir.path(), &["rev-list", "--parents", "-1", &id.to_string()], "");
            for parent in text.split(' ').skip(1).map(|p| Oid::from_hex(p.as_bytes()).unwrap()) {
                prop_assert!(!listed.contains(&parent) || found[..i].contains(&parent), "{} before {}", id, parent);
            }
        }
    }
}

#[test]
fn a_hidden_commit_with_a_clock_gone_wrong_hides_what_is_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    // The hidden one is dated long before its own parents.
    let commits: Vec<Made> = vec![(vec![], 100), (vec![1], 200), (vec![1], 1), (vec![2], 300)];
    let all = history(dir.path(), &commits);
    let backend = Libgit2::new(git2::Repository::open(dir.path()).unwrap());
    assert_eq!(walk(backend.reader(), &[all[3]], &[all[2]], &HashSet::new()).unwrap(), [all[3]]);
}

#[test]
fn at_the_end_of_a_shallow_history_no_parent_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let all = history(dir.path(), &[(vec![], 1), (vec![1], 2), (vec![1], 3)]);
    let backend = Libgit2::new(git2::Repository::open(dir.path()).unwrap());
    assert_eq!(walk(backend.reader(), &[all[2]], &[], &HashSet::from([all[1]])).unwrap(), [all[1], all[2]]);
}
