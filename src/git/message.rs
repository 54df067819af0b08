//! A commit message on its way: what of the file that git hands to commit-msg will be recorded.

use super::{GitError, Repo};

/// The line below which `commit -v` and `--cleanup=scissors` put what is not recorded, after the comment string.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// What git takes out of a message; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageForm {
    /// What a comment line starts with; none when nothing is taken out.
    comment: Option<Vec<u8>>,
    /// Comment lines stay, only what is below the scissors goes.
    keeps_comments: bool,
}

impl MessageForm {
    /// As the repository and git's environment say.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn of(repo: &Repo) -> Result<MessageForm, GitError> {
        // Git says so to its hooks when no editor was open: then it takes nothing out (-m, -F, am).
        if std::env::var_os("GIT_EDITOR").is_some_and(|e| e == ":") {
            return Ok(MessageForm::default());
        }
        let config = repo.backend().config()?;
        let last = |wanted: &[&str]| {
            config.iter().rev().find(|(key, _)| wanted.contains(&key.as_str())).map(|(_, v)| v.as_str())
        };
        // The later of the two counts; the char is the older name of the string.
        let comment = match last(&["core.commentchar", "core.commentstring"]) {
            None | Some("") => Some(b"#".to_vec()),
            // Git then chose a character that starts no line: it is not known which, so nothing is taken out.
            Some("auto") => None,
            Some(text) => Some(text.as_bytes().to_vec()),
        };
        let keeps_comments =
            matches!(last(&["commit.cleanup"]), Some("verbatim" | "whitespace" | "scissors"));
        Ok(MessageForm { comment, keeps_comments })
    }

    /// The message without what git takes out. Taken lines stay as empty ones, so that line numbers hold.
    pub fn recorded(&self, text: &[u8]) -> Vec<u8> {
        let Some(comment) = &self.comment else {
            return text.to_vec();
        };
        let mut out = Vec::with_capacity(text.len());
        for line in text.split_inclusive(|b| *b == b'\n') {
            let rest = line.strip_prefix(comment.as_slice());
            if rest.is_some_and(|rest| rest.trim_ascii_end() == SCISSORS) {
                break;
            }
            match rest {
                Some(_) if !self.keeps_comments => out.push(b'\n'),
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
        assert_eq!(form("#", false).recorded(b"a\n# b\nc"), b"a\n\nc");
        assert_eq!(form("//", false).recorded(b"# a\n// b\nc\n"), b"# a\n\nc\n");
        assert_eq!(form("#", true).recorded(b"a\n# b\n"), b"a\n# b\n");
    }

    #[test]
    fn all_below_the_scissors_goes() {
        let scissors = String::from_utf8_lossy(SCISSORS);
        let text = format!("a\n;{scissors}\n; keep\ndiff --git\n+x\n");
        assert_eq!(form(";", true).recorded(text.as_bytes()), b"a\n");
        // Another comment string makes it a line like any other.
        assert_eq!(form("#", true).recorded(text.as_bytes()), text.as_bytes());
    }
}
