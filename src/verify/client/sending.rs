//! The client itself, on ureq and rustls. The only file of the program that opens a connection.

use crate::verify::address::is_private;
use crate::verify::answer::Response;
use crate::verify::call::Request;
use crate::verify::options::{Options, Proxy, Roots};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::http::{self, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// Most bytes of an answer that are read.
const MAX_BODY: u64 = 1 << 20;

/// The headers that are read: the form of the body, who answers, and those that a check names as `scopes`.
const HEADERS: [&str; 4] = ["content-type", "content-encoding", "proxy-authenticate", "x-oauth-scopes"];

/// Requests without an answer in time after which a host is left alone.
const MOST_TIMEOUTS: u32 = 2;

/// What is said of a request that took too long.
const TOO_LATE: &str = "no answer in time";

/// How much longer than its limit a request is waited for: its own error says more.
const GRACE: Duration = Duration::from_millis(500);

/// Sends requests.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    /// Without a proxy: for hosts that the person excluded from it, and for loopback without TLS, which must not leave this
    /// machine.
    direct: Agent,
    /// What is reached without the proxy.
    excluded: Excluded,
    pace: Pace,
    /// For a whole request: the client's own limits do not cover a proxy's answer.
    limit: Duration,
    /// Hosts that said "too many requests".
    limited: Mutex<HashSet<String>>,
    /// How often hosts gave no answer in time.
    late: Mutex<HashMap<String, u32>>,
}

impl Client {
    /// A client with these options.
    ///
    /// # Errors
    /// If the proxy's address cannot be read.
    pub fn new(options: &Options) -> Result<Client, String> {
        let proxy = match &options.proxy {
            Proxy::None => None,
            Proxy::Environment => of_environment()?,
            Proxy::At(address) => Some(ureq::Proxy::new(address).map_err(|e| e.to_string())?),
        };
        let limit = Duration::from_secs(options.seconds.max(1));
        let tls = TlsConfig::builder().root_certs(roots(&options.roots)).build();
        let agent = |proxy: Option<ureq::Proxy>| {
            let proxy_at = proxy.as_ref().map(|p| (p.host().to_owned(), p.port()));
            let resolver = PublicOnly { private: options.private, proxy: proxy_at };
            let config = Config::builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .max_redirects(0)
                .http_status_as_error(false)
                .allow_non_standard_methods(true)
                .user_agent(concat!(
                    "stanch/",
                    env!("CARGO_PKG_VERSION"),
                    " (secret check, asked for by its owner)"
                ))
                .timeout_global(Some(limit))
                .max_response_header_size(64 << 10)
                // A connection that the server has closed meanwhile would cost an answer.
                .max_idle_connections(0)
                .build();
            Agent::with_parts(config, DefaultConnector::default(), resolver)
        };
        let pace = Pace::new(options.per_second);
        Ok(Client {
            agent: agent(proxy),
            direct: agent(None),
            excluded: match &options.proxy {
                Proxy::Environment => Excluded::of_environment(),
                Proxy::None | Proxy::At(_) => Excluded::default(),
            },
            pace,
            limit,
            limited: Mutex::default(),
            late: Mutex::default(),
        })
    }

    /// Why a host is not asked again in this run.
    pub fn left_alone(&self, host: &str) -> Option<&'static str> {
        if self.limited.lock().unwrap_or_else(PoisonError::into_inner).contains(host) {
            return Some("said too many requests");
        }
        let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late.get(host).is_some_and(|times| *times >= MOST_TIMEOUTS).then_some("gave no answer in time, twice")
    }

    /// Notes that a host takes no more requests.
    pub fn limit(&self, host: &str) {
        self.limited.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned());
    }

    /// Sends a request and reads the start of its answer.
    ///
    /// # Errors
    /// Why there is no answer, in words without any value.
    pub fn send(&self, request: &Request) -> Result<Response, String> {
        self.pace.wait(request.host());
        let mut built = http::Request::builder().method(request.method.as_str()).uri(request.url.as_str());
        for (name, value) in &request.headers {
            built = built.header(name.as_str(), value.as_str());
        }
        let body = match &request.body {
            Some(body) => Some(body.clone()),
            // Without a length some servers refuse it.
            None => matches!(request.method.as_str(), "POST" | "PUT").then(String::new),
        };
        // The error of a request that cannot be built quotes it.
        let built = built.body(body).map_err(|_| "the value cannot be written into a request".to_owned())?;
        let is_direct = !request.url.starts_with("https://") || self.excluded.has(request.host());
        let agent = if is_direct { &self.direct } else { &self.agent };
        let (agent, limit) = (agent.clone(), self.limit);
        let (said, heard) = mpsc::channel();
        // It ends with the process at the latest: nothing waits for it.
        std::thread::spawn(move || said.send(exchange(&agent, built, limit)));
        let answer = heard.recv_timeout(limit + GRACE).unwrap_or_else(|_| Err(TOO_LATE.to_owned()));
        if answer.as_ref().is_err_and(|why| why == TOO_LATE) {
            let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
            *late.entry(request.host().to_owned()).or_default() += 1;
        }
        answer
    }
}

/// Sends a request and reads the start of its answer.
fn exchange(
    agent: &Agent,
    request: http::Request<Option<String>>,
    limit: Duration,
) -> Result<Response, String> {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let sent = match body {
        Some(body) => agent.run(http::Request::from_parts(parts, body)),
        None => agent.run(http::Request::from_parts(parts, ())),
    };
    let answer = sent.map_err(|e| failure(&e))?;
    let named = |name: &str| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        Some((name.to_owned(), value.to_owned()))
    };
    let mut response = Response {
        status: answer.status().as_u16(),
        headers: HEADERS.into_iter().filter_map(named).collect(),
        ..Response::default()
    };
    let mut body = answer.into_body().into_reader().take(MAX_BODY + 1);
    body.read_to_end(&mut response.body).map_err(|_| match start.elapsed() >= limit {
        true => TOO_LATE.to_owned(),
        false => "the answer broke off".to_owned(),
    })?;
    response.is_cut = response.body.len() as u64 > MAX_BODY;
    response.body.truncate(MAX_BODY as usize);
    Ok(response)
}

/// The proxy that a person's environment names. One that is set and cannot be used is an error: without it the request would
/// go another way than they think.
fn of_environment() -> Result<Option<ureq::Proxy>, String> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];
    let Some((name, value)) = names.iter().find_map(|name| {
        std::env::var_os(name).filter(|value| !value.is_empty()).map(|value| (*name, value))
    }) else {
        return Ok(None);
    };
    // The value may hold a password.
    let proxy = value.to_str().and_then(|value| ureq::Proxy::new(value).ok());
    match proxy.as_ref().map(ureq::Proxy::protocol) {
        Some(ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https) => Ok(proxy),
        Some(_) => Err(format!(
            "{name} names a SOCKS proxy, which is not spoken here: name one of HTTP, or unset it"
        )),
        None => Err(format!("the address of the proxy in {name} cannot be read: correct or unset it")),
    }
}

/// The hosts that a person reaches without the proxy, as `NO_PROXY` names them.
#[derive(Debug, Default)]
struct Excluded(Vec<String>);

impl Excluded {
    /// Those of the environment.
    fn of_environment() -> Excluded {
        let names = ["no_proxy", "NO_PROXY"];
        let list = names
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|list| !list.trim().is_empty());
        Excluded::parse(&list.unwrap_or_default())
    }

    /// Parses `example.org, .example.net, host:8443, *`; blanks and case do not count.
    fn parse(list: &str) -> Excluded {
        let name = |entry: &str| {
            let entry = entry.trim().to_ascii_lowercase();
            let bare = entry.strip_prefix("*.").or(entry.strip_prefix('.')).unwrap_or(&entry);
            bare.trim_end_matches('.').to_owned()
        };
        Excluded(list.split([',', ' ']).map(name).filter(|entry| !entry.is_empty()).collect())
    }

    /// Returns whether a host, or a domain that it is in, is among them; `authority` may have a port.
    fn has(&self, authority: &str) -> bool {
        let authority = authority.to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
            _ => (authority.as_str(), "443"),
        };
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        self.0.iter().any(|entry| {
            let of = |name: &str| {
                let name = name.trim_matches(['[', ']']);
                host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
            };
            entry == "*" || of(entry) || entry.rsplit_once(':').is_some_and(|(name, p)| p == port && of(name))
        })
    }
}

/// The certificates to trust. A certificate that cannot be read is left out, as other clients do.
fn roots(roots: &Roots) -> RootCerts {
    let list: Vec<Certificate<'static>> = match roots {
        Roots::Only(list) => list.iter().map(|der| Certificate::from_der(der).to_owned()).collect(),
        Roots::System => {
            let system = rustls_native_certs::load_native_certs().certs;
            system.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
        }
    };
    match (list.is_empty(), roots) {
        // A scratch image has none.
        (true, Roots::System) => RootCerts::WebPki,
        _ => RootCerts::from(list),
    }
}

/// Resolves names, and refuses those that lead to this machine or its network: what is connected to is what was looked at.
#[derive(Debug)]
struct PublicOnly {
    private: bool,
    /// The proxy, which a person's environment names; it is mostly in their network.
    proxy: Option<(String, u16)>,
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout).map_err(|e| match e {
            Error::HostNotFound | Error::Io(_) => {
                let host = uri.host().unwrap_or_default();
                Error::Other(Box::new(Unknown(crate::finding::printable(host.as_bytes()))))
            }
            e => e,
        })?;
        let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let is_proxy = self
            .proxy
            .as_ref()
            .is_some_and(|(host, port)| uri.host() == Some(host) && uri.port_u16().unwrap_or(usual) == *port);
        if self.private || is_proxy || !found.iter().any(|address| is_private(address.ip())) {
            return Ok(found);
        }
        Err(Error::Other(Box::new(Private)))
    }
}

/// The name of a host leads to a private address.
#[derive(Debug, thiserror::Error)]
#[error("the host has a private or link-local address; [verify] private = true or --private allows it")]
struct Private;

/// A name leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("no network, or no such host: the name {0} cannot be looked up; nothing is known of the key")]
struct Unknown(String);

/// An error in words. Those that may quote a request are named only.
fn failure(error: &Error) -> String {
    match error {
        Error::Timeout(_) => TOO_LATE.into(),
        Error::ConnectionFailed => "no connection".into(),
        Error::Other(inner) if inner.is::<Private>() || inner.is::<Unknown>() => inner.to_string(),
        Error::Io(e) => match e.kind() {
            std::io::ErrorKind::TimedOut => TOO_LATE.into(),
            // What rustls says of a certificate or a handshake.
            std::io::ErrorKind::InvalidData => match e.get_ref() {
                Some(inner) => tls_failed(&inner.to_string()),
                None => "the answer is not HTTP".into(),
            },
            kind if e.get_ref().is_none() => format!("no connection ({kind})"),
            _ => format!("the connection failed ({})", e.kind()),
        },
        Error::Rustls(e) => tls_failed(&e.to_string()),
        Error::LargeResponseHeader(..) => "the answer's headers are too long".into(),
        Error::ConnectProxyFailed(_) => "the proxy refused the connection".into(),
        Error::Protocol(_) => "the answer is not HTTP".into(),
        _ => "the request failed".into(),
    }
}

/// What is said if there is no trusted connection.
fn tls_failed(why: &str) -> String {
    let why = crate::finding::printable(why.as_bytes());
    format!(
        "TLS failed: {why}; nothing was sent. Behind a proxy of your company SSL_CERT_FILE names its certificates"
    )
}

/// At most so many requests a host and second.
#[derive(Debug)]
struct Pace {
    gap: Duration,
    next: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    fn new(per_second: u32) -> Pace {
        Pace { gap: Duration::from_secs(1) / per_second.max(1), next: Mutex::default() }
    }

    /// Waits until the host may be asked again.
    fn wait(&self, host: &str) {
        let now = Instant::now();
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = next.get(host).copied().unwrap_or(now).max(now);
            next.insert(host.to_owned(), at + self.gap);
            at
        };
        std::thread::sleep(at - now);
    }
}

#[cfg(test)]
mod tests {
    use super::Excluded;

    #[test]
    fn hosts_without_a_proxy_are_named_as_other_programs_take_them() {
        for (list, host) in [
            ("api.github.com", "api.github.com"),
            ("github.com", "api.github.com"),
            (".github.com", "api.github.com"),
            ("*.github.com", "api.github.com"),
            ("x, API.github.com ,y", "api.GitHub.com:443"),
            ("x api.github.com", "api.github.com."),
            ("api.github.com:443", "api.github.com"),
            ("git.example.org:8443", "git.example.org:8443"),
            ("git.example.org", "git.example.org:8443"),
            ("::1", "[::1]:443"),
            ("[::1]", "[::1]"),
            ("*", "api.github.com"),
        ] {
            assert!(Excluded::parse(list).has(host), "{list} {host}");
        }
        for (list, host) in [
            ("", "api.github.com"),
            (" , ", "api.github.com"),
            ("hub.com", "api.github.com"),
            ("api.github.com:8443", "api.github.com"),
            ("api.github.com.example.org", "api.github.com"),
            ("com:8443", "api.github.com:443"),
        ] {
            assert!(!Excluded::parse(list).has(host), "{list:?} {host}");
        }
    }
}
