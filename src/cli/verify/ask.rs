//! The way from secrets to answers: permission, what is sent where, a person's yes, the requests, the cache.

use super::outcome::{Outcome, identity, named};
use super::targets::{Target, Targets};
use crate::check::Checker;
use crate::error::Error;
use crate::finding::{Evidence, Fingerprint, printable};
use crate::git::Repo;
use crate::policy::{Decision, Policy};
use crate::rules::LiveCheck;
use crate::sort;
use crate::text::plural::count;
use crate::verify::address::Origin;
use crate::verify::cache::Cache;
use crate::verify::{self, Answer, Client, Given, Options, Proxy, Request, Roots, State, call};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, IsTerminal, Write};

/// Seconds for a request, its connection included.
const SECONDS: u64 = 15;

/// Requests to one host within a second.
const PER_SECOND: u32 = 2;

/// Most bytes of a typed answer.
const MAX_TYPED: u64 = 256;

/// Arguments of commands that send.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct Sending {
    /// Send without asking, for scripts
    #[arg(long)]
    yes: bool,
    /// A value that a call needs, such as ORG=acme (repeatable)
    #[arg(long, value_name = "WORD=VALUE", value_parser = pair)]
    with: Vec<(String, String)>,
    /// The address of your own instance, such as gitlab=https://git.example.org (repeatable)
    #[arg(long, value_name = "PROVIDER=ADDRESS", value_parser = pair)]
    host: Vec<(String, String)>,
    /// Allow private and loopback addresses
    #[arg(long)]
    private: bool,
    /// Ask again what was answered within the last hour
    #[arg(long)]
    fresh: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() || value.is_empty() {
        return Err("write NAME=VALUE".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Refuses where nothing may be sent.
pub(in crate::cli) fn permitted(policy: &Policy) -> Result<(), Error> {
    if policy.config.enforce.iter().any(|f| f.says.verify == Some(false)) {
        return Err(Error::Usage(
            "[enforce] verify = false: your organisation lets no secret be sent to its provider; stanch explain RULE \
             shows where to look by hand"
                .to_owned(),
        ));
    }
    if !policy.may_verify() {
        return Err(Error::Usage(
            "this sends secrets to their providers, and is off until your own file allows it: write [verify] and \
             allow = true into ~/.config/stanch/config.toml; the page \"verify\" of the guide says what is sent"
                .to_owned(),
        ));
    }
    Ok(())
}

/// What is known before anything is sent.
pub(in crate::cli) struct Plan {
    words: BTreeMap<String, String>,
    origins: BTreeMap<String, Origin>,
    pub(in crate::cli) client: Client,
    /// When answers of the last hour count.
    pub(in crate::cli) now: Timestamp,
}

impl Plan {
    /// The values of a secret, at this moment: a signature is valid for minutes.
    pub(in crate::cli) fn given<'a>(&'a self, target: &'a Target, check: &LiveCheck) -> Given<'a> {
        let origin = self.origins.get(&check.provider).filter(|_| check.self_hosted);
        Given {
            secret: &target.finding.secret,
            pair: target.finding.pair.as_ref().map(|id| &id.secret),
            with: &self.words,
            origin,
            is_of_host: origin.is_some(),
            now: Timestamp::now(),
        }
    }

    /// What would be sent about a secret.
    ///
    /// # Errors
    /// Why nothing can be sent, in words.
    fn question<'a>(&self, target: &'a Target) -> Result<Question<'a>, String> {
        let rule = target.finding.rule;
        if let Some(ended) = rule.service_end() {
            return Err(format!("{ended}: nobody is left to ask"));
        }
        let unknown =
            || format!("no harmless call is known for it; stanch explain {} says where to look", rule.id);
        let check = LiveCheck::of(rule.id).ok_or_else(unknown)?;
        if !check.is_asked() {
            return Err(match (&check.run, check.checked) {
                (Some(_), _) => "stanch does not speak its protocol".to_owned(),
                (None, false) => {
                    "its call was not read in the provider's documentation; read it there, and run this"
                        .to_owned()
                }
                (None, true) => unknown(),
            });
        }
        let requests = call::of_check(check, &self.given(target, check))?;
        Ok(Question { target, check, requests })
    }
}

/// A secret that is asked about.
struct Question<'a> {
    target: &'a Target,
    check: &'static LiveCheck,
    requests: Vec<Request>,
}

impl Sending {
    /// Reads the options against the policy.
    pub(in crate::cli) fn plan(&self, policy: &Policy) -> Result<Plan, Error> {
        let private = self.private || policy.may_verify_privately();
        let named = policy.config.verify_hosts.iter().map(|(p, address)| (p, &address.value));
        let mut origins = BTreeMap::new();
        for (provider, address) in named.chain(self.host.iter().map(|(p, a)| (p, a))) {
            let has_instances = |c: &&LiveCheck| c.self_hosted && c.provider == *provider;
            if !LiveCheck::all().iter().any(|c| has_instances(&c)) {
                let known: BTreeSet<&str> =
                    LiveCheck::all().iter().filter(|c| c.self_hosted).map(|c| c.provider.as_str()).collect();
                return Err(Error::Usage(format!(
                    "{} has no instances of one's own here; those that have: {}",
                    printable(provider.as_bytes()),
                    known.into_iter().collect::<Vec<_>>().join(", ")
                )));
            }
            let origin = Origin::parse(address, private).map_err(|why| {
                Error::Usage(format!(
                    "the address {} of {provider} is refused: {why}",
                    printable(address.as_bytes())
                ))
            })?;
            origins.insert(provider.clone(), origin);
        }
        let options = Options {
            proxy: Proxy::Environment,
            roots: Roots::System,
            private,
            seconds: SECONDS,
            per_second: PER_SECOND,
        };
        let client = Client::new(&options).map_err(Error::Usage)?;
        Ok(Plan { words: self.with.iter().cloned().collect(), origins, client, now: Timestamp::now() })
    }

    /// Asks about each secret, once a person has said yes.
    pub(in crate::cli) fn ask<'a>(
        &self,
        targets: &'a [Target],
        repo: Option<&Repo>,
        checker: &Checker,
    ) -> Result<Vec<Outcome<'a>>, Error> {
        let plan = self.plan(&checker.policy)?;
        let mut cache = repo.map(|repo| Cache::read(&kept_in(repo)));
        // An answer about the id or the instance that one call names counts for that call alone.
        let is_of_call = !self.with.is_empty() || !self.host.is_empty();
        let mut outcomes = Vec::new();
        let mut to_ask = Vec::new();
        for target in targets {
            let fingerprint = target.finding.fingerprint.to_string();
            let again = self.fresh || is_of_call;
            let kept = cache.as_ref().filter(|_| !again).and_then(|c| c.get(&fingerprint, plan.now));
            if let Some((answer, age)) = kept {
                outcomes.push(Outcome { target, answer, age: Some(age) });
                continue;
            }
            match plan.question(target) {
                Ok(question) => to_ask.push(question),
                Err(why) => {
                    outcomes.push(Outcome { target, answer: Answer::of(State::NotChecked(why)), age: None });
                }
            }
        }
        if !to_ask.is_empty() {
            announce(&to_ask).map_err(Error::io("standard error"))?;
            if !self.yes {
                confirmed("Send? [y/N] ", &["y", "yes"], "--yes")?;
            }
        }
        for Question { target, check, .. } in to_ask {
            let answer = verify::check(&plan.client, check, &plan.given(target, check));
            let fingerprint = target.finding.fingerprint.to_string();
            match &mut cache {
                Some(cache) if is_of_call => cache.forget(&fingerprint),
                Some(cache) => cache.put(&fingerprint, &answer, plan.now),
                None => {}
            }
            outcomes.push(Outcome { target, answer, age: None });
        }
        if let Some(cache) = cache {
            // The answers are worth more than the file.
            let _ = cache.write(plan.now);
        }
        sort::by_key(&mut outcomes, |o| {
            let rank = match o.answer.state {
                State::Live => 0,
                State::Unsure(_) => 1,
                State::NotChecked(_) => 2,
                State::Dead => 3,
            };
            (rank, Reverse(o.target.finding.severity))
        });
        Ok(outcomes)
    }
}

/// Shows what will be sent where.
fn announce(all: &[Question<'_>]) -> io::Result<()> {
    let mut err = super::super::out::stderr();
    let n = all.len();
    let hosts = match count(n, "secret") {
        one if n == 1 => format!("{one} to its provider"),
        many => format!("{many} to their providers"),
    };
    writeln!(err, "stanch: verify sends {hosts}:")?;
    for Question { target, check, requests } in all {
        writeln!(err, "  {}", named(target))?;
        for request in requests {
            writeln!(err, "      {} {}", request.method, request.shown)?;
        }
        writeln!(err, "      {}", leaves(check))?;
    }
    Ok(())
}

/// What providers said of secrets, as evidence; true if it is live.
pub(in crate::cli) type Said = BTreeMap<Fingerprint, (bool, Evidence)>;

/// Asks about each secret of a decision, and adds the answer to its evidence.
pub(in crate::cli) fn note(
    decision: &mut Decision,
    yes: bool,
    repo: Option<&Repo>,
    checker: &Checker,
) -> Result<(), Error> {
    let mut targets = Targets::new(checker);
    decision.findings.iter().for_each(|d| targets.add(d.finding.clone()));
    apply(decision, &said(targets, yes, repo, checker)?);
    Ok(())
}

/// Adds what was said of its secrets to the evidence of a decision. A live one is one step more severe; what is decided about
/// it stays.
pub(in crate::cli) fn apply(decision: &mut Decision, said: &Said) {
    for d in &mut decision.findings {
        let Some((is_live, evidence)) = said.get(&d.finding.fingerprint) else { continue };
        if *is_live {
            d.finding.severity = d.finding.severity.raised();
        }
        d.finding.evidence.insert(0, evidence.clone());
    }
    decision.live_first();
}

/// Asks about each secret, once.
pub(in crate::cli) fn said(
    targets: Targets<'_>,
    yes: bool,
    repo: Option<&Repo>,
    checker: &Checker,
) -> Result<Said, Error> {
    let targets = targets.into_list();
    let sending = Sending { yes, ..Sending::default() };
    let mut said = Said::new();
    for outcome in sending.ask(&targets, repo, checker)? {
        let state = &outcome.answer.state;
        let code = state.slug();
        let evidence = match state {
            State::Live => {
                let whose = identity(&outcome, &checker.screen());
                Evidence::raises(
                    code,
                    format!("live{}", whose.map_or_else(String::new, |w| format!(": {w}"))),
                )
            }
            State::Dead => Evidence::lowers(code, "dead: its provider says so"),
            State::Unsure(why) => Evidence::tells(code, format!("not known to be live or dead: {why}")),
            State::NotChecked(why) => Evidence::tells(code, format!("its provider was not asked: {why}")),
        };
        said.insert(outcome.target.finding.fingerprint, (*state == State::Live, evidence));
    }
    Ok(said)
}

/// The file of a repository's answers.
pub(in crate::cli) fn kept_in(repo: &Repo) -> std::path::PathBuf {
    repo.git_dir().join("stanch").join("verified.json")
}

/// What a call leaves behind, and what is not sent.
fn leaves(check: &LiveCheck) -> String {
    let sent = match check.sign {
        Some(_) if !check.sends_value() => "signed with it, which is not sent itself; ",
        _ => "",
    };
    let trace = check.trace.as_deref().map_or_else(String::new, |trace| format!("; and {trace}"));
    format!("{sent}may show in its owner's log of requests or last use{trace}")
}

/// Waits for a person's word; without a terminal nothing is sent. `option` says it in a script.
pub(in crate::cli) fn confirmed(question: &str, words: &[&str], option: &str) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::Usage(format!(
            "nothing was sent: there is no terminal to ask a person; in a script give {option}"
        )));
    }
    let mut err = super::super::out::stderr();
    write!(err, "{question}").and_then(|()| err.flush()).map_err(Error::io("standard error"))?;
    let mut typed = String::new();
    io::Read::take(io::stdin().lock(), MAX_TYPED)
        .read_line(&mut typed)
        .map_err(Error::io("standard input"))?;
    match words.iter().any(|word| typed.trim().eq_ignore_ascii_case(word)) {
        true => Ok(()),
        false => Err(Error::Usage("nothing was sent".to_owned())),
    }
}
