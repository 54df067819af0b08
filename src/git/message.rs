//! A commit message being written: which part of the file that commit-msg gets will be recorded.

use super::{GitError, Repo};
use std::path::Path;

/// The line below which `commit -v` and `--cleanup=scissors` put text that is not recorded, without the comment
/// string.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";
/// How `commit -v` starts its diff.
const DIFF: [&[u8]; 3] = [b"diff --git ", b"diff --cc ", b"diff --combined "];
/// The hint in a message whose comments git removes.
const IGNORED: &[u8] = b"will be ignored, and an empty";
/// The hint in a message whose comments git keeps.
const KEPT: &[u8] = b"will be kept; you may remove them";

/// What git removes from a message; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageForm {
    /// The start of a comment line; `None` if nothing is removed.
    comment: Option<Vec<u8>>,
    /// True if comment lines stay, whatever the message says.
    keeps_comments: bool,
}

impl MessageForm {
    /// The form that the repository and git's environment set for the message in this file.
    ///
    /// # Errors
    /// If the configuration cannot be read.
    pub fn of(repo: &Repo, file: &Path) -> Result<MessageForm, GitError> {
        // Git says this to its hooks when no editor was open: then it removes nothing (-m, -F, am).
        if std::env::var_os("GIT_EDITOR").is_some_and(|e| e == ":") {
            return Ok(MessageForm::default());
        }
        let config = repo.backend().config()?;
        let last = |wanted: &[&str]| {
            config.iter().rev().find(|(key, _)| wanted.contains(&key.as_str())).map(|(_, v)| v.as_str())
        };
        // The later of the two counts; `commentchar` is the older name of `commentstring`.
        let comment = match last(&["core.commentchar", "core.commentstring"]) {
            None | Some("") => Some(b"#".to_vec()),
            // Git then picked a character that starts no line. It is not known which, so nothing is
            // removed.
            Some("auto") => None,
            Some(text) => Some(text.as_bytes().to_vec()),
        };
        let keeps_comments = matches!(last(&["commit.cleanup"]), Some("verbatim" | "whitespace" | "scissors"))
            // `git merge` writes that it ignores comments under every `--cleanup`.
            || file.file_name().is_some_and(|name| name == "MERGE_MSG");
        Ok(MessageForm { comment, keeps_comments })
    }

    /// The message without what git removes. Removed lines become empty, so that line numbers stay right.
    ///
    /// The hook does not learn of `--cleanup=verbatim` and the like on the command line. Git writes into the
    /// message what it does with comments; if the hint is missing or differs, comments are scanned.
    pub fn recorded(&self, text: &[u8]) -> Vec<u8> {
        let Some(comment) = &self.comment else {
            return text.to_vec();
        };
        let lines = || text.split_inclusive(|b| *b == b'\n');
        let says = |words: &[u8]| {
            let mut comments = lines().filter_map(|line| line.strip_prefix(comment.as_slice()));
            comments.any(|rest| memchr::memmem::find(rest, words).is_some())
        };
        let drops = !self.keeps_comments && says(IGNORED) && !says(KEPT);
        let mut below = false;
        let mut out = Vec::with_capacity(text.len());
        for line in lines() {
            let rest = line.strip_prefix(comment.as_slice());
            if rest.is_some_and(|rest| rest.trim_ascii_end() == SCISSORS) {
                below = true;
            }
            // Below the scissors git puts comments and the diff. Anyone can write such a line: other
            // text is scanned.
            if below && DIFF.iter().any(|start| line.starts_with(start)) {
                break;
            }
            below &= rest.is_some() || line.trim_ascii().is_empty();
            match rest {
                Some(_) if drops => out.push(b'\n'),
                _ => out.extend_from_slice(line),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(comment: &str, keeps_comments: bool) -> MessageForm {
        MessageForm { comment: Some(comment.as_bytes().to_vec()), keeps_comments }
    }

    #[test]
    fn comments_go_and_lines_keep_their_numbers() {
        let hint = "# with '#' will be ignored, and an empty message aborts the commit.\n";
        let text = format!("a\n# b\nc\n{hint}");
        assert_eq!(form("#", false).recorded(text.as_bytes()), b"a\n\nc\n\n");
        let other = format!("# a\n// b\nc\n{}", hint.replace('#', "//"));
        assert_eq!(form("//", false).recorded(other.as_bytes()), b"# a\n\nc\n\n");
        assert_eq!(form("#", true).recorded(text.as_bytes()), text.as_bytes());
    }

    #[test]
    fn comments_stay_unless_git_says_that_it_takes_them_out() {
        let kept = "a\n# b\n# with '#' will be kept; you may remove them yourself if you want to.\n";
        let foreign = "a\n# b\n# mit '#' beginnen, werden ignoriert, und eine leere\n";
        for text in ["a\n# b\n", kept, foreign] {
            assert_eq!(form("#", false).recorded(text.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn the_diff_below_the_scissors_goes_and_other_text_stays() {
        let scissors = String::from_utf8_lossy(SCISSORS);
        let text = format!("a\n;{scissors}\n; keep\ndiff --git\n+x\ndiff --git a b\n+y\n");
        assert_eq!(form(";", true).recorded(text.as_bytes()), text.as_bytes());
        let text = format!("a\n;{scissors}\n; keep\n\ndiff --git a b\n+x\n");
        let kept = format!("a\n;{scissors}\n; keep\n\n");
        assert_eq!(form(";", true).recorded(text.as_bytes()), kept.as_bytes());
        // With another comment string it is an ordinary line.
        assert_eq!(form("#", true).recorded(text.as_bytes()), text.as_bytes());
    }
}
