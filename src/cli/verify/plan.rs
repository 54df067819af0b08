//! What a call needs beside the secret: values and addresses that a person or the machine names, and what is sent with them.

use super::targets::Target;
use crate::error::Error;
use crate::finding::printable;
use crate::policy::Policy;
use crate::rules::LiveCheck;
use crate::secret::Secret;
use crate::verify::address::Origin;
use crate::verify::{Client, Given, Options, Proxy, Request, Roots, call};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read};

/// Seconds for a request, its connection included.
const SECONDS: u64 = 15;

/// Requests to one host within a second.
const PER_SECOND: u32 = 2;

/// Ids that one secret is asked about with.
pub(super) const MOST_IDS: usize = 4;

/// Most bytes of a value from standard input.
const MAX_VALUE: u64 = 64 << 10;

/// Arguments that say where to send, and with what.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct To {
    /// A value that a call needs, such as ORG=acme (repeatable)
    ///
    /// NAME=@VARIABLE takes it from the environment, and NAME=- a line of standard input. A secret is taken no other way:
    /// command lines are seen by all.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    with: Vec<(String, String)>,
    /// The address of your own instance, such as gitlab=https://git.example.org (repeatable)
    #[arg(long, value_name = "PROVIDER=ADDRESS", value_parser = pair)]
    host: Vec<(String, String)>,
    /// Allow private and loopback addresses
    #[arg(long)]
    private: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() || value.is_empty() {
        return Err("write NAME=VALUE".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// What is known before anything is sent.
pub(in crate::cli) struct Plan {
    words: BTreeMap<String, String>,
    origins: BTreeMap<String, Origin>,
    /// Providers whose instance is named for this call: the person vouches that it issued the secret.
    vouched: BTreeSet<String>,
    pub(in crate::cli) client: Client,
    /// When answers of the last hour count.
    pub(in crate::cli) now: Timestamp,
}

/// A secret that is asked about, with one of its ids.
pub(super) struct Question<'a> {
    pub(super) target: &'a Target,
    pub(super) check: &'static LiveCheck,
    pub(super) id: Option<&'a Secret>,
    pub(super) requests: Vec<Request>,
    pub(super) is_of_host: bool,
}

impl Plan {
    /// The values of a secret, at this moment: a signature is valid for minutes.
    pub(in crate::cli) fn given<'a>(
        &'a self,
        target: &'a Target,
        check: &LiveCheck,
        id: Option<&'a Secret>,
    ) -> Given<'a> {
        let origin = self.origin(check);
        Given {
            secret: &target.finding.secret,
            pair: id,
            with: &self.words,
            origin,
            is_of_host: origin.is_some() && self.vouched.contains(&check.provider),
            now: Timestamp::now(),
        }
    }

    /// The address of the person's instance.
    pub(in crate::cli) fn origin(&self, check: &LiveCheck) -> Option<&Origin> {
        self.origins.get(&check.provider).filter(|_| check.self_hosted)
    }

    /// The ids that a check needs of a secret: none if a person gives it.
    pub(in crate::cli) fn ids<'a>(&self, target: &'a Target, check: &LiveCheck) -> &'a [Secret] {
        match check.id_word() {
            Some(word) if !self.words.contains_key(word) => &target.ids,
            _ => &[],
        }
    }

    /// What would be sent about a secret: a question for each id that it may belong to.
    ///
    /// # Errors
    /// Why nothing can be sent, in words.
    pub(super) fn questions<'a>(&self, target: &'a Target) -> Result<Vec<Question<'a>>, String> {
        let rule = target.finding.rule;
        if let Some(ended) = rule.service_end() {
            return Err(format!("{ended}: nobody is left to ask"));
        }
        let unknown =
            || format!("no harmless call is known for it; stanch explain {} says where to look", rule.id);
        let check = LiveCheck::of(rule.id).ok_or_else(unknown)?;
        if !check.is_asked() {
            return Err(match (&check.run, check.checked) {
                (Some(_), _) => "stanch does not log in there itself".to_owned(),
                (None, false) => {
                    "its documentation does not confirm the call, so stanch does not make it; you can"
                        .to_owned()
                }
                (None, true) => unknown(),
            });
        }
        let ids = self.ids(target, check).iter().take(MOST_IDS).map(Some);
        let ids: Vec<Option<&Secret>> = ids.collect();
        let ids = if ids.is_empty() { vec![None] } else { ids };
        ids.into_iter()
            .map(|id| {
                let given = self.given(target, check, id);
                let (requests, is_of_host) = (call::of_check(check, &given)?, given.is_of_host);
                Ok(Question { target, check, id, requests, is_of_host })
            })
            .collect()
    }
}

impl To {
    /// Returns whether an answer is one to this call alone.
    pub(super) fn is_of_call(&self) -> bool {
        !self.with.is_empty() || !self.host.is_empty()
    }

    /// Reads the options against the policy, for secrets that these checks ask about.
    pub(in crate::cli) fn plan(&self, policy: &Policy, checks: &[&LiveCheck]) -> Result<Plan, Error> {
        if policy.holds_verify_hosts() && (self.private || !self.host.is_empty()) {
            return Err(Error::Usage(
                "[enforce] default = \"closed\": your organisation says where a secret may be sent; --host and \
                 --private do not count here"
                    .to_owned(),
            ));
        }
        let private = self.private || policy.may_verify_privately();
        let mut origins = BTreeMap::new();
        for (provider, address) in policy.verify_hosts().chain(self.host.iter().map(|(p, a)| (p, a))) {
            let has_instances = |c: &&LiveCheck| c.self_hosted && c.provider == *provider;
            if !LiveCheck::all().iter().any(|c| has_instances(&c)) {
                let known: BTreeSet<&str> =
                    LiveCheck::all().iter().filter(|c| c.self_hosted).map(|c| c.provider.as_str()).collect();
                return Err(Error::Usage(format!(
                    "--host does not work for {}; it works for: {}",
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
        let vouched = self.host.iter().map(|(provider, _)| provider.clone()).collect();
        Ok(Plan { words: self.words(checks)?, origins, vouched, client, now: Timestamp::now() })
    }

    /// The values that a person gave, by their words.
    fn words(&self, checks: &[&LiveCheck]) -> Result<BTreeMap<String, String>, Error> {
        let known: BTreeSet<&str> = checks.iter().flat_map(|check| check.words()).collect();
        let mut words = BTreeMap::new();
        let mut is_read = false;
        for (word, value) in &self.with {
            let shown = printable(word.as_bytes());
            if !known.contains(word.as_str()) {
                let takes = match known.is_empty() {
                    true => "nothing".to_owned(),
                    false => known.iter().copied().collect::<Vec<_>>().join(", "),
                };
                return Err(Error::Usage(format!("--with {shown}: unknown word; this call takes {takes}")));
            }
            let value = match value.strip_prefix('@') {
                Some(name) => std::env::var(name).ok().filter(|v| !v.is_empty()).ok_or_else(|| {
                    Error::Usage(format!("--with {shown}: {} is not set", printable(name.as_bytes())))
                })?,
                None if value == "-" && !is_read => {
                    is_read = true;
                    line()?
                }
                None if value == "-" => {
                    return Err(Error::Usage("standard input has one value only".to_owned()));
                }
                None if call::is_secret_word(word) => {
                    return Err(Error::Usage(format!(
                        "{shown} is a secret, and a command line is seen by all: give --with {shown}=@VARIABLE, or \
                         --with {shown}=- and the value on standard input"
                    )));
                }
                None => value.clone(),
            };
            words.insert(word.clone(), value);
        }
        Ok(words)
    }
}

/// A line of standard input.
fn line() -> Result<String, Error> {
    let mut text = String::new();
    io::stdin().lock().take(MAX_VALUE).read_line(&mut text).map_err(Error::io("standard input"))?;
    match text.trim_end() {
        "" => Err(Error::Usage("standard input has no value".to_owned())),
        value => Ok(value.to_owned()),
    }
}
