//! `stanch rules import`: converts another tool's rules into our format.
//!
//! The result is parsed again, and each rule is tried with an example made from its own pattern, so that every rule
//! reported as imported works.

mod carry;
mod example;
mod filter;
mod gitleaks;
mod go;

use crate::config::{self, Config, Layer, MAX_BYTES};
use crate::disk::{self, Beside, Mode};
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind, printable};
use crate::policy::load;
use crate::rules::spec::FileSpec;
use crate::rules::{self, RuleSet};
use crate::scan::rule_test::Tester;
use crate::scan::{Engine, Fragment, Options};
use crate::text::plural::count;
use carry::{Carried, CarriedRule, list};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Examples that are written, and attempts to make one.
const EXAMPLES: usize = 2;
const TURNS: usize = 12;
/// Markers that fit into a file's first lines, the only ones in which they count.
const MARKERS: usize = 9;

/// Arguments of `stanch rules import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch rules import .gitleaks.toml --output rules.toml
  stanch rules import .betterleaks.toml > rules.toml
  stanch rules test rules.toml
  stanch scan --rules rules.toml

Reads rules and allowlists of gitleaks 8 and betterleaks. What has no counterpart is listed at the end, with the reason. To import an ignore list (.gitleaksignore), use `stanch import`.")]
pub(super) struct Args {
    /// A configuration of gitleaks or betterleaks
    file: PathBuf,
    /// Write the rules to this file, not to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    force: bool,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let name = printable(args.file.to_string_lossy().as_bytes());
    let text = read(&args.file).map_err(|e| Error::Usage(format!("{name}: {e}")))?;
    if args.file.extension().is_none_or(|e| e != "toml") {
        return Err(Error::Usage(format!(
            "{name} is no .toml file: `stanch import` takes lists of ignored secrets over"
        )));
    }
    // From the current folder, as there; otherwise from beside the file.
    let open = |path: &str| read(Path::new(path)).or_else(|_| read(&args.file.with_file_name(path)));
    let config = gitleaks::read(&text, &open).map_err(|e| Error::Usage(format!("{name}: {e}")))?;
    let file_name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let mut carried = carry::carry(config, &printable(file_name.as_bytes()));
    let (text, proved) = write(&mut carried, &printable(file_name.as_bytes()));
    // An invalid file would be refused at every commit.
    Config::default().lay_rules(Layer::Repository, &text, "internal: the rules made")?;
    match &args.output {
        Some(path) => {
            let shown = printable(path.to_string_lossy().as_bytes());
            if path.exists() && !args.force {
                return Err(Error::Usage(format!("{shown} is there already; --force writes over it")));
            }
            // A link stays; its target is replaced.
            let place = path.canonicalize().unwrap_or_else(|_| path.clone());
            disk::replace(&place, text.as_bytes(), Mode::Keep, Beside::WorkTree(None))
                .map_err(Error::io(format!("cannot write {shown}")))?;
        }
        None => {
            super::super::out::stdout().write_all(text.as_bytes()).map_err(Error::io("standard output"))?;
        }
    }
    tell(carried, proved, args.output.as_deref()).map_err(Error::io("standard error"))?;
    Ok(0)
}

/// For the fuzz target: checks that the result is valid, as `run` requires.
#[cfg(fuzzing)]
pub(in crate::cli) fn fuzz(text: &str) {
    let Ok(config) = gitleaks::read(text, &|_| Err("not here".to_owned())) else { return };
    let mut carried = carry::carry(config, "fuzz.toml");
    let (text, proved) = write(&mut carried, "fuzz.toml");
    assert!(proved <= carried.rules.len());
    let laid = Config::default().lay_rules(Layer::Repository, &text, "internal: the rules made");
    assert!(laid.is_ok(), "{:?}", laid.err().map(|e| (e.line, e.what)));
}

fn read(path: &Path) -> Result<String, String> {
    load::read_named(path, "", MAX_BYTES).map_err(|e| match e {
        Error::Config(e) => e.what,
        Error::Io { source, .. } => format!("cannot be read: {source}"),
        e => e.to_string(),
    })
}

/// The file's text, and how many rules an example proves. Unusable rules are removed and reported.
fn write(carried: &mut Carried, name: &str) -> (String, usize) {
    let mut specs = Vec::new();
    let mut usable = Vec::new();
    for rule in std::mem::take(&mut carried.rules) {
        match spec(&rule) {
            Ok(spec) => {
                specs.push(spec);
                usable.push(rule);
            }
            Err(why) => carried.left.push((format!("rule {}", rule.id), why)),
        }
    }
    let mut set = RuleSet::builtin();
    let made: Vec<_> =
        specs.iter().map(|s| RuleSet::own(Some("own"), s).ok().and_then(|r| r.first().copied())).collect();
    made.iter().flatten().for_each(|rule| set.push(rule));
    let tester = Tester::new(&set, 2);
    let mut text = format!(
        "# Rules of {name}, carried over by `stanch rules import`. `stanch rules test` tries them.\nschema = 1\n{}",
        carried.general
    );
    let mut proved = 0;
    for ((rule, spec), made) in usable.iter().zip(&mut specs).zip(&made) {
        let mut examples = Vec::new();
        let with_path = spec.rules[0].speaks_of_paths();
        for template in (0..TURNS).filter_map(|turn| example(rule, turn, with_path)) {
            if examples.len() >= EXAMPLES || examples.contains(&template) {
                continue;
            }
            spec.rules[0].examples = vec![template];
            if made.is_some_and(|made| tester.faults(made, &spec.rules[0]).is_empty()) {
                examples.append(&mut spec.rules[0].examples);
            }
        }
        proved += usize::from(!examples.is_empty());
        text.push('\n');
        text.push_str(&rule.head);
        if !examples.is_empty() {
            text.push_str(&format!("examples = {}\n", list(&examples)));
        }
        text.push_str(&rule.tail);
    }
    carried.rules = usable;
    let (marked, more) = marked(&text, &set);
    if more > 0 {
        let why = format!("{more} more rules find something in it: allow it with a [[path]] entry");
        carried.left.push(("the file that is written".to_owned(), why));
    }
    (marked, proved)
}

/// The text with markers for what the scanner would find in it, since patterns and exceptions contain well-known
/// values. Markers count in a file's first lines only; also returns how many rules had to be left out.
fn marked(text: &str, set: &RuleSet) -> (String, usize) {
    let engine = Engine::new(set, Options { decode_depth: 3, ..Options::default() });
    let source = Source::new(SourceKind::File, RepoPath::new("rules.toml"));
    let found = engine.scan(&Fragment { source, bytes: text.as_bytes().into() });
    let ids: BTreeSet<&str> = found.iter().filter(|f| !f.rule.public).map(|f| f.rule.id).collect();
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut out = format!("{head}\n");
    for id in ids.iter().take(MARKERS) {
        out.push_str(&format!("# stanch:allow-file {id} -- patterns, no values in use\n"));
    }
    out.push_str(rest);
    (out, ids.len().saturating_sub(MARKERS))
}

/// A rule in our format, alone in a file.
fn spec(rule: &CarriedRule) -> Result<FileSpec, String> {
    let text = format!("{}{}", rule.head, rule.tail);
    let (spec, _) = config::own_rules(&text, "rule", false).map_err(|e| e.what)?;
    match rules::faults(&spec).into_iter().next() {
        None => Ok(spec),
        Some(fault) => Err(fault.what),
    }
}

/// A template made from the rule's own pattern.
fn example(rule: &CarriedRule, turn: usize, with_path: bool) -> Option<String> {
    let mut text = example::of(&rule.pattern, turn)?;
    let lower = text.to_ascii_lowercase();
    if rule.far
        && let Some(keyword) = rule.keywords.first().filter(|k| !lower.contains(k.as_str()))
    {
        text = format!("{keyword}\n{text}");
    }
    let path = match &rule.path {
        Some(path) => example::of(path, turn)?,
        None => "example".to_owned(),
    };
    Some(if with_path { format!("{path}\n{text}") } else { text })
}

fn tell(carried: Carried, proved: usize, output: Option<&Path>) -> std::io::Result<()> {
    let mut err = super::super::out::stderr();
    let all = carried.rules.len();
    writeln!(
        err,
        "stanch: {all} of {} carried; {proved} are proved by an example made from their own pattern, {} have none",
        count(carried.of, "rule"),
        all - proved
    )?;
    if !carried.left.is_empty() {
        writeln!(err, "not carried, or not wholly:")?;
        for (why, items) in gitleaks::by_reason(carried.left) {
            let items: Vec<String> = items.iter().map(|i| printable(i.as_bytes())).collect();
            writeln!(err, "  {}\n      {}", items.join(", "), printable(why.as_bytes()))?;
        }
    }
    if let Some(path) = output {
        let shown = printable(path.to_string_lossy().as_bytes());
        writeln!(
            err,
            "now: stanch rules test {shown}; rule_files = [\"{shown}\"] in .stanch.toml puts them in force"
        )?;
    }
    Ok(())
}
