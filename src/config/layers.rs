//! Layers: built-in, system, user, repository; each later one over the ones before, and who set what.

use super::file::{self, Allow, ConfigError, Enforce, File, PathMode, RuleSetting, Threshold};
use crate::finding::{Confidence, Fingerprint, Severity};
use crate::rules::RuleSet;
use crate::rules::spec::RuleSpec;
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeMap;

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// This program.
    Builtin,
    /// The machine's file.
    System,
    /// The person's file.
    User,
    /// The repository's file.
    Repository,
}

impl Layer {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Builtin => "built-in",
            Layer::System => "system",
            Layer::User => "user",
            Layer::Repository => "repository",
        }
    }
}

/// A value and the layer that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Who set it.
    pub layer: Layer,
}

impl<T> Set<T> {
    fn builtin(value: T) -> Set<T> {
        Set { value, layer: Layer::Builtin }
    }

    fn take(&mut self, value: Option<T>, layer: Layer) {
        if let Some(value) = value {
            *self = Set { value, layer };
        }
    }
}

/// From where on something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "as in file::Threshold")]
pub struct Bar {
    pub severity: Set<Severity>,
    pub confidence: Set<Confidence>,
    pub generic_confidence: Set<Confidence>,
}

impl Bar {
    fn new(severity: Severity, confidence: Confidence, generic: Confidence) -> Bar {
        Bar {
            severity: Set::builtin(severity),
            confidence: Set::builtin(confidence),
            generic_confidence: Set::builtin(generic),
        }
    }

    /// This bar, where a floor sets something in place of it.
    pub fn with(&self, floor: &Threshold, layer: Layer) -> Bar {
        let mut out = self.clone();
        out.take(floor, layer);
        out
    }

    fn take(&mut self, t: &Threshold, layer: Layer) {
        self.severity.take(t.severity, layer);
        self.confidence.take(t.confidence, layer);
        self.generic_confidence.take(t.generic_confidence, layer);
    }
}

/// A path rule in force.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "as in file::PathRule")]
pub struct PathRule {
    pub glob: GlobMatcher,
    pub mode: PathMode,
    pub rules: Vec<String>,
    pub reason: String,
    pub layer: Layer,
}

/// What an allow entry lets through.
#[derive(Debug, Clone)]
pub enum AllowWhat {
    /// One secret.
    Fingerprint(Fingerprint),
    /// Values that match as a whole.
    Regex(regex::bytes::Regex),
    /// Everything of `rule` under `path`.
    Path,
}

/// An allow entry in force.
#[derive(Debug, Clone)]
pub struct AllowEntry {
    /// What it lets through.
    pub what: AllowWhat,
    /// Only of this rule.
    pub rule: Option<String>,
    /// Only under this path.
    pub path: Option<GlobMatcher>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub who: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<jiff::civil::Date>,
    /// Where it stands.
    pub layer: Layer,
    /// Line in that file.
    pub line: usize,
}

/// The configuration in force.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "as in file::File")]
pub struct Config {
    pub salt: Option<String>,
    pub contact: Option<Set<String>>,
    pub link: Option<Set<String>>,
    pub baseline: Set<String>,
    pub block: Bar,
    pub warn: Bar,
    pub max_blob_mb: Set<u64>,
    pub decode_depth: Set<u8>,
    pub inline: Set<bool>,
    pub foreign_markers: Set<bool>,
    pub audit_enabled: Set<bool>,
    pub audit_path: Option<Set<String>>,
    pub remind_days: Set<u32>,
    pub bypass_allowed: Set<bool>,
    pub rules: BTreeMap<String, Set<RuleSetting>>,
    pub paths: Vec<PathRule>,
    pub allow: Vec<AllowEntry>,
    pub own_rules: Vec<RuleSpec>,
    pub enforce: Vec<(Layer, Enforce)>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            salt: None,
            contact: None,
            link: None,
            baseline: Set::builtin(".stanch-baseline".to_owned()),
            block: Bar::new(Severity::Medium, Confidence::High, Confidence::High),
            warn: Bar::new(Severity::Low, Confidence::Medium, Confidence::Medium),
            max_blob_mb: Set::builtin(50),
            decode_depth: Set::builtin(3),
            inline: Set::builtin(true),
            foreign_markers: Set::builtin(false),
            audit_enabled: Set::builtin(true),
            audit_path: None,
            remind_days: Set::builtin(90),
            bypass_allowed: Set::builtin(true),
            rules: BTreeMap::new(),
            paths: Vec::new(),
            allow: Vec::new(),
            own_rules: Vec::new(),
            enforce: Vec::new(),
        }
    }
}

impl Config {
    /// Lays a file over this configuration. `text` is the file's text, `name` its name for messages.
    ///
    /// # Errors
    /// On anything that cannot be meant, with the line.
    pub fn lay(&mut self, layer: Layer, text: &str, name: &str) -> Result<(), ConfigError> {
        let file = File::parse(text, name)?;
        let fail = |offset: usize, what: String| ConfigError {
            file: name.to_owned(),
            line: file::line_of(text, offset),
            what,
        };
        self.block.take(&file.block, layer);
        self.warn.take(&file.warn, layer);
        self.max_blob_mb.take(file.limits.max_blob_mb, layer);
        self.decode_depth.take(file.limits.decode_depth, layer);
        self.inline.take(file.inline.enabled, layer);
        self.foreign_markers.take(file.inline.foreign, layer);
        self.audit_enabled.take(file.audit.enabled, layer);
        self.remind_days.take(file.audit.remind_days, layer);
        self.bypass_allowed.take(file.bypass.allowed, layer);
        self.baseline.take(file.baseline, layer);
        self.salt = file.salt.or(self.salt.take());
        let set = |value: Option<String>| value.map(|value| Set { value, layer });
        self.contact = set(file.contact).or(self.contact.take());
        self.link = set(file.link).or(self.link.take());
        self.audit_path = set(file.audit.path).or(self.audit_path.take());
        for (id, setting) in file.rules {
            let at = setting.span().start;
            self.known_rule(&id, &file.rule).map_err(|what| fail(at, what))?;
            self.rules.insert(id, Set { value: setting.into_inner(), layer });
        }
        for rule in file.path {
            let at = rule.span().start;
            let rule = rule.into_inner();
            for id in &rule.rules {
                self.known_rule(id, &file.rule).map_err(|what| fail(at, what))?;
            }
            self.paths.push(PathRule {
                glob: glob(&rule.glob).map_err(|what| fail(at, what))?,
                mode: rule.mode,
                rules: rule.rules,
                reason: rule.reason,
                layer,
            });
        }
        for entry in file.allow {
            let at = entry.span().start;
            let entry =
                allow(entry.into_inner(), layer, file::line_of(text, at)).map_err(|what| fail(at, what))?;
            self.allow.push(entry);
        }
        self.own_rules.extend(file.rule);
        if let Some(enforce) = file.enforce {
            if layer == Layer::Repository {
                let at = text.find("[enforce").unwrap_or(0);
                return Err(fail(
                    at,
                    "[enforce] counts in the system and user files only; remove it".to_owned(),
                ));
            }
            self.enforce.push((layer, enforce));
        }
        Ok(())
    }

    fn known_rule(&self, id: &str, own: &[RuleSpec]) -> Result<(), String> {
        let set = RuleSet::builtin();
        if set.get(id).is_some() || own.iter().chain(&self.own_rules).any(|r| r.id == id) {
            return Ok(());
        }
        let id_shown = crate::finding::printable(id.as_bytes());
        Err(match set.nearest(id) {
            Some(near) => format!("unknown rule `{id_shown}`; did you mean `{near}`?"),
            None => format!("unknown rule `{id_shown}`; `stanch rules list` has them all"),
        })
    }
}

fn allow(e: Allow, layer: Layer, line: usize) -> Result<AllowEntry, String> {
    let what = match (&e.fingerprint, &e.regex) {
        (Some(f), None) => AllowWhat::Fingerprint(
            Fingerprint::parse(f).ok_or("fingerprint is not 20 hex digits; `stanch allow` writes it")?,
        ),
        (None, Some(r)) => AllowWhat::Regex(
            crate::rules::compile(&format!("^(?:{r})$")).map_err(|_| "regex does not compile")?,
        ),
        (None, None) if e.path.is_some() && e.rule.is_some() => AllowWhat::Path,
        _ => return Err("an allow entry needs one of fingerprint, regex, or path with rule".to_owned()),
    };
    let expires = match e.expires.and_then(|d| d.date) {
        Some(d) => Some(
            jiff::civil::Date::new(d.year as i16, d.month as i8, d.day as i8)
                .map_err(|_| "expires is no date")?,
        ),
        None if e.expires.is_some() => return Err("expires is no date: write 2026-12-31".to_owned()),
        None => None,
    };
    Ok(AllowEntry {
        what,
        rule: e.rule,
        path: e.path.as_deref().map(glob).transpose()?,
        reason: e.reason.filter(|r| !r.trim().is_empty()).ok_or("an allow entry needs a reason = \"...\"")?,
        who: e.who,
        expires,
        layer,
        line,
    })
}

/// A glob as in .gitignore: without a slash it holds in every folder; a folder's name holds for all in it.
fn glob(text: &str) -> Result<GlobMatcher, String> {
    let rooted = text.strip_prefix('/').unwrap_or(text);
    let mut pattern = if rooted.trim_end_matches('/').contains('/') || text.starts_with('/') {
        rooted.to_owned()
    } else {
        format!("**/{rooted}")
    };
    if pattern.ends_with('/') {
        pattern.push_str("**");
    }
    GlobBuilder::new(&pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map(|g| g.compile_matcher())
        .map_err(|_| format!("glob {:?} does not parse", crate::finding::printable(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(text: &str) -> Result<Config, String> {
        let mut c = Config::default();
        c.lay(Layer::Repository, text, ".stanch.toml").map_err(|e| e.to_string())?;
        Ok(c)
    }

    #[test]
    fn a_later_layer_stands_over_an_earlier_one_and_the_setter_is_known() {
        let mut c = Config::default();
        c.lay(Layer::System, "[block]\nconfidence = 'certain'\nseverity = 'low'", "s").unwrap();
        c.lay(Layer::User, "[block]\nconfidence = 'medium'", "u").unwrap();
        assert_eq!(c.block.confidence, Set { value: Confidence::Medium, layer: Layer::User });
        assert_eq!(c.block.severity, Set { value: Severity::Low, layer: Layer::System });
        assert_eq!(c.warn.severity.layer, Layer::Builtin);
    }

    #[test]
    fn an_allow_entry_without_a_reason_or_with_a_bad_fingerprint_is_refused_with_its_line() {
        let fp = "0123456789abcdef0123";
        assert!(
            lay(&format!("\n[[allow]]\nfingerprint = '{fp}'\n"))
                .unwrap_err()
                .contains(":2: an allow entry needs a reason")
        );
        assert!(
            lay("[[allow]]\nfingerprint = 'zz'\nreason = 'x'\n")
                .unwrap_err()
                .contains(":1: fingerprint is not")
        );
        assert!(lay("[[allow]]\nreason = 'x'\n").unwrap_err().contains("needs one of"));
        assert_eq!(
            lay(&format!("allow = [\n {{ fingerprint = '{fp}', reason = 'r', expires = 2030-01-02 }},\n]"))
                .unwrap()
                .allow
                .len(),
            1
        );
    }

    #[test]
    fn an_unknown_rule_is_refused_with_the_nearest() {
        let e = lay("[rules.klaviyo-private-api-kye]\nenabled = false\n").unwrap_err();
        assert!(e.contains("did you mean `klaviyo-private-api-key`"), "{e}");
    }

    #[test]
    fn a_repository_cannot_enforce() {
        assert!(lay("[enforce]\nbypass = true\n").unwrap_err().contains(":1: [enforce] counts in"));
    }

    #[test]
    fn globs_hold_as_in_gitignore() {
        let is = |g: &str, p: &str| glob(g).unwrap().is_match(p);
        assert!(is("*.md", "docs/a.md") && is("*.md", "a.md"));
        assert!(is("tests/", "tests/x/y.rs") && is("tests/", "a/tests/y.rs"));
        assert!(is("/tests/**", "tests/x/y.rs") && !is("/tests/**", "a/tests/y.rs"));
        assert!(is("src/*.rs", "src/a.rs") && !is("src/*.rs", "src/a/b.rs"));
    }
}
