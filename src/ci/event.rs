//! What a run of a CI system is about, as its variables tell it.

use crate::git::Oid;

/// One run.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// What happened, in words: "pull request 7 into main".
    pub(crate) title: String,
    /// What happened.
    pub(crate) kind: Kind,
    /// The commit that it is about, and the variable that gave it; `None` for what is checked out.
    pub(crate) head: Option<(Oid, String)>,
    /// What it is compared with, best first. Empty: with nothing, so all that the head reaches is new.
    pub(crate) bases: Vec<Base>,
    /// The repository's default branch, if the system names it.
    pub(crate) default: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody asks to merge.
    Request(Trust),
    /// A branch moved. The name is needed where the system does not say what the branch was before.
    Push {
        /// The branch, if the system names it.
        branch: Option<String>,
    },
    /// A tag was pushed: its full name.
    Tag(String),
    /// Nothing moved, as in a scheduled run: all files are asked about.
    Whole,
    /// There is nothing to read, as after a branch was deleted.
    Nothing,
}

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Its author may push to the repository.
    Same,
    /// Its commits come from a fork.
    Fork,
    /// The system does not tell; treated as a fork.
    Unknown,
}

/// A commit that a head may be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Which one.
    pub(crate) what: What,
    /// When it is looked for.
    pub(crate) need: Need,
    /// The variable that gave it.
    pub(crate) by: String,
}

/// How a base is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// A commit's whole id.
    Id(Oid),
    /// A short id or another revision: it can be found here, not fetched.
    Revision(String),
    /// A branch of the remote.
    Branch(String),
    /// The remote's default branch.
    Default,
    /// The first parent of what is checked out, if its second parent is the head: a merge that the system made.
    MergeParent,
}

/// When a base is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always, and at the remote first: where a branch is now.
    Ask,
    /// If there is none so far; fetched if it is not here.
    Else,
    /// If it is here.
    IfHere,
}

impl Base {
    /// A base by its parts.
    pub(crate) fn new(what: What, need: Need, by: &str) -> Base {
        Base { what, need, by: by.to_owned() }
    }
}

impl Event {
    /// An event that asks about all files.
    pub(crate) fn whole(title: impl Into<String>) -> Event {
        Event { title: title.into(), kind: Kind::Whole, head: None, bases: Vec::new(), default: None }
    }

    /// A push of a tag: what no branch has, as far as the default branch and those here tell.
    pub(crate) fn tag(name: &str, head: Option<(Oid, String)>) -> Event {
        let name = name.strip_prefix("refs/tags/").unwrap_or(name);
        Event {
            title: format!("tag {name}"),
            kind: Kind::Tag(format!("refs/tags/{name}")),
            head,
            bases: vec![Base::new(What::Default, Need::Ask, "the default branch")],
            default: None,
        }
    }

    /// A push to a branch. `before` is what the branch was, if the system tells: the first that is here, or can be fetched,
    /// counts. Without any the branch is compared with the default one.
    pub(crate) fn push(branch: Option<String>, head: Option<(Oid, String)>, before: Vec<Base>) -> Event {
        let mut bases = before;
        if !bases.is_empty() {
            // What came into the branch from the default one is not new.
            bases.push(Base::new(What::Default, Need::IfHere, "the default branch"));
        }
        bases.push(Base::new(What::Default, Need::Else, "the default branch"));
        let title = match &branch {
            Some(name) => format!("push to {name}"),
            None => "push".to_owned(),
        };
        Event { title, kind: Kind::Push { branch }, head, bases, default: None }
    }

    /// The same, of a repository with this default branch.
    #[must_use]
    pub(crate) fn with_default(self, default: Option<String>) -> Event {
        Event { default, ..self }
    }
}
