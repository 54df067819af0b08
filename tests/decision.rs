//! What blocks, what warns and what is silent: the decision on values without a format of their own, with the
//! built-in rules and the built-in policy.

use std::borrow::Cow;
use std::collections::BTreeMap;

use stanch::config::{Config, Layer};
use stanch::finding::{RepoPath, Source, SourceKind};
use stanch::policy::{Action, Markers, Policy};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options, template};

use crate::rule_notations::{NOTATIONS, write_down};

/// The strictest decision on a text.
fn decide(engine: &Engine, policy: &Policy, path: &str, text: &str) -> Action {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
    let markers = Markers::of(text.as_bytes());
    let all = found.into_iter().map(|f| policy.decide(f, &markers).action);
    all.max().unwrap_or(Action::Suppress)
}

/// Decides with the built-in configuration and what `config` adds to it.
struct Bench {
    engine: Engine,
    policy: Policy,
}

impl Bench {
    fn new(text: &str) -> Bench {
        let mut config = Config::default();
        config.lay(Layer::Repository, text, ".stanch.toml").unwrap();
        let policy = Policy::new(config, jiff::civil::date(2026, 11, 1));
        Bench { engine: Engine::new(&RuleSet::builtin(), Options::default()), policy }
    }

    fn decide(&self, path: &str, text: &str) -> Action {
        decide(&self.engine, &self.policy, path, text)
    }
}

/// Fails the test unless each text has this decision; lists all that have another.
#[track_caller]
fn expect(bench: &Bench, is: Action, cases: &[(&str, String)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(path, text)| (path, text, bench.decide(path, text)))
        .filter(|(_, _, got)| *got != is)
        .map(|(path, text, got)| format!("{got:?} instead of {is:?}: {path}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// The settings of one value without a format: notations that the rules for names have too, and more.
const MORE_NOTATIONS: &[(&str, &str)] = &[
    ("app.json", "{\n  \"database\": {\n    \"host\": \"db.acme.io\",\n    \"camel\": \"<value>\"\n  }\n}"),
    ("app.yml", "production:\n  database:\n    snake: <value>\n    pool: 5\n"),
    ("app.yml", "snake: \"<value>\"  # rotated in May\n"),
    ("app.php", "return [\n    'mail' => [\n        'snake' => '<value>',\n    ],\n];"),
    ("app.php", "'snake'=>'<value>',"),
    ("app.py", "CONFIG = {\n    \"snake\": \"<value>\",\n}\n"),
    ("app.py", "snake = os.environ.get('NAME', '<value>')"),
    ("app.py", "snake = os.getenv('NAME') or '<value>'"),
    ("app.js", "module.exports = {\n  camel: '<value>',\n};"),
    ("app.js", "camel: process.env.NAME || '<value>',"),
    ("app.ts", "export const camel: string = '<value>';"),
    ("app.go", "const Pascal = `<value>`"),
    ("app.go", "var snake = map[string]string{\"snake\": \"<value>\"}"),
    ("app.rs", "pub const NAME: &str = \"<value>\";"),
    ("App.java", "private static final String NAME = \"<value>\";"),
    ("App.java", "builder.camel(\"<value>\");"),
    ("App.java", "source.setPascal(\"<value>\");"),
    ("App.kt", "const val NAME = \"<value>\""),
    ("App.cs", "options.Pascal = \"<value>\";"),
    ("app.rb", "Acme::Application.config.snake = '<value>'"),
    ("app.rb", "config.snake = \"<value>\""),
    ("app.swift", "let camel = \"<value>\""),
    ("app.dart", "final camel = '<value>';"),
    ("app.tfvars", "snake = \"<value>\""),
    ("app.toml", "[service]\nsnake = '<value>'\n"),
    ("k8s.yml", "        - name: NAME\n          value: <value>\n"),
    ("ci.yml", "env: NAME=<value>\n"),
    ("ci.yml", "  - run: NAME=<value> ./up.sh\n"),
    ("run.log", "INFO: NAME=<value>\n"),
];

/// Names that say that their value is a credential.
const NAMES: &[&str] = &[
    "DB_PASSWORD",
    "INTERNAL_API_KEY",
    "APP_SECRET",
    "SESSION_TOKEN",
    "CLIENT_SECRET",
    "TWITTER_KEY",
    "SMTP_PASS",
    "ADMIN_AUTH_TOKEN",
    "ENCRYPTION_KEY",
    "SECRET_KEY",
];

/// Values that nobody chose.
const SHAPES: &[&str] = &[
    "${base62:12}",
    "${base62:16}",
    "${base62:20}",
    "${base62:24}",
    "${base62:32}",
    "${base62:43}",
    "${base62:64}",
    "${hex-lower:32}",
    "${hex-lower:40}",
    "${hex-lower:64}",
    "${hex-upper:32}",
    "${base64url:43}",
    "${uuid:36}",
    "w${base62:3}.${base62:4}_${base62:3}#${base62:2}=7",
    "w${base62:3}?${base62:3}=${base62:4}@${base62:2}7",
];

#[test]
fn one_name_gets_one_decision_in_every_notation() {
    let bench = Bench::new("");
    let mut seed = 1;
    let (mut tried, mut blocked) = (0, 0);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for (i, name) in NAMES.iter().enumerate() {
        // Each name with every second shape, each shape with half of the names.
        for shape in SHAPES.iter().skip(i % 2).step_by(2) {
            seed += 1;
            // Behind an option a value with a dash in front is another option.
            let value = template::expand(shape, seed).unwrap().replacen(
                '-',
                "a",
                usize::from(*shape != "${uuid:36}"),
            );
            let text = |setting: &str| write_down(setting, name).replace("<value>", &value);
            let first = bench.decide(".env.production", &text("NAME=<value>"));
            for (path, setting) in NOTATIONS.iter().chain(MORE_NOTATIONS) {
                let got = bench.decide(path, &text(setting));
                tried += 1;
                blocked += usize::from(got == Action::Block);
                if got != first {
                    *faults.entry(format!("{path}: {setting}: {got:?}, not {first:?}")).or_default() += 1;
                }
            }
        }
    }
    let told: Vec<_> = faults.iter().map(|(fault, n)| format!("{n:4} {fault}")).collect();
    assert!(
        faults.is_empty(),
        "{} notations of {}:\n{}",
        faults.len(),
        NOTATIONS.len() + MORE_NOTATIONS.len(),
        told.join("\n")
    );
    // A draw of twelve letters looks chosen now and then, and then it does so everywhere.
    assert!(blocked * 100 >= tried * 98, "{blocked} of {tried} blocked");
}

#[test]
fn a_path_that_only_holds_a_word_softens_nothing() {
    let bench = Bench::new("");
    let text = |path: &str| {
        let line = match path.rsplit('.').next().unwrap() {
            "ts" => "const dbPassword = '${base62:20}';",
            "go" => "\tdbPassword := \"${base62:20}\"",
            "java" => "String dbPassword = \"${base62:20}\";",
            "yml" | "yaml" => "db_password: ${base62:20}",
            _ => "db_password = '${base62:20}'",
        };
        template::expand(line, 5).unwrap()
    };
    let paths = [
        "src/user.mapper.ts",
        "order.mapping.ts",
        "cart.summary.py",
        "cmd/checksums/main.go",
        "lockfile_client.py",
        "charts/x/templates/secret.yaml",
        "template.yaml",
        "roles/x/templates/my.cnf.j2",
        ".github/workflows/tests.yml",
        "services/external/client.go",
        "sampler.py",
        "demographics.py",
        "lang/Client.java",
        "shop-demo-oauth/app.py",
        "democracy/app.py",
        "resampler.py",
        "inspec/app.rb",
        "hottest/app.py",
        "btc-testnet/prod.yml",
        "mydocs/app.py",
        "multi-vendor/app.py",
        "localenv.rb",
        "messages_queue.rb",
    ];
    expect(&bench, Action::Block, &paths.map(|p| (p, text(p))));
    // Where a value is less likely real it takes one step at most.
    let paths = ["yarn.lock", "web/app.min.js", "vendor/a/b.go", "config/locales/de.yml"];
    expect(&bench, Action::Warn, &paths.map(|p| (p, text(p))));
}

#[test]
fn a_random_value_blocks_in_soft_places_too_and_a_weak_one_does_not() {
    let bench = Bench::new("");
    let paths = [
        (".env.example", "APP_SECRET=<value>"),
        ("config.sample.php", "'app_secret' => '<value>',"),
        ("README.md", "Set `APP_SECRET=<value>` first."),
        ("docs/setup.md", "    export APP_SECRET=<value>"),
        ("docs/conf.py", "app_secret = '<value>'"),
        ("demo/app.py", "app_secret = '<value>'"),
        ("examples/app.js", "const appSecret = '<value>';"),
        ("charts/x/templates/secret.yaml", "appSecret: <value>"),
        ("spec/cassettes/login.yml", "      string: '{\"client_secret\":\"<value>\"}'"),
        ("app.py", "# app_secret = '<value>'"),
        ("app.js", "// const appSecret = '<value>';"),
        ("app.py", "def f():\n    \"\"\"Use it so:\n\n    app_secret = '<value>'\n    \"\"\"\n"),
        ("run.sh", "docker run -e APP_SECRET=${APP_SECRET:-<value>} acme/app"),
    ];
    for shape in ["${base62:24}", "${hex-lower:40}"] {
        let value = template::expand(shape, 3).unwrap();
        expect(&bench, Action::Block, &paths.map(|(p, t)| (p, t.replace("<value>", &value))));
    }
    for value in ["changeme", "your-secret-here", "secret", "xxxxxxxxxxxx", "my-app-secret", "s3cr3t"] {
        for (path, text) in paths {
            let got = bench.decide(path, &text.replace("<value>", value));
            assert!(got < Action::Block, "{path}: {text} with {value}");
        }
    }
}

#[test]
fn in_a_test_what_only_a_name_says_is_a_warning_unless_tests_are_to_block() {
    let text = |line: &str| template::expand(line, 9).unwrap();
    let cases = [
        ("tests/app.py", text("db_password = '${base62:20}'")),
        ("spec/models/user.rb", text("api_token = '${hex-lower:40}'")),
        ("web/__tests__/app.js", text("const apiKey = '${base62:32}';")),
        ("a/fixtures/config.yml", text("client_secret: ${base62:40}")),
        ("pkg/server_test.go", text("\tapiKey := \"${base62:32}\"")),
        ("tests/app.py", text("url = 'postgres://app:${base62:20}@db.acme.io/app'")),
        // Anyone makes a private key.
        ("tests/certs/server.key", text("${seal:private-key:pkcs8}")),
        ("pkg/server_test.go", text("const key = `${seal:private-key:rsa}`")),
        ("roles/web/molecule/files/id_ed25519", text("${seal:private-key:openssh}")),
    ];
    expect(&Bench::new(""), Action::Warn, &cases);
    let elsewhere = [("certs/server.key", text("${seal:private-key:pkcs8}"))];
    expect(&Bench::new(""), Action::Block, &elsewhere);
    expect(&Bench::new("[block]\ntests = true\n"), Action::Block, &cases);
    let key = format!("x = '{}'", crate::support::key(1));
    expect(&Bench::new(""), Action::Block, &[("tests/app.py", key)]);
}

#[test]
fn a_chosen_password_blocks_in_production_and_nowhere_else() {
    let bench = Bench::new("");
    let values = [
        "Garden1234!",
        "Garden@12345",
        "GardenTable12",
        "Mustang7415",
        "copper-lantern-meadow-falcon",
        "Copper-Lantern-Meadow-Falcon-7",
    ];
    let settings = [
        ("config/app.yml", "db_password: <value>"),
        (".env.production", "DB_PASSWORD=<value>"),
        ("app.py", "DB_PASSWORD = \"<value>\""),
        ("app.php", "'db_password' => '<value>',"),
        ("app.properties", "spring.datasource.password=<value>"),
        ("app.json", "{\"db_password\": \"<value>\"}"),
        ("App.java", "source.setPassword(\"<value>\");"),
        ("app.go", "\tdbPassword := \"<value>\""),
        ("app.h", "#define DB_PASSWORD \"<value>\""),
        ("main.tf", "variable \"db_password\" {\n  default = \"<value>\"\n}"),
    ];
    for value in values {
        expect(&bench, Action::Block, &settings.map(|(p, t)| (p, t.replace("<value>", value))));
    }
    for (path, text) in [
        (".env.example", "DB_PASSWORD=Garden1234!"),
        (".github/workflows/ci.yml", "    env:\n      SA_PASSWORD: Forge1234\n"),
        ("docs/setup.md", "DB_PASSWORD=Garden1234!"),
        ("tests/app.py", "DB_PASSWORD = \"Garden1234!\""),
        ("app.py", "# DB_PASSWORD = \"Garden1234!\""),
        ("app.yml", "db_password: Password123!"),
        ("app.yml", "db_password: changeme123"),
        ("app.yml", "db_password: Admin1234"),
        ("app.yml", "password: Passw0rd2024"),
        ("app.yml", "harbor_password: Harbor4711"),
        ("app.yml", "password_hint: Garden1234!"),
        ("app.js", "forgotPassword: 'Garden1234!'"),
        ("app.yml", "POSTGRES_USER: zulfir4471\nPOSTGRES_PASSWORD: zulfir4471\n"),
        ("app.yml", "MYSQL_DATABASE: zulfir4471\nMYSQL_PASSWORD: zulfir4471\n"),
    ] {
        let got = bench.decide(path, text);
        assert!(got < Action::Block, "{path}: {text}: {got:?}");
    }
}

#[test]
fn a_password_that_no_word_explains_blocks_in_soft_places_too() {
    let bench = Bench::new("");
    for value in ["tkeftvoh", "vfkbqnt", "jrztuclw"] {
        let text = |text: &str| text.replace("<value>", value);
        expect(
            &bench,
            Action::Block,
            &[
                ("config/app.yml", text("db_password: <value>")),
                (".env.example", text("DB_PASSWORD=<value>")),
                ("docs/setup.md", text("    password: <value>")),
                ("examples/App.scala", text("    password = Some(\"<value>\"),")),
                ("app.py", text("# db_password = '<value>'")),
                ("setup.md", text("postgres://app:<value>@db.acme.io/shop")),
            ],
        );
        expect(
            &bench,
            Action::Warn,
            &[
                ("tests/app.py", text("db_password = '<value>'")),
                ("setup.md", text("postgres://app:<value>@localhost/shop")),
                ("openapi.yml", text("Login:\n  example:\n    password: <value>\n")),
            ],
        );
        // A key is longer, and these names say something else.
        for setting in ["api_key: <value>", "password_field: <value>", "public_key: <value>"] {
            assert!(bench.decide("config/app.yml", &text(setting)) < Action::Block, "{setting} {value}");
        }
    }
}

#[test]
fn a_weak_password_for_a_public_host_is_reported() {
    let bench = Bench::new("");
    let url = |user: &str, password: &str, host: &str| {
        ("app.js", format!("const url = 'mongodb://{user}:{password}@{host}/food';"))
    };
    expect(
        &bench,
        Action::Warn,
        &[
            url("carla", "123456", "ds039860.mongolab.com:39860"),
            url("carla", "Admin73", "cluster0-6abcd.mongodb.net"),
            url("carla", "abc123", "52.14.7.9"),
        ],
    );
    expect(
        &bench,
        Action::Suppress,
        &[
            url("carla", "123456", "localhost:27017"),
            url("carla", "123456", "mongo"),
            url("carla", "123456", "db.internal"),
            url("carla", "123456", "192.168.1.4"),
            url("user", "pass123", "host.com"),
            url("carla", "123456", "db.example.com"),
            url("carla", "password", "db.acme.io"),
        ],
    );
}

#[test]
fn an_expired_token_is_reported_and_does_not_block() {
    let part = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let token = |algorithm: &str, expires: u64, seed: u64| {
        let header = part(&format!("{{\"alg\":\"{algorithm}\",\"typ\":\"JWT\"}}"));
        let claims = part(&format!("{{\"iss\":\"https://id.acme.dev\",\"exp\":{expires}}}"));
        let signature = template::expand("${base64url:43}", seed).unwrap();
        ("app.yml", format!("session: {header}.{claims}.{signature}\n"))
    };
    let bench = Bench::new("");
    expect(&bench, Action::Warn, &[token("HS256", 1_614_643_200, 1)]);
    expect(&bench, Action::Block, &[token("HS256", 4_070_908_800, 3)]);
}
