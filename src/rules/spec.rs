//! The rule format: what one TOML file of a provider may say, and what is checked about it.
//!
//! Pure data and checks over `std` and `serde` only: `build.rs` takes this file in by `#[path]` to build the
//! static tables, and the library uses the same types for a user's own rules. `deny_unknown_fields` everywhere.

use super::literals;
use super::run::Run;
use super::terms::{Alphabet, Confidence, Holds, Kind, Severity, Validator, Window};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;

/// The format version that this program reads.
pub const SCHEMA: u32 = 1;

/// One TOML file: a provider, how to get out of trouble with it, and its rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Format version; [`SCHEMA`].
    pub schema: u32,
    /// Who issues these secrets.
    pub provider: ProviderSpec,
    /// What to do about a leak: the default for the rules below.
    #[serde(default)]
    pub remediation: RemediationSpec,
    /// Named departures from the default; a rule takes one by `remediation = "NAME"`.
    #[serde(default)]
    pub variant: BTreeMap<String, RemediationSpec>,
    /// What none of the rules below finds. Own rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// The kinds of secrets.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// Who issues a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// Stable slug, also the file's name.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
}

/// What to do about a leaked secret. Every field may be absent: then nothing is known, and nothing is claimed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationSpec {
    /// What a holder of the secret can do.
    pub impact: Option<String>,
    /// The page where it is revoked.
    pub revoke_url: Option<String>,
    /// Revoking it, step by step.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Commands or API calls that revoke it; upper-case words are to be replaced.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Can two be active at once, so that nothing stops while it is replaced?
    pub zero_downtime: Option<bool>,
    /// The order that follows from that.
    pub rotation: Option<String>,
    /// Where use of the secret shows, and what to look for.
    pub audit: Option<String>,
    /// The page for that.
    pub audit_url: Option<String>,
    /// What stops when it is revoked, and how to find it.
    pub breaks: Option<String>,
    /// Making a new one with least privilege, step by step.
    #[serde(default)]
    pub create: Vec<String>,
    /// How long it lives and how it can be limited.
    pub limits: Option<String>,
    /// What the provider does by itself with one found in public.
    pub auto_revoked: Option<String>,
    /// Why a value that looks secret is public, or the other way about.
    pub public_by_design: Option<String>,
    /// What else helps.
    pub notes: Option<String>,
    /// The provider's documentation of these secrets.
    pub docs_url: Option<String>,
    /// Which of the fields above were read at the vendor; the others are worded with care.
    #[serde(default)]
    pub read: Vec<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// One kind of secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Stable slug, unique in the catalogue.
    pub id: String,
    /// Former slugs, and those of kinds that it finds too: accepted wherever a rule is named.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Name in a sentence: "Klaviyo private API key".
    pub name: String,
    /// What sort of secret.
    pub kind: Kind,
    /// Impact if the value is live.
    pub severity: Severity,
    /// How sure a match is, before checks that raise or lower it.
    pub confidence: Confidence,
    /// Public by design: known, shown on request, never blocking.
    #[serde(default)]
    pub public: bool,
    /// Literals of which one is in every match or, for a context rule, near it; 3 or more ASCII bytes, any case.
    /// A context rule may leave them out: its words are the keywords. So may a regex that has literals of its own.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// A regular expression over bytes (no Unicode classes) with the group `secret`; where it has branches, each may
    /// have a group of its own: `secret`, `secret_2`, `secret_3`.
    pub regex: Option<String>,
    /// In place of a regex: a value without a form of its own, known by the names around it.
    pub context: Option<ContextSpec>,
    /// In place of both: found by judgement over assignments (`crate::scan::judge`), for secrets of no provider.
    #[serde(default)]
    pub judged: bool,
    /// In place of those: a file that is a secret by its name and by what it holds.
    pub file: Option<NamesSpec>,
    /// Least Shannon entropy of the secret, bits a character; 0 is none.
    #[serde(default)]
    pub entropy: f32,
    /// How far around the keyword the regex may look.
    #[serde(default)]
    pub window: Window,
    /// Offline proof.
    #[serde(default)]
    pub validator: Validator,
    /// The conventional environment variable.
    pub env_var: Option<String>,
    /// Further conventional variables.
    #[serde(default)]
    pub env_var_aliases: Vec<String>,
    /// Where the format comes from.
    #[serde(default)]
    pub references: Vec<String>,
    /// Rules whose match on the same value gives way to this one; generic rules always give way.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Rules whose value is used together with this one.
    #[serde(default)]
    pub pairs: Vec<String>,
    /// Variant of the remediation, or one of its own; the file's default where there is none.
    pub remediation: Option<RemedySpec>,
    /// A regular expression: only in files whose path it matches. Own rules only.
    pub path: Option<String>,
    /// What it does not find. Own rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// Templates that must be found; see `template` for the language. Of a rule that speaks of paths (`file`, `path`,
    /// `except.path`) the first line is the file's path.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Templates that come close and must not be found by this rule.
    #[serde(default)]
    pub negative_examples: Vec<String>,
}

/// A rule's remediation: a variant's name, or a table.
#[derive(Debug, Clone)]
pub enum RemedySpec {
    /// A `[variant.NAME]` of the file.
    Variant(String),
    /// The rule's own.
    Own(Box<RemediationSpec>),
}

// By hand: of an untagged enum, serde cannot say which key is wrong.
impl<'de> Deserialize<'de> for RemedySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RemedySpec, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RemedySpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a variant, or a table")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<RemedySpec, E> {
                Ok(RemedySpec::Variant(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RemedySpec, A::Error> {
                RemediationSpec::deserialize(MapAccessDeserializer::new(map))
                    .map(|r| RemedySpec::Own(Box::new(r)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// What a rule does not find: a match of which all that is given here holds. The expressions may match any part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptSpec {
    /// A regular expression over the secret itself.
    pub value: Option<String>,
    /// Words of which one stands in the secret, any case.
    #[serde(default)]
    pub words: Vec<String>,
    /// A regular expression over all that the rule's pattern matched.
    #[serde(rename = "match")]
    pub found: Option<String>,
    /// A regular expression over the lines that it stands on.
    pub line: Option<String>,
    /// A regular expression over the file's path.
    pub path: Option<String>,
}

impl ExceptSpec {
    /// Its regular expressions, by their keys.
    pub fn patterns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("value", &self.value), ("match", &self.found), ("line", &self.line), ("path", &self.path)]
            .into_iter()
            .filter_map(|(key, pattern)| Some((key, pattern.as_deref()?)))
    }
}

/// A file known by its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesSpec {
    /// Names, any case: `.env`, `*.tfvars`, `.kube/config`; a `*` is any run of characters without `/`. Samples
    /// (`.env.example`) are left out by themselves.
    pub names: Vec<String>,
    /// What it must hold.
    pub holds: Holds,
    /// With `holds = "pattern"`: a regular expression over the whole file with the group `secret`.
    pub pattern: Option<String>,
}

/// A value known by the names around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextSpec {
    /// Words for the provider, any case, separators ignored (`sendgrid`, `mj_apikey`): one must stand in the
    /// name that the value is assigned to, or near it (see `near`).
    pub words: Vec<String>,
    /// Parts of the name that tell this value from the provider's others (`secret`, `private`); one must stand in
    /// the name. Empty: any name that says key, token, secret, password or the like.
    #[serde(default)]
    pub names: Vec<String>,
    /// Parts of the name that rule this value out (`public`).
    #[serde(default)]
    pub not_names: Vec<String>,
    /// The value.
    pub value: ValueSpec,
    /// Lines above and below on which a word may stand when the name itself has none.
    #[serde(default)]
    pub near: u8,
    /// The provider's word must stand in the name itself.
    #[serde(default)]
    pub strict: bool,
}

/// The shape of a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSpec {
    /// Literal first characters.
    #[serde(default)]
    pub prefix: String,
    /// Characters of the rest.
    pub alphabet: Alphabet,
    /// Least and most characters of the rest.
    pub length: Length,
    /// Literal last characters.
    #[serde(default)]
    pub suffix: String,
}

/// A number or a range of lengths, in characters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Length {
    /// Exactly so many.
    Exact(u32),
    /// From, to.
    Range([u32; 2]),
}

impl Length {
    /// Least and most, inclusive.
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Length::Exact(n) => (n, n),
            Length::Range([a, b]) => (a, b),
        }
    }
}

impl RuleSpec {
    /// Does it say where it holds? Then the first line of its examples is the file's path.
    pub fn speaks_of_paths(&self) -> bool {
        self.file.is_some() || self.path.is_some() || self.except.iter().any(|e| e.path.is_some())
    }

    /// The run that a match cannot be without.
    pub fn run(&self) -> Run {
        match (&self.regex, &self.context) {
            (Some(regex), _) => Run::of_pattern(regex),
            (None, Some(c)) => {
                let value = (0..=255).filter(|b| {
                    let mut literal = c.value.prefix.bytes().chain(c.value.suffix.bytes());
                    c.value.alphabet.contains(*b)
                        || (c.value.alphabet.padded() && *b == b'=')
                        || literal.any(|l| l == *b)
                });
                let (least, _) = c.value.length.bounds();
                Run::of(value, least as usize + c.value.prefix.len() + c.value.suffix.len())
            }
            (None, None) => Run::NONE,
        }
    }

    /// The prefilter literals, lower case: `keywords`, or the words of a context rule, or what the pattern tells.
    pub fn effective_keywords(&self) -> Vec<String> {
        let from = match (&self.context, &self.regex) {
            (Some(c), _) if self.keywords.is_empty() => c.words.clone(),
            (None, Some(regex)) if self.keywords.is_empty() => literals::keywords(regex).unwrap_or_default(),
            _ => self.keywords.clone(),
        };
        let mut out: Vec<String> = from.iter().map(|k| k.to_ascii_lowercase()).collect();
        out.sort();
        out.dedup();
        out
    }
}

/// Something wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule by its place in the file; none when it is the file's own.
    pub rule: Option<usize>,
    /// What is wrong, and what to do about it.
    pub what: String,
}

/// Says what is wrong with a file of the catalogue: nothing, or a sentence a fault, naming the rule.
pub fn check(file: &FileSpec) -> Vec<String> {
    let faults = check_own(file).into_iter().chain(check_catalogue(file));
    faults.map(|f| f.told(&file.rules)).collect()
}

/// What the catalogue asks of its files beside that.
pub fn check_catalogue(file: &FileSpec) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !file.except.is_empty() {
        faults.push(Fault { rule: None, what: "except is for own rules".to_owned() });
    }
    for (i, rule) in file.rules.iter().enumerate() {
        let mut fault = |what: &str| faults.push(Fault { rule: Some(i), what: what.to_owned() });
        if rule.path.is_some() || !rule.except.is_empty() {
            fault("path and except are for own rules");
        }
        if rule.file.is_none() && rule.effective_keywords().is_empty() {
            fault("no keyword");
        }
        if rule.examples.is_empty() {
            fault("no example");
        }
        if rule.negative_examples.is_empty() {
            fault("no negative example");
        }
    }
    faults
}

impl Fault {
    /// The sentence, with the rule's name before it.
    pub fn told(&self, rules: &[RuleSpec]) -> String {
        match self.rule.and_then(|i| rules.get(i)) {
            Some(rule) => format!("rule {}: {}", rule.id, self.what),
            None => self.what.clone(),
        }
    }
}

/// Says what is wrong with a file of own rules, which may lack what the catalogue asks of its own: examples.
pub fn check_own(file: &FileSpec) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut of_file = |what: String| faults.push(Fault { rule: None, what });
    if file.schema != SCHEMA {
        of_file(format!("schema is {}, this program reads {SCHEMA}", file.schema));
    }
    if !is_slug(&file.provider.id) {
        of_file(format!("provider id {:?} is not lower-case-with-dashes", file.provider.id));
    }
    if file.provider.name.trim().is_empty() {
        of_file("provider name is empty".to_owned());
    }
    for (name, r) in std::iter::once(("default", &file.remediation))
        .chain(file.variant.iter().map(|(n, r)| (n.as_str(), r)))
    {
        check_remediation(name, r, &mut of_file);
    }
    check_excepts(&file.except, &mut of_file);
    for (i, rule) in file.rules.iter().enumerate() {
        check_rule(rule, file, &mut |what| faults.push(Fault { rule: Some(i), what }));
    }
    faults
}

fn is_slug(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn check_rule(rule: &RuleSpec, file: &FileSpec, fault: &mut dyn FnMut(String)) {
    if !is_slug(&rule.id) {
        fault(format!("id {:?} is not lower-case-with-dashes", rule.id));
    }
    if rule.name.trim().is_empty() {
        fault("name is empty".to_owned());
    }
    let detectors = [rule.regex.is_some(), rule.context.is_some(), rule.judged, rule.file.is_some()];
    if detectors.iter().filter(|d| **d).count() != 1 {
        fault("give one of regex, context, judged and file".to_owned());
    }
    if let Some(regex) = &rule.regex {
        let has_group = regex.contains("(?P<secret>") || regex.contains("(?<secret>");
        match literals::parse(regex) {
            Err(e) => fault(format!("regex does not parse: {}", reason(&e))),
            Ok(_) if !has_group => fault("regex has no group (?P<secret>...) around the secret".to_owned()),
            Ok(_) => {}
        }
    }
    if let Some(c) = &rule.context {
        let (least, most) = c.value.length.bounds();
        if least == 0 || most < least {
            fault("context.value.length is empty".to_owned());
        }
        if c.words.is_empty() {
            fault("context.words is empty".to_owned());
        }
    }
    if let Some(f) = &rule.file {
        if f.names.is_empty() {
            fault("file.names is empty".to_owned());
        }
        let has_group = f.pattern.as_ref().is_some_and(|p| p.contains("(?P<secret>"));
        if (f.holds == Holds::Pattern) != has_group {
            fault("file.pattern, with a group (?P<secret>...), goes with holds = \"pattern\"".to_owned());
        }
        if let Some(Err(e)) = f.pattern.as_deref().map(literals::parse) {
            fault(format!("file.pattern does not parse: {}", reason(&e)));
        }
    }
    let keywords = rule.effective_keywords();
    let parses = rule.regex.as_deref().is_none_or(|r| literals::parse(r).is_ok());
    let everywhere = rule.regex.is_some() && rule.window == Window::File;
    if keywords.is_empty() && rule.file.is_none() && !everywhere && parses {
        fault(match rule.regex {
            Some(_) => "no keyword, and the pattern has no three characters that every match has: give keywords = \
                        [...] of which one stands beside each secret, or window = \"file\" to have it run over every \
                        text"
                .to_owned(),
            None => "no keyword: give keywords = [...]".to_owned(),
        });
    }
    for k in &keywords {
        if k.len() < 3 || !k.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            fault(format!("keyword {k:?} is not 3 or more printable ASCII bytes"));
        }
    }
    match &rule.remediation {
        Some(RemedySpec::Variant(v)) if !file.variant.contains_key(v) => {
            fault(format!("remediation {v:?} is not a [variant.{v}] of this file"));
        }
        Some(RemedySpec::Own(r)) => check_remediation("of its own", r, fault),
        _ => {}
    }
    if let Some(Err(e)) = rule.path.as_deref().map(literals::parse) {
        fault(format!("path does not parse: {}", reason(&e)));
    }
    check_excepts(&rule.except, fault);
}

/// The last line of what the parser says: the ones before draw the pattern.
fn reason(e: &regex_syntax::Error) -> String {
    let text = e.to_string();
    let last = text.trim_end().lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn check_excepts(excepts: &[ExceptSpec], fault: &mut dyn FnMut(String)) {
    for e in excepts {
        if e.words.is_empty() && e.patterns().next().is_none() {
            fault("an except needs one of value, words, match, line and path".to_owned());
        }
        if e.words.iter().any(String::is_empty) {
            fault("except.words has an empty word".to_owned());
        }
        for (key, pattern) in e.patterns() {
            if let Err(e) = literals::parse(pattern) {
                fault(format!("except.{key} does not parse: {}", reason(&e)));
            }
        }
    }
}

fn check_remediation(name: &str, r: &RemediationSpec, fault: &mut dyn FnMut(String)) {
    let mut fault = |text: String| fault(format!("remediation {name}: {text}"));
    let texts = [
        ("impact", &r.impact),
        ("rotation", &r.rotation),
        ("audit", &r.audit),
        ("breaks", &r.breaks),
        ("limits", &r.limits),
        ("auto_revoked", &r.auto_revoked),
        ("public_by_design", &r.public_by_design),
        ("notes", &r.notes),
    ];
    for (field, value) in texts {
        if value.as_ref().is_some_and(|v| v.trim().is_empty()) {
            fault(format!("{field} is empty"));
        }
    }
    for (field, value) in
        [("revoke_url", &r.revoke_url), ("audit_url", &r.audit_url), ("docs_url", &r.docs_url)]
    {
        if let Some(v) = value
            && !v.starts_with("https://")
        {
            fault(format!("{field} {v:?} is not an https:// link"));
        }
    }
    for (field, list) in
        [("steps", &r.steps), ("commands", &r.commands), ("create", &r.create), ("sources", &r.sources)]
    {
        if list.iter().any(|s| s.trim().is_empty()) {
            fault(format!("{field} has an empty entry"));
        }
    }
}
