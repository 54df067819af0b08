//! What a CI run is about, according to the system's variables.

use crate::git::Oid;

/// What gave a base that no variable named.
pub(crate) const DEFAULT: &str = "the default branch";

/// One run.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// What happened, in words: "pull request 7 into main".
    pub(crate) title: String,
    /// The kind of event.
    pub(crate) kind: Kind,
    /// The commit that it is about, and the variable that named it; `None` means the commit that is checked
    /// out.
    pub(crate) head: Option<(Oid, String)>,
    /// The commits to compare with, best first. Empty: compare with nothing, so everything that the head
    /// reaches is new.
    pub(crate) bases: Vec<Base>,
    /// The repository's default branch, if the system names it.
    pub(crate) default: Option<String>,
}

/// The kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A pull or merge request.
    Request(Trust),
    /// A branch was pushed. Its name is needed if the system does not say what the branch was before.
    Push {
        /// The branch; `None` if the system does not name it, so that it may be the default branch itself.
        branch: Option<String>,
    },
    /// A tag was pushed: its full name.
    Tag(String),
    /// Nothing was pushed, as in a scheduled run: all files are scanned.
    Whole,
    /// There is nothing to scan, as after a branch was deleted.
    Nothing,
}

/// The author of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Its author may push to the repository.
    Same,
    /// Its commits come from a fork.
    Fork,
    /// The system does not say; treated as a fork.
    Unknown,
}

/// A commit to compare a head with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// How it is named.
    pub(crate) what: What,
    /// When it is looked up.
    pub(crate) need: Need,
    /// The variable that named it.
    pub(crate) by: String,
}

/// How a base is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// A full commit id.
    Id(Oid),
    /// A short id or another revision: it can be resolved here, not fetched.
    Revision(String),
    /// A branch of the remote.
    Branch(String),
    /// The remote's default branch.
    Default,
    /// The first parent of the commit checked out, if its second parent is the head: a merge that the system
    /// made.
    MergeParent,
}

/// When a base is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always, and on the remote first: where a branch is now.
    Ask,
    /// If no base was found before it; fetched if it is not here.
    Else,
    /// If it is in this clone.
    IfHere,
}

impl Base {
    /// A base by its parts.
    pub(crate) fn new(what: What, need: Need, by: &str) -> Base {
        Base { what, need, by: by.to_owned() }
    }

    /// The target's side of a merge that the system made and checked out.
    pub(crate) fn merge_parent() -> Base {
        Base::new(What::MergeParent, Need::IfHere, "the merge commit that is checked out")
    }
}

impl Event {
    /// An event that scans all files.
    pub(crate) fn whole(title: impl Into<String>) -> Event {
        Event { title: title.into(), kind: Kind::Whole, head: None, bases: Vec::new(), default: None }
    }

    /// A pushed tag: what no branch has, as far as the default branch and the local ones show.
    pub(crate) fn tag(name: &str, head: Option<(Oid, String)>) -> Event {
        let name = name.strip_prefix("refs/tags/").unwrap_or(name);
        Event {
            title: format!("tag {name}"),
            kind: Kind::Tag(format!("refs/tags/{name}")),
            head,
            bases: vec![Base::new(What::Default, Need::Ask, DEFAULT)],
            default: None,
        }
    }

    /// A push to a branch. `before` is what the branch was, if the system says so: the first that is here, or
    /// can be fetched, counts. Without any, the branch is compared with the default one.
    pub(crate) fn push(branch: Option<String>, head: Option<(Oid, String)>, before: Vec<Base>) -> Event {
        let mut bases = before;
        if !bases.is_empty() {
            // What the branch took from the default branch is not new.
            bases.push(Base::new(What::Default, Need::IfHere, DEFAULT));
        }
        bases.push(Base::new(What::Default, Need::Else, DEFAULT));
        let title = match &branch {
            Some(name) => format!("push to {name}"),
            None => "push".to_owned(),
        };
        Event { title, kind: Kind::Push { branch }, head, bases, default: None }
    }

    /// The first push of the default branch: everything in it is new.
    pub(crate) fn first_push(branch: String, head: Option<(Oid, String)>) -> Event {
        let title = format!("first push of {branch}");
        Event { title, bases: Vec::new(), ..Event::push(Some(branch), head, Vec::new()) }
    }

    /// The same event, with this default branch.
    #[must_use]
    pub(crate) fn with_default(self, default: Option<String>) -> Event {
        Event { default, ..self }
    }
}
