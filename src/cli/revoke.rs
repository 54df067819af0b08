//! `stanch revoke`: ends a secret at its provider, by the provider's documented call, once a person has typed the provider's
//! name.

use super::verify::ask::{self, kept_in};
use super::verify::outcome::named;
use super::verify::plan::{Plan, To};
use super::verify::targets::{self, Asked, Target};
use crate::check::{Checker, audit_log};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::Fingerprint;
use crate::git::Repo;
use crate::rules::{LiveCheck, Rule};
use crate::secret::Secret;
use crate::verify::address::{Origin, split};
use crate::verify::cache::Cache;
use crate::verify::{self, Given, Revoked, State, call};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Pauses between the checks whether a secret is dead: some providers take a moment.
const PAUSES: [u64; 3] = [0, 2, 5];

/// Arguments of `stanch revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch revoke 4c1e9a07                    type the provider's name to end it
  stanch revoke 4c1e9a07 --confirm github   the same in a script
  stanch revoke 4c1e9a07 --host gitlab=https://git.example.org
                                            at your own instance

For calls that the provider documents and that the secret itself may make; some need an id too (--with TOKEN_ID=...). For other secrets it names the page and the steps. Off until your own file says otherwise, as stanch verify is.

Exit status: 0 the secret is dead, 1 the provider says that it is still live, 2 not certain.")]
pub(super) struct Args {
    /// Fingerprint, or its first digits, of a secret that was blocked or is in a file here
    #[arg(value_name = "FINGERPRINT", value_parser = fingerprint)]
    fingerprint: PathBuf,
    /// Also look into every commit for it
    #[arg(long)]
    history: bool,
    /// The provider's name, in place of typing it
    #[arg(long, value_name = "PROVIDER")]
    confirm: Option<String>,
    #[command(flatten)]
    to: To,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    ask::permitted(&checker.policy)?;
    let what = [args.fingerprint.clone()];
    let asked = Asked { what: &what, history: args.history, all_of_it: false, report: None };
    let found = targets::targets(asked, Some(&repo), &checker)?.into_list();
    let [target] = found.as_slice() else {
        return Err(Error::Usage("give the fingerprint of one secret".to_owned()));
    };
    let rule = target.finding.rule;
    if let Some(ended) = rule.service_end() {
        return Err(Error::Usage(format!("{ended}: nothing is left to revoke")));
    }
    let Some((check, revocation)) = LiveCheck::ends(rule.id) else { return Err(by_hand(rule)) };
    let plan = args.to.plan(&checker.policy, &[check])?;
    let id = match plan.ids(target, check) {
        [] => None,
        [id] => Some(id),
        several => {
            let word = check.id_word().unwrap_or_default();
            let n = several.len();
            return Err(Error::Usage(format!(
                "{n} ids stand near it; name the right one: --with {word}=..."
            )));
        }
    };
    let made =
        || call::of_revocation(check, revocation, &plan.given(target, check, id)).map_err(Error::Usage);
    let requests = made()?;
    let io = || Error::io("standard error");
    let mut err = super::out::stderr();
    writeln!(err, "stanch: revoke is about to end {}", named(target)).map_err(io())?;
    // Where the provider takes a call for any value alike, its word afterwards says little of a secret that it never knew.
    let may_be_elsewhere = check.self_hosted && check.is_asked() && !plan.given(target, check, id).is_of_host;
    let first = match may_be_elsewhere {
        true => call::of_check(check, &plan.given(target, check, id)).unwrap_or_default(),
        false => Vec::new(),
    };
    let shown = first.iter().map(|r| ("asks ", r)).chain(requests.iter().map(|r| ("sends", r)));
    for (what, request) in shown {
        writeln!(err, "  {what}   {} {}", request.method, request.shown).map_err(io())?;
    }
    writeln!(err, "  effect  {}", revocation.effect).map_err(io())?;
    let undo = revocation.undo.as_deref().unwrap_or("cannot be undone: what uses the secret stops working");
    writeln!(err, "  undo    {undo}").map_err(io())?;
    let provider = rule.provider.id;
    let question = format!("Type {provider} to end it: ");
    ask::named_by_person(args.confirm.as_deref(), provider, &question)?;
    let record = |what: &str| audit_log::append_act(&repo, &checker, &target.finding, "revoke", what);
    // Nothing is ended of which no record can be kept.
    record("about to be revoked")?;
    let before =
        (!first.is_empty()).then(|| verify::check(&plan.client, check, &plan.given(target, check, id)).state);
    // A signature made before a person typed the name may be too old.
    let revoked = verify::revoke(&plan.client, check, revocation, &made()?);
    if let Some(mut cache) = kept_in(&repo).map(|file| Cache::read(&file)) {
        cache.forget(&target.finding.fingerprint.to_string());
        let _ = cache.write(plan.now);
    }
    let by_hand = page(rule, plan.origin(check));
    let open = match revoked {
        Revoked::Refused(why) => {
            writeln!(err, "stanch: not revoked: {why}; {by_hand}").map_err(io())?;
            warn(record(&format!("not revoked: {why}")));
            return Ok(2);
        }
        Revoked::Done => None,
        Revoked::Unknown(why) => Some(why),
    };
    // A host that knew the secret before, or that takes the call for its own secrets alone, is believed when it refuses it now.
    let is_known = match &before {
        Some(state) => *state == State::Live,
        None => open.is_none(),
    };
    let state = state_after(&plan, check, target, id, is_known);
    let is_dead = state == State::Dead && (is_known || before.is_none());
    let said = said(&state, open.as_deref(), is_dead, target, check);
    writeln!(err, "stanch: {said}").map_err(io())?;
    match state {
        State::Dead if is_dead => next(rule, target, &mut err).map_err(io())?,
        _ => writeln!(err, "  next    {by_hand}").map_err(io())?,
    }
    warn(record(&said));
    Ok(match state {
        State::Dead if is_dead => 0,
        State::Live => 1,
        _ => 2,
    })
}

/// What became of the secret. `open` is why the call had no clear answer; `is_dead` if its end is certain.
fn said(state: &State, open: Option<&str>, is_dead: bool, target: &Target, check: &LiveCheck) -> String {
    let short = target.finding.fingerprint.short();
    let again = format!("run in a minute: stanch verify {short} --fresh");
    match (state, open) {
        (State::Dead, None) if is_dead => "revoked; the provider says that it is dead".to_owned(),
        (State::Dead, Some(why)) if is_dead => {
            format!("the call had no clear answer ({why}); the provider says that it is dead")
        }
        (State::Dead, _) => format!(
            "not certain: the provider refuses it now, and it was not seen to work before the call; if it is of an \
             instance of your own, it may still work: stanch revoke {short} --host {}=https://HOST",
            check.provider
        ),
        (State::Live, None) => {
            "not revoked: the provider took the call, and the secret still works".to_owned()
        }
        (State::Live, Some(why)) => format!("not revoked: {why}, and the secret still works"),
        (State::Unsure(asked) | State::NotChecked(asked), None) => {
            format!("the provider took the call; that it is dead could not be checked: {asked}; {again}")
        }
        (State::Unsure(asked) | State::NotChecked(asked), Some(why)) => {
            format!("not certain, it may still work: {why}; asked about it: {asked}; {again}")
        }
    }
}

/// The text of a fingerprint. A file's name does not count, whatever it looks like.
fn fingerprint(text: &str) -> Result<PathBuf, String> {
    match Fingerprint::is_prefix(text) {
        true => Ok(PathBuf::from(text)),
        false => {
            Err("not a fingerprint of 4 to 20 digits; stanch verify FILE prints those of a file".to_owned())
        }
    }
}

/// Says that the record of what was done is missing.
fn warn(recorded: Result<(), Error>) {
    if let Err(e) = recorded {
        super::tell(&e);
    }
}

/// Whether the secret is dead now; a live one is asked about again after a pause. A host that took the call is that of the secret.
fn state_after(
    plan: &Plan,
    check: &LiveCheck,
    target: &Target,
    id: Option<&Secret>,
    is_of_host: bool,
) -> State {
    if !check.is_asked() {
        return State::NotChecked("no call is known that asks about it".to_owned());
    }
    let mut state = State::Live;
    for pause in PAUSES {
        std::thread::sleep(Duration::from_secs(pause));
        let given = plan.given(target, check, id);
        let given = Given { is_of_host: is_of_host || given.is_of_host, ..given };
        state = verify::check(&plan.client, check, &given).state;
        if state != State::Live {
            break;
        }
    }
    state
}

/// What is left to do.
fn next(rule: &Rule, target: &Target, err: &mut dyn Write) -> std::io::Result<()> {
    if let Some(breaks) = rule.remediation.short_breaks.filter(|_| rule.remediation.is_read("short_breaks")) {
        writeln!(err, "  breaks  {breaks}")?;
    }
    writeln!(err, "  next    make a new one and store it outside of git: stanch explain {}", rule.id)?;
    writeln!(err, "  next    look for use by others in the provider's log")?;
    let short = target.finding.fingerprint.short();
    writeln!(err, "  next    stanch allow {short} --reason \"revoked\", if it has to stay in the history")?;
    Ok(())
}

/// Where a person ends it: at their own instance, if they named one.
fn page(rule: &Rule, origin: Option<&Origin>) -> String {
    let steps = format!("stanch explain {} has the steps", rule.id);
    let Some(url) = rule.remediation.revoke_url else { return steps };
    let url = match origin {
        Some(own) => format!("{}{}", split(own.as_str()).0, split(url).1),
        None => url.to_owned(),
    };
    format!("end it at {url}; {steps}")
}

fn by_hand(rule: &Rule) -> Error {
    Error::Usage(format!(
        "no documented call ends a {} with its value alone; {}",
        rule.name,
        page(rule, None)
    ))
}
