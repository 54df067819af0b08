//! Decides on each finding.
//!
//! The configuration of the work tree and the committed one both decide, and the stricter answer counts, so that a
//! commit cannot loosen the policy that applies to it. An organisation's floors apply as well. A person's decision
//! about one secret, with a reason (an inline marker, an allow entry by fingerprint), counts at once. Anything
//! meant to allow a finding that does not count is explained in the finding's note.

use super::action::Action;
use super::permits::{ALL, Permits, describe};
use super::verdict::Verdict;
use super::{Markers, Policy};
use crate::config::{AllowEntry, Config, Layer, PathMode, Release, Sourced};
use crate::finding::{Confidence, Finding, Former, Severity};
use jiff::civil::Date;

/// An action, its reason, and the layer that decided it.
#[derive(Debug, Clone)]
struct Answer {
    action: Action,
    because: String,
    layer: Layer,
    /// The last day on which it only warns.
    until: Option<Date>,
}

impl Answer {
    fn new(action: Action, because: String, layer: Layer) -> Answer {
        Answer { action, because, layer, until: None }
    }
}

impl Policy {
    /// Decides on one finding by the layers up to the top of the repository.
    ///
    /// A person's decision about a secret also applies to its paired id. Otherwise the stricter answer of both
    /// counts: an id that would block alone is not allowed because its secret was found too.
    pub(super) fn decide_here(&self, finding: Finding, markers: &Markers) -> Verdict {
        let id = finding.pair.as_ref().map(|id| Finding { source: finding.source.clone(), ..(**id).clone() });
        let mut decided = self.decide_one(finding, markers);
        if let Some(id) = id.filter(|_| !decided.deliberate) {
            let of_id = self.decide_one(id, markers);
            if of_id.action > decided.action {
                decided.action = of_id.action;
                decided.because = format!("{}: {}", of_id.finding.rule.id, of_id.because);
                decided.warns_until = of_id.warns_until;
            }
        }
        decided
    }

    fn decide_one(&self, finding: Finding, markers: &Markers) -> Verdict {
        if finding.rule.public {
            return Verdict::new(finding, Action::Suppress, "public by design");
        }
        // Only there to be explained: its score is too low to be shown, whatever the thresholds.
        if finding.rejected.is_some() {
            return Verdict::new(finding, Action::Suppress, "a filter rejected it");
        }
        if finding.is_only_explained() {
            return Verdict::new(finding, Action::Suppress, "its score says that it is no secret");
        }
        let mut note = None;
        let personal = self.personal(&finding, markers, ALL);
        let mut deliberate = personal.is_ok();
        let mut answer = match personal {
            Ok(answer) => answer,
            Err(expired) => {
                note = expired;
                self.judge_both(&finding, ALL, &mut note)
            }
        };
        for floor in &self.config.enforce {
            let permits = Permits::of(floor);
            if self.personal(&finding, markers, permits).is_ok() {
                continue;
            }
            let mut strict = self.judge_both(&finding, permits, &mut None);
            if floor.says.judges() {
                let least = self.judge(&finding, &floor.config, permits);
                if least.action > strict.action {
                    strict = least;
                }
            }
            if strict.action > answer.action {
                if answer.layer > floor.layer {
                    let by = floor.layer.name();
                    note = Some(format!(
                        "does not count, for the {by} configuration forbids it: {}",
                        answer.because
                    ));
                }
                strict.because =
                    format!("{}; enforced by the {} configuration", strict.because, floor.layer.name());
                answer = strict;
                deliberate = false;
            }
        }
        let because = finding.secret.hidden_in(&answer.because);
        let note = note.map(|n| finding.secret.hidden_in(&n));
        Verdict {
            note,
            deliberate,
            warns_until: answer.until,
            ..Verdict::new(finding, answer.action, because)
        }
    }

    /// A person's decision about this secret, or a note about an entry that no longer counts.
    fn personal(&self, f: &Finding, markers: &Markers, permits: Permits) -> Result<Answer, Option<String>> {
        let mut note = None;
        let passes = |because, layer| Ok(Answer::new(Action::Suppress, because, layer));
        if self.is_request {
            note = markers.allows(f.rule, f.location.line).map(|reason| {
                format!("the inline marker ({reason}) counts once it is merged: an allow entry counts in a request")
            });
        } else if permits.inline && self.configs().all(|c| c.inline.value) {
            if let Some(reason) = markers.allows(f.rule, f.location.line) {
                return passes(format!("inline marker: {reason}"), Layer::Repository);
            }
            let unended = markers.unended(f.rule, f.location.line).map(|line| {
                format!("the stanch:allow-begin in line {line} has no stanch:allow-end, and covers nothing")
            });
            note = unended.or_else(|| markers.misses(f.rule, f.location.line));
            if permits.foreign
                && self.configs().all(|c| c.foreign_markers.value)
                && let Some(words) =
                    markers.foreign(f.location.line).or_else(|| markers.foreign(f.location.end_line))
            {
                return passes(format!("inline marker of another tool: {words}"), Layer::Repository);
            }
        }
        for entry in self.config.allow.of(&f.fingerprint).filter(|e| e.layer <= permits.allow) {
            match self.lets_through(entry, f) {
                Ok(true) => return passes(describe(entry), entry.layer),
                Err(expired) => note = Some(expired),
                Ok(false) => {}
            }
        }
        if permits.baseline && self.baseline.has(&f.fingerprint) {
            return passes("in the baseline".to_owned(), Layer::Repository);
        }
        Err(note)
    }

    /// Returns whether the entry allows the finding. An error says that it did until it expired.
    fn lets_through(&self, entry: &AllowEntry, f: &Finding) -> Result<bool, String> {
        let holds = entry.is_for(f);
        match entry.expires {
            Some(last) if holds && last < self.today => {
                Err(format!("the allow entry in line {} of {} expired on {last}", entry.line, entry.place()))
            }
            _ => Ok(holds),
        }
    }

    /// The stricter of the configurations' answers.
    fn judge_both(&self, f: &Finding, permits: Permits, note: &mut Option<String>) -> Answer {
        let answer = self.judge(f, &self.config, permits);
        let Some(committed) = &self.committed else { return answer };
        let strict = self.judge(f, committed, permits);
        if strict.action <= answer.action {
            return answer;
        }
        note.get_or_insert_with(|| format!("counts once it is committed: {}", answer.because));
        strict
    }

    /// A configuration's answer.
    fn judge(&self, f: &Finding, config: &Config, permits: Permits) -> Answer {
        let (mut severity, mut confidence) = (f.severity, f.confidence);
        let since = config.since.value.max(permits.since);
        let former = f.former.filter(|_| since < Release::NEWEST);
        if let Some(Former::Reported { severity: severe, confidence: sure }) = former {
            (severity, confidence) = (severity.min(severe), confidence.min(sure));
        }
        let by_former = (severity, confidence) != (f.severity, f.confidence);
        if let Some(Sourced { value, layer, .. }) = config.rules.get(f.rule.id)
            && value.enabled == Some(false)
        {
            let because = format!("rules.{}.enabled = false ({})", f.rule.id, layer.name());
            return Answer::new(Action::Suppress, because, *layer);
        }
        for entry in config.allow.by_pattern().filter(|e| e.layer <= permits.allow) {
            if self.lets_through(entry, f) == Ok(true) {
                return Answer::new(Action::Suppress, describe(entry), entry.layer);
            }
        }
        let except = config.excepts.iter().find(|e| e.layer <= permits.allow && e.is_for(f));
        if let Some(except) = except {
            return Answer::new(Action::Suppress, except.because(), except.layer);
        }
        // In a test, unproved values and private keys count only as much as general evidence does.
        let in_test = f.in_test && !config.block_tests.value;
        let weighed = |severity: Severity, confidence: Confidence| {
            let own = config.rules.get(f.rule.id).map(|own| &own.value);
            let severity = own.and_then(|own| own.severity).unwrap_or(severity);
            let confidence =
                own.and_then(|own| own.confidence).map_or(confidence, |most| confidence.min(most));
            let softened = in_test && confidence > Confidence::Medium;
            let confidence = if softened { Confidence::Medium } else { confidence };
            let mut answer = bars(f, severity, confidence, config);
            if softened {
                let layer = config.block_tests.layer.name();
                answer.because = format!("{}; in a test, and block.tests = false ({layer})", answer.because);
            }
            answer
        };
        let mut answer = weighed(severity, confidence);
        let says_since = || {
            let layer = config.since.layer.name();
            format!("policy.since = {} ({layer}) keeps what it decided", since.name())
        };
        let did_not_report = || {
            let because = format!("{} did not report this; {}", since.name(), says_since());
            Answer::new(Action::Warn, because, config.since.layer)
        };
        let is_lost = by_former
            && answer.action == Action::Suppress
            && weighed(f.severity, f.confidence).action > Action::Suppress;
        if is_lost {
            answer = did_not_report();
        } else if by_former && answer.action < Action::Block {
            answer.because = format!("{}, as {} weighed it; {}", answer.because, since.name(), says_since());
            answer.layer = answer.layer.max(config.since.layer);
        }
        for rule in config.paths.iter().filter(|r| r.is_for(f)) {
            let to = match rule.mode {
                PathMode::Skip => Action::Suppress,
                PathMode::Report => answer.action.min(Action::Warn),
                PathMode::Strict if answer.action == Action::Warn => Action::Block,
                PathMode::Strict => answer.action,
            };
            if to != answer.action {
                let layer = rule.layer;
                let because = format!("path {} ({}): {}", rule.shown(), layer.name(), rule.reason());
                answer = Answer::new(to, because, layer);
            }
        }
        if former == Some(Former::Silent) && answer.action == Action::Block {
            answer = did_not_report();
        }
        if answer.action == Action::Block && permits.warn_only {
            answer = self.in_rollout(config, answer);
        }
        answer
    }

    /// Turns a block into a warning until the last day of a rollout.
    fn in_rollout(&self, config: &Config, answer: Answer) -> Answer {
        let Some(Sourced { value, layer, .. }) = self.rollout(config) else { return answer };
        let because =
            format!("{}; warns until {value}: policy.warn_only_until ({})", answer.because, layer.name());
        Answer { until: Some(*value), ..Answer::new(Action::Warn, because, *layer) }
    }
}

/// The threshold that a finding reaches, and the deciding value with the layer that set it.
fn bars(f: &Finding, severity: Severity, confidence: Confidence, config: &Config) -> Answer {
    let mut under = (String::new(), Layer::Builtin);
    for (action, name, bar) in [(Action::Block, "block", &config.block), (Action::Warn, "warn", &config.warn)]
    {
        let (key, least) = if f.rule.is_generic() {
            ("generic_confidence", &bar.generic_confidence)
        } else {
            ("confidence", &bar.confidence)
        };
        let says = |what: &str, is: &str, verb: &str, key: &str, bar: &str, layer: Layer| {
            (format!("{is} {what} {verb} {name}.{key} = {bar} ({})", layer.name()), layer)
        };
        let (severe, sure) = (severity.slug(), confidence.slug());
        if severity < bar.severity.value {
            let Sourced { value, layer, .. } = bar.severity;
            under = says("severity,", severe, "under", "severity", value.slug(), layer);
        } else if confidence < least.value {
            under = says("confidence,", sure, "under", key, least.value.slug(), least.layer);
        } else {
            // A warning is explained by the threshold that it does not reach.
            let (because, layer) = match action {
                Action::Block => says("confidence", sure, "reaches", key, least.value.slug(), least.layer),
                _ => under,
            };
            return Answer::new(action, because, layer);
        }
    }
    Answer::new(Action::Suppress, under.0, under.1)
}
