//! A value identified by its name is found in every notation: each context rule's first example, in every
//! setting.

use std::borrow::Cow;

use stanch::finding::{Finding, RepoPath, Source, SourceKind};
use stanch::rules::{Detector, RuleSet, SecretKind};
use stanch::scan::{Engine, Fragment, Options, template};

/// File and text. `NAME`, `snake`, `camel`, `kebab`, `Pascal`, `dotted` and `Train` stand for the name in
/// that style.
pub(crate) const NOTATIONS: &[(&str, &str)] = &[
    (".env", "NAME=<value>"),
    ("run.sh", "export NAME='<value>'"),
    ("run.sh", "NAME=<value> ./deploy --now"),
    ("run.sh", "./deploy --kebab <value> --now"),
    ("run.sh", "curl -H 'kebab: <value>' https://api.internal/v1"),
    ("run.sh", "curl 'https://api.internal/v1?snake=<value>&page=2'"),
    ("Dockerfile", "ENV NAME=<value>"),
    ("Dockerfile", "ARG NAME=\"<value>\""),
    ("app.json", "{\"camel\": \"<value>\", \"page\": 2}"),
    ("appsettings.json", "{\"Mail\": {\"Pascal\": \"<value>\"}}"),
    ("app.yml", "snake: <value>"),
    ("app.yml", "  - name: NAME\n    value: \"<value>\"\n"),
    ("app.toml", "snake = \"<value>\""),
    ("app.properties", "snake=<value>"),
    ("app.ini", "kebab = <value>"),
    ("web.config", "<add key=\"Pascal\" value=\"<value>\" />"),
    ("app.xml", "<camel><value></camel>"),
    ("app.php", "'snake' => '<value>',"),
    ("app.php", "define('NAME', '<value>');"),
    ("app.rb", "snake: '<value>'"),
    ("app.rb", ":snake => '<value>'"),
    ("app.py", "snake = '<value>'"),
    ("app.py", "client = Client(snake='<value>')"),
    ("app.py", "os.environ['NAME'] = '<value>'"),
    ("app.js", "const camel = '<value>';"),
    ("app.ts", "process.env.NAME = \"<value>\";"),
    ("app.go", "\tcamel := \"<value>\""),
    ("app.go", "cfg := Config{Pascal: \"<value>\"}"),
    ("App.java", "String camel = \"<value>\";"),
    ("App.cs", "public const string Pascal = \"<value>\";"),
    ("main.tf", "  snake = \"<value>\""),
    ("ci.yml", "env:\n  NAME: '<value>'\n"),
    ("notes.md", "NAME: `<value>`"),
    ("app.py", "# NAME=<value>"),
    ("app.js", "// NAME = \"<value>\""),
    ("app.c", "/* NAME = \"<value>\" */"),
    ("page.html", "<!-- NAME=<value> -->"),
    ("app.sql", "-- NAME=<value>"),
    ("app.ini", "; kebab = <value>"),
    ("app.properties", "dotted=<value>"),
    ("call.http", "X-Train: <value>"),
    ("app.php", "$config['snake'] = '<value>';"),
    ("app.rb", "ENV['NAME'] = '<value>'"),
    ("app.go", "os.Setenv(\"NAME\", \"<value>\")"),
    ("app.rs", "let snake = \"<value>\";"),
    ("App.kt", "val camel = \"<value>\""),
    ("web.xml", "<param-name>snake</param-name>\n<param-value><value></param-value>"),
    ("main.tf", "variable \"snake\" {\n  default = \"<value>\"\n}"),
    ("compose.yml", "    environment:\n      - NAME=<value>\n"),
    (".gitlab-ci.yml", "variables:\n  NAME: \"<value>\"\n"),
    ("run.ps1", "$env:NAME = \"<value>\""),
    ("run.bat", "set NAME=<value>"),
    ("run.fish", "set -x NAME <value>"),
    ("Makefile", "NAME := <value>"),
    ("run.sh", "docker run -e NAME=<value> acme/app"),
    ("run.sh", "acme config:set NAME=<value>"),
    ("run.sh", "helm install app --set camel=<value>"),
    ("web.config", "<add value=\"<value>\" key=\"Pascal\" />"),
    ("app.xml", "<entry value='<value>' key='camel'/>"),
    ("app.xml", "<bean>\n  <property\n    value=\"<value>\"\n    name=\"camel\"/>\n</bean>"),
    ("app.xml", "<property name='camel'><value></property>"),
];

/// Settings without a telling name, where the host (`HOST`) identifies the provider. `<value>` is the secret
/// beside a user, `<basic>` the Basic credential of both.
const BESIDE_A_USER: &[(&str, &str)] = &[
    ("run.sh", "curl -s -u me:<value> https://api.HOST/v1/mail"),
    ("run.sh", "curl --user \"$ID:<value>\" \\\n  -H 'Accept: text/plain' \\\n  https://api.HOST/v1"),
    ("run.sh", "curl -X POST \\\n  https://api.HOST/v1 \\\n  -d '{\"a\": 1}' \\\n  --user='me:<value>'"),
    ("run.sh", "curl https://api.HOST -H \"Authorization: Basic <basic>\""),
    ("run.sh", "wget -q --user me --password '<value>' https://api.HOST/v1"),
    ("run.sh", "http -a me:<value> POST https://api.HOST/v1 a=b"),
    ("run.ps1", "curl.exe `\n  -u \"me:<value>\" `\n  https://api.HOST/v1"),
    ("run.cmd", "curl ^\r\n  -u me:<value> ^\r\n  https://api.HOST/v1"),
    ("ci.yml", "  - run: curl -u me:<value> https://api.HOST/v1"),
    ("app.py", "URL = 'https://me:<value>@api.HOST/v1'"),
];

/// The same for a key that is sent without a user.
const ALONE: &[(&str, &str)] = &[
    ("run.sh", "curl https://api.HOST/v1/charges -u <value>:"),
    ("run.sh", "curl -u '<value>:x' 'https://api.HOST/v1'"),
    ("run.sh", "curl -H \"X-Api-Key: <value>\" https://api.HOST/v1"),
    ("run.sh", "curl -X GET \\\n  -H 'Authorization: Bearer <value>' \\\n  'https://api.HOST/v1'"),
    ("run.sh", "curl -H 'Authorization: Token <value>' https://api.HOST/v1"),
    ("notes.http", "GET https://api.HOST/v1?api_key=<value>&page=2"),
    ("app.js", "fetch('https://api.HOST/v1', { headers: { 'X-Api-Key': '<value>' } })"),
    ("run.sh", "git clone https://<value>@api.HOST/app.git"),
];

/// The same for an id beside a secret.
const ID: &[(&str, &str)] = &[
    ("run.sh", "curl -u '<value>:k3v9x2m7q4w8z1t6' https://api.HOST/v1"),
    ("app.py", "URL = 'https://<value>:k3v9x2m7q4w8z1t6@api.HOST/v1'"),
];

/// Rules whose value is scored like any short one: fourteen hex digits, and the example's are nearly all
/// decimal.
const JUDGED: &[&str] = &["ipinfo-token"];

/// Near misses: another host, another program, no place for a credential.
const NOT_THE_PROVIDER_S: &[(&str, &str)] = &[
    ("run.sh", "curl -u me:<value> https://repo.internal/HOST"),
    ("run.sh", "curl -u <value>: https://repo.internal/v1 # not api.HOST"),
    ("run.sh", "curl -u me:<value> https://repo.internal/v1; curl https://api.HOST/v1"),
    ("run.sh", "curl -H 'X-Api-Key: <value>' https://repo.internal/HOST"),
    ("run.sh", "curl https://api.HOST/v1/commits/<value>"),
    ("run.sh", "git clone https://api.HOST/app.git && git checkout <value>"),
    ("run.sh", "sort -u <value> https://api.HOST/v1"),
    ("run.sh", "docker run -u <value> app https://api.HOST/v1"),
    ("app.py", "URL = 'https://api.HOST/v1?ref=<value>'"),
];

#[test]
fn a_name_identifies_its_value_in_every_setting() {
    let set = RuleSet::builtin();
    let engine = Engine::new(&set, Options::default());
    let mut faults = Vec::new();
    let mut tried = 0;
    for spec in super::rules::rules() {
        let rule = set.get(&spec.id).unwrap();
        let example = template::expand(&spec.examples[0], 1).unwrap();
        let Some((name, value)) = example.split_once('=') else { continue };
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !matches!(rule.detector, Detector::Context(_))
            || !plain
            || value.contains(['\n', ' ', ';', ':', '%', '|'])
        {
            continue;
        }
        tried += 1;
        let value = value.trim_matches(['"', '\'']);
        for (path, setting) in NOTATIONS {
            let text = write_down(setting, name).replace("<value>", value);
            let found = scan(&engine, path, &text);
            if !found.iter().any(|f| f.rule.id == spec.id) {
                let got: Vec<_> = found.iter().map(|f| f.rule.id).collect();
                faults.push(format!("{path}: {} not found in {text:?}; found {got:?}", spec.id));
            }
        }
    }
    assert!(tried > 400, "{tried} rules were tried");
    faults.sort();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), tried * NOTATIONS.len(), faults.join("\n"));
}

#[test]
fn a_host_identifies_whose_secret_a_request_carries() {
    let set = RuleSet::builtin();
    let engine = Engine::new(&set, Options::default());
    let mut faults = Vec::new();
    let mut tried = 0;
    for spec in super::rules::rules() {
        let rule = set.get(&spec.id).unwrap();
        let Detector::Context(context) = &rule.detector else { continue };
        // A host made of a word that is also a keyword, as real hosts are.
        let host = |w: &&str| format!("{}.com", w.trim_end_matches(['_', '-', '.']).replace('_', "-"));
        let hosts = context.words.iter().filter(|w| w.len() > 3).map(host);
        let Some(host) = hosts.into_iter().find(|h| rule.keywords.iter().any(|k| h.contains(k))) else {
            continue;
        };
        let example = template::expand(&spec.examples[0], 1).unwrap();
        let Some(value) = example.split_once('=').map(|e| e.1.trim_matches(['"', '\''])) else { continue };
        let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if JUDGED.contains(&rule.id)
            || !rule.provider.is_issuer()
            || !context.value.matches(value.as_bytes())
            || !plain
        {
            continue;
        }
        tried += 1;
        let is_id = rule.public || rule.kind == SecretKind::Identifier;
        let settings: Vec<_> = match rule.kind {
            _ if is_id => ID.iter().collect(),
            SecretKind::ApiKey | SecretKind::Token => BESIDE_A_USER.iter().chain(ALONE).collect(),
            SecretKind::Password | SecretKind::ClientSecret => BESIDE_A_USER.iter().collect(),
            _ => Vec::new(),
        };
        let basic = data_encoding::BASE64.encode(format!("me:{value}").as_bytes());
        let faults_in = |path: &str, setting: &str| -> Vec<String> {
            let text = setting.replace("HOST", &host).replace("<value>", value).replace("<basic>", &basic);
            let found = scan(&engine, path, &text);
            let its = found
                .iter()
                .any(|f| f.rule.provider == rule.provider && f.secret.expose() == value.as_bytes());
            let got: Vec<_> = found.iter().map(|f| f.rule.id).collect();
            let said: Vec<_> = found.iter().map(|f| String::from_utf8_lossy(f.secret.expose())).collect();
            if its {
                Vec::new()
            } else {
                vec![format!("{path}: {} not found in {text:?}; found {got:?} {said:?}", spec.id)]
            }
        };
        for (path, setting) in settings {
            faults.extend(faults_in(path, setting));
        }
        // A value identified by its form alone is found anywhere.
        let near_misses = if faults_in("a.txt", "<value>").is_empty() { &[] } else { NOT_THE_PROVIDER_S };
        for (path, setting) in near_misses {
            if faults_in(path, setting).is_empty() {
                faults.push(format!("{path}: {} found in {setting:?} with {host}", spec.id));
            }
        }
    }
    assert!(tried > 300, "{tried} rules were tried");
    assert!(faults.is_empty(), "{} faults of {tried} rules:\n{}", faults.len(), faults.join("\n"));
}

/// The findings in a file; a pair counts as two.
fn scan(engine: &Engine, path: &str, text: &str) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
    found.into_iter().flat_map(Finding::apart).collect()
}

pub(crate) fn write_down(setting: &str, name: &str) -> String {
    let snake = name.to_ascii_lowercase();
    let parts = snake.split('_').filter(|p| !p.is_empty());
    let pascal_parts: Vec<String> =
        parts.map(|p| format!("{}{}", p[..1].to_ascii_uppercase(), &p[1..])).collect();
    let pascal = pascal_parts.concat();
    let camel = format!("{}{}", pascal[..1].to_ascii_lowercase(), &pascal[1..]);
    setting
        .replace("NAME", name)
        .replace("kebab", &snake.replace('_', "-"))
        .replace("snake", &snake)
        .replace("camel", &camel)
        .replace("Pascal", &pascal)
        .replace("dotted", &snake.replace('_', "."))
        .replace("Train", &pascal_parts.join("-"))
}
