//! Emits the catalogue as Rust source: `static` tables that need no work at start.
//!
//! Pure: specs in, text out. `build.rs` writes the text and `builtin.rs` includes it. A test ensures that the
//! tables equal the same specs read at run time.

use super::keyword_table;
use super::remediation::{BLOCK, FIELD, GROUP, ITEM, RemediationSpec};
use super::spec::{FileSpec, RuleSpec};
use flate2::{Compression, write::DeflateEncoder};
use std::fmt::Write as _;
use std::io::Write as _;

/// The source of the tables `PROVIDERS`, `RULES` and `KEYWORDS` for these files, in their order, and that of `REMEDIATIONS`.
pub fn emit(files: &[FileSpec]) -> (String, String) {
    let mut providers = String::new();
    let mut remediations: Vec<String> = Vec::new();
    let mut rules = String::new();
    let mut count = 0usize;
    let mut keywords = Vec::new();
    let mut of_files: Vec<usize> = Vec::new();
    for (p, file) in files.iter().enumerate() {
        let _ =
            writeln!(providers, "Provider {{ id: {:?}, name: {:?} }},", file.provider.id, file.provider.name);
        // Rules with the same block share one entry.
        let mut known: Vec<(RemediationSpec, usize)> = Vec::new();
        for rule in &file.rules {
            let spec = file.remediation_of(rule);
            let index = match known.iter().find(|(k, _)| *k == spec) {
                Some((_, index)) => *index,
                None => {
                    let index = remediations.len();
                    remediations.push(packed(&spec));
                    known.push((spec, index));
                    index
                }
            };
            let _ = writeln!(rules, "{},", rule_source(rule, p, index));
            keywords.extend(rule.effective_keywords().into_iter().map(|k| (k, count as u16)));
            of_files.extend(rule.file.is_some().then_some(count));
            count += 1;
        }
    }
    let keywords: Vec<(&str, u16)> = keywords.iter().map(|(k, rule)| (k.as_str(), *rule)).collect();
    let groups: Vec<String> = remediations.chunks(GROUP).map(compressed).collect();
    let catalogue = format!(
        "/// Every provider.\npub static PROVIDERS: [Provider; {}] = [\n{providers}];\n\
         /// Every rule.\npub static RULES: [Rule; {}] = [\n{rules}];\n\
         /// The places of the rules of files known by their names.\n\
         pub static FILE_RULES: [usize; {}] = {of_files:?};\n{}",
        files.len(),
        count,
        of_files.len(),
        keyword_table::build(&keywords).emit()
    );
    let advice = format!(
        "/// The number of groups of remediations.\nconst GROUPS: usize = {};\n\
         /// Every remediation, completed from its bases.\n\
         static REMEDIATIONS: [&[u8]; GROUPS] = [\n{}];\n",
        groups.len(),
        groups.join(",\n"),
    );
    (catalogue, advice)
}

fn rule_source(r: &RuleSpec, provider: usize, remediation: usize) -> String {
    let detector = match (&r.regex, &r.context) {
        (Some(regex), _) => format!("Detector::Regex({regex:?})"),
        (None, Some(c)) => {
            let (least, most) = c.value.length.bounds();
            format!(
                "Detector::Context(Context {{ words: &{:?}, names: &{:?}, not_names: &{:?}, value: Value {{ \
                 prefix: {:?}, alphabet: Alphabet::{:?}, least: {least}, most: {most}, suffix: {:?} }}, \
                 near: {}, strict: {} }})",
                c.words,
                c.names,
                c.not_names,
                c.value.prefix,
                c.value.alphabet,
                c.value.suffix,
                c.near,
                c.strict
            )
        }
        (None, None) => match &r.file {
            Some(f) => {
                format!(
                    "Detector::File(Names {{ names: &{:?}, holds: Holds::{:?}, pattern: {:?} }})",
                    f.names, f.holds, f.pattern
                )
            }
            None => "Detector::Judged".to_owned(),
        },
    };
    format!(
        "Rule {{ id: {:?}, aliases: &{:?}, provider: &PROVIDERS[{provider}], name: {:?}, kind: SecretKind::{:?}, \
         severity: Severity::{:?}, confidence: Confidence::{:?}, public: {}, keywords: &{:?}, detector: {detector}, \
         run: {:?}, entropy: {:?}, window: Window::{:?}, validator: Validator::{:?}, env_var: {:?}, env_var_aliases: &{:?}, \
         references: &{:?}, supersedes: &{:?}, pairs: &{:?}, \
         remediation: Advice::packed({remediation}), own: None }}",
        r.id,
        r.aliases,
        r.name,
        r.kind,
        r.severity,
        r.confidence,
        r.public,
        r.effective_keywords(),
        r.run(),
        r.entropy,
        r.window,
        r.validator,
        r.env_var,
        r.env_var_aliases,
        r.references,
        r.supersedes,
        r.pairs,
    )
}

/// The fields of a block, in the order in which `advice` reads them.
fn packed(r: &RemediationSpec) -> String {
    let one = |text: &Option<String>| text.clone().unwrap_or_default();
    let list = |items: &[String]| items.join(&ITEM.to_string());
    let fields = [
        one(&r.short_revoke),
        one(&r.short_check),
        one(&r.short_breaks),
        one(&r.short_new_key),
        one(&r.ended),
        one(&r.impact),
        one(&r.revoke_url),
        list(&r.steps),
        list(&r.commands),
        one(&r.zero_downtime.map(|z| z.to_string())),
        one(&r.rotation),
        one(&r.audit),
        one(&r.audit_url),
        one(&r.breaks),
        list(&r.create),
        one(&r.limits),
        one(&r.auto_revoked),
        one(&r.public_by_design),
        one(&r.notes),
        one(&r.docs_url),
        list(&r.read),
        one(&r.read_in),
        list(&r.sources),
    ];
    fields.join(&FIELD.to_string())
}

/// A group of packed blocks, compressed, as a literal.
fn compressed(group: &[String]) -> String {
    format!("b\"{}\"", deflated(&group.join(&BLOCK.to_string())).escape_ascii())
}

/// A text, compressed.
pub fn deflated(text: &str) -> Vec<u8> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
    out.write_all(text.as_bytes()).and_then(|()| out.finish()).expect("internal: memory takes every byte")
}
