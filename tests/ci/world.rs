//! A remote with a past, and clones of it as CI systems make them.

use crate::support::{Run, Sandbox, key};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A line with a secret that blocks.
pub fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A remote: `main` with an old secret in its first commit, and branches that left it in the middle.
///
/// ```text
/// m0 (secret) - m1 - m2 - m3 - m4 - m5            main, tag v1 at m5
///                          \- t1 (secret) - t2 (without) - t3   topic, tag v2 at t3; `merge` is m5 + t3
///                          \- c1 - c2                           clean; `clean-merge` is m5 + c2
/// ```
pub struct World {
    pub s: Sandbox,
    ids: BTreeMap<&'static str, String>,
    clones: Cell<usize>,
}

impl World {
    pub fn new() -> World {
        let s = Sandbox::new();
        s.at("..").git(["init", "-q", "--bare", "-b", "main", "server.git"]);
        s.git(["remote", "add", "origin", "../server.git"]);
        let mut ids = BTreeMap::new();
        ids.insert("m0", s.record(&[("old.env", &line(1))]));
        for name in ["m1", "m2", "m3"] {
            ids.insert(name, s.record(&[(&format!("{name}.txt"), "x\n")]));
        }
        s.git(["checkout", "-q", "-b", "topic"]);
        ids.insert("t1", s.record(&[("app.env", &line(2))]));
        ids.insert("t2", s.record(&[("app.env", "KLAVIYO_API_KEY=\n")]));
        ids.insert("t3", s.record(&[("t3.txt", "x\n")]));
        s.git(["tag", "-a", "-m", "second", "v2"]);
        s.git(["checkout", "-q", "-b", "clean", ids["m3"].as_str()]);
        ids.insert("c1", s.record(&[("c1.txt", "x\n")]));
        ids.insert("c2", s.record(&[("c2.txt", "x\n")]));
        s.git(["checkout", "-q", "main"]);
        for name in ["m4", "m5"] {
            ids.insert(name, s.record(&[(&format!("{name}.txt"), "x\n")]));
        }
        s.git(["tag", "-a", "-m", "first", "v1"]);
        for (name, branch) in [("merge", "topic"), ("clean-merge", "clean")] {
            s.git(["checkout", "-q", "--detach", "main"]);
            s.git(["merge", "-q", "--no-ff", "-m", "merge", branch]);
            ids.insert(name, s.git(["rev-parse", "HEAD"]));
        }
        s.git(["checkout", "-q", "main"]);
        s.git(["push", "-q", "origin", "main", "topic", "clean", "v1", "v2"]);
        for (name, target) in [("merge", "refs/pull/7/merge"), ("clean-merge", "refs/pull/8/merge")] {
            s.git(["push", "-q", "origin", &format!("{}:{target}", ids[name])]);
        }
        World { s, ids, clones: Cell::new(0) }
    }

    /// The id of a commit.
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).map_or_else(|| panic!("no commit {name}"), String::as_str)
    }

    /// A clone with one commit checked out; `depth` 0 is the whole history.
    pub fn clone_at(&self, commit: &str, depth: usize) -> Sandbox {
        let number = self.clones.get();
        self.clones.set(number + 1);
        let c = self.s.at(format!("../clone{number}"));
        c.git(["init", "-q", "-b", "none", "."]);
        let url = format!("file://{}/server.git", self.s.root().display());
        c.git(["remote", "add", "origin", &url]);
        let id = self.ids.get(commit).cloned().unwrap_or_else(|| commit.to_owned());
        if depth == 0 {
            c.git(["fetch", "-q", "origin", "+refs/*:refs/remotes/origin/*"]);
            c.git(["fetch", "-q", "origin", &id]);
        } else {
            c.git(["fetch", "-q", "--no-tags", &format!("--depth={depth}"), "origin", &id]);
        }
        c.git(["checkout", "-q", "--detach", &id]);
        c
    }

    /// GitHub's event file, as a variable.
    pub fn event(&self, c: &Sandbox, json: &serde_json::Value) -> Sandbox {
        let path = c.root().join(format!("event{}.json", self.clones.get()));
        std::fs::write(&path, json.to_string()).unwrap();
        c.env("GITHUB_EVENT_PATH", path.to_str().unwrap())
    }
}

/// Runs `stanch ci`.
pub fn ci(c: &Sandbox, args: &[&str]) -> Run {
    c.stanch([&["ci"], args].concat())
}
