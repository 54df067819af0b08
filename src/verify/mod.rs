//! Asks a provider whether a secret is live, and ends it: only when a person asks, never in a hook.
//!
//! [`call`] makes the requests of a check, [`address`] says which hosts may be asked, [`client`] sends (the only file that
//! names the network), [`answer`] judges what comes back. A value leaves this module in a request alone: no type here
//! prints it, and what a provider echoes is masked.

pub mod address;
pub mod answer;
pub mod cache;
pub mod call;
pub mod client;
mod encode;
pub mod options;
mod sigv4;

pub use answer::{Answer, State};
pub use call::{Given, Request};
pub use client::Client;
pub use options::{Options, Proxy, Roots};

use crate::rules::{LiveCheck, Revocation};
use answer::body::Body;

/// Asks the provider: each address in turn until one says that the secret is live. A host that said "too many requests", or
/// twice nothing, is not asked again in this run.
pub fn check(client: &Client, check: &LiveCheck, given: &Given<'_>) -> Answer {
    let requests = match call::of_check(check, given) {
        Ok(requests) => requests,
        Err(needs) => return Answer::of(State::NotChecked(needs)),
    };
    let mut answers: Vec<Answer> = Vec::new();
    for request in &requests {
        let host = request.host();
        let answer = match client.left_alone(host) {
            Some(why) => Answer::of(State::NotChecked(format!("{host} {why}"))),
            None => match client.send(request) {
                Ok(response) => {
                    let answer = answer::judge(check, &response, given);
                    if response.status == 429 && matches!(answer.state, State::Unsure(_)) {
                        client.limit(host);
                    }
                    answer
                }
                Err(why) => Answer::of(State::Unsure(why)),
            },
        };
        if answer.state == State::Live {
            return answer;
        }
        answers.push(answer);
    }
    together(answers)
}

/// Several answers about one secret in one: live if one says so, dead only if each does, and not asked only if none was.
pub fn together(answers: Vec<Answer>) -> Answer {
    let rank = |answer: &Answer| match answer.state {
        State::Live => 0,
        State::Unsure(_) => 1,
        State::NotChecked(_) => 2,
        State::Dead => 3,
    };
    let was_asked = answers.iter().any(|a| a.state == State::Dead);
    let worst = answers.into_iter().min_by_key(rank);
    match worst {
        Some(Answer { state: State::NotChecked(why), .. }) if was_asked => Answer::of(State::Unsure(why)),
        Some(answer) => answer,
        None => Answer::of(State::NotChecked("there is no address to ask".into())),
    }
}

/// What a provider said to a revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It is done, as its documentation says it.
    Done,
    /// It was refused; why.
    Refused(String),
    /// It may be done: there is no answer that its documentation has; why.
    Unknown(String),
}

/// Ends the secret with the requests of [`call::of_revocation`]; each is sent.
pub fn revoke(client: &Client, check: &LiveCheck, revocation: &Revocation, requests: &[Request]) -> Revoked {
    let one = |request: &Request| {
        let response = match client.send(request) {
            Ok(response) => response,
            Err(failed) => return Revoked::Unknown(failed),
        };
        let body = Body::of(check, &response);
        match (&body, response.status) {
            (body, status) if revocation.done.iter().any(|c| body.is_done(c, status)) => Revoked::Done,
            (Body::Foreign(why), _) => Revoked::Unknown((*why).to_owned()),
            (_, 401 | 404) => Revoked::Refused(format!(
                "{}; it may be dead already: stanch verify --fresh asks",
                answer::refusal(&response)
            )),
            (_, 400..=499) => Revoked::Refused(answer::refusal(&response)),
            _ => Revoked::Unknown(answer::refusal(&response)),
        }
    };
    let all: Vec<Revoked> = requests.iter().map(one).collect();
    let rank = |said: &Revoked| match said {
        Revoked::Done => 0,
        Revoked::Unknown(_) => 1,
        Revoked::Refused(_) => 2,
    };
    let nothing = || Revoked::Refused("there is no address to ask".into());
    all.into_iter().min_by_key(rank).unwrap_or_else(nothing)
}
