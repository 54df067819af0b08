//! The code that `explain` shows: the language's own tool checks every template, filled for a rule. If a tool
//! is missing, a note says so, and only the brackets are checked. This is the quick part, without a network.
//! tests/snippets/check.py compiles and runs the templates with the stores' own clients; docs/snippets.md has
//! its results.

use crate::report_message::rules;
use stanch::report::snippets::{STORES, TARGETS, Target};
use stanch::report::webhook;
use stanch::rules::RuleSet;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with the snippets of one language, one file per store.
struct Files {
    dir: TempDir,
    paths: Vec<PathBuf>,
}

fn files(lang: &str, extension: &str) -> Files {
    let rule = rules().get("klaviyo-private-api-key").unwrap();
    let target = Target::named(lang).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (i, store) in STORES.iter().enumerate() {
        let path = dir.path().join(format!("{}{i}.{extension}", store.slug.replace('-', "_")));
        fs::write(&path, target.snippet(store, rule)).unwrap();
        paths.push(path);
    }
    Files { dir, paths }
}

/// Runs a tool; prints a note and returns `None` if it is not installed.
#[allow(clippy::print_stderr, reason = "a check that did not run is said")]
fn run(tool: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Option<(bool, String)> {
    let mut command = Command::new(tool);
    configure(&mut command);
    match command.output() {
        Ok(out) => {
            let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
            Some((out.status.success(), text))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("note: {tool} is not installed; its snippets were not parsed");
            None
        }
        Err(e) => panic!("{tool}: {e}"),
    }
}

#[track_caller]
fn good(result: Option<(bool, String)>) {
    if let Some((ok, text)) = result {
        assert!(ok, "{text}");
    }
}

/// Asserts that a program runs with the variable, and fails if it is unset or empty.
#[track_caller]
fn insists(tool: &str, file: &Path) {
    for (value, want) in [(Some("x"), true), (Some(""), false), (None, false)] {
        let result = run(tool, |c| {
            match value {
                Some(v) => c.env("KLAVIYO_API_KEY", v),
                None => c.env_remove("KLAVIYO_API_KEY"),
            };
            c.arg(file)
        });
        if let Some((ok, text)) = result {
            assert_eq!(ok, want, "with {value:?}: {text}");
        }
    }
}

#[test]
fn every_template_is_filled_names_the_variable_and_closes_its_brackets() {
    let rules = rules();
    for (target, store) in TARGETS.iter().flat_map(|t| STORES.iter().map(move |s| (t, s))) {
        for id in ["klaviyo-private-api-key", "klaviyo-bare"] {
            let text = target.snippet(store, rules.get(id).unwrap());
            let at = format!("{} {}:\n{text}", target.slug, store.slug);
            let names = ["VAR", "SECRET", "var", "camel", "Pascal", "slug", "provider"];
            assert!(names.iter().all(|n| !text.contains(&format!("@{n}@"))), "{at}");
            assert!(text.to_lowercase().contains("klaviyo"), "{at}");
            assert!(text.ends_with('\n') && text.lines().all(|l| l.chars().count() <= 130), "{at}");
            for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
                assert_eq!(text.matches(open).count(), text.matches(close).count(), "{open} in {at}");
            }
        }
    }
}

#[test]
fn every_rule_gives_names_that_the_languages_take() {
    let (python, js) = (Target::named("python").unwrap(), Target::named("javascript").unwrap());
    for rule in RuleSet::builtin().iter() {
        let text = python.snippet(&STORES[0], rule);
        let name = text.split(" = os.environ").next().unwrap().lines().last().unwrap();
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{}: {name}", rule.id);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.chars().all(plain), "{}: {name}", rule.id);
        // No file declares a name twice, as it would if the name clashed with one in the template.
        for store in &STORES {
            let text = js.snippet(store, rule);
            let names: Vec<_> =
                text.lines().filter_map(|l| l.strip_prefix("const ")?.split(' ').next()).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{}: {names:?}", rule.id);
        }
    }
}

#[test]
fn a_secret_at_github_is_not_called_by_a_name_that_github_keeps() {
    let rules = RuleSet::builtin();
    let rule = rules.iter().find(|r| r.env_var == Some("GITHUB_TOKEN")).unwrap();
    let text = Target::named("github-actions").unwrap().snippet(&STORES[0], rule);
    assert!(text.contains("gh secret set GH_TOKEN\n"), "{text}");
    assert!(text.contains("GITHUB_TOKEN: ${{ secrets.GH_TOKEN }}"), "{text}");
}

#[test]
fn python_parses_and_insists_on_the_variable() {
    let f = files("python", "py");
    let parse = "import ast, sys\nfor f in sys.argv[1:]: ast.parse(open(f).read(), f)";
    good(run("python3", |c| c.args(["-c", parse]).args(&f.paths)));
    insists("python3", &f.paths[0]);
}

#[test]
fn javascript_parses_and_insists_on_the_variable() {
    let f = files("javascript", "mjs");
    for path in &f.paths {
        good(run("node", |c| c.arg("--check").arg(path)));
    }
    insists("node", &f.paths[0]);
}

#[test]
fn shell_parses_is_clean_and_insists_on_the_variable() {
    let f = files("shell", "sh");
    for path in &f.paths {
        good(run("bash", |c| c.arg("-n").arg(path)));
    }
    good(run("shellcheck", |c| c.args(&f.paths)));
    insists("bash", &f.paths[0]);
}

#[test]
fn ruby_parses_and_insists_on_the_variable() {
    let f = files("ruby", "rb");
    good(run("ruby", |c| c.arg("-c").args(&f.paths)));
    insists("ruby", &f.paths[0]);
}

#[test]
fn php_parses_and_insists_on_the_variable() {
    let f = files("php", "php");
    for path in &f.paths {
        good(run("php", |c| c.arg("-l").arg(path)));
    }
    insists("php", &f.paths[0]);
}

#[test]
fn go_is_as_gofmt_writes_it() {
    let f = files("go", "go");
    let result = run("gofmt", |c| c.arg("-l").args(&f.paths));
    if let Some((ok, text)) = result {
        assert!(ok && text.is_empty(), "{text}");
    }
}

#[test]
fn rust_parses_and_what_needs_no_crate_compiles() {
    let f = files("rust", "rs");
    good(run("rustfmt", |c| c.args(["--edition", "2024", "--emit", "stdout"]).args(&f.paths)));
    for path in [&f.paths[0], &f.paths[6]] {
        let args = [
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "-A",
            "dead_code",
            "-D",
            "warnings",
        ];
        good(run("rustc", |c| c.current_dir(f.dir.path()).args(args).arg(path)));
    }
}

#[test]
fn java_parses_and_what_needs_no_library_compiles() {
    let f = files("java", "java");
    for (i, path) in f.paths.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap().replace("class Secrets", &format!("class Secrets{i}"));
        fs::write(path, text).unwrap();
    }
    good(run("javac", |c| c.arg("-d").arg(f.dir.path()).args([&f.paths[0], &f.paths[6]])));
    // Without the libraries some names are unknown; any other error is a fault of the code.
    let result = run("javac", |c| {
        c.args(["-proc:none", "-Xmaxerrs", "500", "-d"]).arg(f.dir.path()).args(&f.paths[1..6])
    });
    if let Some((_, text)) = result {
        for line in text.lines().filter(|l| l.contains(": error: ")) {
            assert!(line.ends_with("does not exist") || line.ends_with("cannot find symbol"), "{line}");
        }
        assert!(text.contains("does not exist"), "{text}");
    }
}

#[test]
fn csharp_parses_and_what_needs_no_library_compiles() {
    let f = files("c#", "cs");
    for path in &f.paths {
        good(run("mcs", |c| c.arg("--parse").arg(path)));
    }
    for path in [&f.paths[0], &f.paths[6]] {
        let out = format!("-out:{}", path.with_extension("dll").display());
        good(run("mcs", |c| c.args(["-target:library", "-warnaserror", &out]).arg(path)));
    }
}

#[test]
fn the_record_of_the_heavy_checks_has_every_language_and_store() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/snippets.md")).unwrap();
    let head = text.lines().find(|l| l.starts_with("| |")).unwrap();
    assert!(STORES.iter().all(|s| head.contains(s.slug)), "{head}");
    for target in TARGETS {
        let row = text.lines().find(|l| l.starts_with(&format!("| {} |", target.slug))).expect(target.slug);
        assert_eq!(row.matches('|').count(), STORES.len() + 2, "{row}");
    }
}

#[test]
fn terraform_is_as_terraform_writes_it() {
    let f = files("terraform", "tf");
    good(run("terraform", |c| c.args(["fmt", "-check", "-diff"]).arg(f.dir.path())));
}

#[test]
fn yaml_parses_whatever_platform_it_is_for() {
    for lang in ["github-actions", "docker-compose", "kubernetes"] {
        let f = files(lang, "yml");
        let parse = "require 'yaml'; ARGV.each { |f| raise f unless YAML.load_file(f).is_a?(Hash) }";
        good(run("ruby", |c| c.args(["-e", parse]).args(&f.paths)));
    }
}

/// Stand-ins for Vault and Conjur on the loopback: they answer the snippets' HTTP calls.
fn stand_in() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = std::io::BufReader::new(stream.unwrap());
            let (head, body) = request(&mut stream);
            let has = |header: &str| head.lines().any(|l| l.eq_ignore_ascii_case(header));
            let answer = match head.split(' ').take(2).collect::<Vec<_>>()[..] {
                ["GET", "/v1/secret/data/klaviyo"] if has("X-Vault-Token: t") => {
                    r#"{"data":{"data":{"KLAVIYO_API_KEY":"made-up"},"metadata":{"version":1}}}"#
                }
                ["POST", "/authn/acct/host%2Fapp/authenticate"]
                    if body == b"k" && has("Accept-Encoding: base64") =>
                {
                    "dG9r"
                }
                ["GET", "/secrets/acct/variable/apps%2Fklaviyo-api-key"]
                    if has("Authorization: Token token=\"dG9r\"") =>
                {
                    "made-up"
                }
                _ => "",
            };
            let status = if answer.is_empty() { "403 Forbidden" } else { "200 OK" };
            let length = answer.len();
            let text =
                format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
            stream.get_mut().write_all(text.as_bytes()).unwrap();
        }
    });
    address
}

/// The head and the body of a request.
fn request(stream: &mut impl BufRead) -> (String, Vec<u8>) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).unwrap() > 0 {}
    let length = head.lines().find_map(|l| {
        l.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

#[test]
fn snippets_that_use_http_read_the_secret_from_a_server() {
    let url = stand_in();
    let (php, js) = (files("php", "php"), files("javascript", "mjs"));
    let show = [
        ("php", &php.paths[2], "echo $klaviyoApiKey;"),
        ("php", &php.paths[3], "echo $klaviyoApiKey;"),
        ("node", &js.paths[3], "console.log(klaviyoApiKey);"),
    ];
    for (tool, path, line) in show {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, format!("{text}{line}\n")).unwrap();
        for token in ["t", "wrong"] {
            let result = run(tool, |c| {
                c.arg(path)
                    .envs([("VAULT_ADDR", &*url), ("VAULT_TOKEN", token), ("CONJUR_APPLIANCE_URL", &url)])
                    .envs([("CONJUR_ACCOUNT", "acct"), ("CONJUR_AUTHN_LOGIN", "host/app")])
                    .env("CONJUR_AUTHN_API_KEY", if token == "t" { "k" } else { token })
            });
            if let Some((ok, text)) = result {
                assert_eq!(ok, token == "t", "{tool} {}: {text}", path.display());
                assert_eq!(text.trim() == "made-up", token == "t", "{tool}: {text}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn snippets_that_call_a_program_take_its_answer_and_stop_if_it_fails() {
    let bin = tempfile::tempdir().unwrap();
    for (name, words) in [
        ("op", "read --no-newline op://Production/klaviyo-api-key/credential"),
        (
            "aws",
            "secretsmanager get-secret-value --secret-id klaviyo-api-key --query SecretString --output text",
        ),
        ("vault", "kv get -mount=secret -field=KLAVIYO_API_KEY klaviyo"),
        ("conjur", "variable get -i apps/klaviyo-api-key"),
        ("gcloud", "secrets versions access latest --secret=klaviyo-api-key --project=p"),
        ("az", "keyvault secret show --vault-name v --name klaviyo-api-key --query value -o tsv"),
    ] {
        let script = format!("#!/bin/sh\n[ \"$REFUSE$*\" = '{words}' ] && printf made-up\n");
        let path = bin.path().join(name);
        fs::write(&path, script).unwrap();
        crate::support::executable(&path);
    }
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    let (shell, ruby, php) = (files("shell", "sh"), files("ruby", "rb"), files("php", "php"));
    let mut all: Vec<(&str, &Path, &str)> =
        shell.paths[1..].iter().map(|p| ("bash", &**p, "printf %s \"$KLAVIYO_API_KEY\"")).collect();
    all.push(("ruby", &ruby.paths[6], "print klaviyo_api_key"));
    all.push(("php", &php.paths[6], "echo $klaviyoApiKey;"));
    for (tool, file, line) in all {
        let text = fs::read_to_string(file).unwrap();
        fs::write(file, format!("{text}{line}\n")).unwrap();
        for refuse in ["", "no "] {
            let result = run(tool, |c| {
                c.arg(file)
                    .env("PATH", &path)
                    .env("REFUSE", refuse)
                    .envs([("GOOGLE_CLOUD_PROJECT", "p"), ("KEY_VAULT_NAME", "v")])
            });
            if let Some((ok, text)) = result {
                assert_eq!(
                    (ok, text.trim() == "made-up"),
                    (refuse.is_empty(), refuse.is_empty()),
                    "{}: {text}",
                    file.display()
                );
            }
        }
    }
}

/// Whether each language's check says so of the genuine webhook, and of one with another body, secret or time.
#[test]
fn each_webhook_check_takes_what_its_provider_signed_and_nothing_else() {
    // Signed by another program than those that check.
    let sign = r#"
import base64, hashlib, hmac, json, sys, time
secret, body, now = "shared-for-tests", b'{"a": "\xc3\xa9"}\n', str(int(time.time()))
old = str(int(now) - 3600)
def mac(kind, text, key=secret): return hmac.new(key.encode(), text, kind)
def cases(stamp, key=secret):
    t = stamp.encode()
    text = b"https://a.example/hook?x=1" + b"Bodyhi you" + b"From+15550100"
    return {
        "klaviyo": {"Klaviyo-Timestamp": stamp, "Klaviyo-Signature": mac("sha256", body + t, key).hexdigest()},
        "stripe": {"Stripe-Signature": "t=%s,v1=%s,v1=%s,v0=x" % (stamp, "0" * 64, mac("sha256", t + b"." + body, key).hexdigest())},
        "github": {"X-Hub-Signature-256": "sha256=" + mac("sha256", body, key).hexdigest()},
        "slack": {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + mac("sha256", b"v0:" + t + b":" + body, key).hexdigest()},
        "shopify": {"X-Shopify-Hmac-Sha256": base64.b64encode(mac("sha256", body, key).digest()).decode()},
        "twilio": {"X-Twilio-Signature": base64.b64encode(mac("sha1", text, key).digest()).decode()},
    }
print(json.dumps({"genuine": cases(now), "other": cases(now, "another"), "old": cases(old)}))
"#;
    let out = Command::new("python3").args(["-c", sign]).output().expect("python3 is needed for tests");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let signed: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let body = "{\"a\": \"\u{e9}\"}\n";
    for scheme in &webhook::SCHEMES {
        for language in &webhook::LANGUAGES {
            let code = scheme.code(language);
            assert!(!code.contains(" -- ") && !code.contains("@imports@"), "{code}");
            for (what, sent, want) in [
                ("genuine", body, true),
                ("genuine", "{}", false),
                ("other", body, false),
                ("old", body, !["stripe", "slack"].contains(&scheme.provider)),
            ] {
                // Twilio signs the form, not the body.
                let is_form = scheme.provider == "twilio";
                let form = if sent == body { "hi you" } else { "hi" };
                let headers = &signed[what][scheme.provider];
                let done =
                    check_webhook(language.slug, &code, headers, sent, is_form.then_some(form), dir.path());
                if let Some(said) = done {
                    assert_eq!(said, want, "{} {} {what} {sent:?}\n{code}", scheme.provider, language.slug);
                }
            }
        }
    }
}

fn check_webhook(
    language: &str,
    code: &str,
    headers: &serde_json::Value,
    body: &str,
    form: Option<&str>,
    dir: &Path,
) -> Option<bool> {
    let (tool, file, before, after) = match (language, form.is_some()) {
        ("python", false) => (
            "python3",
            "a.py",
            "",
            "import json, os\nprint(is_genuine('shared-for-tests', json.loads(os.environ['H']), os.environ['B'].encode()))",
        ),
        ("python", true) => (
            "python3",
            "a.py",
            "",
            "import json, os\nprint(is_genuine('shared-for-tests', json.loads(os.environ['H']), 'https://a.example/hook?x=1', {'From': '+15550100', 'Body': os.environ['B']}))",
        ),
        ("javascript", false) => (
            "node",
            "a.mjs",
            "",
            "const h = Object.fromEntries(Object.entries(JSON.parse(process.env.H)).map(([k, v]) => [k.toLowerCase(), v]));\nconsole.log(isGenuine('shared-for-tests', h, Buffer.from(process.env.B)));",
        ),
        ("javascript", true) => (
            "node",
            "a.mjs",
            "",
            "const h = Object.fromEntries(Object.entries(JSON.parse(process.env.H)).map(([k, v]) => [k.toLowerCase(), v]));\nconsole.log(isGenuine('shared-for-tests', h, 'https://a.example/hook?x=1', { From: '+15550100', Body: process.env.B }));",
        ),
        ("ruby", false) => (
            "ruby",
            "a.rb",
            "",
            "require 'json'\nputs genuine?('shared-for-tests', JSON.parse(ENV['H']), ENV['B'])",
        ),
        ("ruby", true) => (
            "ruby",
            "a.rb",
            "",
            "require 'json'\nputs genuine?('shared-for-tests', JSON.parse(ENV['H']), 'https://a.example/hook?x=1', { 'From' => '+15550100', 'Body' => ENV['B'] })",
        ),
        ("php", false) => (
            "php",
            "a.php",
            "",
            "echo var_export(isGenuine('shared-for-tests', json_decode(getenv('H'), true), getenv('B')), true);",
        ),
        ("php", true) => (
            "php",
            "a.php",
            "",
            "echo var_export(isGenuine('shared-for-tests', json_decode(getenv('H'), true), 'https://a.example/hook?x=1', ['From' => '+15550100', 'Body' => getenv('B')]), true);",
        ),
        // A second file of the package: the code's own imports stay as they are shown.
        ("go", false) => (
            "go",
            "a.go",
            "go",
            "package main\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc main() {\n\tvar m map[string]string\n\tjson.Unmarshal([]byte(os.Getenv(\"H\")), &m)\n\th := http.Header{}\n\tfor k, v := range m {\n\t\th.Set(k, v)\n\t}\n\tfmt.Println(IsGenuine(\"shared-for-tests\", h, []byte(os.Getenv(\"B\"))))\n}\n",
        ),
        _ => (
            "go",
            "a.go",
            "go",
            "package main\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"net/http\"\n\t\"net/url\"\n\t\"os\"\n)\n\nfunc main() {\n\tvar m map[string]string\n\tjson.Unmarshal([]byte(os.Getenv(\"H\")), &m)\n\th := http.Header{}\n\tfor k, v := range m {\n\t\th.Set(k, v)\n\t}\n\tform := url.Values{\"From\": {\"+15550100\"}, \"Body\": {os.Getenv(\"B\")}}\n\tfmt.Println(IsGenuine(\"shared-for-tests\", h, \"https://a.example/hook?x=1\", form))\n}\n",
        ),
    };
    let configure = |c: &mut Command| {
        c.current_dir(dir).env("H", headers.to_string()).env("B", form.unwrap_or(body));
    };
    let result = if before == "go" {
        // Only where asked for: each run links a program.
        std::env::var_os("STANCH_FIX_RUNS")?;
        fs::write(dir.join("a.go"), code.replace("package webhook", "package main")).unwrap();
        fs::write(dir.join("main.go"), after).unwrap();
        run(tool, |c| {
            configure(c);
            c.env("GO111MODULE", "off").env("GOCACHE", dir.join("cache")).args(["run", "a.go", "main.go"])
        })
    } else {
        fs::write(dir.join(file), format!("{code}\n{after}\n")).unwrap();
        run(tool, |c| {
            configure(c);
            c.arg(file)
        })
    };
    let (ok, text) = result?;
    assert!(ok, "{text}\n{code}");
    Some(text.trim().eq_ignore_ascii_case("true"))
}

#[test]
fn webhook_checks_are_as_gofmt_writes_them_and_belong_to_a_rule() {
    let dir = tempfile::tempdir().unwrap();
    let set = RuleSet::builtin();
    for scheme in &webhook::SCHEMES {
        assert_eq!(set.get(scheme.rule).map(|r| r.provider.id), Some(scheme.provider), "{}", scheme.rule);
        let path = dir.path().join(format!("{}.go", scheme.provider));
        fs::write(&path, scheme.code(&webhook::LANGUAGES[2])).unwrap();
        if let Some((ok, text)) = run("gofmt", |c| c.arg("-l").arg(&path)) {
            assert!(ok && text.is_empty(), "{text}\n{}", scheme.code(&webhook::LANGUAGES[2]));
        }
    }
}
