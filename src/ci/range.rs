//! The commits to scan: reachable from the head, and from none of the bases.
//!
//! What this clone lacks is asked of the remote and fetched ([`remote`]). If that fails, there is no range, and the run
//! fails.

mod remote;

use super::System;
use super::event::{Base, DEFAULT, Event, Kind, Need, Trust, What};
use crate::error::Error;
use crate::finding::printable;
use crate::git::{Oid, Outgoing, RemoteRefs, Repo};
use crate::text::plural::count;

/// How to find a range.
pub(crate) struct Options<'a> {
    /// The system that runs this, if it is known.
    pub(crate) system: Option<System>,
    /// A revision to compare with, instead of the system's.
    pub(crate) base: Option<&'a str>,
    /// A revision to scan, instead of the system's.
    pub(crate) head: Option<&'a str>,
    /// True if the remote may be contacted.
    pub(crate) fetch: bool,
    /// Called with each step, in words.
    pub(crate) tell: &'a dyn Fn(&str),
}

/// What to scan, and by which policy.
pub(crate) struct Range {
    /// The repository, with the fetched commits.
    pub(crate) repo: Repo,
    /// The commits and files.
    pub(crate) sent: Outgoing,
    /// The head.
    pub(crate) head: Oid,
    /// The commits that it is compared with.
    pub(crate) bases: Vec<Oid>,
    /// The commit whose policy applies.
    pub(crate) policy: Oid,
    /// Who made the request; `None` if it is not a request.
    pub(crate) trust: Option<Trust>,
    /// The range and the variables that gave it, in one line.
    pub(crate) line: String,
}

/// A base that was found: its commit, and its name in the message.
struct Found {
    id: Oid,
    shown: String,
    by: String,
    /// True if it only excludes more commits: a cut in its history makes nothing uncertain.
    extra: bool,
}

struct Finder<'a> {
    options: &'a Options<'a>,
    event: &'a Event,
    repo: Repo,
    remote: Option<String>,
    /// The remote's answer; an inner `None` if it could not be contacted.
    asked: Option<Option<RemoteRefs>>,
    /// What git said when a fetch failed.
    refused: Option<String>,
}

/// Finds the range of an event.
///
/// # Errors
/// [`Error::Ci`] with a remedy if the head or every base is missing and cannot be fetched.
pub(crate) fn find(repo: Repo, event: &Event, options: &Options<'_>) -> Result<Range, Error> {
    let remote = repo.fetch_remote()?;
    let mut finder = Finder { options, event, repo, remote, asked: None, refused: None };
    let (head, head_by) = finder.head()?;
    let commit = finder.commit(head)?;
    let prefix = match options.system {
        Some(system) => format!("{}, {}", system.name(), event.title),
        None => event.title.clone(),
    };
    let trust = match event.kind {
        Kind::Request(trust) => Some(trust),
        _ => None,
    };
    let short = commit.short();
    let done = |finder: Finder<'_>, sent, bases, policy, line: String| {
        Ok(Range {
            repo: finder.repo,
            sent,
            head: commit,
            bases,
            policy,
            trust,
            line: format!("{prefix}: {line}"),
        })
    };
    if event.kind == Kind::Nothing {
        return done(finder, Outgoing::default(), Vec::new(), commit, "nothing to read".to_owned());
    }
    if event.kind == Kind::Whole && options.base.is_none() {
        let sent = finder.repo.whole(&commit)?;
        return done(finder, sent, Vec::new(), commit, format!("all files of {short} ({head_by})"));
    }
    let mut bases = finder.bases()?;
    let mut whole = bases.is_empty() && finder.is_default_branch()?;
    if whole {
        bases.extend(finder.first_parent(&commit)?);
    } else if bases.is_empty() && !finder.wants_everything() {
        return Err(finder.no_base());
    }
    let name = match &event.kind {
        Kind::Tag(name) => name.clone(),
        _ => "HEAD".to_owned(),
    };
    let mut sent = finder.settle(head, &name, &bases)?;
    if sent.commits.is_empty() && finder.may_be_compared_with_itself(&bases) {
        whole = true;
        bases = finder.first_parent(&commit)?.into_iter().collect();
        sent = finder.settle(head, &name, &bases)?;
    }
    let count = count(sent.commits.len(), "commit");
    let given: Vec<&str> = std::iter::once(&*head_by).chain(bases.iter().map(|b| &*b.by)).collect();
    let given = format!("({})", dedup(&given).join(", "));
    let required: Vec<&Found> = bases.iter().filter(|base| !base.extra).collect();
    let shown = required.iter().map(|b| b.shown.as_str()).collect::<Vec<_>>().join(" and ");
    let line = if whole {
        format!("all files of {short} and {count}: what the branch was before is not known {given}")
    } else if bases.is_empty() {
        format!("{count}, all that {short} reaches {given}")
    } else if sent.commits.is_empty() {
        format!("0 commits: {short} is contained in {shown} {given}")
    } else {
        format!("{count} of {short} that {shown} lacks {given}")
    };
    let ids: Vec<Oid> = bases.iter().map(|base| base.id).collect();
    // The policy from before the change. A first push has nothing before it.
    let policy = if whole { commit } else { required.first().map_or(commit, |base| base.id) };
    if whole {
        // The pushed range is not known: scan what the branch holds now, and what its newest commit brings.
        sent.bare = finder.repo.whole(&commit)?.bare;
    }
    done(finder, sent, ids, policy, line)
}

fn dedup<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::new();
    for name in names {
        if !out.contains(name) {
            out.push(name);
        }
    }
    out
}

impl Finder<'_> {
    /// The commit that a head leads to, if the head is a tag.
    fn commit(&self, head: Oid) -> Result<Oid, Error> {
        Ok(self.repo.between(&[head], std::iter::empty())?.last().copied().unwrap_or(head))
    }

    fn head(&mut self) -> Result<(Oid, String), Error> {
        if let Some(revision) = self.options.head {
            return Ok((self.named(revision, "--head")?, "--head".to_owned()));
        }
        if let Kind::Tag(name) = &self.event.kind
            && let Some(id) = self.repo.resolve(name)?
        {
            return Ok((id, name.clone()));
        }
        if let Some((id, by)) = &self.event.head {
            if !self.bring(*id)? {
                return Err(self.lacks(&format!("{} ({by}) is not in this clone", id.short())));
            }
            return Ok((*id, by.clone()));
        }
        let head = self.repo.head()?.ok_or_else(|| self.lacks("nothing is checked out"))?;
        Ok((head, "HEAD".to_owned()))
    }

    /// Resolves a revision that a person named: one of this clone, a branch of the remote, or an id that can be
    /// fetched.
    fn named(&mut self, revision: &str, option: &str) -> Result<Oid, Error> {
        if revision.starts_with('-') || revision.contains(['\n', '\0']) {
            return Err(Error::Usage(format!("{option} is no revision: {}", printable(revision.as_bytes()))));
        }
        if let Some(id) = self.repo.resolve(revision)? {
            return Ok(id);
        }
        if let Some(id) = Oid::from_hex(revision.as_bytes()) {
            if self.bring(id)? {
                return Ok(id);
            }
        } else if let Ok(branch) = super::vars::branch(revision, option)
            && let Some(id) = self.branch(&branch, true)?
        {
            return Ok(id);
        }
        Err(self.lacks(&format!("{option} {} names no commit here", printable(revision.as_bytes()))))
    }

    /// All commits to compare with that can be found.
    fn bases(&mut self) -> Result<Vec<Found>, Error> {
        if let Some(revision) = self.options.base {
            let id = self.named(revision, "--base")?;
            let shown = printable(revision.as_bytes());
            return Ok(vec![Found { id, shown, by: "--base".to_owned(), extra: false }]);
        }
        let mut found: Vec<Found> = Vec::new();
        let event = self.event;
        for base in &event.bases {
            let extra = base.need == Need::IfHere && base.what != What::MergeParent;
            if base.need == Need::Else && found.iter().any(|f| !f.extra) {
                continue;
            }
            let Some((id, shown)) = self.base(base)? else { continue };
            found.push(Found { id, shown, by: base.by.clone(), extra });
        }
        if found.iter().all(|f| f.extra) {
            found.clear();
        }
        Ok(found)
    }

    fn base(&mut self, base: &Base) -> Result<Option<(Oid, String)>, Error> {
        let ask = base.need != Need::IfHere;
        let with_name =
            |name: &str, id: Oid| (id, format!("{} ({})", printable(name.as_bytes()), id.short()));
        match &base.what {
            What::Id(id) => {
                let here = if ask { self.bring(*id)? } else { self.here(*id)? };
                Ok(here.then(|| (*id, id.short())))
            }
            What::Revision(text) => {
                let id = self.repo.resolve(text)?;
                Ok(id.map(|id| (id, id.short())))
            }
            What::Branch(name) => Ok(self.branch(name, ask)?.map(|id| with_name(name, id))),
            What::Default => {
                let Some(name) = self.default_name(ask)? else { return Ok(None) };
                // A push to the default branch itself is compared with its previous state, or not
                // at all. A push to a branch without a name may be one.
                let skip = match &self.event.kind {
                    Kind::Push { branch: Some(branch) } => self.is_named(branch, &name),
                    Kind::Push { branch: None } => !ask,
                    _ => false,
                };
                if skip {
                    return Ok(None);
                }
                Ok(self.branch(&name, ask)?.map(|id| with_name(&name, id)))
            }
            What::MergeParent => {
                let (Some(head), Some((of, _))) = (self.repo.head()?, &self.event.head) else {
                    return Ok(None);
                };
                let parents = self.repo.commit(&head)?.parents;
                match parents[..] {
                    [base, merged] if merged == *of && self.here(base)? => Ok(Some((base, base.short()))),
                    _ => Ok(None),
                }
            }
        }
    }

    /// Returns whether a push went to the default branch itself.
    fn is_default_branch(&mut self) -> Result<bool, Error> {
        let Kind::Push { branch: Some(branch) } = self.event.kind.clone() else { return Ok(false) };
        let default = self.default_name(true)?;
        Ok(!self.wants_everything() && default.is_some_and(|name| self.is_named(&branch, &name)))
    }

    /// Returns whether a system's name for a branch means this one: some put the remote's name before it.
    fn is_named(&self, branch: &str, name: &str) -> bool {
        let of_remote = || branch.strip_prefix(self.remote.as_deref()?)?.strip_prefix('/');
        branch == name || of_remote() == Some(name)
    }

    /// Returns whether a push without the name of its branch was compared with the default branch. If nothing is
    /// new there, that may be because it is the branch that was pushed.
    fn may_be_compared_with_itself(&self, bases: &[Found]) -> bool {
        self.event.kind == Kind::Push { branch: None } && bases.iter().any(|base| base.by == DEFAULT)
    }

    /// Returns whether the event compares with nothing, as on a repository's first push.
    fn wants_everything(&self) -> bool {
        self.event.bases.is_empty()
    }

    fn first_parent(&mut self, commit: &Oid) -> Result<Option<Found>, Error> {
        let Some(parent) = self.repo.commit(commit)?.parents.first().copied() else { return Ok(None) };
        if !self.bring(parent)? {
            return Err(self.lacks(&format!(
                "{}, the parent of the newest commit, is not in this clone",
                parent.short()
            )));
        }
        Ok(Some(Found { id: parent, shown: parent.short(), by: "its first parent".to_owned(), extra: false }))
    }

    fn no_base(&self) -> Error {
        let ids = self.event.bases.iter().map(|base| match &base.what {
            What::Id(id) => format!("{} ({})", id.short(), base.by),
            What::Revision(text) => format!("{} ({})", printable(text.as_bytes()), base.by),
            What::Branch(name) => format!("{} ({})", printable(name.as_bytes()), base.by),
            What::Default => DEFAULT.to_owned(),
            What::MergeParent => base.by.clone(),
        });
        let names = ids.collect::<Vec<_>>();
        self.lacks(&format!(
            "nothing to compare with is in this clone: {}",
            dedup(&names.iter().map(String::as_str).collect::<Vec<_>>()).join(", ")
        ))
    }

    /// The error for a missing commit, with the remedy on this system.
    fn lacks(&self, what: &str) -> Error {
        let why = if !self.options.fetch {
            "; --no-fetch forbids to fetch it".to_owned()
        } else if self.remote.is_none() {
            "; there is no remote to fetch it from".to_owned()
        } else {
            self.refused.as_ref().map_or_else(String::new, |said| format!("; {said}"))
        };
        let help = match self.options.system {
            Some(system) => format!("{}: {}", system.name(), system.whole_history()),
            None => "git fetch --unshallow, or name the range: stanch ci --base REV --head REV".to_owned(),
        };
        Error::Ci { what: format!("{what}{why}"), help }
    }
}
