//! The requests of a check: its addresses, headers and body with the values in their places.

use super::address::{Origin, split};
use super::encode::{civil_stamp, json, percent};
use super::sigv4::{self, Signing};
use crate::rules::{Fill, LiveCheck, Revocation, Signature};
use crate::secret::Secret;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;
use std::fmt;

/// The values of one secret.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The secret.
    pub secret: &'a Secret,
    /// The id that is paired with it.
    pub pair: Option<&'a Secret>,
    /// Words in capitals that a person gave.
    pub with: &'a BTreeMap<String, String>,
    /// The address of the person's instance.
    pub origin: Option<&'a Origin>,
    /// True if the secret is known to be of the host that is asked: a person named it, or it has just ended the secret.
    pub is_of_host: bool,
    /// The time of signatures.
    pub now: Timestamp,
}

/// One request. `Debug` shows no value.
pub struct Request {
    /// The method.
    pub method: String,
    /// The whole address; it may hold the secret.
    pub url: String,
    /// The address for people: `***` in place of the secret.
    pub shown: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

impl Request {
    /// The host and port that are asked.
    pub fn host(&self) -> &str {
        self.url.split('/').nth(2).unwrap_or_default()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}, redacted)", self.method, self.shown)
    }
}

/// What a check and a revocation have in common.
struct Spec<'a> {
    check: &'a LiveCheck,
    method: &'a str,
    urls: &'a [String],
    fill: &'a BTreeMap<String, Fill>,
    headers: &'a [String],
    user: Option<&'a str>,
    data: Option<&'a str>,
}

/// The requests of a check.
///
/// # Errors
/// What is needed to make them, in words.
pub fn of_check(check: &LiveCheck, given: &Given<'_>) -> Result<Vec<Request>, String> {
    let (user, data) = (check.user.as_deref(), check.data.as_deref());
    let LiveCheck { method, urls, fill, headers, .. } = check;
    requests(&Spec { check, method, urls, fill, headers, user, data }, given)
}

/// The requests of a revocation.
///
/// # Errors
/// As [`of_check`].
pub fn of_revocation(
    check: &LiveCheck,
    revocation: &Revocation,
    given: &Given<'_>,
) -> Result<Vec<Request>, String> {
    let (user, data) = (revocation.user.as_deref(), revocation.data.as_deref());
    let Revocation { method, urls, fill, headers, .. } = revocation;
    requests(&Spec { check, method, urls, fill, headers, user, data }, given)
}

fn requests(spec: &Spec<'_>, given: &Given<'_>) -> Result<Vec<Request>, String> {
    let secret = std::str::from_utf8(given.secret.expose()).map_err(|_| "the value is not text")?;
    let words = words(spec, given, secret)?;
    let values = Values { secret, words: &words };
    let mut out: Vec<Request> =
        spec.urls.iter().map(|url| request(spec, given, &values, url)).collect::<Result<_, _>>()?;
    // An instance that a person names stands for each address of the provider.
    out.dedup_by(|a, b| a.url == b.url);
    Ok(out)
}

/// The value of each word in capitals.
fn words(spec: &Spec<'_>, given: &Given<'_>, secret: &str) -> Result<BTreeMap<String, String>, String> {
    let mut out = BTreeMap::new();
    for (word, fill) in spec.fill {
        let paired = given.pair.filter(|_| *fill == Fill::Pair);
        let paired = paired.and_then(|id| std::str::from_utf8(id.expose()).ok());
        let value = match fill {
            // It stands for a whole address: `url` replaces it.
            Fill::Host => continue,
            Fill::After(text) => secret.rsplit_once(text.as_str()).map(|(_, rest)| rest),
            Fill::Part(n, between) => secret.split(between.as_str()).nth(*n),
            Fill::Given | Fill::Pair => given.with.get(word).map(String::as_str).or(paired),
        };
        let value = value.ok_or_else(|| format!("it needs {word}; give it: --with {}", how(word)))?;
        out.insert(word.clone(), value.to_owned());
    }
    Ok(out)
}

/// Returns whether a word in capitals stands for a secret.
pub fn is_secret_word(word: &str) -> bool {
    ["SECRET", "TOKEN", "PASSWORD", "CONSUMER_KEY"].iter().any(|end| word.ends_with(end))
}

/// How a person gives a word: a secret in no command line.
fn how(word: &str) -> String {
    match is_secret_word(word) {
        true => format!("{word}=@VARIABLE from the environment, or {word}=- from standard input"),
        false => format!("{word}=VALUE"),
    }
}

/// What is put into templates.
struct Values<'a> {
    secret: &'a str,
    words: &'a BTreeMap<String, String>,
}

impl Values<'_> {
    /// The template with its values, each encoded. Values are not looked into again.
    fn fill(&self, template: &str, encode: impl Fn(&str) -> String) -> String {
        let mut out = String::with_capacity(template.len() + self.secret.len());
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut rest = template;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("{secret}") {
                out.push_str(&encode(self.secret));
                rest = after;
                continue;
            }
            let word = rest.split(|c: char| !is_part(c)).next().unwrap_or_default();
            if word.is_empty() {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            } else {
                match self.words.get(word) {
                    Some(value) => out.push_str(&encode(value)),
                    None => out.push_str(word),
                }
                rest = &rest[word.len()..];
            }
        }
        out
    }
}

fn request(spec: &Spec<'_>, given: &Given<'_>, values: &Values<'_>, url: &str) -> Result<Request, String> {
    let hidden = Values { secret: "***", words: values.words };
    let (authority, path) = address(spec, given, values, url)?;
    let full = match url {
        "{secret}" => values.secret.to_owned(),
        _ => format!("{authority}{}", values.fill(path, |v| percent(v.as_bytes()))),
    };
    let shown = match url {
        "{secret}" => format!("{authority}/***"),
        _ => format!(
            "{authority}{}",
            hidden.fill(path, |v| if v == "***" { v.into() } else { percent(v.as_bytes()) })
        ),
    };
    let mut headers = Vec::new();
    for header in spec.headers {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        headers.push((name.to_owned(), values.fill(value, str::to_owned)));
    }
    let is_json = headers.iter().any(|(n, v)| n.eq_ignore_ascii_case("content-type") && v.contains("json"));
    let body = spec.data.map(|data| match is_json {
        true => values.fill(data, json),
        false => values.fill(data, |v| percent(v.as_bytes())),
    });
    if body.is_some() && !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    let mut request = Request { method: spec.method.to_owned(), url: full, shown, headers, body };
    if let Some(user) = spec.user {
        let user = values.fill(user, str::to_owned);
        match spec.check.sign {
            Some(Signature::AwsV4) => sign(&mut request, &user, given)?,
            Some(Signature::Ovh) => sign_ovh(&mut request, &user, given.now),
            None => {
                let basic = data_encoding::BASE64.encode(user.as_bytes());
                request.headers.push(("Authorization".to_owned(), format!("Basic {basic}")));
            }
        }
    }
    let is_text = |value: &str| value.bytes().all(|b| (0x20..0x7f).contains(&b));
    if !request.headers.iter().all(|(_, value)| is_text(value)) {
        return Err("the value holds characters that no header may have".into());
    }
    Ok(request)
}

/// The scheme and host of an address, and the template of the rest. The host is the check's or the person's: a value gets
/// no further into it than one label.
fn address<'t>(
    spec: &Spec<'_>,
    given: &Given<'_>,
    values: &Values<'_>,
    url: &'t str,
) -> Result<(String, &'t str), String> {
    if url == "{secret}" {
        let rest = values.secret.strip_prefix("https://").unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        let is_plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-~:".contains(&b));
        return match is_plain && spec.check.hosts.iter().any(|h| h == host) {
            true => Ok((format!("https://{host}"), "")),
            false => Err(format!("its address is not one of {}'s", spec.check.provider)),
        };
    }
    let (authority, path) = split(url);
    if let Some(origin) = given.origin.filter(|_| spec.check.self_hosted) {
        return Ok((origin.as_str().to_owned(), path));
    }
    let is_host = |word: &str| spec.fill.get(word) == Some(&Fill::Host);
    if authority.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(is_host) {
        let provider = &spec.check.provider;
        let whose = match spec.fill.contains_key("REGISTRY") {
            true => "the registry that it is of, the public one or your own",
            false => "your instance",
        };
        return Err(format!("it needs the address of {whose}; name it: --host {provider}=https://..."));
    }
    let is_label =
        |v: &str| !v.is_empty() && v.len() <= 63 && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let used =
        |word: &&String| authority.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|w| w == *word);
    for word in values.words.keys().filter(used) {
        if !is_label(&values.words[word]) {
            return Err(format!("{word} is not one label of a host name: letters, digits and dashes"));
        }
    }
    Ok((values.fill(authority, str::to_owned), path))
}

/// OVHcloud's signature: `user` is the application's secret and the consumer key, joined by a plus sign.
fn sign_ovh(request: &mut Request, user: &str, now: Timestamp) {
    let body = request.body.as_deref().unwrap_or_default();
    let time = now.as_second();
    let text = format!("{user}+{}+{}+{body}+{time}", request.method, request.url);
    let signature = format!("$1${}", HEXLOWER.encode(&Sha1::digest(text)));
    request.headers.push(("X-Ovh-Timestamp".to_owned(), time.to_string()));
    request.headers.push(("X-Ovh-Signature".to_owned(), signature));
}

/// Signs in place of sending: `user` is `ID:SECRET`.
fn sign(request: &mut Request, user: &str, given: &Given<'_>) -> Result<(), String> {
    let (id, secret) = user.split_once(':').unwrap_or((user, ""));
    let rest = request.url.strip_prefix("https://").unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let body = request.body.clone().unwrap_or_default();
    let mut headers = vec![
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("host", host.to_owned()),
        ("x-amz-date", civil_stamp(given.now)),
    ];
    if id.starts_with("ASIA") {
        let token = given.with.get("SESSION_TOKEN");
        let token = token.ok_or_else(|| {
            format!("temporary keys need their session token; give it: --with {}", how("SESSION_TOKEN"))
        })?;
        headers.push(("x-amz-security-token", token.clone()));
    }
    let authorization = sigv4::authorization(&Signing {
        id,
        secret: secret.as_bytes(),
        region: "us-east-1",
        service: host.split('.').next().unwrap_or_default(),
        method: &request.method,
        path: &format!("/{path}"),
        query: "",
        headers: &headers,
        body: body.as_bytes(),
        time: given.now,
    });
    let new = headers.into_iter().filter(|(name, _)| *name != "host" && *name != "content-type");
    request.headers.extend(new.map(|(name, value)| (name.to_owned(), value)));
    request.headers.push(("Authorization".to_owned(), authorization));
    Ok(())
}

#[cfg(test)]
mod tests;
