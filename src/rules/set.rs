//! The rules in force: the catalogue and a user's own.

use super::spec::{self, FileSpec, RemediationSpec};
use super::{Context, Detector, Names, Provider, Remediation, Rule, Value, builtin};

/// The rules in force, in catalogue order, own rules last.
#[derive(Debug, Clone)]
pub struct RuleSet {
    rules: Vec<&'static Rule>,
    /// Those of files known by their names: looking for them among all costs page faults.
    files: Vec<&'static Rule>,
}

/// A user's own rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnRulesError {
    /// Not TOML, or not of the rule format.
    #[error("not a file of rules: {0}")]
    Parse(#[from] toml::de::Error),
    /// Readable, but a rule is at fault.
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

    /// No rules at all: a start for tests of one rule.
    pub fn empty() -> RuleSet {
        RuleSet { rules: Vec::new(), files: Vec::new() }
    }

    /// Adds the rules of one TOML text; a rule with a known id replaces that rule.
    ///
    /// # Errors
    /// When the text does not parse or a check fails.
    pub fn add_toml(&mut self, text: &str) -> Result<(), OwnRulesError> {
        self.add(&toml::from_str(text)?)
    }

    /// Rules without a file of their own, as a configuration has them; `provider` tells whose they are
    /// ([`Rule::owner`]).
    ///
    /// # Errors
    /// When a check fails.
    pub fn own(provider: &str, rules: &[spec::RuleSpec]) -> Result<Vec<&'static Rule>, OwnRulesError> {
        let mut set = RuleSet::empty();
        let provider = spec::ProviderSpec { id: provider.to_owned(), name: "Own rules".to_owned() };
        set.add(&FileSpec {
            schema: spec::SCHEMA,
            provider,
            remediation: RemediationSpec::default(),
            variant: std::collections::BTreeMap::new(),
            rules: rules.to_vec(),
        })?;
        Ok(set.rules)
    }

    /// Adds a rule of [`RuleSet::own`].
    pub fn push(&mut self, rule: &'static Rule) {
        self.rules.push(rule);
        if matches!(rule.detector, Detector::File(_)) {
            self.files.push(rule);
        }
    }

    /// The rules of files known by their names.
    pub fn of_files(&self) -> &[&'static Rule] {
        &self.files
    }

    fn add(&mut self, file: &FileSpec) -> Result<(), OwnRulesError> {
        let mut faults = spec::check(file);
        for rule in &file.rules {
            if let Some(regex) = &rule.regex
                && let Err(e) = crate::rules::compile(regex)
            {
                faults.push(format!("rule {}: {e}", rule.id));
            }
        }
        if !faults.is_empty() {
            return Err(OwnRulesError::Check(faults));
        }
        for rule in from_spec(file) {
            self.retain(|r| r.id != rule.id);
            self.push(rule);
        }
        Ok(())
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

    /// The rules as a slice; an index into it names a rule in the prefilter.
    pub fn as_slice(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// The rule of this id or former id.
    pub fn get(&self, id: &str) -> Option<&'static Rule> {
        self.iter().find(|r| r.is_called(id))
    }

    /// The rules of a provider, by its slug.
    pub fn of_provider<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'static Rule> + 'a {
        self.iter().filter(move |r| r.provider.id == id)
    }

    /// The known rule id nearest to a mistyped one, when one is near enough to suggest.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        nearest(id, self.iter().map(|r| r.id))
    }

    /// The known provider's slug nearest to a mistyped one, likewise.
    pub fn nearest_provider(&self, id: &str) -> Option<&'static str> {
        nearest(id, self.iter().map(|r| r.provider.id))
    }
}

/// Rules at run time from a checked file. They live as long as the program: a process reads its rules once.
pub(super) fn from_spec(file: &FileSpec) -> Vec<&'static Rule> {
    let provider: &'static Provider =
        Box::leak(Box::new(Provider { id: text(&file.provider.id), name: text(&file.provider.name) }));
    let default: &'static Remediation = Box::leak(Box::new(remediation(&file.remediation)));
    let variants: Vec<(&str, &'static Remediation)> =
        file.variant.iter().map(|(n, r)| (n.as_str(), &*Box::leak(Box::new(remediation(r))))).collect();
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
                Some(f) => Detector::File(Names { names: list(&f.names), holds: f.holds }),
                None => Detector::Judged,
            },
        };
        let wanted = r.remediation.as_deref();
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
            run: r.run(),
            entropy: r.entropy,
            window: r.window,
            validator: r.validator,
            env_var: r.env_var.as_deref().map(text),
            env_var_aliases: list(&r.env_var_aliases),
            references: list(&r.references),
            supersedes: list(&r.supersedes),
            pairs: list(&r.pairs),
            remediation: variants.iter().find(|(n, _)| Some(*n) == wanted).map_or(default, |(_, r)| *r),
        })));
    }
    out
}

fn remediation(r: &RemediationSpec) -> Remediation {
    let opt = |o: &Option<String>| o.as_deref().map(text);
    Remediation {
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
    all.map(|known| (edit_distance(known.as_bytes(), id.as_bytes()), known))
        .min()
        .filter(|(d, _)| *d <= 1 + id.len() / 4)
        .map(|(_, known)| known)
}

/// Levenshtein's distance in bytes, for "did you mean".
pub(crate) fn edit_distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let up = row[j + 1];
            row[j + 1] = (up + 1).min(row[j] + 1).min(diagonal + usize::from(x != y));
            diagonal = up;
        }
    }
    row[b.len()]
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
            assert_eq!(spec::check(&file), Vec::<String>::new(), "{}", path.display());
            rules.extend(from_spec(&file));
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
