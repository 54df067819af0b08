//! The engines that a check runs.

use crate::config::Layer;
use crate::finding::{Finding, RepoPath, Salt};
use crate::policy::Policy;
use crate::rules::{Rule, RuleSet};
use crate::scan::{Engine, Fragment, Options, Scanned};
use crate::text::copies::Former;
use std::collections::HashSet;

/// The engine of the rules in force. User rules of the committed configuration also run, in an engine of their own:
/// a commit cannot remove or weaken the rule that would block it.
#[derive(Debug)]
pub(crate) struct Engines {
    pub(super) engine: Engine,
    committed: Option<Engine>,
}

impl Engines {
    pub(super) fn new(policy: &Policy, explain: bool, compares: bool) -> Engines {
        let salt = policy.config.salt.as_deref().map_or_else(Salt::default, Salt::new);
        let engine = |mut rules: RuleSet, own: &[(Layer, &'static Rule)]| {
            own.iter().for_each(|(_, rule)| rules.push(rule));
            let (decode_depth, reader) = (policy.decode_depth(), policy.config.reader.value);
            let former = compares || policy.keeps_former();
            let lines = policy.asks_for_lines();
            Engine::new(&rules, Options { salt: salt.clone(), decode_depth, explain, former, lines, reader })
        };
        let committed = policy.committed.as_ref().map(|c| &*c.own_rules).filter(|own| !own.is_empty());
        Engines {
            engine: engine(RuleSet::builtin(), &policy.config.own_rules),
            committed: committed.map(|own| engine(RuleSet::empty(), own)),
        }
    }

    /// Returns the findings in a fragment.
    pub(crate) fn scan(&self, fragment: &Fragment<'_>) -> Vec<Finding> {
        self.scan_within(fragment).findings
    }

    /// Returns whether [`Engines::scan_changes`] may be asked about this text, or about a later version of it.
    pub(crate) fn is_near(&self, fragment: &Fragment<'_>) -> bool {
        self.committed.is_none() && self.engine.is_near(fragment)
    }

    /// Returns whether the same text says the same under both paths.
    pub(crate) fn reads_alike(&self, path: &RepoPath, other: &RepoPath) -> bool {
        self.engine.reads_alike(path, other)
    }

    /// The findings near what changed since a former version, which is clean. `None` if the whole must be scanned.
    pub(crate) fn scan_changes(&self, fragment: &Fragment<'_>, former: Former<'_>) -> Option<Scanned> {
        self.engine.scan_changes(fragment, former)
    }

    /// The same, with the budget that ran out, if one did before everything was read.
    pub(crate) fn scan_within(&self, fragment: &Fragment<'_>) -> Scanned {
        let Scanned { findings: mut found, mut unread } = self.engine.scan_within(fragment);
        if let Some(committed) = &self.committed {
            // An unchanged rule finds the same again; a weakened one differs in severity or confidence.
            let place = |f: &Finding| (f.rule.id, f.location.bytes.clone(), f.severity, f.confidence);
            let known: HashSet<_> = found.iter().map(place).collect();
            let more = committed.scan_within(fragment);
            found.extend(more.findings.into_iter().filter(|f| !known.contains(&place(f))));
            unread = unread.or(more.unread);
        }
        Scanned { findings: found, unread }
    }
}
