//! Content that was not read, and why.

use super::action::Action;
use crate::archive;
use crate::finding::RepoPath;
use crate::scan::Spent;
use crate::text::container::{Container, Sort};

/// Why content was not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It is larger than what is read.
    TooLarge {
        /// Its size in bytes; of a stream at least so many.
        size: u64,
        /// The limit in MB.
        most_mb: u64,
    },
    /// A budget was spent before all of it was read.
    Spent(Spent),
    /// The object cannot be read: what git says.
    Damaged(String),
    /// Its bytes are read, what they hold is not.
    Container(Container),
    /// So many members of an archive, or its rest, were not read.
    Archive(archive::Unread, usize),
    /// A walk over folders passes it over.
    Passed(Passed),
}

impl Cause {
    /// In words, for a person.
    pub fn text(&self) -> String {
        match self {
            Cause::TooLarge { size, most_mb } => {
                format!("{} MB, over the limit of {most_mb} MB (limits.max_blob_mb)", size.div_ceil(1 << 20))
            }
            Cause::Spent(Spent::Decoding) => "it decodes to many times its size".to_owned(),
            Cause::Spent(Spent::Findings) => "it holds more findings than are kept".to_owned(),
            Cause::Damaged(why) => format!("damaged: {why}"),
            Cause::Container(c) => match c.sort {
                Sort::Packed | Sort::Archive(_) => c.name.to_owned(),
                Sort::Encrypted => format!("encrypted, {}", c.name),
                Sort::Lfs => format!("content in {}", c.name),
            },
            Cause::Archive(why, 1) => why.text(),
            Cause::Archive(why, n) => format!("{}; {} like it", why.text(), n - 1),
            Cause::Passed(passed) => passed.text().to_owned(),
        }
    }

    /// What happens by itself. `strict`: content of a format that is not read blocks as well.
    pub(super) fn action(&self, strict: bool) -> Action {
        match self {
            Cause::TooLarge { .. } | Cause::Spent(_) | Cause::Damaged(_) => Action::Block,
            Cause::Archive(why, _) if why.is_limit() => Action::Block,
            // The target is no content of what was scanned.
            Cause::Passed(Passed::Link) => Action::Warn,
            Cause::Container(_) | Cause::Archive(..) | Cause::Passed(_) if strict => Action::Block,
            Cause::Container(_) | Cause::Archive(..) | Cause::Passed(_) => Action::Warn,
        }
    }
}

/// What a walk over folders passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// The target of a symbolic link: its text is read, the target only under its own name.
    Link,
    /// A FIFO, which may never end.
    Fifo,
    /// A device or a socket.
    Device,
    /// The git directory of a nested repository.
    GitDir,
}

impl Passed {
    /// In words, for a person.
    pub fn text(self) -> &'static str {
        match self {
            Passed::Link => "symbolic link",
            Passed::Fifo => "FIFO",
            Passed::Device => "device or socket",
            Passed::GitDir => "nested .git",
        }
    }
}

/// What was not read, and what happens because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: RepoPath,
    /// The blob's object id, as hex, if it is one.
    pub blob: Option<String>,
    /// Why it was not read.
    pub cause: Cause,
    /// The same in words: "61 MB, over the limit of 50 MB (limits.max_blob_mb)".
    pub why: String,
    /// Block: the check fails; warn: it is told; suppress: somebody accepted it.
    pub action: Action,
    /// Who accepted it, with the reason, or what decided otherwise.
    pub because: String,
}

impl Skipped {
    /// With what happens by itself.
    pub fn new(path: RepoPath, blob: Option<String>, cause: Cause) -> Skipped {
        let (why, action) = (cause.text(), cause.action(false));
        Skipped { path, blob, cause, why, action, because: String::new() }
    }
}
