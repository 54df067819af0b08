//! `stanch rules`: lists, shows, tests and imports rules.

use crate::check;
mod import;
mod missed;
#[cfg(fuzzing)]
pub(super) use import::fuzz as fuzz_import;
mod test;

use super::pager;
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::report::{Terminal, catalogue};
use crate::rules::{Rule, RuleSet};
use std::io::{self, Write};

/// Arguments of `stanch rules`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List all rules, your own included.
    #[command(after_help = "\
Examples:
  stanch rules list                  id, severity, confidence and name
  stanch rules list stripe           those that name Stripe
  stanch rules list --format json    every field, remediation included
  stanch rules list --rules acme.toml
                                     with the own rules of a file")]
    List {
        /// Only rules whose id, name or provider has this word
        word: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        own: OwnRules,
    },
    /// Show how a rule recognises its secrets.
    #[command(after_help = "\
Examples:
  stanch rules show klaviyo-private-api-key
  stanch rules show klaviyo              every rule of a provider")]
    Show {
        /// A rule or a provider
        name: String,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        own: OwnRules,
    },
    /// Test rules: run their examples through the scanner, and say what fails and why.
    Test(test::Args),
    /// Convert the rules and allowlists of gitleaks or betterleaks.
    Import(import::Args),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person.
    Text,
    /// One JSON array.
    Json,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    match &args.command {
        Command::Test(args) => return test::run(args),
        Command::Import(args) => return import::run(args),
        Command::List { word, format, own } => {
            let set = check::rules_here(own.files())?;
            let word = word.as_deref().unwrap_or_default().to_lowercase();
            let has = |r: &&Rule| {
                [r.id, r.name, r.provider.id, r.provider.name]
                    .iter()
                    .any(|t| t.to_lowercase().contains(&word))
            };
            let rules: Vec<_> = set.iter().filter(has).collect();
            match format {
                Format::Json => json(&rules)?,
                Format::Text => {
                    let mut table = Vec::new();
                    catalogue::table(&rules, &mut table).map_err(Error::io("standard output"))?;
                    pager::show(&String::from_utf8_lossy(&table))?;
                }
            }
        }
        Command::Show { name, format, own } => {
            let set = check::rules_here(own.files())?;
            let rules = named(&set, name)?;
            match format {
                Format::Json => json(&rules)?,
                Format::Text => {
                    let look = Terminal::from_env();
                    let pages: Vec<String> = rules.iter().map(|r| catalogue::show(r, &look)).collect();
                    pager::show(&pages.join("\n"))?;
                }
            }
        }
    }
    Ok(0)
}

fn json(rules: &[&'static Rule]) -> Result<(), Error> {
    let mut out = io::BufWriter::new(super::out::stdout());
    catalogue::json(rules, &mut out).and_then(|()| out.flush()).map_err(Error::io("standard output"))
}

/// The rule with this name, or the rules of the provider with this name.
pub(super) fn named(set: &RuleSet, name: &str) -> Result<Vec<&'static Rule>, Error> {
    if let Some(rule) = set.get(name) {
        return Ok(vec![rule]);
    }
    let of_provider: Vec<_> = set
        .iter()
        .filter(|r| r.provider.id.eq_ignore_ascii_case(name) || r.provider.name.eq_ignore_ascii_case(name))
        .collect();
    if !of_provider.is_empty() {
        return Ok(of_provider);
    }
    let shown = crate::finding::printable(name.as_bytes());
    // A name that begins with a provider's is meant for it, whatever another provider's kind is called.
    let begins = |id: &&str| name.strip_prefix(*id).is_some_and(|rest| rest.starts_with('-'));
    let provider = set.iter().map(|r| r.provider.id).filter(begins).max_by_key(|id| id.len());
    let near = set.nearest(name).filter(|near| provider.is_none_or(|id| near.starts_with(id)));
    let nearest = near.or(provider).or_else(|| set.nearest_provider(name)).map_or_else(
        || "`stanch rules list` names them all".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    Err(Error::Usage(format!("no rule and no provider is called {shown}; {nearest}")))
}
