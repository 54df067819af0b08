//! Decides on what tools gave back: each value is masked by its kind and a name, so that the assistant can go on.

use super::{Judge, Ruling};
use crate::agent::mask::{self, Masker};
use crate::agent::message;
use crate::config::{AgentAction, AgentEvent};
use crate::finding::{Finding, Fingerprint, RepoPath, SourceKind};
use crate::policy::{Action, Verdict};
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

/// Least bytes of a text that is scanned by itself.
const SHORTEST: usize = 8;

impl Judge<'_> {
    pub(super) fn output(&self, value: &Value, path: Option<&Path>) -> Ruling {
        if self.policy(AgentEvent::Output) == AgentAction::Allow {
            return Ruling::allow();
        }
        let found = self.value(value, path);
        let all = found.iter().flat_map(|(_, v)| v);
        let mut ruling =
            self.ruling(AgentEvent::Output, all, |found| message::output(&self.checker.screen(), found));
        if ruling.action != AgentAction::Allow {
            ruling.replaced = Some(self.masked(value, &found));
        }
        ruling
    }

    /// Everything that is found in the texts of a value: in each alone, and in all of them together, where a key says what
    /// its text is.
    pub(super) fn value<'v>(&self, value: &'v Value, path: Option<&Path>) -> Vec<(&'v str, Vec<Verdict>)> {
        let place = path.map(|p| self.repo_path(&self.absolute(p)));
        let (kind, place) = match place {
            Some(place) => (SourceKind::File, place),
            None => (SourceKind::Stdin, RepoPath::new("-")),
        };
        let mut out = Vec::new();
        let mut texts = 0;
        mask::texts(value, &mut |text| {
            texts += 1;
            if text.len() >= SHORTEST {
                let verdicts = self.verdicts(kind, place.clone(), text.as_bytes());
                if !verdicts.is_empty() {
                    out.push((text, verdicts));
                }
            }
        });
        if texts > 0 && value.is_object() {
            let whole = serde_json::to_string_pretty(value).unwrap_or_default();
            let mut verdicts =
                self.verdicts(SourceKind::File, RepoPath::new("output.json"), whole.as_bytes());
            // What a text alone has shown is one finding.
            let of_texts = out.iter().flat_map(|(_, v): &(&str, Vec<Verdict>)| v);
            let known: HashSet<Fingerprint> = of_texts.map(|d| d.finding.fingerprint).collect();
            verdicts.retain(|d| !known.contains(&d.finding.fingerprint));
            if !verdicts.is_empty() {
                out.push(("", verdicts));
            }
        }
        out
    }

    fn masked(&self, value: &Value, found: &[(&str, Vec<Verdict>)]) -> Value {
        let blocked = |all: &[Verdict]| -> Vec<Finding> {
            all.iter()
                .filter(|d| d.action == Action::Block)
                .map(|d| d.finding.clone())
                .flat_map(Finding::apart)
                .collect()
        };
        let all: Vec<(&str, Vec<Finding>)> = found.iter().map(|(text, v)| (*text, blocked(v))).collect();
        let masker = Masker::new(all.iter().flat_map(|(_, f)| f), &self.session);
        mask::map(value, &mut |text| {
            let own = all.iter().find(|(of, _)| *of == text);
            let places = own.map(|(_, f)| mask::places(text, f, &self.session));
            masker.text(text, &places.unwrap_or_default())
        })
    }

    /// A file's text with the values masked, for `stanch agent read`.
    pub(crate) fn masked_file(&self, path: &Path, text: &str) -> String {
        let value = Value::String(text.to_owned());
        let found = self.value(&value, Some(path));
        match self.masked(&value, &found) {
            Value::String(text) => text,
            _ => String::new(),
        }
    }
}
