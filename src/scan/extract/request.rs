//! Credentials recognised by their place: what a command or a URL sends, and to which host.
//!
//! In `curl -u id:KEY https://api.acme.com` the key has no name. Its place tells what it is, and the host whose it
//! is. A command is read to its end, over continued lines. Any bytes are safe, and every search is bounded.

mod host;

use super::arguments::{Word, reach, words};
use super::nesting::{NESTED, Nesting};
use crate::text::words::holds;
use host::{host, is_of, target, user_info};
pub(in crate::scan) use host::{hosts, is_provider_host, queried};
use memchr::memmem;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The role of a credential, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum CredentialRole {
    /// A user with a password.
    User,
    /// A password with a user.
    Password,
    /// A credential by itself: a token in a header, or a key as the user without a password.
    Alone,
}

/// A credential.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::scan) struct Sent {
    pub(in crate::scan) role: CredentialRole,
    /// Its range; for a `Basic` header the whole base64.
    pub(in crate::scan) place: Range<usize>,
    /// The decoded base64.
    pub(in crate::scan) decoded: Option<Vec<u8>>,
}

/// A command or a URL, and what it sends.
#[derive(Debug)]
pub(in crate::scan) struct Request {
    pub(in crate::scan) at: Range<usize>,
    /// Hosts, and variables (with their `$`) that stand for a host or name the user.
    to: Vec<Range<usize>>,
    pub(in crate::scan) sent: Vec<Sent>,
}

impl Request {
    /// Returns whether it is sent to a host with one of these words.
    pub(in crate::scan) fn names(&self, text: &[u8], words: &[&str]) -> bool {
        self.to.iter().any(|host| is_of(&text[host.clone()], words))
    }

    /// Returns whether it is certainly sent elsewhere: every host is known, and none has one of these words.
    pub(in crate::scan) fn is_foreign(&self, text: &[u8], words: &[&str]) -> bool {
        let known = |host: &&[u8]| !host.starts_with(b"$") && !words.iter().any(|w| holds(host, w));
        !self.to.is_empty() && self.to.iter().all(|host| known(&&text[host.clone()]))
    }
}

/// A program that sends requests.
#[derive(Debug)]
struct Program {
    names: &'static [&'static str],
    /// Options whose value is `user:password`, or the user alone.
    user: &'static [&'static str],
    password: &'static [&'static str],
    /// Short options that take a value.
    letters: &'static [u8],
    /// Long options whose value is the next word, and may look like a host.
    long: &'static [&'static str],
}

static PROGRAMS: [Program; 3] = [
    Program {
        names: &["curl", "curlie"],
        user: &["u", "user", "oauth2-bearer"],
        password: &[],
        letters: b"ACDEFHKPQTUXYbcdemortuwxyz",
        long: &[
            "cacert",
            "cert",
            "connect-to",
            "cookie",
            "cookie-jar",
            "form",
            "header",
            "json",
            "key",
            "oauth2-bearer",
            "output",
            "preproxy",
            "proxy",
            "proxy-user",
            "referer",
            "request",
            "resolve",
            "upload-file",
            "user",
            "user-agent",
        ],
    },
    Program {
        names: &["http", "https", "xh", "xhs"],
        user: &["a", "auth"],
        password: &[],
        letters: b"Aaops",
        long: &["auth", "auth-type", "output", "proxy", "session"],
    },
    Program {
        names: &["wget"],
        user: &["user", "http-user"],
        password: &["password", "http-password"],
        letters: b"aeioADIOPQRTUXltw",
        long: &["header", "http-password", "http-user", "password", "referer", "user", "user-agent"],
    },
];

/// The requests of a window.
#[derive(Debug, Default)]
pub(in crate::scan) struct Requests {
    /// Commands in order of programs, then URLs, then headers.
    pub(in crate::scan) all: Vec<Request>,
    /// Computed on the first lookup.
    covers: OnceCell<Vec<Cover>>,
}

/// The first request that contains the places from `start` up to the next cover.
#[derive(Debug)]
struct Cover {
    start: usize,
    request: Option<usize>,
}

impl Requests {
    /// The requests whose command, URL or header starts in `window`.
    pub(in crate::scan) fn of(text: &[u8], window: Range<usize>) -> Requests {
        let mut requests = Requests { all: sent_without_header(text, &window), covers: OnceCell::new() };
        let mut alone = Vec::new();
        for at in basics(&text[window.clone()]).map(|i| window.start + i + BASIC.needle().len()) {
            let Some(sent) = basic(text, at) else { continue };
            match requests.index(at) {
                Some(i) => requests.all[i].sent.push(sent),
                None => {
                    let to = hosts(text, window.start.max(at.saturating_sub(HOSTS_REACH))..at);
                    alone.push(Request { at: at..at, to, sent: vec![sent] });
                }
            }
        }
        // They contain no place, so the covers computed before stay right.
        requests.all.extend(alone);
        requests
    }

    /// The request that contains a place.
    pub(in crate::scan) fn at(&self, place: usize) -> Option<&Request> {
        self.index(place).map(|i| &self.all[i])
    }

    fn index(&self, place: usize) -> Option<usize> {
        if self.all.is_empty() {
            return None;
        }
        let covers = self.covers.get_or_init(|| covers(&self.all));
        covers[..covers.partition_point(|c| c.start <= place)].last()?.request
    }
}

/// The request that contains each place; of several, the first in the list.
fn covers(all: &[Request]) -> Vec<Cover> {
    let edges = |(i, r): (usize, &Request)| [(r.at.start, true, i), (r.at.end, false, i)];
    let mut edges: Vec<_> =
        all.iter().enumerate().filter(|(_, r)| !r.at.is_empty()).flat_map(edges).collect();
    edges.sort_unstable();
    let mut open = BTreeSet::new();
    let mut out = Vec::new();
    for at in edges.chunk_by(|a, b| a.0 == b.0) {
        for (_, begins, i) in at {
            if *begins {
                open.insert(*i);
            } else {
                open.remove(i);
            }
        }
        out.push(Cover { start: at[0].0, request: open.first().copied() });
    }
    out
}

/// The commands and URLs that start in a window.
fn sent_without_header(text: &[u8], window: &Range<usize>) -> Vec<Request> {
    let mut out = Vec::new();
    for (program, name) in &*NAMES {
        let mut nesting = Nesting::<NESTED>::default();
        for at in calls(text, window, name) {
            let found = command(text, at, reach(&nesting, at), program);
            nesting.add(found.as_ref().map_or(at, |r| r.at.end));
            out.extend(found);
        }
    }
    out.extend(urls(text, window).filter_map(|at| with_user(text, at)));
    out
}

/// The places in a window where a program's name may start a command.
fn calls<'a>(
    text: &'a [u8],
    window: &Range<usize>,
    name: &'a memmem::Finder<'_>,
) -> impl Iterator<Item = usize> + 'a {
    let start = window.start;
    name.find_iter(&text[window.clone()]).map(move |i| start + i).filter(|at| {
        let before = at.checked_sub(1).map_or(b'\n', |i| text[i]);
        let after = &text[at + name.needle().len()..];
        let after = after.strip_prefix(b".exe").unwrap_or(after);
        let ends = matches!(after.first(), Some(b' ' | b'"' | b'\''));
        ends && !before.is_ascii_alphanumeric() && !matches!(before, b'-' | b'_' | b'.' | b'$')
    })
}

/// The authorities of the URLs in a window.
fn urls<'a>(text: &'a [u8], window: &Range<usize>) -> impl Iterator<Item = usize> + 'a {
    let start = window.start + SCHEME.needle().len();
    SCHEME.find_iter(&text[window.clone()]).map(move |i| start + i)
}

/// Where commands, URLs with a user and `Basic` headers are in a window, in order. A part of it without any of these
/// places has no [`Requests`].
pub(in crate::scan) fn places(text: &[u8], window: Range<usize>) -> Vec<usize> {
    let commands = NAMES.iter().flat_map(|(_, name)| calls(text, &window, name));
    let urls = urls(text, &window).filter(|at| user_info(text, *at).is_some());
    let basics = basics(&text[window.clone()]).map(|i| window.start + i);
    let mut all: Vec<usize> =
        commands.chain(urls.map(|at| at - SCHEME.needle().len())).chain(basics).collect();
    all.sort_unstable();
    all
}

/// Bytes before a header in which its hosts are searched.
const HOSTS_REACH: usize = 2 << 10;

/// The names of the programs, each with its searcher: making one costs more than searching a line.
static NAMES: LazyLock<Vec<(&Program, memmem::Finder<'_>)>> = LazyLock::new(|| {
    let of = |program: &'static Program| program.names.iter().map(move |n| (program, memmem::Finder::new(n)));
    PROGRAMS.iter().flat_map(of).collect()
});

/// The searcher for the sign of a URL.
static SCHEME: LazyLock<memmem::Finder<'_>> = LazyLock::new(|| memmem::Finder::new("://"));
/// The searcher for `Basic`.
static BASIC: LazyLock<memmem::Finder<'_>> = LazyLock::new(|| memmem::Finder::new("asic "));

/// The places of `Basic` in a text, in order, from its second letter on.
pub(in crate::scan) fn basics(text: &[u8]) -> impl Iterator<Item = usize> {
    BASIC.find_iter(text)
}

/// The command of a program at `at`.
fn command(text: &[u8], at: usize, reach: usize, program: &Program) -> Option<Request> {
    let all = words(text, at, reach);
    let end = all.last()?.all.end;
    let mut request = Request { at: at..end, to: Vec::new(), sent: Vec::new() };
    let (mut user, mut password) = (None, None);
    let mut rest = all.get(1..)?.iter();
    while let Some(word) = rest.next() {
        let Some((name, attached)) = option(text, word, program) else {
            request.to.extend(target(text, &word.all));
            continue;
        };
        let takes = if text[word.all.start + 1] == b'-' {
            program.long.contains(&name) || name.starts_with("data")
        } else {
            true
        };
        let value = match attached {
            Some(value) => value,
            None if takes => rest.next().map_or(end..end, |w| w.all.clone()),
            None => continue,
        };
        if program.user.contains(&name) {
            user = Some(value);
        } else if program.password.contains(&name) {
            password = Some(value);
        } else if name == "url" {
            request.to.extend(target(text, &value));
        }
    }
    if let Some(user) = user {
        match password {
            Some(password) => beside(text, user, password, &mut request.sent),
            None => pair(text, user, &mut request.sent, &mut request.to),
        }
    }
    Some(request)
}

/// The name of the option that a word is, and the value within the same word.
fn option<'t>(text: &'t [u8], word: &Word, program: &Program) -> Option<(&'t str, Option<Range<usize>>)> {
    let bytes = text[word.all.clone()].strip_prefix(b"-")?;
    let str = |b: &'t [u8]| std::str::from_utf8(b).unwrap_or_default();
    if let Some(long) = bytes.strip_prefix(b"-") {
        let Some(equals) = memchr::memchr(b'=', long) else { return Some((str(long), None)) };
        return Some((str(&long[..equals]), Some(word.after(equals + 3).0)));
    }
    // `-sSu user:password`: the text after the first letter that takes a value is the value.
    let i = bytes.iter().position(|b| program.letters.contains(b))?;
    let attached = (i + 1 < bytes.len()).then(|| word.after(i + 2).0);
    Some((str(&bytes[i..=i]), attached))
}

/// A URL with a user, starting at its authority.
fn with_user(text: &[u8], at: usize) -> Option<Request> {
    let user = user_info(text, at)?;
    let host = host(text, user.end + 1)?;
    let mut request = Request { at: at..host.end, to: vec![host], sent: Vec::new() };
    pair(text, user, &mut request.sent, &mut request.to);
    Some(request)
}

/// Reads `user:password`. A user that is a variable may name the provider.
fn pair(text: &[u8], whole: Range<usize>, sent: &mut Vec<Sent>, to: &mut Vec<Range<usize>>) {
    let bytes = &text[whole.clone()];
    let colon = memchr::memchr(b':', bytes);
    let user = whole.start..whole.start + colon.unwrap_or(bytes.len());
    let password = colon.map_or(whole.end, |i| whole.start + i + 1)..whole.end;
    if bytes.starts_with(b"$") {
        to.push(user.clone());
    }
    beside(text, user, password, sent);
}

/// Adds a user and a password; if the password is missing or only a word, the user is the key.
fn beside(text: &[u8], user: Range<usize>, password: Range<usize>, sent: &mut Vec<Sent>) {
    // The password's own quotes: `user:"password"`.
    let quote = usize::from(matches!(text.get(password.start), Some(b'"' | b'\'')) && password.len() > 1);
    let password = password.start + quote..password.end;
    let role = if is_key(&text[password.clone()]) { CredentialRole::User } else { CredentialRole::Alone };
    sent.push(Sent { role, place: user, decoded: None });
    sent.push(Sent { role: CredentialRole::Password, place: password, decoded: None });
}

/// Returns whether it is long enough for a key, or a key's variable.
fn is_key(password: &[u8]) -> bool {
    password.len() >= 12 || password.starts_with(b"$")
}

/// Reads `Basic` and the base64 of a user and a password: the password, or the user if that is the key.
fn basic(text: &[u8], at: usize) -> Option<Sent> {
    let is_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let length = text[at..].iter().take(1024).take_while(is_base64).count();
    let place = at..at + length;
    let bytes = &text[place.clone()];
    let said =
        data_encoding::BASE64.decode(bytes).or_else(|_| data_encoding::BASE64_NOPAD.decode(bytes)).ok()?;
    let colon = memchr::memchr(b':', &said).filter(|_| said.is_ascii())?;
    let (role, decoded) = if is_key(&said[colon + 1..]) {
        (CredentialRole::Password, &said[colon + 1..])
    } else {
        (CredentialRole::Alone, &said[..colon])
    };
    Some(Sent { role, place, decoded: Some(decoded.to_vec()) })
}

/// Returns whether many services use this name for their keys: `X-Api-Key`, `Authorization`, `token`.
pub(in crate::scan) fn is_common_credential_name(name: &[u8]) -> bool {
    let name: Vec<u8> =
        name.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let name = name.strip_prefix(b"x").unwrap_or(&name);
    const NAMES: [&[u8]; 15] = [
        b"accesskey",
        b"accesstoken",
        b"apikey",
        b"apitoken",
        b"appid",
        b"auth",
        b"authkey",
        b"authorization",
        b"authorizationtoken",
        b"authtoken",
        b"key",
        b"privatetoken",
        b"secretkey",
        b"subscriptionkey",
        b"token",
    ];
    NAMES.contains(&name)
}

/// Returns whether this is the name of a header: `Authorization`, or several words.
pub(in crate::scan) fn is_header(name: &[u8]) -> bool {
    name.contains(&b'-') || name.eq_ignore_ascii_case(b"authorization")
}

#[cfg(test)]
mod tests;
