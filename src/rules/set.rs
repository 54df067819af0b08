//! The rules in force: the catalogue and the user rules.

use super::check::{self, Fault};
use super::remediation::RemediationSpec;
use super::required_run::Run;
use super::spec::{ExceptSpec, FileSpec};
use super::{
    Advice, Context, Detector, Except, Names, Pattern, Provider, Remediation, Rule, UserRule, Value, builtin,
    pattern,
};
use std::cell::Cell;
use std::sync::OnceLock;

/// The rules in force: the catalogue in its order, then the user rules.
#[derive(Debug, Clone)]
pub struct RuleSet {
    rules: Vec<&'static Rule>,
    /// The file rules, kept apart: a search through all rules causes page faults.
    files: Vec<&'static Rule>,
}

/// Why a user's rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnRulesError {
    /// Not TOML, or not in the rule format.
    #[error("not a file of rules: {0}")]
    Parse(#[from] toml::de::Error),
    /// Readable, but a rule has a fault.
    #[error("{}", .0.join("; "))]
    Check(Vec<String>),
}

impl Default for RuleSet {
    fn default() -> Self {
        Self::builtin()
    }
}

impl RuleSet {
    /// The catalogue.
    pub fn builtin() -> RuleSet {
        let files = builtin::FILE_RULES.iter().map(|i| &builtin::RULES[*i]).collect();
        RuleSet { rules: builtin::RULES.iter().collect(), files }
    }

    /// No rules; for tests of single rules.
    pub fn empty() -> RuleSet {
        RuleSet { rules: Vec::new(), files: Vec::new() }
    }

    /// Adds the rules of a TOML text as if they belonged to the catalogue; a rule with a known id replaces
    /// that rule.
    ///
    /// # Errors
    /// If the text does not parse or a check fails.
    pub fn add_toml(&mut self, text: &str) -> Result<(), OwnRulesError> {
        let file: FileSpec = toml::from_str(text)?;
        let rules = checked(&file, None).map_err(|faults| {
            OwnRulesError::Check(faults.iter().map(|f| f.describe(&file.rules)).collect())
        })?;
        for rule in rules {
            self.retain(|r| r.id != rule.id);
            self.push(rule);
        }
        Ok(())
    }

    /// Checks and converts user rules. `owner` names the configuration that defines them ([`Rule::owner`]);
    /// `None` makes them count as the catalogue's.
    ///
    /// # Errors
    /// The faults of the file.
    pub fn own(owner: Option<&'static str>, file: &FileSpec) -> Result<Vec<&'static Rule>, Vec<Fault>> {
        checked(file, owner)
    }

    /// The same for a configuration whose patterns cost `spent` so far ([`Pattern::cost`]): their total is
    /// limited.
    ///
    /// # Errors
    /// As [`RuleSet::own`].
    pub fn own_within(
        owner: Option<&'static str>,
        file: &FileSpec,
        spent: &Cell<u64>,
    ) -> Result<Vec<&'static Rule>, Vec<Fault>> {
        let mut faults = check::own(file, &|text, hir| {
            spent.set(spent.get().saturating_add(pattern::cost(hir)));
            pattern::too_large(text, hir).or_else(|| pattern::too_many(spent.get()))
        });
        faults.extend(check::untaken(file));
        if faults.is_empty() { Ok(from_spec(file, owner)) } else { Err(faults) }
    }

    /// Adds a rule of [`RuleSet::own`].
    pub fn push(&mut self, rule: &'static Rule) {
        self.rules.push(rule);
        if matches!(rule.detector, Detector::File(_)) {
            self.files.push(rule);
        }
    }

    /// The rules for files identified by their names.
    pub fn of_files(&self) -> &[&'static Rule] {
        &self.files
    }

    /// Keeps the rules for which `keep` is true.
    pub fn retain(&mut self, keep: impl Fn(&Rule) -> bool) {
        self.rules.retain(|r| keep(r));
        self.files.retain(|r| keep(r));
    }

    /// Every rule.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Rule> {
        self.rules.iter().copied()
    }

    /// The rules as a slice; the prefilter refers to a rule by its index here.
    pub fn as_slice(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// The rule with this id or former id.
    pub fn get(&self, id: &str) -> Option<&'static Rule> {
        self.iter().find(|r| r.is_called(id))
    }

    /// The rules of a provider, by the provider's slug.
    pub fn of_provider<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'static Rule> + 'a {
        self.iter().filter(move |r| r.provider.id == id)
    }

    /// The known rule id nearest to a mistyped one, if it is near enough to suggest.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        nearest(id, self.iter().map(|r| r.id))
    }

    /// The known provider slug nearest to a mistyped one, if it is near enough.
    pub fn nearest_provider(&self, id: &str) -> Option<&'static str> {
        nearest(id, self.iter().map(|r| r.provider.id))
    }
}

/// The rules of a file, or its faults.
fn checked(file: &FileSpec, owner: Option<&'static str>) -> Result<Vec<&'static Rule>, Vec<Fault>> {
    let faults = check::own(file, &pattern::too_large);
    if faults.is_empty() { Ok(from_spec(file, owner)) } else { Err(faults) }
}

/// The faults of a user rule file.
pub fn faults(file: &FileSpec) -> Vec<Fault> {
    [check::own(file, &pattern::too_large), check::untaken(file)].concat()
}

/// Creates rules from a checked file. They are leaked, because a process loads its rules once.
fn from_spec(file: &FileSpec, owner: Option<&'static str>) -> Vec<&'static Rule> {
    let provider: &'static Provider =
        Box::leak(Box::new(Provider { id: text(&file.provider.id), name: text(&file.provider.name) }));
    // Rules of one block share one entry.
    let mut known: Vec<(RemediationSpec, Advice)> = Vec::new();
    let mut out = Vec::new();
    for r in &file.rules {
        let detector = match (&r.regex, &r.context) {
            (Some(regex), _) => Detector::Regex(text(regex)),
            (None, Some(c)) => {
                let (least, most) = c.value.length.bounds();
                Detector::Context(Context {
                    words: list(&c.words),
                    names: list(&c.names),
                    not_names: list(&c.not_names),
                    value: Value {
                        prefix: text(&c.value.prefix),
                        alphabet: c.value.alphabet,
                        least,
                        most,
                        suffix: text(&c.value.suffix),
                    },
                    near: c.near,
                    strict: c.strict,
                })
            }
            (None, None) => match &r.file {
                Some(f) => Detector::File(Names {
                    names: list(&f.names),
                    holds: f.holds,
                    pattern: f.pattern.as_deref().map(text),
                }),
                None => Detector::Judged,
            },
        };
        let spec = file.remediation_of(r);
        let remediation = match known.iter().find(|(k, _)| *k == spec) {
            Some((_, known)) => *known,
            None => {
                let new = Advice::own(Box::leak(Box::new(remediation(&spec))));
                known.push((spec, new));
                new
            }
        };
        let own = UserRule {
            owner,
            path: r.path.as_deref().map(|p| Pattern::new(text(p))),
            except: r.except.iter().chain(&file.except).map(except).collect(),
            run: OnceLock::new(),
        };
        let plain = owner.is_none() && own.path.is_none() && own.except.is_empty();
        out.push(&*Box::leak(Box::new(Rule {
            id: text(&r.id),
            aliases: list(&r.aliases),
            provider,
            name: text(&r.name),
            kind: r.kind,
            severity: r.severity,
            confidence: r.confidence,
            public: r.public,
            keywords: list(&r.effective_keywords()),
            detector,
            // For a pattern it is derived when a keyword is met: see `Rule::run`.
            run: if plain || r.regex.is_none() { r.run() } else { Run::NONE },
            entropy: r.entropy,
            window: r.window,
            validator: r.validator,
            env_var: r.env_var.as_deref().map(text),
            env_var_aliases: list(&r.env_var_aliases),
            references: list(&r.references),
            supersedes: list(&r.supersedes),
            pairs: list(&r.pairs),
            remediation,
            own: if plain { None } else { Some(Box::leak(Box::new(own))) },
        })));
    }
    out
}

fn except(e: &ExceptSpec) -> Except {
    let pattern = |p: &Option<String>| p.as_deref().map(|p| Pattern::new(text(p)));
    Except {
        value: pattern(&e.value),
        words: e.words.iter().map(|w| w.to_ascii_lowercase()).collect(),
        found: pattern(&e.found),
        line: pattern(&e.line),
        path: pattern(&e.path),
    }
}

fn remediation(r: &RemediationSpec) -> Remediation {
    let opt = |o: &Option<String>| o.as_deref().map(text);
    Remediation {
        short_revoke: opt(&r.short_revoke),
        short_check: opt(&r.short_check),
        short_breaks: opt(&r.short_breaks),
        short_new_key: opt(&r.short_new_key),
        ended: opt(&r.ended),
        impact: opt(&r.impact),
        revoke_url: opt(&r.revoke_url),
        steps: list(&r.steps),
        commands: list(&r.commands),
        zero_downtime: r.zero_downtime,
        rotation: opt(&r.rotation),
        audit: opt(&r.audit),
        audit_url: opt(&r.audit_url),
        breaks: opt(&r.breaks),
        create: list(&r.create),
        limits: opt(&r.limits),
        auto_revoked: opt(&r.auto_revoked),
        public_by_design: opt(&r.public_by_design),
        notes: opt(&r.notes),
        docs_url: opt(&r.docs_url),
        read: list(&r.read),
        read_in: opt(&r.read_in),
        sources: list(&r.sources),
    }
}

fn text(s: &str) -> &'static str {
    Box::leak(s.to_owned().into_boxed_str())
}

fn list(items: &[String]) -> &'static [&'static str] {
    Box::leak(items.iter().map(|s| text(s)).collect())
}

fn nearest(id: &str, all: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    all.map(|known| (strsim::levenshtein(known, id), known))
        .min()
        .filter(|(d, _)| *d <= 1 + id.len() / 4)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_static_table_equals_the_specs_read_at_run_time() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/catalogue");
        let mut paths: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "toml"))
            .collect();
        paths.sort();
        let mut rules = Vec::new();
        for path in paths {
            let file: FileSpec = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(check::all(&file), Vec::<String>::new(), "{}", path.display());
            rules.extend(from_spec(&file, None));
        }
        assert_eq!(rules, RuleSet::builtin().as_slice());
        assert!(!rules.is_empty());
    }

    #[test]
    fn a_mistyped_rule_id_has_a_suggestion() {
        let set = RuleSet::builtin();
        assert_eq!(set.nearest("klaviyo-private-api-kye"), Some("klaviyo-private-api-key"));
        assert_eq!(set.nearest("zzzzzzzzzzzzzzzzzzzzzzz"), None);
    }
}
