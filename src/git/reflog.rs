//! Which command wrote a remote-tracking ref.
//!
//! `refs/remotes/NAME/` counts as what a remote has, but anyone can write there (`git update-ref`). The ref's log
//! says how it got its value: only a fetch, pull, push or clone is evidence. Without a log the ref counts.

use super::Repo;
use super::backend::Ref;
use super::objects::tail;
use std::fs::File;
use std::path::Path;

/// Bytes read from the end of a log: longer than any entry that git writes.
const END: u64 = 16 << 10;
/// What git's own commands put after the name of the command that the person ran.
const FETCHED: [&str; 6] = [
    ": fast-forward",
    ": forced-update",
    ": storing head",
    ": storing ref",
    ": storing tag",
    ": updating tag",
];

impl Repo {
    /// Splits the refs into those that a fetch or push wrote, and the others. `names` are the remote's name and
    /// its addresses.
    pub(super) fn by_transfer(&self, refs: Vec<Ref>, names: &[&str]) -> (Vec<Ref>, Vec<Ref>) {
        let logs = self.common_dir().join("logs");
        // If no such ref has a log, none was kept: a copy without logs, or another ref format.
        if !logs.join("refs/remotes").is_dir() {
            return (refs, Vec::new());
        }
        let keeps = match self.config_value("core.logallrefupdates") {
            Ok(Some(value)) => !matches!(&*value.to_ascii_lowercase(), "false" | "no" | "off" | "0" | ""),
            _ => self.work_dir().is_some(),
        };
        refs.into_iter().partition(|(name, id)| {
            let Ok(name) = std::str::from_utf8(name) else { return true };
            match last(&logs.join(name)) {
                Log::Entry(entry) => entry.new == id.to_string() && is_transfer(&entry.message, names),
                Log::Empty => true,
                // A packed ref is as old as the clone; a loose one was written later, and its log
                // with it.
                Log::None => !keeps || !self.common_dir().join(name).is_file(),
            }
        })
    }
}

/// The end of a ref's log.
enum Log {
    Entry(Entry),
    /// The log's entries have expired.
    Empty,
    None,
}

struct Entry {
    new: String,
    message: String,
}

fn last(path: &Path) -> Log {
    let Ok(file) = File::open(path) else { return Log::None };
    let Some(bytes) = tail(&file, END) else { return Log::None };
    let text = String::from_utf8_lossy(&bytes);
    let Some(line) = text.lines().rfind(|l| !l.is_empty()) else { return Log::Empty };
    let (head, message) = line.split_once('\t').unwrap_or((line, ""));
    let new = head.split(' ').nth(1).unwrap_or_default().to_owned();
    Log::Entry(Entry { new, message: message.to_owned() })
}

/// Returns whether a log message is about a transfer with the remote that has these names.
fn is_transfer(message: &str, names: &[&str]) -> bool {
    let written = FETCHED.iter().any(|end| message.ends_with(end))
        || ["fetch", "pull", "push: ", "update by push", "clone: ", "remote: renamed ", "export from jj"]
            .iter()
            .any(|start| message.starts_with(start));
    // `git fetch . HEAD:refs/remotes/origin/x` fetches from elsewhere into a tracking ref of `origin`.
    let command = FETCHED.iter().find_map(|end| message.strip_suffix(end)).unwrap_or(message);
    let mut words = command.split(' ');
    let elsewhere = words.clone().any(|w| w.contains(":refs/remotes/") || w.contains(":remotes/"))
        && !words.any(|w| names.contains(&w));
    written && !elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetches_and_pushes_are_distinguished_from_what_anyone_can_write() {
        let names = ["origin", "https://host/x"];
        for message in [
            "fetch: fast-forward",
            "fetch origin: storing head",
            "fetch --no-tags --depth=1 origin +abc:refs/remotes/origin/main: storing head",
            "fetch https://host/x +refs/heads/*:refs/remotes/origin/*: forced-update",
            "pull --rebase origin main: fast-forward",
            "fetch --all --prune: storing head",
            "my-tool: fast-forward",
            "update by push",
            "clone: from https://host/x",
            "remote: renamed refs/remotes/old/main to refs/remotes/origin/main",
            "fetch origin",
        ] {
            assert!(is_transfer(message, &names), "{message}");
        }
        for message in [
            "",
            "mine",
            "push",
            "branch: Created from HEAD",
            "commit: x",
            "reset: moving to HEAD",
            "fetch . HEAD:refs/remotes/origin/x: storing head",
            "fetch -q ../other main:refs/remotes/origin/main: fast-forward",
            "pull . main:remotes/origin/x: storing head",
        ] {
            assert!(!is_transfer(message, &names), "{message}");
        }
    }
}
