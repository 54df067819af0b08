//! Emits the catalogue as Rust source: `static` tables that need no work at start.
//!
//! Pure: specs in, text out. `build.rs` writes the text and `builtin.rs` includes it. A test ensures that the
//! tables equal the same specs read at run time.

use super::keyword_table;
use super::remediation::RemediationSpec;
use super::spec::{FileSpec, RuleSpec};
use std::fmt::Write;

/// The source of the tables `PROVIDERS`, `REMEDIATIONS`, `RULES` and `KEYWORDS` for these files, in their order.
pub fn emit(files: &[FileSpec]) -> String {
    let mut providers = String::new();
    let mut remediations = String::new();
    let mut rules = String::new();
    let mut count = (0usize, 0usize);
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
                    let _ = writeln!(remediations, "{},", remediation(&spec));
                    known.push((spec, count.0));
                    count.0 += 1;
                    count.0 - 1
                }
            };
            let _ = writeln!(rules, "{},", rule_source(rule, p, index));
            keywords.extend(rule.effective_keywords().into_iter().map(|k| (k, count.1 as u16)));
            of_files.extend(rule.file.is_some().then_some(count.1));
            count.1 += 1;
        }
    }
    let keywords: Vec<(&str, u16)> = keywords.iter().map(|(k, rule)| (k.as_str(), *rule)).collect();
    format!(
        "/// Every provider.\npub static PROVIDERS: [Provider; {}] = [\n{providers}];\n\
         /// Every remediation, completed from its bases.\n\
         static REMEDIATIONS: [Remediation; {}] = [\n{remediations}];\n\
         /// Every rule.\npub static RULES: [Rule; {}] = [\n{rules}];\n\
         /// The places of the rules of files known by their names.\n\
         pub static FILE_RULES: [usize; {}] = {of_files:?};\n{}",
        files.len(),
        count.0,
        count.1,
        of_files.len(),
        keyword_table::build(&keywords).emit()
    )
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
         remediation: &REMEDIATIONS[{remediation}], own: None }}",
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

fn remediation(r: &RemediationSpec) -> String {
    format!(
        "Remediation {{ short_revoke: {:?}, short_check: {:?}, short_breaks: {:?}, short_new_key: {:?}, ended: {:?}, impact: {:?}, revoke_url: {:?}, steps: &{:?}, commands: &{:?}, zero_downtime: {:?}, \
         rotation: {:?}, audit: {:?}, audit_url: {:?}, breaks: {:?}, create: &{:?}, limits: {:?}, \
         auto_revoked: {:?}, public_by_design: {:?}, notes: {:?}, docs_url: {:?}, read: &{:?}, read_in: {:?}, \
         sources: &{:?} }}",
        r.short_revoke,
        r.short_check,
        r.short_breaks,
        r.short_new_key,
        r.ended,
        r.impact,
        r.revoke_url,
        r.steps,
        r.commands,
        r.zero_downtime,
        r.rotation,
        r.audit,
        r.audit_url,
        r.breaks,
        r.create,
        r.limits,
        r.auto_revoked,
        r.public_by_design,
        r.notes,
        r.docs_url,
        r.read,
        r.read_in,
        r.sources,
    )
}
