//! Every row of docs/forms.md is found as it says.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use stanch::finding::{Confidence, RepoPath, Source, SourceKind};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options, template};

/// The cells of a table row, without the `|` that the text escapes.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{1}");
    inner.split('|').map(|c| c.trim().replace('\u{1}', "|")).collect()
}

#[test]
fn a_value_is_found_in_every_form_of_the_page() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/forms.md");
    let page = fs::read_to_string(page).unwrap();
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let (mut faults, mut seen) = (Vec::new(), 0);
    let rows = page.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| form "));
    for (row, seed) in rows.zip(1..) {
        let [_, file, text] = &cells(row)[..] else { panic!("{row}") };
        let value = template::expand("${base62:24}", seed).unwrap();
        let text = text.trim_matches('`').trim().replace("\\n", "\n").replace("\\t", "\t");
        let at = text.rfind("VALUE").unwrap_or_else(|| panic!("{row}"));
        let text = format!("{}{value}{}", &text[..at], &text[at + 5..]);
        let source = Source::new(SourceKind::File, RepoPath::new(file.trim_matches('`')));
        let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
        let is_it = |f: &stanch::finding::Finding| f.location.bytes == (at..at + value.len());
        if !(found.len() == 1 && is_it(&found[0]) && found[0].confidence >= Confidence::Medium) {
            let what: Vec<_> = found.iter().map(|f| (f.rule.id, &f.location.bytes, f.confidence)).collect();
            faults.push(format!("{row}\n    {what:?} in {text:?}"));
        }
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
    assert!(faults.is_empty(), "{} of {seen}:\n{}", faults.len(), faults.join("\n"));
}
