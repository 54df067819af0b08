//! Functions with a secret at a known position among their arguments.

use super::given;
use super::tokens::SHORT_REACH;
use crate::scan::extract::assign::{Assignment, literal_at};
use crate::scan::extract::nesting::{NESTED, Nesting};
use crate::text::randomness::{is_random, is_uuid};
use crate::text::short;
use std::ops::Range;

/// Functions, and the position of the secret. The name ends before the bracket; it may be the end of a longer one.
const CALLS: &[(&str, usize)] = &[
    ("basicauth(", 1),
    ("basic_auth(", 1),
    ("auth=(", 1),
    ("auth = (", 1),
    ("->auth(", 1),
    (".auth(", 1),
    ("authenticate(", 1),
    ("bind(", 1),
    ("passwordcredentials(", 1),
    ("passwordauthentication(", 1),
    ("networkcredential(", 1),
    ("getconnection(", 2),
    ("pdo(", 2),
    ("mysqli(", 2),
    ("mysqli_connect(", 2),
    ("mysql_connect(", 2),
    ("login(", 1),
    ("ftp(", 2),
    ("ftp_login(", 2),
    ("oracle.connect(", 1),
    ("oci_connect(", 1),
    ("mysqldb.connect(", 2),
    ("pymysql.connect(", 2),
    ("pymssql.connect(", 2),
    ("psycopg2.connect(", 2),
    ("ldap3.connection(", 2),
    ("fromdrivermanager(", 3),
    ("fromdrivermanager[io](", 3),
    ("drivermanagerdatasource(", 2),
    ("= database(", 2),
    ("ssh.connect(", 3),
    ("ssh.password(", 0),
    ("wifi.begin(", 1),
    ("auth_password(", 2),
    ("imap_open(", 2),
    ("ldap_bind(", 2),
    ("simple_bind_s(", 1),
    ("authorization_basic(", 1),
    ("preemptive().basic(", 1),
    ("auth.basic ", 1),
    ("passwordauthenticationmethod(", 1),
    ("userauth_password(", 1),
    ("mosquitto_username_pw_set(", 2),
    ("gmail(", 1),
    ("totp(", 0),
    ("createhmac(", 1),
    ("jwt.sign(", 1),
    ("jwt.encode(", 1),
    ("jwt.decode(", 1),
    ("jwt.verify(", 1),
    ("jwt::encode(", 1),
    ("jwt::decode(", 1),
    ("cookieparser(", 0),
    ("cookiestore(", 0),
    ("hmac256(", 0),
    ("hmac384(", 0),
    ("hmac512(", 0),
    ("keyspec(", 0),
    ("signedstring(", 0),
    ("signwith(", 1),
    ("username_pw_set(", 1),
    ("keyring.set_password(", 2),
    ("yagmail.smtp(", 1),
    ("userinfo(", 1),
    ("userpassword(", 1),
    ("signer.create(", 1),
    ("timedserializer(", 0),
    ("messageencryptor.new(", 0),
    ("messageverifier.new(", 0),
    ("usernamepasswordtoken(", 1),
    ("plainauth(", 2),
    ("plaincredentials(", 1),
    ("auth.basic(", 1),
    ("basic_auth ", 1),
    ("dbi->connect(", 2),
    ("mysql_real_connect(", 3),
    ("odbc_connect(", 2),
    ("mssql_connect(", 2),
    ("sequelize(", 2),
    ("sshclient(", 2),
    ("sftpclient(", 2),
    ("createcredential(", 2),
    ("createplaincredential(", 2),
    ("createscramsha1credential(", 2),
    ("createscramsha256credential(", 2),
    ("credential(", 1),
    ("credentials(", 1),
    ("credentials::new(", 1),
    ("credentialsprovider(", 1),
    ("newstaticv2(", 1),
    ("newstaticv4(", 1),
    ("scram.mechanism(", 2),
    // OmniAuth's `provider :gitlab, ID, SECRET`.
    ("provider :", 2),
    ("directoryentry(", 2),
    ("ftp.open(", 2),
    ("smtp.start(", 4),
    ("pop3.start(", 3),
    ("keystore.load(", 1),
    ("load_pkcs12(", 1),
    ("from_pkcs12(", 1),
    ("pkcs12.new(", 1),
    // Of Go and Dart, the hash comes first.
    ("hmac.new(sha", 1),
    ("hmac(sha", 1),
    ("hmac.new(", 0),
    ("hmac.hexdigest(", 1),
    ("hash_hmac(", 2),
    ("fernet(", 0),
    ("aes.new(", 0),
    ("newcipher(", 0),
    ("aes.encrypt(", 1),
    ("aes.decrypt(", 1),
    ("createcipheriv(", 1),
    ("createdecipheriv(", 1),
    ("pgp_sym_encrypt(", 1),
    ("pgp_sym_decrypt(", 1),
    ("aes_encrypt(", 1),
    ("aes_decrypt(", 1),
    ("openssl_encrypt(", 2),
    ("openssl_decrypt(", 2),
    ("userpwd,", 0),
    ("{:basic, ", 0),
];

/// Those whose argument is `user:password`.
const LOGINS: [&str; 2] = ["userpwd,", "{:basic, "];

/// Functions that sign in to a server. Each library has its own order, so the random string behind a user is the secret:
/// `connect("mail.acme.io", "deploy", "v")`.
const CONNECTS: &[&str] =
    &["connect(", "connection(", "dbclient(", "dialer(", "transport.send(", "github(", "login("];

/// Functions for one-time codes, and the position of the seed: base32.
const SEEDS: &[(&str, usize)] = &[
    ("totp.new(", 0),
    ("hotp.new(", 0),
    ("totp::create(", 0),
    ("hotp::create(", 0),
    ("totp.generate(", 0),
    ("hotp.generate(", 0),
    ("totp.generatecode(", 0),
    ("hotp.generatecode(", 0),
    ("totp.generatecodecustom(", 0),
    ("totp.validate(", 1),
    ("totp.validatecustom(", 1),
    ("totp.check(", 1),
    ("authenticator.generate(", 0),
    ("authenticator.check(", 1),
];
/// Bytes of the longest of these names.
const LONGEST: usize = 29;

/// What follows `user:password` in a database address of Go's MySQL driver.
const NETWORKS: [&[u8]; 2] = [b"@tcp(", b"@unix("];

/// Bytes in which the arguments are searched.
const REACH: usize = 400;

/// The secret in the call whose name is at `at`.
pub(super) fn secret(text: &[u8], at: usize, nesting: &mut Nesting<NESTED>) -> Option<Assignment> {
    let rest = &text[at..text.len().min(at + LONGEST)];
    if NETWORKS.iter().any(|n| rest.starts_with(n)) {
        let from = at.saturating_sub(200);
        let is_end = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b' ' | b'\n' | b'=');
        let start = text[from..at].iter().rposition(is_end).map_or(from, |i| from + i + 1);
        let value = start + memchr::memchr(b':', &text[start..at])? + 1..at;
        return (!value.is_empty()).then(|| given(start..value.start - 1, value, true));
    }
    let connects = CONNECTS.iter().find(|n| short::begins(rest, n));
    let first = rest.first()?.to_ascii_lowercase();
    let begins = |(n, _): &&(&str, usize)| n.as_bytes()[0] == first && short::begins(rest, n);
    let seed = SEEDS.iter().find(begins);
    let row = seed.or_else(|| CALLS.iter().find(begins));
    if connects.is_none() && row.is_none() {
        return None;
    }
    let reach = if nesting.is_deep(at) { SHORT_REACH } else { REACH };
    nesting.add(at + reach);
    if let Some(name) = connects
        && let Some(value) = behind_user(text, at + name.len(), reach)
    {
        return Some(given(at..at + name.len() - 1, value, true));
    }
    let (name, place) = row?;
    // The end of another name: `ftp_login(`.
    let inside = at > 0 && (text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_');
    if inside && matches!(*name, "login(" | "ftp(") {
        return None;
    }
    // With a port before the user: `new SftpClient(host, 22, user, VALUE)`.
    let has_port = matches!(*name, "sftpclient(" | "sshclient(")
        && argument(text, at + name.len(), reach, 1).is_none()
        && argument(text, at + name.len(), reach, 3).is_some();
    let mut value = argument(text, at + name.len(), reach, *place + usize::from(has_port))?;
    if seed.is_some() && !is_seed(&text[value.clone()]) {
        return None;
    }
    if LOGINS.contains(name) {
        value.start += memchr::memchr(b':', &text[value.clone()])? + 1;
    }
    let word = at..at + name.trim_end_matches([' ', '=', '(', ',']).len();
    (!value.is_empty()).then(|| given(word, value, true))
}

/// The random string behind a string that may be a user, among the arguments from `from` on.
fn behind_user(text: &[u8], from: usize, reach: usize) -> Option<Range<usize>> {
    let end = text.len().min(from + reach);
    memchr::memchr(b',', text.get(from..end)?)?;
    let mut at = from;
    let mut user = literal(text, at);
    loop {
        at = next(text, at, end)?;
        let value = literal(text, at);
        if let (Some(user), Some(value)) = (&user, &value)
            && is_user(&text[user.clone()])
            && is_password(&text[value.clone()])
        {
            return Some(value.clone());
        }
        user = value;
    }
}

/// Most bytes of a user's name.
const USER: usize = 64;
/// Least bytes of a password that only its place marks.
const SHORTEST: usize = 10;

/// Returns whether this may be a user's name, and is neither an address nor a place.
fn is_user(said: &[u8]) -> bool {
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-.@+=,".contains(b);
    // LDAP has names like `cn=admin,dc=acme`.
    let is_distinguished = said.contains(&b'=');
    said.len() <= USER
        && said.iter().all(is_plain)
        && (is_distinguished || !is_random(said) && (!said.contains(&b'.') || said.contains(&b'@')))
}

/// Returns whether this is random and no place.
fn is_password(said: &[u8]) -> bool {
    said.len() >= SHORTEST
        && said.iter().all(|b| b.is_ascii_graphic() && *b != b'/')
        && is_random(said)
        && !is_uuid(said)
}

/// Returns whether this is base32 with a seed's length.
fn is_seed(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| !matches!(b, b' ' | b'-' | b'='));
    (16..=128).contains(&value.len())
        && digits.clone().all(|b| matches!(b.to_ascii_uppercase(), b'A'..=b'Z' | b'2'..=b'7'))
}

/// The content of the argument at this position, if it is a string.
fn argument(text: &[u8], from: usize, reach: usize, place: usize) -> Option<Range<usize>> {
    let end = text.len().min(from + reach);
    let mut at = from;
    if place > 0 {
        memchr::memchr(b',', text.get(from..end)?)?;
    }
    for _ in 0..place {
        at = next(text, at, end)?;
    }
    literal(text, at)
}

/// The content of the argument that starts at `at`, if it is a string.
fn literal(text: &[u8], at: usize) -> Option<Range<usize>> {
    let lead = text[at..].iter().take(REACH).take_while(|b| b.is_ascii_whitespace()).count();
    let at = at + lead;
    // `key="v"`, `key: "v"`.
    let named =
        text[at..].iter().take(REACH).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let sign = usize::from(named > 0 && matches!(text.get(at + named), Some(b'=' | b':')));
    let blank = usize::from(sign == 1 && text.get(at + named + 1) == Some(&b' '));
    literal_at(text, if sign == 1 { at + named + 1 + blank } else { at })
}

/// The byte after the comma that ends the argument at `at`; `None` for the last argument.
fn next(text: &[u8], mut at: usize, end: usize) -> Option<usize> {
    let mut depth = 0;
    while at < end {
        match text[at] {
            b'"' | b'\'' | b'`' => {
                at = literal_at(text, at).map_or(at + 1, |r| r.end);
                // A string that continues beyond the search range has no comma after it there.
                at += text.get(at..end)?.iter().take_while(|b| **b == b'\\').count();
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return None,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}
