//! `stanch explain`: the whole page about a rule, or about the secret that was blocked last.

use super::{pager, rules};
use crate::check::{self, last_blocked};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::printable;
use crate::git::Repo;
use crate::report::explain::{self, Ask};
use crate::report::snippets::{STORES, Store, TARGETS, Target};
use crate::report::{Terminal, catalogue};
use crate::rules::{Rule, RuleSet};
use crate::text::lang::Lang;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::io::{self, Write};

/// Arguments of `stanch explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch explain klaviyo-private-api-key
  stanch explain 4c1e9a07                            a secret just blocked
  stanch explain stripe                              a provider
  stanch explain github-pat-classic --lang go --store vault
                                                     with code that reads it
  stanch explain github-pat-classic --format markdown > page.md")]
pub(super) struct Args {
    /// A rule, a provider, or the fingerprint (or its first digits) of a blocked secret
    #[arg(value_name = "RULE|PROVIDER|FINGERPRINT")]
    name: String,
    /// Show code for this language or platform
    #[arg(long, value_parser = languages())]
    lang: Option<&'static Target>,
    /// Show code that reads this store
    #[arg(long, value_parser = stores())]
    store: Option<&'static Store>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    own: OwnRules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a wiki or a ticket.
    Markdown,
    /// One JSON array, an object a rule.
    Json,
}

fn languages() -> impl TypedValueParser<Value = &'static Target> {
    let values = TARGETS.iter().map(|t| PossibleValue::new(t.slug).aliases(t.aliases));
    PossibleValuesParser::new(values)
        .map(|name| Target::named(&name).expect("internal: a possible value is a target"))
}

fn stores() -> impl TypedValueParser<Value = &'static Store> {
    PossibleValuesParser::new(STORES.iter().map(|s| PossibleValue::new(s.slug)))
        .map(|name| Store::named(&name).expect("internal: a possible value is a store"))
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let set = check::rules_here(args.own.files())?;
    let mut ask = Ask { target: args.lang, store: args.store, place: None };
    let rules = match stopped(&set, &args.name, &mut ask) {
        Some(rule) => vec![rule],
        None => rules::named(&set, &args.name)?,
    };
    if args.format == Format::Json {
        let mut out = io::BufWriter::new(super::out::stdout());
        catalogue::pages_json(&rules, &ask, &mut out)
            .and_then(|()| out.flush())
            .map_err(Error::io("standard output"))?;
        return Ok(0);
    }
    let look = Terminal::from_env();
    let mut text = String::new();
    let pages = most_severe(&rules);
    if rules.len() > 1 {
        text.push_str(&index(&rules, pages, args.format));
    }
    let sheet = explain::sheet(pages, &ask);
    text.push_str(&match args.format {
        Format::Markdown => explain::markdown(&sheet),
        _ => explain::text(&sheet, &look),
    });
    pager::show(&text)?;
    Ok(0)
}

/// The rule of the secret that was blocked last under this fingerprint; its file gives the language.
fn stopped(set: &RuleSet, prefix: &str, ask: &mut Ask) -> Option<&'static Rule> {
    let is_hex = prefix.len() >= 4 && prefix.bytes().all(|b| b.is_ascii_hexdigit());
    let repo = Repo::open_from_env().ok().filter(|_| is_hex)?;
    let prefix = prefix.to_ascii_lowercase();
    let found =
        last_blocked::read(&repo).findings.into_iter().find(|f| f.fingerprint.starts_with(&prefix))?;
    let path = found.path.as_bytes();
    ask.target = ask.target.or_else(|| Target::of(Lang::of_path(path), path));
    ask.place = Some(format!("{}:{}", found.path, found.line));
    set.get(&found.rule)
}

/// Of a provider's rules, the one whose page is shown.
fn most_severe(rules: &[&'static Rule]) -> &'static Rule {
    let weight = |r: &Rule| (!r.public, r.severity, r.confidence);
    rules
        .iter()
        .copied()
        .reduce(|a, b| if weight(b) > weight(a) { b } else { a })
        .expect("internal: a rule was found")
}

fn index(rules: &[&'static Rule], shown: &Rule, format: Format) -> String {
    let provider = printable(shown.provider.name.as_bytes());
    let mut out =
        format!("{provider} has {} kinds of secrets. This page is about the most severe one;\n", rules.len());
    if format == Format::Markdown {
        out.push('\n');
    }
    out.push_str("`stanch explain` has one for each:\n\n");
    for r in rules {
        let name = printable(r.name.as_bytes());
        out.push_str(&match format {
            Format::Markdown => format!("- `{}`: {name}\n", r.id),
            _ => format!("  {:40}  {name}\n", r.id),
        });
    }
    out.push('\n');
    out
}
