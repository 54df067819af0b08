//! URLs and connection strings: user, password and host. Stand-ins, template variables and public test
//! accounts are rejected; a host on this machine lowers the severity.

use super::Check;
use super::dice::{ALNUM, Dice};
use crate::finding::{Evidence, Severity, printable};
use crate::text::placeholder::is_placeholder;

/// Passwords printed in manuals.
const STAND_INS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pass",
    "pwd",
    "pw",
    "secret",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "mypassword",
    "my_password",
    "my-password",
    "yourpassword",
    "your_password",
    "your-password",
    "userpassword",
    "user_password",
    "dbpassword",
    "db_password",
    "db_pass",
    "dbpass",
    "mysecretpassword",
    "token",
    "apikey",
    "api_key",
    "key",
    "user",
    "username",
    "example",
    "foo",
    "bar",
    "baz",
    "x",
    "xx",
    "xxx",
    "redacted",
    "hidden",
    "null",
    "none",
    "undefined",
    "todo",
    "p",
    "pass123",
    "password123",
    "hunter2",
    "p4ssw0rd",
    "p@ssw0rd",
    "p%40ssw0rd",
    "passw0rd",
    "test",
    "testing",
    "dummy",
    "fake",
    "placeholder",
    "replace",
    "replaceme",
    "anypassword",
    "some_password",
    "somepassword",
    "mypass",
    "thepassword",
    "the_password",
    "secretpassword",
];

/// The parts of a credential.
struct Parts<'a> {
    user: &'a [u8],
    password: &'a [u8],
    host: &'a [u8],
}

/// Checks the credential in `whole`, or in `secret` if that holds the URL.
pub(super) fn check(secret: &[u8], whole: &[u8]) -> Check {
    let parts = url(secret).or_else(|| url(whole)).or_else(|| pairs(secret)).or_else(|| pairs(whole));
    let Some(parts) = parts else {
        return if is_stand_in(b"", secret) { Check::invalid() } else { Check::unknown() };
    };
    let local = is_local(parts.host);
    if is_stand_in(parts.user, parts.password) || is_template(parts.host) {
        return Check::invalid();
    }
    let same = !parts.user.is_empty() && parts.password.eq_ignore_ascii_case(parts.user);
    if local && same {
        return Check::invalid();
    }
    let mut check = Check::unknown();
    if same {
        check.evidence.push(Evidence::lowers("placeholder", "the password is the user's name"));
    }
    if local {
        let host = printable(parts.host);
        let text = if host.is_empty() { "names no host".to_owned() } else { format!("host {host}") };
        check.evidence.push(Evidence::lowers("host", text));
        check.at_most = Some(Severity::Medium);
    } else {
        let user = String::from_utf8_lossy(parts.user);
        let whose = if user.is_empty() || user.len() > 40 {
            String::new()
        } else {
            format!("user {} at ", printable(parts.user))
        };
        check.evidence.push(Evidence::tells("host", format!("{whose}{}", printable(parts.host))));
    }
    check
}

/// Returns whether nobody uses this password: a stand-in, a variable, a repeat of one character.
pub(super) fn is_stand_in(user: &[u8], password: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let bare =
        lower.trim_matches(|c: char| matches!(c, '<' | '>' | '[' | ']' | '{' | '}' | '(' | ')' | '*' | '.'));
    let user = String::from_utf8_lossy(user).to_ascii_lowercase();
    bare.is_empty()
        || STAND_INS.contains(&bare)
        || is_template(password)
        || (matches!(user.as_str(), "user" | "username") && bare.starts_with("pass"))
        || bare.bytes().all(|b| Some(b) == bare.bytes().next())
        || is_placeholder(password)
}

/// Returns whether the text is filled in at run time: `${..}`, `$VAR`, `{{..}}`, `{..}`, `%s`, `%(..)s`,
/// `<..>`, `#{..}`, `:name`.
fn is_template(text: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    let enclosed = |open: u8, close: u8| text.first() == Some(&open) && text.last() == Some(&close);
    has(b"${")
        || has(b"{{")
        || has(b"#{")
        || has(b"$(")
        || has(b"%(")
        || has(b"<%")
        || enclosed(b'{', b'}')
        || enclosed(b'<', b'>')
        || enclosed(b'[', b']')
        || enclosed(b'%', b'%')
        || matches!(text, b"%s" | b"%d" | b"%v" | b"%q" | b"%@" | b"%w")
        || (text.len() > 1
            && text[0] == b'$'
            && text[1..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_'))
}

/// Returns whether the host is known only locally: this machine, a documentation name, a service name without
/// a dot.
fn is_local(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split([':', ',']).next().unwrap_or_default(),
    };
    let ends = [
        "example.com",
        "example.org",
        "example.net",
        ".example",
        ".test",
        ".invalid",
        ".localhost",
        ".local",
    ];
    name.is_empty()
        || name == "::1"
        || name == "0.0.0.0"
        || name.starts_with("127.")
        || name == "host.docker.internal"
        || name == "host"
        || name == "hostname"
        || !name.contains(['.', ':'])
        || ends.iter().any(|e| name.ends_with(e))
}

/// Parses `scheme://user:password@host`; the password may contain an `@`.
fn url(text: &[u8]) -> Option<Parts<'_>> {
    let start = memchr::memmem::find(text, b"://")? + 3;
    let rest = &text[start..];
    let end = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'|'));
    let rest = &rest[..end.unwrap_or(rest.len())];
    // A slash ends the authority unless an @ follows: then it belongs to the password.
    let slash = rest.iter().position(|b| matches!(b, b'/' | b'?')).unwrap_or(rest.len());
    let at = memchr::memrchr(b'@', &rest[..slash]).or_else(|| memchr::memchr(b'@', rest))?;
    let (user, password) = match memchr::memchr(b':', &rest[..at]) {
        Some(colon) => (&rest[..colon], &rest[colon + 1..at]),
        None => (&b""[..], &rest[..at]),
    };
    let host = &rest[at + 1..];
    let host = &host[..host.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(host.len())];
    Some(Parts { user, password, host })
}

/// Parses `Server=host;User Id=user;Password=...` and `host=... password=...`.
fn pairs(text: &[u8]) -> Option<Parts<'_>> {
    let spaced = !text.contains(&b';');
    let mut parts = Parts { user: b"", password: b"", host: b"" };
    let mut found = false;
    for pair in text.split(|b| *b == b';' || (spaced && b.is_ascii_whitespace())) {
        // The first pair may follow `name = "`.
        let quote = pair.iter().position(|b| matches!(b, b'"' | b'\''));
        let opens = quote.filter(|q| pair[*q..].contains(&b'='));
        let pair = &pair[opens.map_or(0, |q| q + 1)..];
        let Some(equals) = memchr::memchr(b'=', pair) else { continue };
        let key = pair[..equals].trim_ascii().to_ascii_lowercase();
        let value = pair[equals + 1..].trim_ascii();
        let value = &value[..value.iter().position(|b| matches!(b, b'"' | b'\'')).unwrap_or(value.len())];
        match &*key {
            b"password" | b"pwd" | b"sharedaccesskey" | b"accountkey" => {
                parts.password = value;
                found = true;
            }
            b"server" | b"host" | b"data source" | b"hostname" | b"endpoint" | b"addr" | b"address" => {
                let value = value.strip_prefix(b"tcp:").unwrap_or(value);
                parts.host = value.strip_prefix(b"sb://").unwrap_or(value);
            }
            b"user id" | b"uid" | b"user" | b"username" => parts.user = value,
            _ => {}
        }
    }
    (found && !(parts.host.is_empty() && parts.user.is_empty())).then_some(parts)
}

/// A database URL; the argument is the scheme.
pub(super) fn forge(scheme: &str, dice: &mut Dice<'_>) -> String {
    let scheme = if scheme.is_empty() { "postgres" } else { scheme };
    format!("{scheme}://billing:{}@db.acme.dev:5432/billing", dice.text(ALNUM, 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up password.
    const WORD: &str = apart!("k3Vq", "0pZr");
    use crate::validate::Verdict;

    fn verdict(text: &str) -> Verdict {
        check(text.as_bytes(), text.as_bytes()).verdict
    }

    #[test]
    fn stand_ins_and_template_variables_are_rejected() {
        for password in [
            "password",
            "<password>",
            "${DB_PASS}",
            "{{ pass }}",
            "%s",
            "$PASSWORD",
            "***",
            "xxxxxxxx",
            "[secret]",
            "{password}",
            "%DB_PASS%",
            "",
        ] {
            assert_eq!(
                verdict(&format!("postgres://app:{password}@db.acme.dev/x")),
                Verdict::Invalid,
                "{password}"
            );
        }
        assert_eq!(verdict("https://user:password@localhost"), Verdict::Invalid);
        assert_eq!(verdict("postgres://postgres:postgres@localhost:5432/test"), Verdict::Invalid);
        assert_eq!(verdict("Server=db.acme.dev;User Id=sa;Password={pw};"), Verdict::Invalid);
    }

    #[test]
    fn a_real_host_is_reported_and_a_local_one_lowers_the_severity() {
        let real = format!("mysql://root:{WORD}@10.1.2.3:3306/app");
        let found = check(real.as_bytes(), real.as_bytes());
        assert_eq!((found.verdict, found.at_most), (Verdict::Unknown, None));
        assert_eq!(found.evidence[0].text, "user root at 10.1.2.3:3306");
        for host in ["localhost", "127.0.0.1:80", "db", "api.example.com", "[::1]:5432"] {
            let local = format!("mysql://root:{WORD}@{host}/app");
            let found = check(local.as_bytes(), local.as_bytes());
            assert_eq!(found.at_most, Some(Severity::Medium), "{host}");
            assert!(found.evidence[0].weight < 0);
        }
    }

    #[test]
    fn a_password_may_hold_an_at_sign() {
        let text = format!("amqp://u:{}@h.io/v", "p@ss:w");
        let parts = url(text.as_bytes()).unwrap();
        assert_eq!((parts.password, parts.host), (&b"p@ss:w"[..], &b"h.io"[..]));
    }

    #[test]
    fn pairs_are_read_with_semicolons_and_spaces() {
        let text = format!("connectionString=\"Server=tcp:db.acme.dev,1433;Uid=sa;Pwd={WORD}\"");
        let parts = pairs(text.as_bytes()).unwrap();
        assert_eq!(
            (parts.user, parts.password, parts.host),
            (&b"sa"[..], WORD.as_bytes(), &b"db.acme.dev,1433"[..])
        );
        let text = format!("host=db.acme.dev user=app password={WORD}");
        let parts = pairs(text.as_bytes()).unwrap();
        assert_eq!((parts.user, parts.password), (&b"app"[..], WORD.as_bytes()));
    }
}
