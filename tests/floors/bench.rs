//! The result of a policy on a text, to be compared with another's.

use super::RULE;
use crate::support::{key, secret};
use stanch::config::{AgentAction, AgentEvent, Config};
use stanch::finding::{Finding, RepoPath, Salt, Source, SourceKind};
use stanch::policy::{Action, Baseline, BlobId, Cause, Markers, Policy};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Lines to decide on, and what each tries.
pub(crate) fn text() -> String {
    [
        format!("KLAVIYO_API_KEY={}", key(1)),
        format!("db_password: \"{}\"", secret("${base62:16}", 2)),
        format!("x {} # gitleaks:allow", key(3)),
        String::new(),
        format!("x {} # stanch:allow {RULE} -- made for the tests", key(4)),
        String::new(),
        format!("x {}", key(6)),
        format!("x {}", key(7)),
        format!("x {}", secret("acme_${hex-lower:20}", 8)),
        format!("x {}", secret("org_${hex-lower:20}", 9)),
        format!("mail_password: \"{}\"", secret("${base62:16}", 10)),
        // A warning of version 0.1.
        format!("{{\"internal_api_key\": \"{}\"}}", secret("${hex-lower:40}", 11)),
    ]
    .join("\n")
}

/// The result of a policy; each part is ordered, and more is stricter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// What happens on each line.
    pub(crate) lines: BTreeMap<u32, Action>,
    /// What happens because of a file that is too large, one that is damaged and an archive.
    pub(crate) unread: Vec<Action>,
    pub(crate) records: bool,
    pub(crate) forbids_bypass: bool,
    pub(crate) blob_mb: u64,
    pub(crate) depth: u8,
    /// What is read of archives in a hook and in a scan.
    pub(crate) archives: [[u64; 4]; 2],
    /// Reminders a year.
    pub(crate) reminders: u32,
    /// What happens at each event of a coding assistant.
    pub(crate) agent: [AgentAction; 9],
    /// Whom the organisation names.
    pub(crate) asks: Option<(String, String)>,
}

impl Outcome {
    /// What of this is looser than it must be.
    pub(crate) fn under(&self, least: &Outcome) -> Vec<String> {
        let mut out = Vec::new();
        for (line, action) in &least.lines {
            let is = self.lines.get(line).copied().unwrap_or(Action::Suppress);
            if is < *action {
                out.push(format!("line {line}: {is:?} under {action:?}"));
            }
        }
        for (i, (is, action)) in self.unread.iter().zip(&least.unread).enumerate() {
            if is < action {
                out.push(format!("unread {i}: {is:?} under {action:?}"));
            }
        }
        let mut part = |name: &str, looser: bool| out.extend(looser.then(|| name.to_owned()));
        part("records", least.records && !self.records);
        part("bypass", least.forbids_bypass && !self.forbids_bypass);
        part("blob", self.blob_mb < least.blob_mb);
        part("depth", self.depth < least.depth);
        let archives = self.archives.iter().flatten().zip(least.archives.iter().flatten());
        part("archives", archives.into_iter().any(|(is, least)| is < least));
        part("reminders", self.reminders < least.reminders);
        part("agent", self.agent.iter().zip(&least.agent).any(|(is, least)| is < least));
        part("asks", least.asks.is_some() && self.asks != least.asks);
        out
    }
}

/// Findings by what they depend on: the text of the own rules.
#[derive(Default)]
pub(crate) struct Bench {
    found: RefCell<BTreeMap<Vec<&'static str>, Rc<Vec<Finding>>>>,
}

impl Bench {
    pub(crate) fn findings(&self, config: &Config, committed: Option<&Config>) -> Rc<Vec<Finding>> {
        let mut own: Vec<_> = config.own_rules.iter().map(|(_, r)| *r).collect();
        for (_, rule) in committed.iter().flat_map(|c| &c.own_rules) {
            if !own.iter().any(|o| o.id == rule.id) {
                own.push(rule);
            }
        }
        let ids: Vec<_> = own.iter().map(|r| r.id).collect();
        let scan = || {
            let mut rules = RuleSet::builtin();
            own.iter().for_each(|r| rules.push(r));
            let engine = Engine::new(
                &rules,
                Options { salt: Salt::default(), former: true, lines: true, ..Options::default() },
            );
            let source = Source::new(SourceKind::File, RepoPath::new("deploy/a.txt"));
            let mut found = engine.scan(&Fragment { source, bytes: text().into_bytes().into() });
            // One of them is in a test.
            found.iter_mut().filter(|f| f.location.line == 11).for_each(|f| f.in_test = true);
            Rc::new(found)
        };
        Rc::clone(self.found.borrow_mut().entry(ids).or_insert_with(scan))
    }

    pub(crate) fn fingerprint(&self, line: u32) -> stanch::finding::Fingerprint {
        let all = self.findings(&Config::default(), None);
        all.iter().find(|f| f.location.line == line).unwrap().fingerprint
    }

    pub(crate) fn outcome(&self, config: Config, committed: Option<Config>) -> Outcome {
        let found = self.findings(&config, committed.as_ref());
        let mut policy = Policy::new(config, jiff::civil::date(2025, 1, 2));
        policy.committed = committed;
        let mut baseline = Baseline::default();
        baseline.add(self.fingerprint(8), RULE);
        policy.baseline = baseline;
        let markers = Markers::of(text().as_bytes());
        let mut lines = BTreeMap::new();
        for f in found.iter() {
            let d = policy.decide(f.clone(), &markers);
            let action = lines.entry(f.location.line).or_insert(d.action);
            *action = d.action.max(*action);
        }
        let archive = stanch::text::container::of(b"PK\x03\x04\x14\0\0\0\x08\0", b"a.zip").unwrap();
        let causes = [
            Cause::TooLarge { size: 1 << 50, most_mb: 1 },
            Cause::Damaged("broken".into()),
            Cause::Container(archive),
        ];
        let unread = causes.into_iter().map(|cause| {
            policy.unread(RepoPath::new("deploy/a.txt"), cause, BlobId::Known("a".repeat(40))).action
        });
        let unread = unread.collect();
        let named = |s: &Option<stanch::config::Sourced<String>>| s.as_ref().map(|s| s.value.clone());
        Outcome {
            lines,
            unread,
            records: policy.must_record(),
            forbids_bypass: !policy.ways().bypass,
            blob_mb: policy.max_blob_mb(),
            depth: policy.decode_depth(),
            archives: [true, false].map(|hook| {
                let archive = policy.archives(hook);
                [archive.mb, archive.entries, archive.ratio, archive.depth.into()]
            }),
            reminders: 365u32.checked_div(policy.remind_days()).unwrap_or(0),
            agent: AgentEvent::ALL.map(|event| policy.agent(event)),
            asks: named(&policy.config.contact).zip(named(&policy.config.link)),
        }
    }
}
