//! The policy in force: all configurations that decide, and the strictest value of each setting.

use super::{Baseline, Permissions};
use crate::archive;
use crate::config::{
    AgentAction, AgentEvent, Config, Except, Floor, LEAST_ARCHIVE_DEPTH, LEAST_ARCHIVE_ENTRIES,
    LEAST_ARCHIVE_MB, LEAST_ARCHIVE_RATIO, LEAST_BLOB_MB, LEAST_DECODE_DEPTH, Limits, Release, Sourced,
};
use crate::policy::folders::Folders;
use jiff::civil::Date;
use std::sync::Arc;

/// Everything that decides on findings.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The configuration with the work tree's file.
    pub config: Config,
    /// The configuration with the repository's committed file; `None` if they are equal.
    pub committed: Option<Config>,
    /// Secrets in the baseline.
    pub baseline: Baseline,
    /// Today, for entries that expire.
    pub today: Date,
    /// Notes about the policy itself, such as an unreadable committed file.
    pub notes: Vec<String>,
    /// True if a merge request is checked: inline markers that it adds do not count.
    pub is_request: bool,
    /// The files of the repository's folders.
    pub(crate) folders: Option<Arc<Folders<Level>>>,
}

/// The file of one folder, over what may loosen above it.
#[derive(Debug)]
pub(crate) struct Level {
    /// Its path, for messages.
    pub(super) name: String,
    /// What it makes of the policy.
    pub(super) policy: Policy,
    /// True if what it loosens counts.
    pub(super) may_loosen: bool,
}

impl Policy {
    /// A policy with one configuration.
    pub fn new(config: Config, today: Date) -> Policy {
        Policy {
            config,
            committed: None,
            baseline: Baseline::default(),
            today,
            notes: Vec::new(),
            is_request: false,
            folders: None,
        }
    }

    /// What a person may do with a reason, by the strictest configuration.
    pub fn ways(&self) -> Permissions {
        let floors = &self.config.enforce;
        Permissions {
            allow: floors.iter().all(|f| f.says.allow != Some(false)),
            inline: !self.is_request
                && floors.iter().all(Floor::permits_inline)
                && self.configs().all(|c| c.inline.value),
            bypass: floors.iter().all(|f| f.says.bypass != Some(false))
                && self.strictest().all(|c| c.bypass_allowed.value),
        }
    }

    /// Returns whether decisions must be recorded.
    pub fn must_record(&self) -> bool {
        self.strictest().any(|c| c.audit_enabled.value)
            || self.config.enforce.iter().any(|f| f.says.audit == Some(true))
    }

    /// Returns whether a secret may be sent to its provider: a person's or the machine's file says so, and no floor
    /// forbids it. A repository's file cannot say it.
    pub fn may_verify(&self) -> bool {
        let floors = &self.config.enforce;
        floors.iter().all(|f| f.says.verify != Some(false)) && self.strictest().all(|c| c.verify_allow.value)
    }

    /// Returns whether a secret may be sent to a private or loopback address.
    pub fn may_verify_privately(&self) -> bool {
        self.strictest().all(|c| c.verify_private.value)
    }

    /// Returns whether a closed floor says where secrets may be sent.
    pub fn holds_verify_hosts(&self) -> bool {
        self.config.enforce.iter().any(|f| f.says.is_closed())
    }

    /// The addresses of providers' instances: under a closed floor those of the files up to it alone.
    pub fn verify_hosts(&self) -> impl Iterator<Item = (&String, &String)> {
        let floor = self.config.enforce.iter().find(|f| f.says.is_closed());
        let config = floor.map_or(&self.config, |f| &f.config);
        config.verify_hosts.iter().map(|(provider, address)| (provider, &address.value))
    }

    /// Days after which an allowed secret is due for rotation: the shortest of all configurations; 0 means
    /// never.
    pub fn remind_days(&self) -> u32 {
        self.strictest().map(|c| c.remind_days.value).filter(|days| *days > 0).min().unwrap_or(0)
    }

    /// A limit: the highest of all configurations, and never below the built-in minimum.
    fn limit<T: Ord>(&self, least: T, of: impl Fn(&Config) -> T, floor: impl Fn(&Limits) -> Option<T>) -> T {
        let floors = self.config.enforce.iter().filter_map(|f| floor(&f.says.limits));
        self.strictest().map(of).chain(floors).fold(least, T::max)
    }

    /// MB of the largest text that is read.
    pub fn max_blob_mb(&self) -> u64 {
        self.limit(LEAST_BLOB_MB, |c| c.max_blob_mb.value, |l| l.max_blob_mb)
    }

    /// The same in bytes.
    pub fn max_blob_bytes(&self) -> u64 {
        self.max_blob_mb().saturating_mul(1 << 20)
    }

    /// Layers of encoding that are decoded.
    pub fn decode_depth(&self) -> u8 {
        self.limit(LEAST_DECODE_DEPTH, |c| c.decode_depth.value, |l| l.decode_depth)
    }

    /// The limits on archives in a hook or in a scan.
    pub fn archives(&self, hook: bool) -> archive::Limits {
        let (mb, key) = match hook {
            true => {
                let mb = self.limit(LEAST_ARCHIVE_MB, |c| c.archive_hook_mb.value, |l| l.archive_hook_mb);
                (mb, "archive_hook_mb")
            }
            false => (self.limit(LEAST_ARCHIVE_MB, |c| c.archive_mb.value, |l| l.archive_mb), "archive_mb"),
        };
        archive::Limits {
            mb,
            key,
            entries: self.limit(LEAST_ARCHIVE_ENTRIES, |c| c.archive_entries.value, |l| l.archive_entries),
            ratio: self.limit(LEAST_ARCHIVE_RATIO, |c| c.archive_ratio.value, |l| l.archive_ratio),
            depth: self.limit(LEAST_ARCHIVE_DEPTH, |c| c.archive_depth.value, |l| l.archive_depth),
            member_mb: self.max_blob_mb(),
        }
    }

    /// What happens at an event of a coding assistant: the strictest action of all configurations.
    pub fn agent(&self, event: AgentEvent) -> AgentAction {
        let floors = self.config.enforce.iter().filter_map(|f| f.says.agent.get(event));
        self.strictest()
            .map(|c| c.agent.of(event).value)
            .chain(floors)
            .fold(AgentAction::Allow, AgentAction::max)
    }

    /// What a repository can loosen here because no floor covers it, each in a sentence.
    pub fn unprotected(&self) -> Vec<&'static str> {
        let floors = &self.config.enforce;
        let any = |covers: &dyn Fn(&Floor) -> bool| floors.iter().any(|f| f.says.is_closed() || covers(f));
        let named = |covers: &dyn Fn(&Floor) -> bool| floors.iter().any(covers);
        let all = [
            (
                any(&|f| f.says.judges()),
                "thresholds, [rules], [[path]], [[except]], and [[allow]] by regex or path",
            ),
            (any(&|f| f.says.judges() || f.says.since == Some(Release::NEWEST)), "policy.since"),
            (any(&|f| f.says.judges() || f.says.warn_only == Some(false)), "policy.warn_only_until"),
            (any(&|f| f.says.block.unread == Some(true)), "block.unread"),
            (named(&|f| !f.permits_inline()), "inline markers"),
            (named(&|f| f.says.allow == Some(false)), "[[allow]] by fingerprint, with a reason"),
            (named(&|f| f.says.baseline == Some(false)), "the committed baseline"),
            (any(&|f| f.says.bypass == Some(false)), "bypass.allowed"),
            (any(&|f| f.says.audit == Some(true)), "audit.enabled"),
            (any(&|_| false), "audit.remind_days"),
            (any(&|f| AgentEvent::ALL.iter().all(|e| f.says.agent.get(*e).is_some())), "[agent]"),
            (any(&|f| f.says.limits.is_complete()), "limits, down to the built-in minimum"),
        ];
        all.into_iter().filter(|(covered, _)| !covered).map(|(_, what)| what).collect()
    }

    /// The last day on which a configuration turns blocks into warnings, if that is today or later.
    pub(super) fn rollout<'a>(&self, config: &'a Config) -> Option<&'a Sourced<Date>> {
        config.warn_only_until.as_ref().filter(|until| self.today <= until.value)
    }

    /// The same policy with a version's decisions, and without a rollout. A floor that requires a newer version
    /// still applies.
    #[must_use]
    pub fn trial(&self, since: Release) -> Policy {
        let mut policy = self.clone();
        policy.folders = self.folders.as_ref().map(|folders| Arc::new(folders.fresh()));
        let floors = policy.config.enforce.iter_mut().map(|f| &mut *f.config);
        for config in floors.chain(&mut policy.committed) {
            config.since.value = since;
            config.warn_only_until = None;
        }
        policy.config.since.value = since;
        policy.config.warn_only_until = None;
        policy
    }

    /// Returns whether any configuration keeps the decisions of an earlier version.
    pub fn keeps_former(&self) -> bool {
        let of_floors = self.config.enforce.iter().map(|f| &*f.config);
        self.configs().chain(of_floors).any(|c| c.since.value < Release::NEWEST)
    }

    /// Returns whether any configuration has an exception that looks at the lines of a finding.
    pub fn asks_for_lines(&self) -> bool {
        let of_floors = self.config.enforce.iter().map(|f| &*f.config);
        let asks = |c: &Config| {
            // The files of folders are not read yet.
            !c.loosen.is_empty() || c.excepts.iter().any(Except::asks_for_lines)
        };
        self.configs().chain(of_floors).any(asks)
    }

    pub(super) fn configs(&self) -> impl Iterator<Item = &Config> {
        std::iter::once(&self.config).chain(&self.committed)
    }

    /// The configurations of which the strictest value counts: both versions, and those of closed floors.
    pub(super) fn strictest(&self) -> impl Iterator<Item = &Config> {
        let closed = self.config.enforce.iter().filter(|f| f.says.is_closed());
        self.configs().chain(closed.map(|f| &*f.config))
    }
}
