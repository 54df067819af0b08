//! The forms in which assistants write patches: the envelope of `apply_patch`, unified diffs, and blocks of texts to
//! search and replace.

use super::event::{Change, Edit, FileChange, Hunk};
use std::path::PathBuf;

/// The changes of a patch in the `*** Begin Patch` form or as a unified diff; empty if the text is neither.
pub(super) fn changes(patch: &str) -> Vec<FileChange> {
    let mut out: Vec<FileChange> = Vec::new();
    let mut at: Option<State> = None;
    let mut lines = patch.lines().peekable();
    while let Some(line) = lines.next() {
        let named = |mark: &str| line.strip_prefix(mark).map(|rest| PathBuf::from(rest.trim()));
        if let Some(path) = named("*** Add File: ") {
            at = State::begin(&mut out, at, path, true);
        } else if let Some(path) = named("*** Update File: ") {
            at = State::begin(&mut out, at, path, false);
        } else if line.starts_with("*** Delete File: ") || line.starts_with("*** End Patch") {
            out.extend(at.take().and_then(State::end));
        } else if let Some(path) = named("*** Move to: ") {
            // The file gets its new name with its old content.
            if let Some(state) = &mut at {
                state.target = Some(path);
            }
        } else if line.starts_with("--- ") && lines.peek().is_some_and(|next| next.starts_with("+++ ")) {
            let next = lines.next().unwrap_or_default();
            let name = next[4..].split('\t').next().unwrap_or_default().trim();
            let name = name.strip_prefix("b/").unwrap_or(name);
            let is_new = line[4..].trim() == "/dev/null";
            at = match name {
                "/dev/null" => {
                    out.extend(at.take().and_then(State::end));
                    None
                }
                name => State::begin(&mut out, at, PathBuf::from(name), is_new),
            };
        } else if let Some(state) = &mut at {
            state.line(line);
        }
    }
    out.extend(at.and_then(State::end));
    out
}

/// A file of a patch that is being read.
struct State {
    path: PathBuf,
    target: Option<PathBuf>,
    is_new: bool,
    hunks: Vec<Hunk>,
}

impl State {
    fn begin(out: &mut Vec<FileChange>, before: Option<State>, path: PathBuf, is_new: bool) -> Option<State> {
        out.extend(before.and_then(State::end));
        Some(State { path, target: None, is_new, hunks: vec![Hunk::default()] })
    }

    fn line(&mut self, line: &str) {
        if line.starts_with("@@") {
            self.hunks.push(Hunk::default());
            return;
        }
        let Some(hunk) = self.hunks.last_mut() else { return };
        match line.as_bytes().first() {
            Some(b'+') => hunk.new.push(line[1..].to_owned()),
            Some(b'-') => hunk.old.push(line[1..].to_owned()),
            Some(b' ') => {
                hunk.old.push(line[1..].to_owned());
                hunk.new.push(line[1..].to_owned());
            }
            // An editor may have taken the space off an empty line.
            None => {
                hunk.old.push(String::new());
                hunk.new.push(String::new());
            }
            Some(_) => {}
        }
    }

    fn end(self) -> Option<FileChange> {
        let hunks: Vec<Hunk> =
            self.hunks.into_iter().filter(|h| !h.new.is_empty() || !h.old.is_empty()).collect();
        let path = self.target.unwrap_or(self.path);
        if !self.is_new {
            return (!hunks.is_empty()).then_some(FileChange { path, change: Change::Patch(hunks) });
        }
        let lines: Vec<String> = hunks.into_iter().flat_map(|h| h.new).collect();
        Some(FileChange { path, change: Change::Whole(lines.join("\n") + "\n") })
    }
}

/// The edits of blocks `SEARCH`, `=======`, `REPLACE`, with any of the marks that are in use.
pub(super) fn blocks(text: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    // 0 outside, 1 in the old text, 2 in the new one.
    let mut part = 0;
    for line in text.lines() {
        let mark = line.trim_end();
        let is = |c: char, word: &str| {
            let rest = mark.trim_start_matches(c);
            mark.len() - rest.len() >= 3 && rest.trim_start().starts_with(word)
        };
        if is('<', "SEARCH") || is('-', "SEARCH") {
            (part, old, new) = (1, Vec::new(), Vec::new());
        } else if part == 1 && mark.len() >= 3 && mark.bytes().all(|b| b == b'=') {
            part = 2;
        } else if part == 2 && (is('>', "REPLACE") || is('+', "REPLACE")) {
            out.push(Edit { old: old.join("\n"), new: new.join("\n"), all: false });
            part = 0;
        } else if part == 1 {
            old.push(line);
        } else if part == 2 {
            new.push(line);
        }
    }
    // A block that was not closed: what it brings is still judged.
    if part == 2 {
        out.push(Edit { old: old.join("\n"), new: new.join("\n"), all: false });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(patch: &str, old: &str) -> Vec<(String, String)> {
        changes(patch)
            .iter()
            .map(|c| (c.path.to_string_lossy().into_owned(), c.change.applied(old, 1 << 20).unwrap()))
            .collect()
    }

    #[test]
    fn an_envelope_adds_updates_moves_and_deletes_files() {
        let patch = "*** Begin Patch\n*** Add File: new.py\n+a = 1\n+b = 2\n*** Update File: old.py\n*** Move to: moved.py\n\
                     @@ def f():\n x\n-y\n+z\n*** Delete File: gone.py\n*** End Patch\n";
        assert_eq!(
            shown(patch, "x\ny\n"),
            [("new.py".into(), "a = 1\nb = 2\n".into()), ("moved.py".into(), "x\nz\n".into())]
        );
    }

    #[test]
    fn a_unified_diff_is_read_alike() {
        let diff = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n\
                    --- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+n\n--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n";
        assert_eq!(shown(diff, "x\ny\n"), [("x.py".into(), "x\nz\n".into()), ("n.py".into(), "n\n".into())]);
        assert!(changes("no patch at all\n+ x\n").is_empty());
    }

    #[test]
    fn blocks_of_every_form_are_read_even_unclosed() {
        let edit = |old: &str, new: &str| Edit { old: old.into(), new: new.into(), all: false };
        for text in [
            "<<<<<<< SEARCH\na\nb\n=======\nc\n>>>>>>> REPLACE\n",
            "------- SEARCH\na\nb\n=======\nc\n+++++++ REPLACE\n",
            "<<<<<<< SEARCH\na\nb\n=======\nc\n",
        ] {
            assert_eq!(blocks(text), [edit("a\nb", "c")], "{text}");
        }
        assert!(blocks("a\nb\n").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic_and_every_added_line_is_judged(text in "[-+@* =<>A-Za-z/\n]{0,200}", old in "[a-c\n ]{0,40}") {
            let edits = blocks(&text);
            proptest::prop_assert!(edits.len() <= text.len());
            let patch = format!("*** Update File: f\n{text}\n+canary\n");
            let all = changes(&patch);
            let applied: String = all.iter().filter_map(|c| c.change.applied(&old, 1 << 20)).collect();
            // A deletion or another header ends the file's section.
            if !text.contains("***") && !text.contains("---") {
                proptest::prop_assert!(applied.contains("canary"), "{applied:?}");
            }
        }
    }
}
