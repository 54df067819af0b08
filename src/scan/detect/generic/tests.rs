use crate::finding::{Confidence, RepoPath, Source, SourceKind};
use crate::rules::RuleSet;
use crate::scan::{Engine, Fragment, Options, template};
use std::borrow::Cow;

fn found(path: &str, template: &str) -> Vec<(&'static str, Confidence)> {
    judged(path, &template::expand(template, 11).unwrap())
}

fn judged(path: &str, text: &str) -> Vec<(&'static str, Confidence)> {
    let mut rules = RuleSet::builtin();
    rules.retain(crate::rules::Rule::is_generic);
    let engine = Engine::new(&rules, Options::default());
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    engine
        .scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) })
        .into_iter()
        .map(|f| (f.rule.id, f.confidence))
        .collect()
}

#[test]
fn secrets_without_a_format_are_found_in_every_setting() {
    for (path, text) in [
        (".env", "DB_PASSWORD=${base62:20}"),
        ("app.yml", "database:\n  user: app\n  password: ${base62:16}\n"),
        ("app.properties", "spring.datasource.password=${base62:18}"),
        ("a.py", "API_KEY = '${hex-lower:32}'"),
        ("a.js", "const client = new Client({ apiKey: '${base62:32}' });"),
        ("a.go", "ClientSecret: \"${base62:40}\","),
        ("a.rb", "config.secret_key_base = '${hex-lower:128}'"),
        ("a.php", "define('AUTH_SALT', '${printable:64}');"),
        ("main.tf", "  password = \"${base62:20}\""),
        ("a.xml", "<add key=\"ApiKey\" value=\"${base62:32}\"/>"),
        ("a.sh", "curl -H 'Authorization: Bearer ${base62:40}' https://api.internal"),
        ("a.sql", "CREATE USER app WITH PASSWORD '${base62:16}';"),
        ("a.json", "{\"jsapi_ticket\": \"${base62:40}_${base62:40}\"}"),
        ("a.cfg", "url = postgres://app:${base62:20}@db.internal/app"),
    ] {
        assert!(!found(path, text).is_empty(), "{path}: {text}");
    }
}

#[test]
fn what_is_not_a_secret_is_left_alone() {
    for (path, text) in [
        ("a.py", "password = os.environ['DB_PASSWORD']"),
        ("a.py", "password = get_password(user)"),
        ("a.py", "form.password = PasswordField('Password')"),
        ("a.js", "const token = await getToken(code);"),
        ("a.js", "forgot_password: 'Forgot your password?',"),
        ("de.json", "{\"password\": \"Passwort\"}"),
        ("a.yml", "password: ${DB_PASSWORD}"),
        ("a.yml", "password: \"{{ vault_password }}\""),
        ("a.yml", "secretName: my-database-credentials"),
        (".env", "DB_PASSWORD=changeme"),
        ("a.java", "private static final String PASSWORD_KEY = \"password\";"),
        ("a.tf", "password = var.db_password"),
        ("a.md", "Set `token: <your token>` in the file."),
        ("a.ts", "interface A { password: string; token: Token }"),
        ("a.sh", "url=postgres://user:password@localhost/app"),
        ("package-lock.json", "\"js-tokens\": \"^4.0.0\""),
        ("a.h", r#".key = "\xd3\x81\x72\x18\x23\xff\x6f\x4a","#),
        ("Makefile", "dvb-usb-gp8psk-objs := gp8psk.o"),
        ("a.sh", "echo \"PASS: vxlan\""),
        ("values.yaml", "#   image: quay.io/oauth2-proxy/oauth2-proxy:v7.15.4"),
        ("a.http", "WWW-Authenticate: Digest realm=\"a\", nonce=\"6bf5d6e4da1ce66918800195d6b9130d\""),
        ("a.http", "Proxy-Authenticate: NTLM TlRMTVNTUAACAAAAAgACADAAAACGggEAc51AYVDgyNcAAAAA"),
        ("a.html", "<script nonce=\"iyhD0Yc0W+c=\">"),
        ("a.S", "clr.l %d0 # pass: S.F. = 0"),
        ("a.rst", "You can pass ``LLVM_IAS=0`` to it"),
        ("a.c", "pr_err(\"entry=0x%llx, token=0x%x\\n\", e, t);"),
        ("a.go", "TokenPattern = `^\\S{6}\\.\\S{16}$`"),
        ("a.json", "{\"token_expiry\": \"2016-10-31T22:31:09.123Z\"}"),
        ("a.yml", "sa-token: #name"),
        ("a.yml", "- key: 6-x_rC9..__-6_k.N-2B_V.-tfh4.caTz\n  operator: NotIn\n"),
        ("a.go", "CustomerMasterKeySpecEccSecgP256k1 = \"ECC_SECG_P256K1\""),
        ("a.html", "<input type=\"password\" name=\"password\" placeholder=\"Password\">"),
    ] {
        assert_eq!(judged(path, text), [], "{path}: {text}");
    }
}

#[test]
fn a_place_takes_a_step_from_what_a_person_may_have_made_up() {
    let random = "DB_PASSWORD = '${base62:24}'";
    let explained = "def f():\n    \"\"\"Use it so:\n\n    DB_PASSWORD = '<value>'\n    \"\"\"\n";
    for path in ["src/app.py", "docs/app.md", "demo/app.py", "src/latest/app.rb"] {
        assert_eq!(found(path, random)[0].1, Confidence::High, "{path}");
    }
    let chosen = "DB_PASSWORD = 'Garden1234!'";
    assert_eq!(judged("src/app.py", chosen)[0].1, Confidence::High);
    for path in ["docs/app.md", "demo/app.py"] {
        assert_eq!(judged(path, chosen)[0].1, Confidence::Medium, "{path}");
    }
    assert_eq!(judged("src/app.py", &explained.replace("<value>", "Garden1234!"))[0].1, Confidence::Medium);
    assert_eq!(found("src/app.py", &explained.replace("<value>", "${base62:24}"))[0].1, Confidence::High);
    // A word in a translation is wording, however random it looks in another language.
    assert_eq!(judged("a/login_da.properties", "Password=Adgangskort"), []);
    assert_eq!(found("yarn.lock", "Password=${base62:24}")[0].1, Confidence::Medium);
    // No wording has digits in it.
    assert_eq!(found("a/login_da.properties", "Password=${base62:24}")[0].1, Confidence::High);
}

proptest::proptest! {
    /// Evidence that is collected first rejects nothing that all of it would not.
    #[test]
    fn what_is_given_up_early_would_not_be_told_in_the_end(
        name in proptest::sample::select(vec!["password", "api_key", "token", "auth", "key", "secret_id"]),
        value in "[a-z]{4,12}|[A-Za-z0-9]{6,40}|[a-z]{3,9}[-_. ][a-z]{3,9}[0-9]{0,3}|[!-~]{4,24}|[0-9a-f]{32}|[A-Z_]{4,20}",
        form in proptest::sample::select(vec!["N = 'V'", "N: V", "user = 'me'\nN = \"V\"", "f(N, 'V')", "# N=V", "N = B"]),
        path in proptest::sample::select(vec!["a.py", "a.yml", "a.go", ".env", "docs/a.md"]),
    ) {
        let text = form.replace('N', name).replace('V', &value).replace('B', &data_encoding::BASE64.encode(value.as_bytes()));
        let mut rules = RuleSet::builtin();
        rules.retain(crate::rules::Rule::is_generic);
        let found = |explain| {
            let engine = Engine::new(&rules, Options { explain, ..Options::default() });
            let source = Source::new(SourceKind::File, RepoPath::new(path));
            let all = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
            let told = all.into_iter().filter(|f| !f.is_only_explained());
            told.map(|f| (f.rule.id, f.location.bytes, f.confidence)).collect::<Vec<_>>()
        };
        proptest::prop_assert_eq!(found(false), found(true));
    }
}
