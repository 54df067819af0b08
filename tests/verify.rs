//! `stanch verify` and `stanch revoke`: the program itself against a stand-in for providers on loopback. Nothing here, and
//! nothing in CI, ever sends to another address.

mod checks;
mod decoys;
mod doubt;
mod network;
mod page;
mod past;
mod person;
mod revoke;
mod vendor;

use crate::support::{Run, STANCH, Sandbox, secret};
use serde_json::Value;
use stanch::rules::RuleSet;
use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;
use vendor::{Received, Reply, Vendor, json};

const ALLOWED: &str = "[verify]\nallow = true\n";

fn github(seed: u64) -> String {
    secret("${seal:github-crc32:ghp_}", seed)
}

/// A repository whose hook has just blocked a GitHub token, with the vendor as proxy and its authority as the system's.
fn blocked(vendor: &Vendor, value: &str) -> Sandbox {
    let s = Sandbox::guarded();
    fs::write(s.root().join("authority.pem"), vendor.authority_pem()).unwrap();
    person(&s, ALLOWED);
    s.stage("app.env", format!("GITHUB_TOKEN={value}\n"));
    assert_eq!(s.commit().code, 1);
    reached(&s, vendor)
}

/// The sandbox that reaches the vendor and nothing else.
fn reached(s: &Sandbox, vendor: &Vendor) -> Sandbox {
    s.env("HTTPS_PROXY", &vendor.url()).env("SSL_CERT_FILE", s.root().join("authority.pem").to_str().unwrap())
}

/// Writes a person's configuration.
fn person(s: &Sandbox, text: &str) {
    let folder = s.home().join(".config/stanch");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
}

/// An example of a rule, with a value of this seed.
fn example(rule: &str, seed: u64) -> String {
    let provider = RuleSet::builtin().get(rule).unwrap().provider.id;
    let file = format!("{}/src/rules/catalogue/{provider}.toml", env!("CARGO_MANIFEST_DIR"));
    let catalogue: toml::Value = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let rules = catalogue["rule"].as_array().unwrap();
    let found = rules.iter().find(|r| r["id"].as_str() == Some(rule)).unwrap();
    secret(found["examples"][0].as_str().unwrap(), seed)
}

fn live_github(_: &Received) -> Reply {
    let headers = "Content-Type: application/json\r\nX-OAuth-Scopes: repo, admin:org\r\n";
    Reply::Plain(200, headers.to_owned(), "{\"login\":\"ann\",\"id\":7}".to_owned())
}

fn fingerprint(s: &Sandbox) -> String {
    let last: Value = serde_json::from_slice(&s.read(".git/stanch/last.json")).unwrap();
    last["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

/// Nothing printed and no file but the one with the secret holds its value.
fn is_nowhere(s: &Sandbox, value: &str, run: &Run) {
    assert!(!run.stdout.contains(value) && !run.stderr.contains(value), "{run:#?}");
    let grep = s.run_with("grep", ["-rlaF", value, s.root().to_str().unwrap()], b"");
    let files: Vec<&str> = grep.stdout.lines().filter(|f| !f.ends_with("/app.env")).collect();
    assert!(files.is_empty(), "{files:?}");
}

/// Runs a command on a terminal: types `early` at once, and `typed` once the question stands there.
fn terminal(
    s: &Sandbox,
    script: &std::path::Path,
    command: &str,
    early: &str,
    question: &str,
    typed: &str,
) -> Run {
    let command = format!("{STANCH} {command}");
    let mut child = s
        .command(script)
        .args(["-q", "-e", "-c", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(early.as_bytes()).unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut block = [0; 4096];
    let mut is_asked = false;
    loop {
        let n = stdout.read(&mut block).unwrap_or(0);
        if n == 0 {
            break;
        }
        seen.extend_from_slice(&block[..n]);
        if !is_asked && String::from_utf8_lossy(&seen).contains(question) {
            is_asked = true;
            stdin.write_all(typed.as_bytes()).unwrap();
        }
    }
    let code = child.wait().unwrap().code().unwrap_or(-1);
    Run { code, stdout: String::from_utf8_lossy(&seen).into_owned(), stderr: String::new() }
}

#[test]
fn a_live_secret_is_told_with_its_owner_and_scopes_and_asked_about_once() {
    let vendor = Vendor::start(live_github);
    let value = github(1);
    let s = blocked(&vendor, &value);
    let run = s.stanch(["verify", "--yes"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("GET https://api.github.com/user"), "shown before it is sent: {run:#?}");
    assert!(run.stderr.contains("the enterprise audit log"), "what it leaves behind: {run:#?}");
    assert!(run.stdout.starts_with("LIVE"), "{run:#?}");
    assert!(run.stdout.contains("app.env:1"), "{run:#?}");
    assert!(run.stdout.contains("login ann; id 7; may repo, admin:org"), "{run:#?}");
    assert!(run.stdout.contains(&format!("stanch revoke {}", &fingerprint(&s)[..8])), "{run:#?}");
    is_nowhere(&s, &value, &run);
    let received = vendor.received();
    assert_eq!(received.len(), 1);
    assert!(received[0].head.contains(&format!("authorization: Bearer {value}")), "{received:?}");
    // Within the hour the answer is kept; the file is its owner's alone.
    let again = s.stanch(["verify", &fingerprint(&s)[..8], "--format", "json"]);
    assert_eq!((again.code, vendor.received().len()), (1, 0), "{again:#?}");
    let rows: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(rows[0]["state"], "live");
    assert_eq!(rows[0]["owner"]["login"], "ann");
    assert_eq!(rows[0]["scopes"][1], "admin:org");
    assert_eq!(rows[0]["places"][0], "app.env:1");
    assert!(rows[0]["age_seconds"].is_u64() && rows[0]["revocable"] == true, "{rows}");
    let kept = s.dir().join(".git/stanch/verified.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(kept.exists());
    s.stanch(["verify", "--yes", "--fresh"]);
    assert_eq!(vendor.received().len(), 1);
}

#[test]
fn a_dead_secret_ends_with_0_and_what_is_not_certain_with_2() {
    for (status, body, word, code) in [
        (401, "{\"message\":\"Bad credentials\"}", "dead", 0),
        (401, "{}", "unsure", 2),
        (403, "{}", "unsure", 2),
        (500, "{}", "unsure", 2),
    ] {
        let vendor = Vendor::start(move |_| json(status, body));
        let s = blocked(&vendor, &github(2));
        let run = s.stanch(["verify", "--yes"]);
        assert_eq!(run.code, code, "{status} {body}: {run:#?}");
        assert!(run.stdout.starts_with(word), "{status} {body}: {run:#?}");
    }
}

#[test]
fn nothing_is_sent_before_each_of_three_said_yes() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(3));
    // No terminal and no --yes.
    s.stanch(["verify"]).could_not_check("nothing was sent");
    // The person's file does not allow it: that is the default.
    person(&s, "");
    s.stanch(["verify", "--yes"]).could_not_check("~/.config/stanch/config.toml the line [verify]");
    person(&s, "[verify]\nallow = false\n");
    s.stanch(["verify", "--yes"]).could_not_check("off until your own file allows it");
    // A repository cannot switch it on, nor name a host.
    for text in
        [ALLOWED, "[verify]\nhosts = { gitlab = \"https://evil.example\" }\n", "[verify]\nprivate = true\n"]
    {
        s.write(".stanch.toml", text);
        s.stanch(["verify", "--yes"]).could_not_check("[verify] counts in the system and user files only");
        fs::remove_file(s.dir().join(".stanch.toml")).unwrap();
    }
    // An organisation forbids it, by name or by a closed file that does not allow it.
    let system = s.root().join("system.toml");
    let s = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    for text in [
        "[enforce]\nverify = false\n",
        "[enforce]\ndefault = \"closed\"\n",
        "[verify]\nallow = false\n[enforce]\ndefault = \"closed\"\n",
    ] {
        fs::write(&system, text).unwrap();
        person(&s, ALLOWED);
        assert_eq!(s.stanch(["verify", "--yes"]).code, 2, "{text}");
        assert_eq!(s.stanch(["revoke", &fingerprint(&s), "--confirm", "github"]).code, 2, "{text}");
    }
    assert_eq!(vendor.received().len(), 0);
    // One that allows it, for everybody.
    fs::write(&system, format!("{ALLOWED}[enforce]\ndefault = \"closed\"\n")).unwrap();
    person(&s, "");
    assert_eq!(s.stanch(["verify", "--yes"]).code, 1);
    assert_eq!(vendor.received().len(), 1);
}

#[test]
fn a_host_that_says_too_many_requests_is_not_asked_about_the_next_secret() {
    let vendor = Vendor::start(|_| json(429, "{}"));
    let s = blocked(&vendor, &github(31));
    s.write("many.env", format!("GITHUB_TOKEN={}\nGH_TOKEN={}\n", github(32), github(33)));
    let run = s.stanch(["verify", "--yes", "many.env"]);
    assert_eq!((run.code, vendor.received().len()), (2, 1), "{run:#?}");
    assert!(run.stdout.contains("the provider takes no more requests for now (429)"), "{run:#?}");
    assert!(run.stdout.contains("not asked  "), "{run:#?}");
    assert!(run.stdout.contains("api.github.com said too many requests"), "{run:#?}");
    // Neither answer is kept: the next run asks again.
    s.stanch(["verify", "--yes", "many.env"]);
    assert_eq!(vendor.received().len(), 1);
}

#[test]
fn a_wrong_id_does_not_make_a_secret_dead_for_the_next_one() {
    let vendor = Vendor::start(|r| match r.body.contains("\"right\"") {
        true => json(200, "{\"access_token\":\"made-up\"}"),
        false => json(401, "{}"),
    });
    let s = blocked(&vendor, &github(38));
    s.write("hub.env", format!("{}\n", example("docker-personal-access-token", 2)));
    let ask = |user: &str| s.stanch(["verify", "--yes", "hub.env", "--with", &format!("USERNAME={user}")]);
    let run = ask("wrong");
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.stdout.contains("with a wrong one a live token is refused too"), "{run:#?}");
    assert_eq!(ask("right").code, 1);
    assert_eq!(vendor.received().len(), 2);
}

#[test]
fn a_service_that_has_ended_is_not_asked_and_nothing_of_it_is_revoked() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(34));
    let mut found = 0;
    for rule in RuleSet::builtin().iter().filter(|rule| rule.service_end().is_some() && !rule.public) {
        s.write("old.env", format!("{}\n", example(rule.id, 1)));
        let run = s.stanch(["verify", "--yes", "old.env", "--format", "json"]);
        let Ok(rows) = serde_json::from_str::<Value>(&run.stdout) else { continue };
        for row in rows.as_array().unwrap().iter().filter(|row| row["rule"] == rule.id) {
            found += 1;
            assert_eq!(row["state"], "not_checked", "{rows}");
            let why = row["why"].as_str().unwrap();
            assert!(why.starts_with(rule.service_end().unwrap()), "{why}");
            assert!(row["run"].is_null(), "nothing to run: {rows}");
            let id = row["fingerprint"].as_str().unwrap();
            s.stanch(["revoke", id, "--confirm", rule.provider.id])
                .could_not_check("nothing is left to revoke");
        }
    }
    assert!(found > 4, "{found}");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn what_is_not_asked_comes_with_the_command_to_run() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(35));
    for (rule, parts) in [
        ("perplexity-api-key", &["read -rs PERPLEXITY", "curl -sS -K -", "does not confirm"][..]),
        ("postgres-uri", &["PGPASSWORD=", "psql", "does not log in there itself"]),
    ] {
        let line = example(rule, 3);
        s.write("here.env", format!("{line}\n"));
        let run = s.stanch(["verify", "--yes", "here.env"]);
        assert_eq!(run.code, 2, "{rule}: {run:#?}");
        assert!(run.stdout.starts_with("not asked"), "{rule}: {run:#?}");
        for part in parts {
            assert!(run.stdout.contains(part), "{rule}: {part}: {run:#?}");
        }
        let value = line.rsplit(['=', ' ', '"']).find(|part| part.len() > 12).unwrap();
        assert!(!run.stdout.contains(value) && !run.stderr.contains(value), "{rule}: {run:#?}");
        let run = s.stanch(["verify", "--yes", "here.env", "--format", "json"]);
        let rows: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(rows[0]["run"].is_string(), "{rows}");
    }
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn a_repository_sets_no_proxy() {
    let vendor = Vendor::start(live_github);
    let evil = Vendor::start(|_| json(200, "{}"));
    let s = blocked(&vendor, &github(36));
    for key in ["http.proxy", "https.proxy", "http.https://api.github.com.proxy", "remote.origin.proxy"] {
        s.git(["config", key, &evil.url()]);
    }
    s.write(".env", format!("HTTPS_PROXY={0}\nhttps_proxy={0}\nALL_PROXY={0}\n", evil.url()));
    s.write(".curlrc", format!("proxy = {}\n", evil.url()));
    assert_eq!(s.stanch(["verify", "--yes"]).code, 1);
    assert_eq!((vendor.received().len(), evil.received().len()), (1, 0));
}

#[test]
fn a_machine_without_certificates_trusts_those_that_are_built_in_and_no_other() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(37));
    let none = s.root().join("none");
    fs::create_dir_all(&none).unwrap();
    let s = s.env("SSL_CERT_FILE", none.join("cert.pem").to_str().unwrap());
    let run = s.env("SSL_CERT_DIR", none.to_str().unwrap()).stanch(["verify", "--yes"]);
    assert!(run.code == 2 && run.stdout.contains("TLS failed"), "{run:#?}");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn on_a_terminal_a_person_is_asked_and_only_yes_sends() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(4));
    let Some(script) = crate::managers::tool("STANCH_TEST_SCRIPT", "script") else { return };
    let answer = |early: &str, typed: &str| {
        terminal(&s, &script, "verify --fresh", early, "Send to these addresses? [y/N]", typed)
    };
    let long = format!("y{}\n", " ".repeat(300) + "no");
    for (early, typed) in [("", "n\n"), ("", "\n"), ("", "yessir\n"), ("", long.as_str()), ("y\n", "n\n")] {
        let run = answer(early, typed);
        assert_eq!(run.code, 2, "{early:?} {typed:?}: {run:#?}");
        assert!(
            run.stdout.contains("Send to these addresses? [y/N]") && run.stdout.contains("nothing was sent"),
            "{run:#?}"
        );
    }
    assert_eq!(vendor.received().len(), 0);
    let run = answer("", "y\n");
    assert_eq!((run.code, vendor.received().len()), (1, 1), "{run:#?}");
}

#[test]
fn hooks_and_scans_send_nothing() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(5));
    s.stanch(["scan"]);
    s.stanch(["scan", "--staged"]);
    s.stanch(["scan", "--history"]);
    s.commit();
    s.stanch(["explain", &fingerprint(&s)]);
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn files_the_history_and_a_report_name_secrets_too() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(6));
    let old = github(7);
    s.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    s.write("app.env", format!("GITHUB_TOKEN={old}\n"));
    s.git(["commit", "-qam", "other", "--no-verify"]);
    s.git(["rm", "-q", "app.env"]);
    s.git(["commit", "-q", "--no-verify", "-m", "gone"]);
    s.write("here.env", format!("GITHUB_TOKEN={}\n", github(8)));
    let states = |args: &[&str]| -> usize {
        let args = [&["verify", "--yes", "--fresh", "--format", "json"], args].concat();
        let run = s.stanch(args);
        let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
        let n = rows.as_array().unwrap().len();
        assert_eq!(vendor.received().len(), n, "one request a secret");
        n
    };
    assert_eq!(states(&["here.env"]), 1);
    assert_eq!(states(&["--history"]), 2);
    s.stanch(["scan", "--history", "--format", "json", "--output", "report.json"]);
    assert_eq!(states(&["--report", "report.json"]), 2);
    s.stanch(["scan", "here.env", "--format", "jsonl", "--output", "lines.jsonl"]);
    assert_eq!(states(&["--report", "lines.jsonl"]), 1);
    // From a folder below too.
    s.at("below").stanch(["verify", "--yes", "--fresh", "--report", "../lines.jsonl"]);
    assert_eq!(vendor.received().len(), 1);
    // A report of elsewhere is not taken for an answer.
    s.write("other.json", r#"[{"path":"x.env","fingerprint":"00000000000000000000"}]"#);
    s.stanch(["verify", "--yes", "--report", "other.json"]).could_not_check("are not where it says");
    s.stanch(["verify", "--yes", "--report", "here.env"]).could_not_check("is no report of stanch");
    s.stanch(["verify", "--yes", "00000000000000000000"]).could_not_check("no secret");
    s.stanch(["verify", "--yes", "nowhere.txt"]).could_not_check("neither a file nor a fingerprint");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn an_instance_of_ones_own_is_asked_where_a_person_names_it() {
    let vendor = Vendor::start(|r| match r.line() {
        "GET /v1/auth/token/lookup-self HTTP/1.1" => {
            json(200, "{\"data\":{\"display_name\":\"root\",\"policies\":[\"default\",\"admin\"]}}")
        }
        _ => json(404, "{}"),
    });
    let s = blocked(&vendor, &github(9));
    s.write("vault.env", format!("VAULT_TOKEN={}\n", secret("hvs.${base64url:92}", 9)));
    // Nowhere by default.
    let run = s.stanch(["verify", "--yes", "vault.env"]);
    assert!(run.code == 2 && run.stdout.contains("--host vault=https://"), "{run:#?}");
    let own = format!("vault={}", vendor.url());
    s.stanch(["verify", "--yes", "vault.env", "--host", &own]).could_not_check("loopback is asked only if");
    assert_eq!(vendor.received().len(), 0);
    let run = s.stanch(["verify", "--yes", "vault.env", "--host", &own, "--private"]);
    assert!(run.code == 1 && run.stdout.contains("display_name root; may default, admin"), "{run:#?}");
    assert!(run.stderr.contains(&format!("GET {}/v1/auth", vendor.url())), "shown first: {run:#?}");
    // The person's file names it for good.
    person(&s, &format!("{ALLOWED}private = true\nhosts = {{ vault = \"{}\" }}\n", vendor.url()));
    assert_eq!(s.stanch(["verify", "--yes", "--fresh", "vault.env"]).code, 1);
    assert_eq!(vendor.received().len(), 2);
    person(&s, ALLOWED);
    for (host, what) in [
        ("vault=https://169.254.169.254", "private or link-local"),
        ("vault=https://[::ffff:10.0.0.1]", "private or link-local"),
        ("vault=http://vault.example", "over TLS only"),
        ("vault=https://ann@vault.example", "holds a user"),
        ("stripe=https://pay.example", "does not work for stripe"),
        ("vault=x", "no scheme"),
    ] {
        s.stanch(["verify", "--yes", "--fresh", "vault.env", "--host", host]).could_not_check(what);
    }
    assert_eq!(vendor.received().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn the_value_is_in_no_command_line_and_environment_and_only_loopback_is_reached() {
    let value = github(11);
    let needle = value.clone();
    let vendor = Vendor::start(move |received| {
        assert!(received.head.contains(&needle));
        for process in fs::read_dir("/proc").unwrap().flatten() {
            for part in ["cmdline", "environ"] {
                let text = fs::read(process.path().join(part)).unwrap_or_default();
                assert!(memchr::memmem::find(&text, needle.as_bytes()).is_none(), "{process:?} {part}");
            }
        }
        json(401, "{\"message\":\"Bad credentials\"}")
    });
    let s = blocked(&vendor, &value);
    let Some(strace) = crate::managers::tool("STANCH_TEST_STRACE", "strace") else { return };
    let args = [
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg,sendmmsg",
        "-o",
        "calls.txt",
        STANCH,
        "verify",
        "--yes",
    ];
    s.run_with(strace, args, b"").ok();
    let calls = String::from_utf8(s.read("calls.txt")).unwrap();
    let connected: Vec<&str> = calls.lines().filter(|l| l.contains("connect(")).collect();
    assert!(connected.iter().any(|l| l.contains("inet_addr(\"127.0.0.1\")")), "{calls}");
    for line in &connected {
        let local = line.contains("AF_UNIX")
            || line.contains("inet_addr(\"127.0.0.1\")")
            || line.contains("AF_UNSPEC");
        assert!(local, "{line}");
    }
    // No name was asked for: a resolver's question is a datagram.
    assert!(!calls.contains("htons(53)"), "{calls}");
}

#[test]
fn a_scan_with_its_answers_puts_the_live_ones_first_and_the_baseline_takes_the_dead() {
    let (live, dead) = (github(21), github(22));
    let of_vendor = live.clone();
    let vendor = Vendor::start(move |r| match r.head.contains(&of_vendor) {
        true => live_github(r),
        false => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let s = blocked(&vendor, &dead);
    s.git(["commit", "-q", "--no-verify", "-m", "old"]);
    s.write("app.env", format!("GITHUB_TOKEN={live}\n"));
    s.git(["commit", "-qam", "new", "--no-verify"]);
    s.stanch(["scan", "--history", "--verify"]).could_not_check("nothing was sent");
    s.stanch(["scan", "--history", "--yes"]).could_not_check("--verify");
    assert_eq!(vendor.received().len(), 0);
    let run =
        s.stanch(["scan", "--history", "--verify", "--yes", "--format", "json", "--output", "report.json"]);
    assert_eq!((run.code, vendor.received().len()), (1, 2), "{run:#?}");
    let rows: Value = serde_json::from_slice(&s.read("report.json")).unwrap();
    assert_eq!((&rows[0]["verified"], &rows[1]["verified"]), (&"live".into(), &"dead".into()));
    let short = |row: usize| rows[row]["fingerprint"].as_str().unwrap()[..8].to_owned();
    assert_eq!(rows[0]["evidence"][0], "live: login ann; id 7; may repo, admin:org");
    assert_eq!(
        (&rows[0]["severity"], &rows[1]["severity"]),
        (&"critical".into(), &"critical".into()),
        "{rows}"
    );
    let run = s.stanch(["scan", "--history", "--verify", "--yes", "--format", "text"]);
    assert!(run.stdout.contains(&format!("revoke it now: stanch revoke {}", short(0))), "{run:#?}");
    let run = s.stanch(["scan", "--history", "--verify", "--yes", "--format", "csv"]);
    assert!(run.stdout.contains("\"live\"") && run.stdout.contains("\"dead\""), "{run:#?}");
    let all = ["text", "html", "sarif", "jsonl", "markdown", "checkstyle", "sonarqube", "github"];
    for format in all {
        let run = s.stanch(["scan", "--history", "--verify", "--yes", "--format", format]);
        assert!(run.stdout.contains("live: login ann"), "{format}: {run:#?}");
        assert!(!run.stdout.contains(&live) && !run.stdout.contains(&dead), "{format}");
    }
    assert_eq!(vendor.received().len(), 0, "the answers were kept");
    // The dead one is baselined, the live one is named and left out.
    let run = s.stanch(["baseline", "create", "--from", "report.json"]);
    assert!(run.code == 1 && run.stderr.contains("1 added"), "{run:#?}");
    assert!(run.stderr.contains(&format!("left out: {}", short(0))), "{run:#?}");
    let baseline = String::from_utf8(s.read(".stanch-baseline")).unwrap();
    assert!(baseline.contains(&short(1)) && !baseline.contains(&short(0)), "{baseline}");
    // A reason takes it in, and is kept.
    let mut rows = rows.clone();
    let why = "ends with the account on Friday";
    rows[0]["reason"] = why.into();
    s.write("reasons.json", rows.to_string());
    let run = s.stanch(["baseline", "create", "--from", "reasons.json"]).ok();
    assert!(run.stderr.contains("1 added, 2 in all"), "{run:#?}");
    assert!(run.stderr.contains(&format!("live, taken because: {why}: {}", short(0))), "{run:#?}");
    let audit = s.stanch(["audit", "--format", "jsonl"]).stdout;
    let record: Value = serde_json::from_str(audit.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&record["decision"], &record["reason"]),
        (&"baseline".into(), &format!("live, taken because: {why}").into())
    );
    // What is not here is left out, and what is here under another rule.
    let row = |fingerprint: &Value, rule: &str| serde_json::json!([{ "fingerprint": fingerprint, "rule": rule, "state": "dead", "reason": "made for tests" }]);
    for (text, what) in [
        (row(&"0".repeat(20).into(), "github-pat-classic"), "neither in the files here nor in the history"),
        (row(&rows[1]["fingerprint"], "npm-access-token"), "here it is of the rule github-pat-classic"),
    ] {
        s.write("odd.json", text.to_string());
        let run = s.stanch(["baseline", "create", "--from", "odd.json"]);
        assert!(run.code == 1 && run.stderr.contains(what) && run.stderr.contains("0 added"), "{run:#?}");
    }
    for text in ["[]x", "{}", "[{\"fingerprint\":\"zz\",\"rule\":\"github-pat-classic\",\"state\":\"dead\"}]"]
    {
        s.write("bad.json", text);
        s.stanch(["baseline", "create", "--from", "bad.json"])
            .could_not_check("is no report about live and dead");
    }
}
