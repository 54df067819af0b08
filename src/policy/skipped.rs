//! Content that was not read, and why.

use super::action::Action;
use crate::archive;
use crate::finding::RepoPath;
use crate::scan::Spent;
use crate::text::container::{Container, Sort};

/// Why content was not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It exceeds the size limit.
    TooLarge {
        /// Its size in bytes; of a stream a lower bound.
        size: u64,
        /// The limit in MB.
        most_mb: u64,
    },
    /// A budget ran out before all of it was read.
    Spent(Spent),
    /// The object cannot be read; git's message.
    Damaged(String),
    /// Its bytes were read, but its format is not supported.
    Container(Container),
    /// This many members of an archive, or its rest, were not read.
    Archive(archive::Unread, usize),
    /// A walk over folders skips it.
    Passed(Passed),
    /// It could not be opened or read at all: the error, which is printed beside the report too.
    Failed(String),
}

impl Cause {
    /// The reason in words, for people.
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
            Cause::Failed(why) => why.clone(),
        }
    }

    /// The default action. If `strict` is true, content of an unsupported format blocks too.
    pub(super) fn action(&self, strict: bool) -> Action {
        match self {
            Cause::TooLarge { .. } | Cause::Spent(_) | Cause::Damaged(_) | Cause::Failed(_) => Action::Block,
            Cause::Archive(why, _) if why.is_limit() => Action::Block,
            // The link's target is not part of what was scanned.
            Cause::Passed(Passed::Link) => Action::Warn,
            Cause::Container(_) | Cause::Archive(..) | Cause::Passed(_) if strict => Action::Block,
            Cause::Container(_) | Cause::Archive(..) | Cause::Passed(_) => Action::Warn,
        }
    }
}

/// What a walk over folders skips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passed {
    /// The target of a symbolic link: the link's text is scanned, its target only under its own path.
    Link,
    /// A FIFO, which may never end.
    Fifo,
    /// A device or a socket.
    Device,
    /// The git directory of a nested repository.
    GitDir,
}

impl Passed {
    /// The reason in words, for people.
    pub fn text(self) -> &'static str {
        match self {
            Passed::Link => "symbolic link",
            Passed::Fifo => "FIFO",
            Passed::Device => "device or socket",
            Passed::GitDir => "nested .git",
        }
    }
}

/// Content that was not read, and the resulting action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: RepoPath,
    /// The blob's object id, as hex, if it is one.
    pub blob: Option<String>,
    /// True if it can be accepted by its object id. A part of an image or a stream has none.
    pub has_id: bool,
    /// Why it was not read.
    pub cause: Cause,
    /// The same in words: "61 MB, over the limit of 50 MB (limits.max_blob_mb)".
    pub why: String,
    /// Block: the check fails; warn: it is shown; suppress: a person accepted it.
    pub action: Action,
    /// Who accepted it, with the reason, or what else decided.
    pub because: String,
}

impl Skipped {
    /// Content with the default action.
    pub fn new(path: RepoPath, blob: Option<String>, cause: Cause) -> Skipped {
        let (why, action) = (cause.text(), cause.action(false));
        Skipped { path, blob, has_id: true, cause, why, action, because: String::new() }
    }

    /// What could not be read at all. No setting accepts it.
    pub fn failed(path: RepoPath, why: String) -> Skipped {
        Skipped { has_id: false, ..Skipped::new(path, None, Cause::Failed(why)) }
    }
}
