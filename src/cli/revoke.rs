//! `stanch revoke`: ends a secret at its provider, by the provider's documented call, once a person has typed the provider's
//! name.

use super::verify::ask::{self, Sending, confirmed, kept_in};
use super::verify::outcome::named;
use super::verify::targets::{self, Asked, Target};
use crate::check::{Checker, audit_log};
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::git::Repo;
use crate::rules::{LiveCheck, Rule};
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

For calls that the provider documents and that need nothing but the secret; for others it names the page and the steps. Off until your own file says otherwise, as stanch verify is.

Exit status: 0 the secret is dead, 1 the provider says that it is still live, 2 not certain.")]
pub(super) struct Args {
    /// Fingerprint, or its first digits, of a secret that was blocked or is in a file here
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: PathBuf,
    /// Also look into every commit for it
    #[arg(long)]
    history: bool,
    /// The provider's name, in place of typing it
    #[arg(long, value_name = "PROVIDER")]
    confirm: Option<String>,
    #[command(flatten)]
    sending: Sending,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    ask::permitted(&checker.policy)?;
    let what = [args.fingerprint.clone()];
    let asked = Asked { what: &what, history: args.history, report: None };
    let found = targets::targets(asked, Some(&repo), &checker)?.into_list();
    let [target] = found.as_slice() else {
        return Err(Error::Usage("give the fingerprint of one secret".to_owned()));
    };
    let rule = target.finding.rule;
    if let Some(ended) = rule.service_end() {
        return Err(Error::Usage(format!("{ended}: nothing is left to revoke")));
    }
    let Some((check, revocation)) = LiveCheck::ends(rule.id) else { return Err(by_hand(rule)) };
    let plan = args.sending.plan(&checker.policy)?;
    let requests =
        call::of_revocation(check, revocation, &plan.given(target, check)).map_err(Error::Usage)?;
    let io = || Error::io("standard error");
    let mut err = super::out::stderr();
    writeln!(err, "stanch: revoke is about to end {}", named(target)).map_err(io())?;
    for request in &requests {
        writeln!(err, "  sends   {} {}", request.method, request.shown).map_err(io())?;
    }
    writeln!(err, "  effect  {}", revocation.effect).map_err(io())?;
    let undo = revocation.undo.as_deref().unwrap_or("cannot be undone: what uses the secret stops working");
    writeln!(err, "  undo    {undo}").map_err(io())?;
    let provider = rule.provider.id;
    match &args.confirm {
        Some(typed) if typed == provider => {}
        Some(_) => {
            return Err(Error::Usage(format!("nothing was sent: --confirm does not name {provider}")));
        }
        None => {
            let question = format!("Type {provider} to end it: ");
            confirmed(&question, &[provider], &format!("--confirm {provider}"))?;
        }
    }
    // A signature made before a person typed the name may be too old.
    let requests =
        call::of_revocation(check, revocation, &plan.given(target, check)).map_err(Error::Usage)?;
    let revoked = verify::revoke(&plan.client, revocation, &requests);
    let mut cache = Cache::read(&kept_in(&repo));
    cache.forget(&target.finding.fingerprint.to_string());
    let _ = cache.write(plan.now);
    if let Revoked::Failed(why) = revoked {
        audit_log::append_revocation(&repo, &checker, &target.finding, &format!("not revoked: {why}"))?;
        let by_hand = page(rule);
        writeln!(err, "stanch: not revoked: {why}; {by_hand}").map_err(io())?;
        return Ok(2);
    }
    let state = state_after(&plan, check, target);
    let said = match &state {
        State::Dead => "revoked; the provider says that it is dead".to_owned(),
        State::Live => "the provider took the call, and the secret still works".to_owned(),
        State::Unsure(why) | State::NotChecked(why) => {
            format!("revoked; that it is dead could not be checked: {why}")
        }
    };
    audit_log::append_revocation(&repo, &checker, &target.finding, &said)?;
    writeln!(err, "stanch: {said}").map_err(io())?;
    next(rule, target, &mut err).map_err(io())?;
    Ok(match state {
        State::Dead => 0,
        State::Live => 1,
        _ => 2,
    })
}

/// Whether the secret is dead now; a live one is asked about again after a pause.
fn state_after(plan: &ask::Plan, check: &LiveCheck, target: &Target) -> State {
    if !check.is_asked() {
        return State::NotChecked("no call is known that asks about it".to_owned());
    }
    let mut state = State::Live;
    for pause in PAUSES {
        std::thread::sleep(Duration::from_secs(pause));
        // The host that took the call is that of the secret.
        let given = Given { is_of_host: true, ..plan.given(target, check) };
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

/// Where a person ends it.
fn page(rule: &Rule) -> String {
    match rule.remediation.revoke_url {
        Some(url) => format!("end it at {url}; stanch explain {} has the steps", rule.id),
        None => format!("stanch explain {} has the steps", rule.id),
    }
}

fn by_hand(rule: &Rule) -> Error {
    Error::Usage(format!("no documented call ends a {} with its value alone; {}", rule.name, page(rule)))
}
