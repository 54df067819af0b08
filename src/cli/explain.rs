//! `stanch explain`: the full page about a rule, or about the secret that was blocked last.

use super::{findings_in, pager, rules};
use crate::check::history::{copies, holders};
use crate::check::last_blocked::LastFinding;
use crate::check::{self, Checker, last_blocked};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, RepoPath, Suggestion, printable};
use crate::fix;
use crate::fix::replacement::secret_file;
use crate::git::Repo;
use crate::report::explain::{self, Ask, Stopped};
use crate::report::snippets::{STORES, Store, TARGETS, Target};
use crate::report::{Terminal, catalogue, shell_word};
use crate::rules::{Rule, RuleSet};
use crate::text::lang::Lang;
use crate::text::{day, encoding};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::io::{self, Write};

/// Arguments of `stanch explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch explain klaviyo-private-api-key
  stanch explain 4c1e9a07                      a secret just blocked
  stanch explain 4c1e9a07 --history            every commit that brings it
  stanch explain stripe                        a provider
  stanch explain github-pat-classic --lang go  with code that reads it
  stanch explain github-pat-classic --all      with causes, risks and practices
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
    /// Also show why such secrets leak, what can follow, practices, and what was not checked
    #[arg(long)]
    all: bool,
    /// List the commits that bring the secret which was just blocked
    #[arg(long, conflicts_with_all = ["lang", "store", "all", "format"])]
    history: bool,
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
    if args.history {
        return list_history(args);
    }
    let set = check::rules_here(args.own.files())?;
    let mut ask = Ask { target: args.lang, store: args.store, stopped: None, all: args.all };
    let rules = match (rules::named(&set, &args.name), Fingerprint::is_prefix(&args.name)) {
        (Err(_), true) => vec![stopped(&set, args, &mut ask)?],
        (rules, _) => rules?,
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

/// Lists where else the blocked secret is, in everything that the refs of this repository reach.
fn list_history(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    let known = &last_blocked::named(&repo, &checker, &args.name)
        .map_err(|e| Error::Usage(format!("{e}; run the commit again")))?[0];
    if known.member.is_some() {
        let path = shell_word(known.path.as_bytes());
        return Err(Error::Usage(format!(
            "the secret is in an archive, which is not searched for: `git log --oneline --all -- {path}` \
             lists the commits that have the archive"
        )));
    }
    let value = found(&repo, &checker, known)?.map(|(value, _)| value);
    let value = value
        .ok_or_else(|| Error::Usage("the blocked file is not here any more; run the commit again".into()))?;
    let (holders, commits) = holders(&repo, &value)?;
    let screen = checker.screen();
    let mut out = super::out::stdout();
    let mut say = |line: String| writeln!(out, "{line}").map_err(Error::io("standard output"));
    for h in &holders {
        let day = day::of(h.commit.time);
        let who = if h.is_pushed { "a remote has it" } else { "only here" };
        say(format!("{}  {day}  {who}  {}", h.commit.id.short(), screen.path(&h.path)))?;
    }
    let pushed = holders.iter().filter(|h| h.is_pushed).count();
    say(match holders.len() {
        0 => format!("None of {commits} commits has it."),
        n => format!("{n} of {commits} commits bring it, {pushed} of them a remote has."),
    })?;
    Ok(0)
}

/// The value of a blocked secret, and what to write in its place; `None` if its file is not in the repository any more.
fn found(
    repo: &Repo,
    checker: &Checker,
    known: &LastFinding,
) -> Result<Option<(Vec<u8>, Suggestion)>, Error> {
    let Some(bytes) = known.content(repo)? else { return Ok(None) };
    let all = findings_in(checker, known.path.as_bytes(), &bytes);
    let of =
        all.into_iter().flat_map(Finding::apart).find(|f| f.fingerprint.to_string() == known.fingerprint);
    let Some(of) = of else { return Ok(None) };
    let suggestion = fix::suggest(&bytes, &[&of]).pop();
    let value = encoding::decode(&bytes).0.get(of.location.bytes).map(<[u8]>::to_vec);
    Ok(value.zip(suggestion))
}

/// The rule of the secret with this fingerprint. Its file gives the language, its value the other places.
fn stopped(set: &RuleSet, args: &Args, ask: &mut Ask) -> Result<&'static Rule, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    let known = last_blocked::named(&repo, &checker, &args.name)
        .map_err(|e| Error::Usage(format!("{e}; run the commit again, or name the rule")))?
        .swap_remove(0);
    let path = known.shown();
    ask.target = ask.target.or_else(|| Target::of(Lang::of_path(path.as_bytes()), path.as_bytes()));
    let mut stopped = Stopped {
        fingerprint: known.fingerprint.chars().take(8).collect(),
        place: format!("{path}:{}", known.line),
        ..Stopped::default()
    };
    let rule = set
        .get(&known.rule)
        .ok_or_else(|| Error::Usage(format!("no rule is called {} any more", known.rule)))?;
    if let Some((value, suggestion)) = found(&repo, &checker, &known).ok().flatten() {
        let in_repo = RepoPath::new(path.as_bytes());
        stopped.file = secret_file(rule, &suggestion.way, &in_repo);
        stopped.variable = Some(suggestion.variable);
        stopped.names.extend(suggestion.name);
        let screen = checker.screen();
        let copies = repo.work_dir().and_then(|top| copies(&top, &value).ok());
        for copy in copies.map(|(copies, _)| copies).unwrap_or_default() {
            let place = format!("{}:{}", screen.path(&copy.path), copy.line);
            if place != stopped.place && !stopped.copies.contains(&place) {
                stopped.copies.push(place);
            }
            stopped.names.extend(copy.name.filter(|n| !stopped.names.contains(n)));
        }
    }
    ask.stopped = Some(stopped);
    Ok(rule)
}

/// The rule of a provider whose page is shown.
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
