//! Programs that take a password among their arguments.

use super::tokens::{Word, reach, words};
use super::{given, word_at};
use crate::scan::extract::assign::Assignment;
use crate::scan::extract::nesting::{NESTED, Nesting};
use crate::text::{line, short};
use std::cell::OnceCell;
use std::ops::Range;

/// Where a program takes its password.
#[derive(Debug, Clone, Copy)]
enum Takes {
    /// `-p VALUE`, `-pVALUE` or `-p=VALUE`.
    Option(&'static str),
    /// `-k VALUE` only: other options start with its letter.
    Next(&'static str),
    /// `-pVALUE` only: without a value the program asks.
    Attached(&'static str),
    /// After a separator in an option's value: `-U user%VALUE`.
    Behind(&'static str, u8),
    /// `-u user:VALUE`, or the user if no password follows: `-u VALUE:`.
    User(&'static str),
    /// After these letters: `pass:VALUE`, `/pass:VALUE`.
    Mark(&'static str),
    /// The word at this place among those that are not options.
    Place(usize),
    /// `OPTION VALUE`, if this word stands among the others.
    With(&'static str, &'static str),
    /// The word this many words after the one that begins so: `http-basic.HOST USER VALUE`.
    Under(&'static str, usize),
    /// The last word, if an option contains this letter: `htpasswd -bc FILE USER VALUE`.
    Last(u8),
    /// The word this many words after this one: `add_user NAME VALUE`.
    Word(&'static str, usize),
    /// The value of a setting whose name speaks of a secret: `set NAME VALUE`.
    Setting(&'static str),
    /// `user/VALUE@database`, `userid=user/VALUE`.
    Slash,
    /// `net use X: \\host\share VALUE /user:me`.
    NetUse,
}

impl Takes {
    /// Returns whether a word begins with the option, and so with a dash or a slash.
    fn is_at_option(&self) -> bool {
        matches!(self, Opt(_) | Next(_) | Attached(_) | Behind(..) | User(_) | With(..))
    }
}

use Takes::{
    Attached, Behind, Last, Mark, NetUse, Next, Option as Opt, Place, Setting, Slash, Under, User, With,
    Word as Nth,
};

const MYSQL: &[Takes] = &[Attached("-p")];
const MONGO: &[Takes] = &[Opt("-p")];
const LDAP: &[Takes] = &[Opt("-w")];
const SQL_SERVER: &[Takes] = &[Opt("-P")];
const SMB: &[Takes] = &[Behind("-U", b'%')];
const SNMP: &[Takes] = &[Opt("-A"), Opt("-X")];
const LOGIN: &[Takes] = &[Opt("-p")];
const PUTTY: &[Takes] = &[Next("-pw")];
const ORACLE: &[Takes] = &[Slash];
const HTTPIE: &[Takes] = &[User("-a"), User("--auth")];
const BROKER: &[Takes] = &[Opt("-P")];

/// Programs, and `login` for those with such a command.
const PROGRAMS: &[(&str, &[Takes])] = &[
    ("7z", &[Attached("-p")]),
    ("7za", &[Attached("-p")]),
    ("airflow", LOGIN),
    ("altool", LOGIN),
    ("apksigner", &[Mark("pass:")]),
    ("aquatone-discover", &[Nth("--set-key", 2)]),
    ("aws", &[With("SecureString", "--value")]),
    ("az", &[Next("-p"), With("secret", "--value")]),
    ("bcp", SQL_SERVER),
    ("beeline", LOGIN),
    ("cargo", &[Nth("login", 1)]),
    ("cmdkey", &[Mark("/pass:")]),
    ("composer", &[Under("http-basic.", 2), Under("bearer.", 1), Under("gitlab-token.", 1)]),
    ("convertto-securestring", &[Place(0)]),
    ("cqlsh", LOGIN),
    ("crackmapexec", LOGIN),
    ("curl", &[User("-u"), User("--user"), User("-U"), User("--proxy-user")]),
    ("db2", &[Nth("using", 1)]),
    ("doctl", &[Next("-t"), Next("--access-token")]),
    ("dotnet", &[Setting("set")]),
    ("evil-winrm", LOGIN),
    ("expdp", ORACLE),
    ("gh", &[With("secret", "--body"), With("secret", "-b")]),
    ("grafana-cli", &[Nth("reset-admin-password", 1)]),
    ("hdbsql", LOGIN),
    ("htpasswd", &[Last(b'b')]),
    ("http", HTTPIE),
    ("https", HTTPIE),
    ("impdp", ORACLE),
    ("ipmitool", &[Opt("-P")]),
    ("isql", SQL_SERVER),
    ("ldapadd", LDAP),
    ("ldapdelete", LDAP),
    ("ldapmodify", LDAP),
    ("ldappasswd", &[Opt("-w"), Opt("-s"), Opt("-a")]),
    ("ldapsearch", LDAP),
    ("ldapwhoami", LDAP),
    ("lftp", &[Behind("-u", b',')]),
    ("login", LOGIN),
    ("mariadb", MYSQL),
    ("mariadb-dump", MYSQL),
    ("mc", &[Nth("set", 4), Nth("add", 4)]),
    ("mongo", MONGO),
    ("mongodump", MONGO),
    ("mongoexport", MONGO),
    ("mongoimport", MONGO),
    ("mongorestore", MONGO),
    ("mongosh", MONGO),
    ("mosquitto_passwd", &[Last(b'b')]),
    ("mosquitto_pub", BROKER),
    ("mosquitto_sub", BROKER),
    ("mssql-cli", SQL_SERVER),
    ("mysql", MYSQL),
    ("mysqladmin", MYSQL),
    ("mysqlcheck", MYSQL),
    ("mysqldump", MYSQL),
    ("mysqlimport", MYSQL),
    ("mysqlsh", MYSQL),
    ("ncftp", LOGIN),
    ("ncftpget", LOGIN),
    ("ncftpput", LOGIN),
    ("net", &[NetUse, Nth("user", 2), Behind("-U", b'%')]),
    ("netexec", LOGIN),
    ("nmcli", &[Nth("password", 1)]),
    ("nuget", &[Opt("-p"), Next("-k"), Nth("push", 2), Nth("setapikey", 1), Nth("setApiKey", 1)]),
    ("openssl", &[Mark("pass:"), Next("-k")]),
    ("osql", SQL_SERVER),
    ("p4", SQL_SERVER),
    ("pdftk", &[Nth("owner_pw", 1), Nth("user_pw", 1)]),
    ("plink", PUTTY),
    ("poetry", &[Under("http-basic.", 2), Under("pypi-token.", 1)]),
    ("pscp", PUTTY),
    ("psexec", LOGIN),
    ("psexec64", LOGIN),
    ("psftp", PUTTY),
    ("pulumi", &[Nth("--secret", 2)]),
    ("putty", PUTTY),
    ("qpdf", &[Nth("--encrypt", 1), Nth("--encrypt", 2)]),
    ("rabbitmqadmin", LOGIN),
    ("rabbitmqctl", &[Nth("add_user", 2), Nth("change_password", 2)]),
    ("rar", &[Attached("-hp"), Attached("-p")]),
    ("rdesktop", LOGIN),
    ("redis-cli", &[Opt("-a")]),
    ("rman", ORACLE),
    ("rpcclient", SMB),
    ("schtasks", &[Next("/rp"), Next("/RP")]),
    ("security", &[Next("-p"), Next("-P"), With("set-key-partition-list", "-k")]),
    ("signtool", &[Next("/p"), Next("-p")]),
    ("slappasswd", &[Opt("-s")]),
    ("smbclient", SMB),
    ("snmpget", SNMP),
    ("snmpset", SNMP),
    ("snmpwalk", SNMP),
    ("snowsql", LOGIN),
    ("sqlcmd", SQL_SERVER),
    ("sqlldr", ORACLE),
    ("sqlplus", ORACLE),
    ("ssh-keygen", &[Next("-N"), Next("-P")]),
    ("sshpass", &[Opt("-p")]),
    ("supervisorctl", LOGIN),
    ("transmission-remote", &[Behind("-n", b':')]),
    ("twine", LOGIN),
    ("unzip", &[Opt("-P")]),
    ("vault", &[Nth("unseal", 1), Nth("login", 1)]),
    ("vsql", LDAP),
    ("winexe", SMB),
    ("wmic", &[Mark("/password:")]),
    ("wpa_passphrase", &[Place(1)]),
    ("xfreerdp", &[Mark("/p:")]),
    ("zip", &[Opt("-P")]),
];

/// Returns whether this program's `login -p` takes a password.
fn is_login(program: &[u8]) -> bool {
    matches!(
        program,
        b"argocd"
            | b"az"
            | b"buildah"
            | b"cf"
            | b"crane"
            | b"docker"
            | b"expo"
            | b"helm"
            | b"nerdctl"
            | b"oc"
            | b"oras"
            | b"podman"
            | b"skopeo"
    )
}

/// The secrets of the command whose program is at `at`, or the byte after.
pub(super) fn secrets(text: &[u8], at: usize, nesting: &mut Nesting<NESTED>) -> Vec<Assignment> {
    // The keyword may start with the space or the quote before the word.
    let at = at + usize::from(text.get(at).is_some_and(|b| !b.is_ascii_alphanumeric()));
    let program = word_at(text, at, 24);
    let lower = program.to_ascii_lowercase();
    let before = at.checked_sub(1).map_or(b'\n', |i| text[i]);
    let Ok(row) = PROGRAMS.binary_search_by(|p| p.0.as_bytes().cmp(&lower)) else {
        return Vec::new();
    };
    if before.is_ascii_alphanumeric() || matches!(before, b'-' | b'_' | b'.' | b'$') {
        return Vec::new();
    }
    if program == b"login" && !has_login(text, at) {
        return Vec::new();
    }
    let name = at..at + program.len();
    let words = words(text, at, reach(nesting, at));
    nesting.add(words.last().map_or(at, |w| w.all.end));
    let rest = words.get(1..).unwrap_or_default();
    let mut out = Vec::new();
    // Looked for once: a long command may have very many values.
    let users = OnceCell::new();
    let has_option = rest.iter().any(|w| matches!(text.get(w.all.start), Some(b'-' | b'/')));
    for takes in PROGRAMS[row].1.iter().filter(|takes| has_option || !takes.is_at_option()) {
        for (value, quoted) in taken(text, rest, *takes) {
            let lead = text[value.clone()].first();
            let open = !matches!(lead, None | Some(b'-' | b'/' | b'=' | b'*'));
            if open && !is_user(text, users.get_or_init(|| self::users(text, rest)), &value) {
                out.push(given(name.clone(), value, quoted));
            }
        }
    }
    if PROGRAMS[row].0 == "convertto-securestring" && out.is_empty() {
        out.extend(piped(text, at).map(|value| given(name, value, true)));
    }
    out
}

/// The string that is piped into the program at `at` on its line: `"VALUE" | program`.
fn piped(text: &[u8], at: usize) -> Option<Range<usize>> {
    let line = line::start(text, at, 200);
    let said = text[line..at].trim_ascii_end().strip_suffix(b"|")?.trim_ascii_end();
    let (quote @ (b'"' | b'\''), inside) = said.split_last()? else { return None };
    let start = memchr::memrchr(*quote, inside)? + 1;
    Some(line + start..line + inside.len()).filter(|value| !value.is_empty())
}

/// The users of a command, as in `mysql -uapp`.
fn users(text: &[u8], words: &[Word]) -> Vec<Range<usize>> {
    let users = [Opt("-u"), Opt("-U")].into_iter().flat_map(|o| taken(text, words, o));
    users.map(|(user, _)| user).collect()
}

/// Returns whether the value is also the name of one of these users, as in `mysql -uapp -papp`.
fn is_user(text: &[u8], users: &[Range<usize>], value: &Range<usize>) -> bool {
    users.iter().any(|u| u != value && text[u.clone()] == text[value.clone()])
}

/// Returns whether a program whose `login` takes a password precedes `at`.
fn has_login(text: &[u8], at: usize) -> bool {
    let line = line::start(text, at, 40);
    text[line..at].split(|b| !b.is_ascii_alphanumeric()).any(is_login)
}

fn taken(text: &[u8], words: &[Word], takes: Takes) -> Vec<(Range<usize>, bool)> {
    let bytes = |w: &Word| &text[w.all.clone()];
    let plain = |w: &Word| (w.all.clone(), w.quoted.is_some());
    let attached = |w: &Word, option: &str| {
        let rest = bytes(w).strip_prefix(option.as_bytes())?;
        let (value, quoted) = w.after(option.len() + usize::from(rest.first() == Some(&b'=')));
        (!rest.is_empty()).then_some((value, quoted))
    };
    match takes {
        Attached(option) => words.iter().filter_map(|w| attached(w, option)).collect(),
        Next(option) => {
            let pairs = words.windows(2).filter(|w| bytes(&w[0]) == option.as_bytes());
            pairs.map(|w| plain(&w[1])).collect()
        }
        Opt(option) => {
            let mut out = taken(text, words, Next(option));
            if option.len() == 2 {
                out.extend(words.iter().filter_map(|w| attached(w, option)));
            }
            out
        }
        Behind(option, sign) => {
            let mut out = Vec::new();
            for pair in taken(text, words, Opt(option)) {
                if let Some(i) = memchr::memchr(sign, &text[pair.0.clone()]) {
                    out.push((pair.0.start + i + 1..pair.0.end, pair.1));
                }
            }
            out
        }
        User(option) => {
            let after = words.windows(2).filter(|w| bytes(&w[0]) == option.as_bytes()).map(|w| (&w[1], 0));
            let attached = words.iter().filter_map(|w| {
                let rest = bytes(w).strip_prefix(option.as_bytes())?;
                let equals = rest.first() == Some(&b'=');
                (!rest.is_empty() && (equals || option.len() == 2))
                    .then(|| (w, option.len() + usize::from(equals)))
            });
            after.chain(attached).filter_map(|(w, from)| user_password(text, w, from)).collect()
        }
        Mark(mark) => {
            let marked = |w: &Word| bytes(w).starts_with(mark.as_bytes()).then(|| w.after(mark.len()));
            words.iter().filter_map(marked).collect()
        }
        Place(n) => {
            words.iter().filter(|w| !bytes(w).starts_with(b"-")).nth(n).map(plain).into_iter().collect()
        }
        With(word, option) if words.iter().any(|w| bytes(w) == word.as_bytes()) => {
            taken(text, words, Next(option))
        }
        With(..) => Vec::new(),
        Under(start, n) => {
            let at = words.iter().position(|w| bytes(w).starts_with(start.as_bytes()));
            at.and_then(|i| words.get(i + n)).map(plain).into_iter().collect()
        }
        Last(letter) => {
            let switch = |w: &Word| matches!(bytes(w), [b'-', rest @ ..] if rest.contains(&letter) && rest.len() < 6 && rest[0] != b'-');
            let arguments = words.iter().filter(|w| !bytes(w).starts_with(b"-"));
            let last = words.iter().any(switch).then(|| arguments.clone().next_back()).flatten();
            if arguments.count() < 2 { Vec::new() } else { last.map(plain).into_iter().collect() }
        }
        Nth(word, n) => {
            let at = words.iter().position(|w| bytes(w) == word.as_bytes());
            at.and_then(|i| words.get(i + n)).map(plain).into_iter().collect()
        }
        Setting(word) => {
            let at = words.iter().position(|w| bytes(w) == word.as_bytes());
            let setting = at.and_then(|i| words.get(i + 1..i + 3)).filter(|w| speaks(bytes(&w[0])));
            setting.map(|w| plain(&w[1])).into_iter().collect()
        }
        Slash => {
            // `rman target user/password`
            let is_login = |w: &&Word| !matches!(bytes(w), [b'-' | b'/' | b'@', ..] | b"target");
            let login = words.iter().find(is_login);
            login.and_then(|w| oracle_password(text, w)).into_iter().collect()
        }
        NetUse => {
            if words.first().map(bytes) != Some(b"use") {
                return Vec::new();
            }
            let is_place = |w: &&Word| matches!(bytes(w), [b'\\', ..] | [b'/', ..] | [_, b':'] | [b'*']);
            words[1..].iter().find(|w| !is_place(w)).map(plain).into_iter().collect()
        }
    }
}

/// Returns whether the name of a setting ends in a word for a secret: `Jwt:Key`, `Smtp:Password`.
fn speaks(name: &[u8]) -> bool {
    ["key", "secret", "token", "password", "passwd", "pwd", "pass", "passphrase"]
        .iter()
        .any(|word| short::ends(name, word))
}

/// The password in Oracle's `user/password@database`.
pub(super) fn oracle_password(text: &[u8], word: &Word) -> Option<(Range<usize>, bool)> {
    let slash = word.all.start + memchr::memchr(b'/', &text[word.all.clone()])?;
    let rest = &text[slash + 1..word.all.end];
    let length = memchr::memchr(b'@', rest).unwrap_or(rest.len());
    // The path of a script has an ending or more parts.
    let is_path = memchr::memchr(b'/', &rest[..length]).is_some();
    (length > 0 && !is_path).then(|| (slash + 1..slash + 1 + length, word.quoted.is_some()))
}

/// Length from which a user without a password is a key.
const SHORTEST_KEY: usize = 16;

/// The password in a word's `user:password`, which starts `from` bytes into it; or the user, if no password
/// follows.
fn user_password(text: &[u8], word: &Word, from: usize) -> Option<(Range<usize>, bool)> {
    let start = word.all.start + from;
    let colon = start + memchr::memchr(b':', text.get(start..word.all.end)?)?;
    let (password, quoted) = word.after(colon + 1 - word.all.start);
    if !password.is_empty() {
        return Some((password, quoted));
    }
    (colon - start >= SHORTEST_KEY).then(|| (start..colon, word.quoted.is_some()))
}
