//! What a remote is known to have: its tracking refs, if they can be trusted for the address of the push.

use super::address::{self, Record};
use super::backend::Ref;
use super::{GitError, Repo};
use crate::finding::printable;
use std::collections::BTreeSet;
use std::fs;

/// The destination of a push, as git passes it to pre-push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destination {
    /// The remote's name; the address itself if the push names an address.
    pub name: String,
    /// The address, after URL rewriting.
    pub url: String,
}

/// What a destination is known to have.
#[derive(Debug, Default)]
pub(super) struct Tracking {
    /// The refs that count.
    pub(super) refs: Vec<Ref>,
    /// Notes for the reader.
    pub(super) notes: Vec<String>,
    /// True if this clone has tracking refs for the destination.
    pub(super) known: bool,
    /// True if some of its tracking refs do not count.
    pub(super) doubted: bool,
    /// The remote, if its address changed.
    pub(super) moved: Option<Moved>,
}

/// A remote whose address is not the one that its refs came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// The remote's name.
    pub(super) name: String,
    /// Host and path that its refs came from.
    pub(super) from: String,
    /// Its host and path now.
    pub(super) to: String,
}

/// A configured remote.
#[derive(Debug)]
struct Remote {
    name: String,
    fetch: Vec<String>,
    push: Vec<String>,
}

impl Remote {
    /// The addresses that its refs describe: the first fetch address and the first push address.
    fn addresses(&self) -> impl Iterator<Item = &str> {
        self.fetch.first().into_iter().chain(self.push.first()).map(String::as_str)
    }
}

/// The configured remotes, as far as this module needs them.
struct Remotes {
    all: Vec<Remote>,
    /// Base and prefix of `url.BASE.insteadOf` and `url.BASE.pushInsteadOf`.
    rewrites: Vec<(String, String)>,
}

impl Remotes {
    fn read(config: &[(String, String)]) -> Remotes {
        let mut all: Vec<Remote> = Vec::new();
        let mut rewrites = Vec::new();
        for (key, value) in config {
            if let Some((name, last)) = key.strip_prefix("remote.").and_then(|k| k.rsplit_once('.')) {
                let at = all.iter().position(|r| r.name == name).unwrap_or_else(|| {
                    all.push(Remote { name: name.to_owned(), fetch: Vec::new(), push: Vec::new() });
                    all.len() - 1
                });
                match last {
                    "url" => all[at].fetch.push(value.clone()),
                    "pushurl" => all[at].push.push(value.clone()),
                    _ => {}
                }
            } else if let Some(base) = key
                .strip_prefix("url.")
                .and_then(|k| k.strip_suffix(".insteadof").or_else(|| k.strip_suffix(".pushinsteadof")))
            {
                rewrites.push((base.to_owned(), value.clone()));
            }
        }
        Remotes { all, rewrites }
    }

    /// A configured address as written, and as rewritten.
    fn forms(&self, configured: &str) -> Vec<String> {
        let rewritten = self.rewrites.iter().filter_map(|(base, prefix)| {
            configured.strip_prefix(prefix.as_str()).map(|rest| format!("{base}{rest}"))
        });
        std::iter::once(configured.to_owned()).chain(rewritten).collect()
    }

    /// Returns whether this configured address is the one that git passed, as written or rewritten.
    fn is(&self, configured: &str, told: &str) -> bool {
        self.forms(configured).iter().any(|form| trimmed(form) == trimmed(told))
    }

    /// The keys of every address that a remote's refs may come from, when it is first seen.
    fn keys(&self, remote: &Remote) -> BTreeSet<String> {
        remote.addresses().flat_map(|url| self.forms(url)).map(|form| address::key(&form)).collect()
    }

    fn named(&self, name: &str) -> Option<&Remote> {
        self.all.iter().find(|r| r.name == name && !r.fetch.is_empty() | !r.push.is_empty())
    }
}

/// An address without the parts that do not change the repository.
fn trimmed(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url).trim_end_matches('/')
}

impl Repo {
    /// The refs that show what the destination has, with notes if they are not its own.
    ///
    /// For a push to a remote's name, these are `refs/remotes/NAME/`. With several push addresses those refs
    /// describe the first only: another may lack what the first has. An address in place of a name is matched
    /// to a remote. For an address of no remote, only git's list of the pushed refs counts. So it is with a
    /// remote whose address changed since its refs were written.
    ///
    /// # Errors
    /// If the configuration, the refs or the record of addresses cannot be read.
    pub(super) fn tracking(&self, to: &Destination) -> Result<Tracking, GitError> {
        let remotes = Remotes::read(&self.backend().config()?);
        let unknown = |note: String| Tracking { notes: vec![note], ..Tracking::default() };
        let found = remotes.named(&to.name).or_else(|| {
            remotes.all.iter().find(|r| r.fetch.iter().chain(&r.push).any(|url| remotes.is(url, &to.url)))
        });
        let Some(remote) = found else {
            let note = "this address is no configured remote: all that it did not name counts as new there";
            return Ok(unknown(note.to_owned()));
        };
        let name = &remote.name;
        let addresses = if remote.push.is_empty() { &remote.fetch } else { &remote.push };
        if addresses.len() > 1
            && !remote.fetch.first().is_some_and(|url| remotes.is(url, &to.url))
            && !addresses.first().is_some_and(|url| remotes.is(url, &to.url))
        {
            return Ok(unknown(format!("{name} has several addresses: what this one has is not known here")));
        }
        let prefix = format!("refs/remotes/{name}/");
        let mut refs = self.backend().refs(&prefix)?;
        // `refs/remotes/a/b/main` belongs to a remote `a/b`, if there is one.
        for other in remotes.all.iter().filter(|r| r.name.starts_with(&prefix["refs/remotes/".len()..])) {
            let inner = format!("refs/remotes/{}/", other.name);
            refs.retain(|(full, _)| !full.starts_with(inner.as_bytes()));
        }
        let mut tracking = Tracking { known: true, ..Tracking::default() };
        tracking.moved = self.recognise(&remotes, remote, to, refs.is_empty(), &mut tracking.notes)?;
        if let Some(Moved { name, from, to }) = &tracking.moved {
            tracking.notes.push(format!(
                "{name} was {from} and is {to} now: what its refs name here counts as new there. When it has all of \
                 that: git fetch --prune {name}, then stanch remote trust {name}"
            ));
            return Ok(tracking);
        }
        let own: Vec<String> = remote.addresses().flat_map(|url| remotes.forms(url)).collect();
        let names: Vec<&str> = own.iter().map(String::as_str).chain([name.as_str()]).collect();
        let (refs, others) = self.by_transfer(refs, &names);
        if let [(first, _), ..] = &others[..] {
            let more =
                if others.len() > 1 { format!(" and {} more", others.len() - 1) } else { String::new() };
            tracking.notes.push(format!(
                "{}{more} came from no fetch or push: what only that names counts as new for {name}",
                printable(first)
            ));
        }
        tracking.doubted = !others.is_empty();
        tracking.refs = refs;
        Ok(tracking)
    }

    /// Compares the push's address with the one recorded for the remote, and records the addresses of remotes
    /// that are new.
    fn recognise(
        &self,
        remotes: &Remotes,
        remote: &Remote,
        to: &Destination,
        no_refs: bool,
        notes: &mut Vec<String>,
    ) -> Result<Option<Moved>, GitError> {
        let old = Record::read(self.common_dir())?.unwrap_or_default();
        let mut record = old.clone();
        self.first_seen(remotes, &mut record);
        // Hook managers may not pass the address.
        let told: Vec<&str> = if to.url.is_empty() { remote.addresses().collect() } else { vec![&*to.url] };
        let mut keys: BTreeSet<String> = told.iter().map(|url| address::key(url)).collect();
        // A rewritten address (`url.BASE.insteadOf`) is as much the remote's as the configured one.
        for url in
            remote.fetch.iter().chain(&remote.push).filter(|url| told.iter().any(|t| remotes.is(url, t)))
        {
            keys.insert(address::key(url));
        }
        let known = record.of(&remote.name).cloned().unwrap_or_default();
        let mut moved = None;
        if known.is_disjoint(&keys) {
            if no_refs {
                // There are no refs that could wrongly count for the new address.
                record.set(&remote.name, remotes.keys(remote).into_iter().chain(keys).collect());
            } else {
                let list = |keys: &BTreeSet<String>| {
                    let all: Vec<&str> = keys.iter().map(String::as_str).collect();
                    printable(all.join(", ").as_bytes())
                };
                let to = told.first().map(|url| printable(address::key(url).as_bytes())).unwrap_or_default();
                moved = Some(Moved { name: remote.name.clone(), from: list(&known), to });
            }
        }
        if record != old
            && let Err(e) = record.write(self.common_dir())
        {
            notes.push(format!("the address of {} cannot be remembered: {e}", remote.name));
        }
        Ok(moved)
    }

    /// Records the remotes that are new. A renamed remote keeps its record.
    fn first_seen(&self, remotes: &Remotes, record: &mut Record) {
        let is_gone = |name: &&str| remotes.named(name).is_none();
        let mut gone: Vec<String> = record.names().filter(is_gone).map(str::to_owned).collect();
        for remote in remotes.all.iter().filter(|r| r.addresses().next().is_some()) {
            if record.of(&remote.name).is_some() {
                continue;
            }
            match gone.iter().position(|old| self.was_renamed(old, &remote.name)) {
                Some(at) => record.rename(&gone.swap_remove(at), &remote.name),
                None => drop(record.set(&remote.name, remotes.keys(remote))),
            }
        }
    }

    /// Returns whether `git remote rename` moved the refs of one remote to another, according to their logs.
    fn was_renamed(&self, from: &str, to: &str) -> bool {
        let text = format!("renamed refs/remotes/{from}/");
        let mut todo = vec![self.common_dir().join("logs/refs/remotes").join(to)];
        while let Some(dir) = todo.pop() {
            for path in fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()) {
                if path.is_dir() {
                    todo.push(path);
                } else if fs::read(&path)
                    .is_ok_and(|log| memchr::memmem::find(&log, text.as_bytes()).is_some())
                {
                    return true;
                }
            }
        }
        false
    }

    /// Records the address of every remote that has no record: the earlier, the more it is worth. A failure
    /// here is reported at the push.
    pub fn remember_remotes(&self) {
        if !address::place(self.common_dir()).exists()
            && let Ok(config) = self.backend().config()
        {
            let mut record = Record::default();
            self.first_seen(&Remotes::read(&config), &mut record);
            let _ = record.write(self.common_dir());
        }
    }

    /// Lets a remote's refs count for its current address. Returns the address that they counted for, if there
    /// was one, and the current one.
    ///
    /// # Errors
    /// If there is no such remote, or the record cannot be written.
    pub fn trust_remote(&self, name: &str) -> Result<(Option<String>, String), GitError> {
        let remotes = Remotes::read(&self.backend().config()?);
        let remote = remotes.named(name).ok_or_else(|| GitError::NoRemote(name.to_owned()))?;
        // A damaged record is rewritten: that is what this command is for.
        let mut record = Record::read(self.common_dir()).ok().flatten().unwrap_or_default();
        let list = |keys: &BTreeSet<String>| keys.iter().cloned().collect::<Vec<_>>().join(", ");
        let (before, now) = (record.of(name).map(list), remotes.keys(remote));
        let shown = list(&now);
        record.set(name, now);
        let path = address::place(self.common_dir());
        record.write(self.common_dir()).map_err(|e| GitError::Record { path, why: e.to_string() })?;
        Ok((before, shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_rewritten_form() {
        let config = [
            ("remote.origin.url", "gh:me/x"),
            ("remote.origin.pushurl", "git@host:me/x.git"),
            ("url.https://host/.insteadof", "gh:"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
        let remotes = Remotes::read(&config);
        let origin = &remotes.all[0];
        assert!(remotes.is(&origin.fetch[0], "https://host/me/x"));
        assert!(remotes.is(&origin.push[0], "git@host:me/x"));
        assert!(!remotes.is(&origin.fetch[0], "https://host/me/y"));
        assert_eq!(remotes.keys(origin), BTreeSet::from(["gh/me/x".to_owned(), "host/me/x".to_owned()]));
    }
}
