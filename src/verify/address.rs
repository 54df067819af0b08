//! Which hosts a secret may be sent to: the provider's own, or an instance that a person or the machine's policy names.
//! Never one that a scanned text names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of a person's instance: `https://git.example.org` or `https://git.example.org:8443/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Parses an address; `private` says whether loopback may be asked without TLS.
    ///
    /// # Errors
    /// In words, with what to write.
    pub fn parse(text: &str, private: bool) -> Result<Origin, String> {
        let example = "write it as https://git.example.org";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| format!("no scheme; {example}"))?;
        let (authority, path) = rest.split_once('/').map_or((rest, ""), |(a, p)| (a, p));
        if authority.contains('@') {
            return Err(format!("it holds a user; {example}"));
        }
        let Some(host) = host(authority) else { return Err(format!("its host cannot be read; {example}")) };
        if !path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-~".contains(&b)) || path.contains("..") {
            return Err(format!("its path holds more than letters, digits and /._-~; {example}"));
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(host) && private => {}
            "http" if is_loopback(host) => {
                return Err("loopback is asked only if [verify] private = true or --private says so".into());
            }
            _ => return Err("a secret is sent over TLS only: https://".into()),
        }
        if !private && literal(host).is_some_and(is_private) {
            return Err(
                "it is a private or link-local address; [verify] private = true or --private allows them"
                    .into(),
            );
        }
        Ok(Origin(text.trim_end_matches('/').to_owned()))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The scheme and authority of a URL, and its path with what follows.
pub fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    url.split_at(url[start..].find('/').map_or(url.len(), |end| start + end))
}

/// The host of an authority, without its port; `None` if it is not a host name or an address.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some("443"))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "443")),
    };
    let is_name = !host.is_empty()
        && host.len() <= 253
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b));
    (is_name && port.parse::<u16>().is_ok_and(|p| p > 0)).then_some(host)
}

/// The address that a host spells, in any of the forms that resolvers take: `127.1`, `0x7f000001`, `2130706433`, `localhost`.
fn literal(host: &str) -> Option<IpAddr> {
    if let Ok(ip) = host.trim_matches(['[', ']']).parse() {
        return Some(ip);
    }
    let number = |part: &str| -> Option<u64> {
        match part {
            "0x" | "0X" => Some(0),
            _ if part.starts_with("0x") || part.starts_with("0X") => u64::from_str_radix(&part[2..], 16).ok(),
            _ if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(&part[1..], 8).ok(),
            _ => part.parse().ok(),
        }
    };
    let host = host.trim_end_matches('.');
    if is_loopback_name(host) {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let parts: Vec<u64> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|n| *n > 255) {
        return None;
    }
    let head = first.iter().enumerate().fold(0u64, |ip, (i, n)| ip | n << (24 - 8 * i));
    let ip = head.checked_add(*last).and_then(|ip| u32::try_from(ip).ok())?;
    Some(IpAddr::V4(Ipv4Addr::from(ip)))
}

/// Returns whether a host is this machine by its name or address.
fn is_loopback(host: &str) -> bool {
    literal(host).is_some_and(|ip| ip.is_loopback())
}

/// Returns whether a name is always this machine's (RFC 6761).
fn is_loopback_name(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}

/// Returns whether an address is not one of the public internet.
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || a == 0
                || a >= 240
                // Carrier-grade NAT, protocol assignments and benchmarks.
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19))
        }
        IpAddr::V6(ip) => {
            let s = ip.segments();
            // An IPv4 address inside: mapped, translated, compatible, NAT64, 6to4.
            let inner = match s {
                [0, 0, 0, 0, 0, 0xffff, a, b]
                | [0, 0, 0, 0, 0xffff, 0, a, b]
                | [0, 0, 0, 0, 0, 0, a, b]
                | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some((a, b)),
                [0x2002, a, b, ..] => Some((a, b)),
                _ => None,
            };
            let inner = inner.map(|(a, b)| Ipv4Addr::from(u32::from(a) << 16 | u32::from(b)));
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || inner.is_some_and(|v4| is_private(IpAddr::V4(v4)))
                // Unique local, link-local, site-local, documentation; NAT64 of local use; Teredo.
                || s[0] & 0xfe00 == 0xfc00
                || s[0] & 0xffc0 == 0xfe80
                || s[0] & 0xffc0 == 0xfec0
                || (s[0] == 0x2001 && (s[1] == 0x0db8 || s[1] == 0))
                || (s[0] == 0x64 && s[1] == 0xff9b && s[2] == 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_however_they_are_spelled() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0177.0.0.1",
            "2130706433",
            "0x7f000001",
            "10.0.0.1",
            "10.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "2852039166",
            "0.0.0.0",
            "0",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "127.0.0.1.",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[ff02::1]",
            "[::127.0.0.1]",
            "[2001:db8::1]",
            "[fec0::1]",
            "[2001::1]",
            "[::ffff:0:127.0.0.1]",
            "127.0.0.1..",
            "0x.0x.0x.1",
            "localhost",
            "LocalHost.",
            "git.localhost",
        ] {
            let text = format!("https://{host}/x");
            let refused = Origin::parse(&text, false);
            assert!(refused.as_ref().is_err_and(|e| e.contains("private")), "{text}: {refused:?}");
            assert!(Origin::parse(&text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_public_host_is_taken_and_anything_but_a_host_is_not() {
        for text in [
            "https://git.example.org",
            "https://git.example.org:8443/gitlab/",
            "https://9.9.9.9",
            "https://[2606:4700::1111]:8443",
            "https://1.2.3.4.example.org",
        ] {
            assert!(Origin::parse(text, false).is_ok(), "{text}");
        }
        for text in [
            "git.example.org",
            "http://git.example.org",
            "https://",
            "https://a b",
            "https://user@host",
            "https://git.example.org@evil.example",
            "https://host:0",
            "https://host:99999",
            "https://host:x",
            "https://host?x=",
            "https://host#x",
            "https://host/a?b",
            "https://host/../x",
            "https://host\\@x",
            "file:///etc/passwd",
            "ftp://host",
            "https://host\n",
            "https://[::1",
            "https://%31",
            "https://h\u{f6}st",
            "http://localhost",
            "http://127.0.0.1:8200",
        ] {
            assert!(Origin::parse(text, false).is_err(), "{text:?}");
        }
        assert!(Origin::parse("http://127.0.0.1:8200", true).is_ok());
        assert!(Origin::parse("http://localhost:8200", true).is_ok());
        assert!(Origin::parse("http://10.0.0.1", true).is_err(), "without TLS on a network");
        assert!(Origin::parse("http://localhost.evil.example", true).is_err());
        assert_eq!(Origin::parse("https://h/", false).unwrap().as_str(), "https://h");
    }
}
