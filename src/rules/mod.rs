//! Rules: the kinds of secrets, how each is recognised, and what to do about a leak.
//!
//! The catalogue (`catalogue/*.toml`) becomes `static` tables at build time. User rules have the same format
//! and become the same [`Rule`], so the rest of the program knows one kind of rule only.

mod advice;
mod builtin;
pub mod check;
pub mod codegen;
pub mod keyword_table;
pub mod literals;
mod live_check;
mod pattern;
pub mod range;
pub mod remediation;
pub mod required_run;
mod set;
pub mod spec;
pub mod vocabulary;

pub use advice::Advice;
pub use live_check::{Asks, Condition, Fill, LiveCheck, Revocation, Signature};
pub use pattern::{LARGEST as LARGEST_PATTERN, Pattern, compile, compile_within, too_many};
pub use set::{OwnRulesError, RuleSet, faults};
pub use vocabulary::{Alphabet, Confidence, Holds, SecretKind, Severity, Validator, Window};

use std::sync::OnceLock;

/// The provider of user rules that name none.
pub const OWN: &str = "own";

/// The issuer of a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// Stable slug.
    pub id: &'static str,
    /// Name as the provider writes it.
    pub name: &'static str,
}

impl Provider {
    /// Catalogue files for secrets without a single provider, and the provider of user rules that name none.
    const FAMILIES: [&'static str; 10] = [
        "generic",
        "credential-files",
        "databases",
        "files",
        "frameworks",
        OWN,
        "password-hashes",
        "private-keys",
        "tokens",
        "wallets",
    ];

    /// Returns whether a provider issues these secrets and can revoke them.
    pub fn is_issuer(&self) -> bool {
        !Self::FAMILIES.contains(&self.id)
    }
}

/// What to do about a leak; fields as in [`remediation::RemediationSpec`].
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Remediation {
    pub short_revoke: Option<&'static str>,
    pub short_check: Option<&'static str>,
    pub short_breaks: Option<&'static str>,
    pub short_new_key: Option<&'static str>,
    pub ended: Option<&'static str>,
    pub impact: Option<&'static str>,
    pub revoke_url: Option<&'static str>,
    pub steps: &'static [&'static str],
    pub commands: &'static [&'static str],
    pub zero_downtime: Option<bool>,
    pub rotation: Option<&'static str>,
    pub audit: Option<&'static str>,
    pub audit_url: Option<&'static str>,
    pub breaks: Option<&'static str>,
    pub create: &'static [&'static str],
    pub limits: Option<&'static str>,
    pub auto_revoked: Option<&'static str>,
    pub public_by_design: Option<&'static str>,
    pub notes: Option<&'static str>,
    pub docs_url: Option<&'static str>,
    pub read: &'static [&'static str],
    pub read_in: Option<&'static str>,
    pub sources: &'static [&'static str],
}

impl Remediation {
    /// Returns whether this field (by its name in the file) was read at the vendor, so that it may be stated
    /// as certain.
    pub fn is_read(&self, field: &str) -> bool {
        self.read.contains(&field)
    }
}

/// One kind of secret; fields as in [`spec::RuleSpec`].
#[derive(Debug, PartialEq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Rule {
    pub id: &'static str,
    pub aliases: &'static [&'static str],
    pub provider: &'static Provider,
    pub name: &'static str,
    pub kind: SecretKind,
    pub severity: Severity,
    pub confidence: Confidence,
    pub public: bool,
    /// Lower case.
    pub keywords: &'static [&'static str],
    pub detector: Detector,
    /// A byte run that every match needs; for a user rule with a pattern see [`Rule::run`].
    run: required_run::Run,
    pub entropy: f32,
    pub window: Window,
    pub validator: Validator,
    pub env_var: Option<&'static str>,
    pub env_var_aliases: &'static [&'static str],
    pub references: &'static [&'static str],
    pub supersedes: &'static [&'static str],
    pub pairs: &'static [&'static str],
    pub remediation: Advice,
    /// The parts that only user rules have.
    pub own: Option<&'static UserRule>,
}

/// The parts that only user rules have.
#[derive(Debug, PartialEq)]
pub struct UserRule {
    /// The configuration that defines the rule ("own", "own-system", "own-user"); `None` if the rule counts
    /// as one of the catalogue's.
    pub owner: Option<&'static str>,
    /// Limits the rule to files whose path matches.
    pub path: Option<Pattern>,
    /// Matches that are left out.
    pub except: Vec<Except>,
    /// Derived from the pattern when a keyword is met, because parsing hundreds of patterns at each start is
    /// slow.
    run: OnceLock<required_run::Run>,
}

/// Excludes a match if every given condition holds; fields as in [`spec::ExceptSpec`].
#[derive(Debug, PartialEq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Except {
    pub value: Option<Pattern>,
    /// Lower case.
    pub words: Vec<String>,
    pub found: Option<Pattern>,
    pub line: Option<Pattern>,
    pub path: Option<Pattern>,
}

impl Rule {
    /// That its service has ended, and when, if that was read at the vendor or a user rule says so.
    pub fn service_end(&self) -> Option<&'static str> {
        self.remediation.ended.filter(|_| self.owner().is_some() || self.remediation.is_read("ended"))
    }

    /// The page of its provider in the published guide, for a rule of the catalogue.
    /// None while the guide's address is the placeholder of `packaging/address`.
    pub fn web_page(&'static self) -> Option<String> {
        self.page_in(env!("CARGO_PKG_HOMEPAGE"))
    }

    fn page_in(&'static self, guide: &str) -> Option<String> {
        let has_page = catalogue_index(self).is_some() && !guide.contains("OWNER");
        has_page.then(|| format!("{guide}/rules/{}.html", self.provider.id))
    }

    /// Returns whether the rule finds secrets by their surroundings alone, without a provider's format or
    /// name.
    pub fn is_generic(&self) -> bool {
        matches!(self.detector, Detector::Judged)
    }

    /// Returns whether the provider issued the value: not that of a Kubernetes Secret, which is another service's.
    pub fn has_issuer(&self) -> bool {
        self.provider.is_issuer() && !self.is_generic()
    }

    /// A byte run that every match needs, derived from the detector.
    pub fn run(&self) -> &required_run::Run {
        match (self.own, &self.detector) {
            (Some(own), Detector::Regex(pattern)) => {
                own.run.get_or_init(|| required_run::Run::of_pattern(pattern))
            }
            _ => &self.run,
        }
    }

    /// The configuration that defines this rule ("own", "own-system", "own-user"); `None` for the
    /// catalogue's.
    pub fn owner(&self) -> Option<&'static str> {
        self.own?.owner
    }

    /// Returns whether this is the rule's id or one of its former ids.
    pub fn is_called(&self, id: &str) -> bool {
        self.id == id || self.aliases.contains(&id)
    }
}

/// How a rule's secrets are found.
#[derive(Debug, PartialEq)]
pub enum Detector {
    /// A byte regex with the group `secret`.
    Regex(&'static str),
    /// A value identified by the names around it.
    Context(Context),
    /// A value scored by its name, form and surroundings.
    Judged,
    /// A file's name, and its content.
    File(Names),
}

/// A file identified by its name; fields as in [`spec::NamesSpec`].
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Names {
    pub names: &'static [&'static str],
    pub holds: Holds,
    pub pattern: Option<&'static str>,
}

/// A value identified by the names around it; fields as in [`spec::ContextSpec`].
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Context {
    pub words: &'static [&'static str],
    pub names: &'static [&'static str],
    pub not_names: &'static [&'static str],
    pub value: Value,
    pub near: u8,
    pub strict: bool,
}

/// The shape of a value: a literal prefix, then `least..=most` bytes of an alphabet, then a literal suffix.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented once, in the spec")]
pub struct Value {
    pub prefix: &'static str,
    pub alphabet: Alphabet,
    pub least: u32,
    pub most: u32,
    pub suffix: &'static str,
}

impl Value {
    /// Returns whether the whole of `value` has this shape.
    pub fn matches(&self, value: &[u8]) -> bool {
        let Some(rest) = value.strip_prefix(self.prefix.as_bytes()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(self.suffix.as_bytes()) else {
            return false;
        };
        if !(self.least as usize..=self.most as usize).contains(&rest.len()) {
            return false;
        }
        if self.alphabet == Alphabet::Uuid {
            return rest.len() == 36
                && rest.iter().enumerate().all(|(i, b)| match i {
                    8 | 13 | 18 | 23 => *b == b'-',
                    _ => b.is_ascii_hexdigit(),
                });
        }
        if self.alphabet.padded() {
            while let Some(r) = rest.strip_suffix(b"=") {
                rest = r;
            }
        }
        rest.iter().all(|b| self.alphabet.contains(*b))
    }
}

/// The prefilter tables of the catalogue.
pub(crate) fn catalogue_keywords() -> &'static keyword_table::KeywordTable {
    &builtin::KEYWORDS
}

/// The number of rules in the catalogue.
pub(crate) fn catalogue_len() -> usize {
    builtin::RULES.len()
}

/// The index of a rule in the catalogue; `None` for a user rule. Derived from its address, so that mapping a
/// set of rules reads none of them.
pub(crate) fn catalogue_index(rule: &'static Rule) -> Option<usize> {
    let offset = std::ptr::from_ref(rule).addr().checked_sub(builtin::RULES.as_ptr().addr())?;
    Some(offset / size_of::<Rule>()).filter(|i| *i < builtin::RULES.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_family_without_an_issuer_is_in_the_catalogue() {
        let set = RuleSet::builtin();
        for family in Provider::FAMILIES.into_iter().filter(|f| *f != OWN) {
            assert!(set.of_provider(family).next().is_some_and(|r| !r.provider.is_issuer()), "{family}");
        }
    }

    #[test]
    fn a_rule_of_the_catalogue_has_its_providers_page_once_the_address_is_known() {
        let rule = RuleSet::builtin().of_provider("klaviyo").next().unwrap();
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules/klaviyo.md");
        assert!(page.is_file());
        let guide = "https://acme.github.io/stanch";
        assert_eq!(rule.page_in(guide).as_deref(), Some("https://acme.github.io/stanch/rules/klaviyo.html"));
        assert_eq!(rule.page_in("https://OWNER.github.io/stanch"), None);
        let mut set = RuleSet::empty();
        set.add_toml(include_str!("../../tests/fixtures/report_message.toml")).unwrap();
        let own = set.iter().next().unwrap();
        assert_eq!((own.provider.id, own.page_in(guide)), ("klaviyo", None));
    }
}
