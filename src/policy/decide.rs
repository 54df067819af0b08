//! The decision on each finding.
//!
//! A finding is judged by the configuration as staged and as committed, and the stricter answer counts, so that a
//! commit cannot loosen the policy that judges it. The floors of an organisation come on top. What a person decided
//! about one secret, with a reason (an inline marker, an allow entry by fingerprint), counts at once.

use super::{Action, Baseline, Decided, Markers};
use crate::config::{AllowEntry, AllowWhat, Bar, Config, PathMode, Set};
use crate::finding::{Confidence, Finding, Severity};
use jiff::civil::Date;

/// Everything that decides.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The configuration as the work tree or the index has it.
    pub config: Config,
    /// The configuration with the repository's file as committed; `None` where there is no such difference.
    pub committed: Option<Config>,
    /// Secrets known before.
    pub baseline: Baseline,
    /// Today, for entries that expire.
    pub today: Date,
}

impl Policy {
    /// A policy of one configuration.
    pub fn new(config: Config, today: Date) -> Policy {
        Policy { config, committed: None, baseline: Baseline::default(), today }
    }

    /// Decides on one finding. `markers` are the inline markers of its text.
    pub fn decide(&self, finding: Finding, markers: &Markers) -> Decided {
        let (action, because) = self.action(&finding, markers);
        let deliberate = action == Action::Suppress && self.personal(&finding, markers).is_ok();
        Decided { finding, action, because, deliberate, bypassed: false }
    }

    /// May a person let something through with a reason? The stricter of all configurations counts.
    pub fn may_bypass(&self) -> bool {
        self.config.bypass_allowed.value
            && self.committed.as_ref().is_none_or(|c| c.bypass_allowed.value)
            && self.config.enforce.iter().all(|(_, e)| e.bypass != Some(false))
    }

    fn action(&self, f: &Finding, markers: &Markers) -> (Action, String) {
        if f.rule.public {
            return (Action::Suppress, "public by design".to_owned());
        }
        let mut answer = match self.personal(f, markers) {
            Ok(reason) => (Action::Suppress, reason),
            Err(note) => {
                let mut answer = self.judge(f, &self.config);
                if let Some(committed) = &self.committed {
                    let strict = self.judge(f, committed);
                    if strict.0 > answer.0 {
                        answer = (
                            strict.0,
                            format!(
                                "{} (what the staged configuration loosens counts once committed)",
                                strict.1
                            ),
                        );
                    }
                }
                if let Some(note) = note {
                    answer.1 = format!("{}; {note}", answer.1);
                }
                answer
            }
        };
        for (layer, floor) in &self.config.enforce {
            let forbidden = |allowed: Option<bool>| allowed == Some(false);
            let personal = self.personal_with(
                f,
                markers,
                !forbidden(floor.inline),
                !forbidden(floor.allow),
                !forbidden(floor.baseline),
            );
            if personal.is_ok() {
                continue;
            }
            let block = self.config.block.with(&floor.block, *layer);
            let warn = self.config.warn.with(&floor.warn, *layer);
            let strict =
                bars(f, f.severity, f.confidence, &only(&floor.block, &block), &only(&floor.warn, &warn));
            if strict.0 > answer.0 {
                answer =
                    (strict.0, format!("enforced by the {} configuration; here: {}", layer.name(), answer.1));
            }
        }
        answer
    }

    /// What a person decided about this very secret: the reason, or a note about an entry that no longer counts.
    fn personal(&self, f: &Finding, markers: &Markers) -> Result<String, Option<String>> {
        self.personal_with(f, markers, true, true, true)
    }

    fn personal_with(
        &self,
        f: &Finding,
        markers: &Markers,
        inline: bool,
        allow: bool,
        baseline: bool,
    ) -> Result<String, Option<String>> {
        let mut note = None;
        if inline && self.config.inline.value {
            if let Some(reason) = markers.allows(f.rule, f.location.line) {
                return Ok(format!("inline marker: {reason}"));
            }
            if self.config.foreign_markers.value
                && let Some(words) =
                    markers.foreign(f.location.line).or_else(|| markers.foreign(f.location.end_line))
            {
                return Ok(format!("inline marker of another tool: {words}"));
            }
        }
        if allow {
            for entry in self.config.allow.iter().filter(|e| matches!(e.what, AllowWhat::Fingerprint(_))) {
                match self.lets_through(entry, f) {
                    Ok(true) => return Ok(told(entry)),
                    Err(expired) => note = Some(expired),
                    Ok(false) => {}
                }
            }
        }
        if baseline && self.baseline.has(&f.fingerprint) {
            return Ok("in the baseline".to_owned());
        }
        Err(note)
    }

    /// Does the entry let it through? An error tells that it did, until it expired.
    fn lets_through(&self, entry: &AllowEntry, f: &Finding) -> Result<bool, String> {
        let path = std::ffi::OsString::from(String::from_utf8_lossy(f.source.path.as_bytes()).into_owned());
        let holds = entry.rule.as_ref().is_none_or(|r| f.rule.is_called(r))
            && entry.path.as_ref().is_none_or(|g| g.is_match(&path))
            && match &entry.what {
                AllowWhat::Fingerprint(p) => *p == f.fingerprint,
                AllowWhat::Regex(r) => f.matches(r),
                AllowWhat::Path => true,
            };
        match entry.expires {
            Some(last) if holds && last < self.today => {
                Err(format!("the allow entry of line {} expired on {last}", entry.line))
            }
            _ => Ok(holds),
        }
    }

    /// What a configuration as a whole says.
    fn judge(&self, f: &Finding, config: &Config) -> (Action, String) {
        let setting = config.rules.iter().find(|(id, _)| f.rule.is_called(id)).map(|(_, s)| s);
        let (mut severity, mut confidence) = (f.severity, f.confidence);
        if let Some(Set { value, layer }) = setting {
            if value.enabled == Some(false) {
                return (Action::Suppress, format!("rules.{}.enabled = false ({})", f.rule.id, layer.name()));
            }
            severity = value.severity.unwrap_or(severity);
            confidence = value.confidence.map_or(confidence, |most| confidence.min(most));
        }
        for entry in config.allow.iter().filter(|e| !matches!(e.what, AllowWhat::Fingerprint(_))) {
            if self.lets_through(entry, f) == Ok(true) {
                return (Action::Suppress, told(entry));
            }
        }
        let (mut action, mut because) =
            bars(f, severity, confidence, &Some(&config.block), &Some(&config.warn));
        let path = std::ffi::OsString::from(String::from_utf8_lossy(f.source.path.as_bytes()).into_owned());
        for rule in &config.paths {
            let holds = rule.glob.is_match(&path)
                && (rule.rules.is_empty() || rule.rules.iter().any(|r| f.rule.is_called(r)));
            if !holds {
                continue;
            }
            let to = match rule.mode {
                PathMode::Skip => Action::Suppress,
                PathMode::Report => action.min(Action::Warn),
                PathMode::Strict if action == Action::Warn => Action::Block,
                PathMode::Strict => action,
            };
            if to != action {
                action = to;
                because = format!("path {} ({}): {}", rule.glob.glob(), rule.layer.name(), rule.reason);
            }
        }
        (action, because)
    }
}

/// Only a floor that sets something is one.
fn only<'a>(floor: &crate::config::Threshold, bar: &'a Bar) -> Option<&'a Bar> {
    let set = floor.severity.is_some() || floor.confidence.is_some() || floor.generic_confidence.is_some();
    set.then_some(bar)
}

/// Which bar a finding reaches, and the value that decided, with the layer that set it.
fn bars(
    f: &Finding,
    severity: Severity,
    confidence: Confidence,
    block: &Option<&Bar>,
    warn: &Option<&Bar>,
) -> (Action, String) {
    let mut because = "no bar".to_owned();
    for (action, name, bar) in [(Action::Block, "block", block), (Action::Warn, "warn", warn)] {
        let Some(bar) = bar else { continue };
        let (key, least) = if f.rule.is_generic() {
            ("generic_confidence", &bar.generic_confidence)
        } else {
            ("confidence", &bar.confidence)
        };
        if severity < bar.severity.value {
            because = format!(
                "{} severity, under {name}.severity = {} ({})",
                severity.slug(),
                bar.severity.value.slug(),
                bar.severity.layer.name()
            );
        } else if confidence < least.value {
            because = format!(
                "{} confidence, under {name}.{key} = {} ({})",
                confidence.slug(),
                least.value.slug(),
                least.layer.name()
            );
        } else {
            let text = format!(
                "{} confidence reaches {name}.{key} = {} ({})",
                confidence.slug(),
                least.value.slug(),
                least.layer.name()
            );
            return (action, if action == Action::Block { text } else { because });
        }
    }
    (Action::Suppress, because)
}

fn told(entry: &AllowEntry) -> String {
    let who = entry.who.as_deref().map_or(String::new(), |w| format!(" ({w})"));
    format!("allowed in the {} configuration, line {}: {}{who}", entry.layer.name(), entry.line, entry.reason)
}
