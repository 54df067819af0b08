//! A value that is known by its name is found however people write it down: each context rule's first example, in
//! every setting.

use std::borrow::Cow;

use stanch::finding::{RepoPath, Source, SourceKind};
use stanch::rules::{Detector, RuleSet};
use stanch::scan::{Engine, Fragment, Options, template};

/// File and text; `NAME`, `snake`, `camel`, `kebab` and `Pascal`, `dotted` and `Train` are the name in that
/// style.
const SETTINGS: &[(&str, &str)] = &[
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
];

/// Each rule is tried in every so many-th setting.
const STEP: usize = 7;

#[test]
fn a_name_tells_its_value_in_every_setting() {
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
        // Some settings for each rule, in turn: all of them for all would take minutes.
        for (path, setting) in SETTINGS.iter().skip(tried % STEP).step_by(STEP) {
            let text = write_down(setting, name).replace("<value>", value);
            let source = Source::new(SourceKind::File, RepoPath::new(*path));
            let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
            let found: Vec<_> = found.into_iter().flat_map(stanch::finding::Finding::apart).collect();
            if !found.iter().any(|f| f.rule.id == spec.id) {
                let got: Vec<_> = found.iter().map(|f| f.rule.id).collect();
                faults.push(format!("{path}: {} not found in {text:?}; found {got:?}", spec.id));
            }
        }
    }
    assert!(tried > 400, "{tried} rules were tried");
    faults.sort();
    assert!(
        faults.is_empty(),
        "{} of {}:\n{}",
        faults.len(),
        tried * SETTINGS.len() / STEP,
        faults.join("\n")
    );
}

fn write_down(setting: &str, name: &str) -> String {
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
