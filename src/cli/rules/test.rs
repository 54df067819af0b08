//! `stanch rules test`: runs the examples and negative examples of rules through the real scanner.

use super::missed;
use crate::config::{self, FILE_NAME};
use crate::error::Error;
use crate::finding::{printable, shown_path};
use crate::policy::files;
use crate::rules::check;
use crate::rules::spec::{FileSpec, RuleSpec};
use crate::rules::{self, Rule, RuleSet};
use crate::scan::rule_test::{Fault, Tester};
use crate::text::plural::count;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How many made-up values each example is tried with.
const SEEDS: u64 = 3;

/// Arguments of `stanch rules test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch rules test acme.toml                 a file of your own rules
  stanch rules test .stanch.toml              your rules in a configuration
  stanch rules test --format json acme.toml
  stanch rules test --rule generic-password --text app.yml
                                              why the rule finds nothing
  stanch rules test --catalogue src/rules/catalogue/*.toml
                                              stanch's own, for contributors

Every example must be found by its rule, and no negative example, with all built-in rules loaded.

Exit status: 0 all rules pass, 1 a rule fails or finds nothing in the text, 2 a file cannot be read.")]
pub(super) struct Args {
    /// Files of rules
    #[arg(required_unless_present = "text", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// With --text: the rule that should find something, built-in or from a file
    #[arg(long, value_name = "ID", requires = "text")]
    rule: Option<String>,
    /// Scan a text (`-` is standard input) and say why --rule finds nothing in it
    #[arg(long, value_name = "FILE", requires = "rule")]
    text: Option<PathBuf>,
    /// Check the rules as part of stanch's catalogue: examples are required, exceptions refused
    #[arg(long)]
    catalogue: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = super::Format::Text)]
    format: super::Format,
}

/// The result for a rule, or for a file as a whole.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    line: usize,
    rule: Option<String>,
    status: Status,
    examples: usize,
    negatives: usize,
    faults: Vec<FaultRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Right,
    Failed,
    Untested,
}

#[derive(Debug, Serialize)]
struct FaultRow {
    /// `examples[0]`; empty for the rule itself.
    example: Option<String>,
    why: &'static str,
    text: String,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    if let (Some(rule), Some(text)) = (&args.rule, &args.text) {
        let mut set = RuleSet::builtin();
        for file in &args.files {
            let loaded = Loaded::read(file, args.catalogue)?;
            let sound = loaded.faults.is_empty();
            sound.then(|| loaded.add_to(&mut set, args.catalogue)).transpose()?.ok_or_else(|| {
                Error::Usage(format!("{} is at fault: run `stanch rules test` on it first", loaded.name))
            })?;
        }
        return missed::run(&set, rule, text);
    }
    let mut rows = Vec::new();
    for file in &args.files {
        rows.extend(test(file, args.catalogue)?);
    }
    let mut out = std::io::BufWriter::new(super::super::out::stdout());
    match args.format {
        super::Format::Json => serde_json::to_writer_pretty(&mut out, &rows)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n")),
        super::Format::Text => text(&rows, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(Error::io("standard output"))?;
    Ok(u8::from(rows.iter().any(|r| r.status == Status::Failed)))
}

/// A file of rules, and its faults before any example is tried.
struct Loaded {
    name: String,
    specs: FileSpec,
    lines: Vec<usize>,
    faults: Vec<check::Fault>,
}

impl Loaded {
    fn read(file: &Path, catalogue: bool) -> Result<Loaded, Error> {
        let name = shown_path(file);
        let place = file.canonicalize().map_err(Error::io(format!("cannot read {name}")))?;
        let text = files::read(&place, &name)?.unwrap_or_default();
        let is_config = !catalogue && file.file_name().is_some_and(|n| n == FILE_NAME || n == "config.toml");
        let (specs, lines) = config::own_rules(&text, &name, is_config)?;
        let faults = all_faults(&specs, catalogue);
        Ok(Loaded { name, specs, lines, faults })
    }

    /// The indexes of the rules without faults.
    fn good(&self) -> Vec<usize> {
        (0..self.specs.rules.len()).filter(|i| self.faults.iter().all(|f| f.rule != Some(*i))).collect()
    }

    /// Adds the valid rules to a set, replacing those with the same id; returns them.
    fn add_to(&self, set: &mut RuleSet, catalogue: bool) -> Result<Vec<&'static Rule>, Error> {
        let good = self.good().iter().map(|i| self.specs.rules[*i].clone()).collect();
        let sound = FileSpec { rules: good, ..self.specs.clone() };
        let owner = (!catalogue).then_some("own");
        let rules =
            RuleSet::own(owner, &sound).map_err(|_| Error::Usage(format!("{} is at fault", self.name)))?;
        set.retain(|r| !rules.iter().any(|n| n.id == r.id));
        rules.iter().for_each(|rule| set.push(rule));
        Ok(rules)
    }
}

fn test(file: &Path, catalogue: bool) -> Result<Vec<Row>, Error> {
    let loaded = Loaded::read(file, catalogue)?;
    let Loaded { name, specs, lines, faults } = &loaded;
    let row = |rule: Option<usize>, status, faults| {
        let spec = rule.and_then(|i| specs.rules.get(i));
        Row {
            file: name.clone(),
            line: rule.and_then(|i| lines.get(i)).copied().unwrap_or(0),
            rule: spec.map(|s| printable(s.id.as_bytes())),
            status,
            examples: spec.map_or(0, |s| s.examples.len()),
            negatives: spec.map_or(0, |s| s.negative_examples.len()),
            faults,
        }
    };
    let broken = |of: Option<usize>| -> Vec<FaultRow> {
        let of_it = faults.iter().filter(|f| f.rule == of);
        let what = |f: &check::Fault| printable(f.what.as_bytes());
        of_it.map(|f| FaultRow { example: None, why: "rule", text: what(f) }).collect()
    };
    let of_file = broken(None);
    if !of_file.is_empty() {
        return Ok(vec![row(None, Status::Failed, of_file)]);
    }
    let good = loaded.good();
    let mut set = RuleSet::builtin();
    let rules = loaded.add_to(&mut set, catalogue)?;
    let tester = Tester::new(&set, SEEDS);
    Ok((0..specs.rules.len())
        .map(|i| {
            let Some(at) = good.iter().position(|g| *g == i) else {
                return row(Some(i), Status::Failed, broken(Some(i)));
            };
            let (spec, rule) = (&specs.rules[i], rules[at]);
            let faults =
                tester.faults(rule, spec).into_iter().map(|f| describe(&f, rule, spec)).collect::<Vec<_>>();
            let status = match (faults.is_empty(), spec.examples.is_empty()) {
                (false, _) => Status::Failed,
                (true, true) => Status::Untested,
                (true, false) => Status::Right,
            };
            row(Some(i), status, faults)
        })
        .collect())
}

/// Faults of the rules themselves, before any example is tried.
fn all_faults(specs: &FileSpec, catalogue: bool) -> Vec<check::Fault> {
    let mut faults = rules::faults(specs);
    if catalogue {
        faults.extend(check::catalogue(specs));
        return faults;
    }
    let known = RuleSet::builtin();
    for (i, rule) in specs.rules.iter().enumerate() {
        let own = |r: &RuleSpec| r.id == rule.id || r.aliases.contains(&rule.id);
        let what = if known.get(&rule.id).is_some() {
            "the id is that of a built-in rule: choose another (`--catalogue` tries a file of the catalogue)"
        } else if specs.rules[..i].iter().any(own) {
            "the id is taken by a rule further up: choose another"
        } else {
            continue;
        };
        faults.push(check::Fault { rule: Some(i), what: what.to_owned() });
    }
    faults
}

fn describe(fault: &Fault, rule: &Rule, spec: &RuleSpec) -> FaultRow {
    let (list, of) = match fault.negative {
        true => ("negative_examples", &spec.negative_examples),
        false => ("examples", &spec.examples),
    };
    // A text that is not a template may be a real value.
    let shown = match &of[fault.index] {
        t if t.contains("${") && t.len() < 120 => format!(" {:?}", printable(t.as_bytes())),
        _ => String::new(),
    };
    let what = if fault.negative { "negative example" } else { "example" };
    let verdict = if fault.negative { "" } else { "not found: " };
    FaultRow {
        example: Some(format!("{list}[{}]", fault.index)),
        why: fault.why.slug(),
        text: format!("{what} {}{shown}: {verdict}{}", fault.index + 1, fault.why.describe(rule)),
    }
}

fn text(rows: &[Row], out: &mut dyn Write) -> std::io::Result<()> {
    for row in rows {
        let place = if row.line > 0 { format!("{}:{}", row.file, row.line) } else { row.file.clone() };
        let of = row.rule.as_ref().map_or(String::new(), |r| format!(" {r}:"));
        match row.status {
            Status::Right => writeln!(
                out,
                "{place}:{of} right ({} found, {} left alone)",
                count(row.examples, "example"),
                count(row.negatives, "negative")
            )?,
            Status::Untested => writeln!(out, "{place}:{of} untested: it has no example")?,
            Status::Failed => {
                for fault in &row.faults {
                    writeln!(out, "{place}:{of} {}", fault.text)?;
                }
            }
        }
    }
    let of = |s: Status| rows.iter().filter(|r| r.status == s).count();
    writeln!(
        out,
        "{}: {} right, {} failed, {} untested",
        count(rows.iter().filter(|r| r.rule.is_some()).count(), "rule"),
        of(Status::Right),
        of(Status::Failed),
        of(Status::Untested)
    )
}
