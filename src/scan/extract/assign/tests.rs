use super::{Assignment, Form, assignments};
use crate::text::lang::Lang;
use proptest::prelude::*;

fn pairs(text: &str, lang: Lang) -> Vec<(&str, &str, Form)> {
    assignments(text.as_bytes(), 0..text.len(), lang)
        .map(|a| (&text[a.name], &text[a.value], a.form))
        .collect()
}

#[test]
fn every_setting_gives_its_name_and_value() {
    use Form::*;
    use Lang::*;
    let cases: &[(Lang, &str, &str, &str, Form)] = &[
        (Python, r#"api_key = "v1""#, "api_key", "v1", Equals),
        (Python, r#"app.config["API_KEY"] = 'v1'"#, "API_KEY", "v1", Equals),
        (Python, r#"login(password="v1")"#, "password", "v1", Equals),
        (Python, r#"key = unhexlify('v1')"#, "key", "v1", Equals),
        (Python, r#"token = b'v1'"#, "token", "v1", Equals),
        (Python, r#"# password: v1"#, "password", "v1", Colon),
        (JavaScript, r#"{ apiKey: 'v1' }"#, "apiKey", "v1", Colon),
        (TypeScript, r#"const key: string = "v1";"#, "key", "v1", Equals),
        (Kotlin, r#"val token: String? = "v1""#, "token", "v1", Equals),
        (Scala, r#"password = Some("v1"),"#, "password", "v1", Equals),
        (Scala, r#"val p: Option[String] = Some("v1")"#, "p", "v1", Equals),
        (Rust, r#"const KEY: &str = "v1";"#, "KEY", "v1", Equals),
        (Go, r#"var secret string = "v1""#, "secret", "v1", Equals),
        (Go, r#"secret := "v1""#, "secret", "v1", Equals),
        (Go, r#"Key: aws.String("v1"),"#, "Key", "v1", Colon),
        (Java, r#"String password = new String("v1");"#, "password", "v1", Equals),
        (Java, r#"foo.setPassword("v1");"#, "foo.setPassword", "v1", Call),
        (C, r#"static char password[] = "v1";"#, "password", "v1", Equals),
        (C, r#"#define API_KEY "v1""#, "API_KEY", "v1", Space),
        (Ruby, r#":password => "v1""#, "password", "v1", Arrow),
        (Ruby, r#"password: "v1""#, "password", "v1", Colon),
        (Php, r#"'password' => 'v1',"#, "password", "v1", Arrow),
        (Php, r#"define('DB_PASSWORD', 'v1');"#, "DB_PASSWORD", "v1", Pair),
        (CSharp, r#"Password = @"v1""#, "Password", "v1", Equals),
        (Json, r#""password" : "v1""#, "password", "v1", Colon),
        (Json, r#""body": "{\"token\": \"v1\"}""#, "token", "v1", Colon),
        (Yaml, "password: v1 # why", "password", "v1", Colon),
        (Yaml, "password:\n    - v1", "password", "v1", Colon),
        (Yaml, "- { user: a, password: v1 }", "password", "v1", Colon),
        (Yaml, "- name: PASS\n  value: v1", "PASS", "v1", Entry),
        (Yaml, "- value: v1\n  name: PASS", "PASS", "v1", Entry),
        (Yaml, "- value: 'v1'\n  name: PASS", "PASS", "v1", Entry),
        (Json, r#"{"key": "token", "value": "v1"}"#, "token", "v1", Entry),
        (Json, r#"{"value": "v1", "key": "token"}"#, "token", "v1", Entry),
        (Toml, r#"password = "v1""#, "password", "v1", Equals),
        (Ini, "password=v1&,;x", "password", "v1&,;x", Equals),
        (DotEnv, "export TOKEN=v1", "TOKEN", "v1", Equals),
        (Shell, "FOO_KEY=v1 run", "FOO_KEY", "v1", Equals),
        (Shell, r#"curl -H "X-Api-Key: v1" https://h"#, "X-Api-Key", "v1", Colon),
        (Shell, "curl -u a:v1 https://h", "u", "a:v1", Flag),
        (Shell, "run --api-key v1 -x", "api-key", "v1", Flag),
        (Shell, "run --api-key=v1 -x", "api-key", "v1", Equals),
        (Java, r#"get("https://h/?a=b&token=v1&x=y")"#, "token", "v1", Equals),
        (Xml, r#"<add key="token" value="v1"/>"#, "token", "v1", Entry),
        (Xml, r#"<add value="v1" key="token"/>"#, "token", "v1", Entry),
        (Xml, "<entry value='v1' key='token'/>", "token", "v1", Entry),
        (Xml, "<property value = \"v1\" name = 'token' />", "token", "v1", Entry),
        (Xml, "<property\n    value=\"v1\"\n    name=\"token\"/>", "token", "v1", Entry),
        (Xml, "<add key='a' value='b'/><add value='v1' key='token'/>", "token", "v1", Entry),
        (Xml, "<property name='token'>v1</property>", "token", "v1", Element),
        (Xml, "<property\n  name=\"token\">\n  v1\n</property>", "token", "v1", Element),
        (Xml, "<password>v1</password>", "password", "v1", Element),
        (Xml, "<name>token</name>\n<value>v1</value>", "token", "v1", Entry),
        (Xml, r#"<ds password="v1"/>"#, "password", "v1", Equals),
        (Terraform, r#"  password = "v1""#, "password", "v1", Equals),
        (Dockerfile, "ENV API_KEY v1", "API_KEY", "v1", Space),
        (Dockerfile, "ENV API_KEY=v1", "API_KEY", "v1", Equals),
        (Sql, "CREATE USER a IDENTIFIED BY 'v1'", "BY", "v1", Space),
        (Html, r#"<b>token</b>: &quot;key&quot;: &quot;v1&quot;"#, "key", "v1", Colon),
        (Go, r#"if auth != "v1" {"#, "auth", "v1", Compare),
        (Markdown, "**Password**: v1", "Password", "v1", Colon),
        (JavaScript, "a = env.TOKEN || 'v1v1v1v1'", "env.TOKEN", "v1v1v1v1", Equals),
        (JavaScript, "token: env.X || 'v1v1v1v1'", "token", "v1v1v1v1", Equals),
        (JavaScript, "a = env['TOKEN'] ??\n  'v1v1v1v1'", "TOKEN", "v1v1v1v1", Equals),
        (JavaScript, "TOKEN: z.string().min(1).default('v1')", "TOKEN", "v1", Equals),
        (JavaScript, "option('api-key', { default: 'v1' })", "api-key", "v1", Colon),
        (JavaScript, "const getToken = () => 'v1'", "getToken", "v1", Arrow),
        (JavaScript, "function getToken() {\n  return 'v1';\n}", "Token", "v1", Equals),
        (JavaScript, "if ('v1' === req.token)", "req.token", "v1", Compare),
        (JavaScript, "byId('token').value = 'v1'", "token", "v1", Equals),
        (Python, "get('TOKEN', default='v1')", "TOKEN", "v1", Equals),
        (Python, "token: str = Field(default='v1')", "token", "v1", Equals),
        (Python, "add('-k', '--api-key', default='v1')", "api-key", "v1", Equals),
        (Python, "def get_token(self) -> str:\n    return 'v1'", "token", "v1", Equals),
        (Ruby, "ENV.fetch('TOKEN') { 'v1' }", "TOKEN", "v1", Equals),
        (Ruby, "let(:token) { 'v1' }", "token", "v1", Equals),
        (Ruby, "set :token, 'v1'", "token", "v1", Pair),
        (Ruby, "x[:token] = 'v1'", "token", "v1", Equals),
        (Ruby, "def token\n  'v1'\nend", "token", "v1", Equals),
        (Php, "getenv('TOKEN') ?: 'v1v1v1v1'", "TOKEN", "v1v1v1v1", Equals),
        (Php, r#"s:5:"token";s:2:"v1";"#, "token", "v1", Arrow),
        (Rust, r#"var("TOKEN").unwrap_or_else(|_| "v1".into())"#, "TOKEN", "v1", Equals),
        (Rust, "fn token() -> &'static str {\n    \"v1\"\n}", "token", "v1", Equals),
        (Rust, r#"#[arg(env = "TOKEN", default_value = "v1")]"#, "TOKEN", "v1", Equals),
        (Rust, "#[arg(default_value = \"v1\")]\npub token: String,", "token", "v1", Equals),
        (Java, r#"of(getenv("TOKEN")).orElse("v1")"#, "TOKEN", "v1", Equals),
        (Java, r#"if ("v1".equals(token))"#, "token", "v1", Compare),
        (Java, r#"tokens = new String[] { "v0", "v1" }"#, "tokens", "v1", Equals),
        (Kotlin, r#"getenv("TOKEN") ?: "v1v1v1v1""#, "TOKEN", "v1v1v1v1", Equals),
        (Kotlin, r#"fun token() = "v1""#, "token", "v1", Equals),
        (CSharp, r#"string Token { get; set; } = "v1";"#, "Token", "v1", Equals),
        (CSharp, r#"((TextBox)token).Text = "v1";"#, "token", "v1", Equals),
        (Swift, r#"var token: String { "v1" }"#, "token", "v1", Equals),
        (Go, r#"Or(Getenv("TOKEN"), "v1")"#, "TOKEN", "v1", Pair),
        (Go, r#"if string(token) == "v1" {"#, "token", "v1", Compare),
        (Go, r#"tokens = []string{"v0", "v1"}"#, "tokens", "v1", Equals),
        (C, r#"std::string token{"v1"};"#, "token", "v1", Call),
        (C, r#"strcmp(token, "v1")"#, "token", "v1", Pair),
        (Html, r#"<meta content="v1" name="token">"#, "token", "v1", Entry),
        (Json, r#"{"ParameterKey": "token", "ParameterValue": "v1"}"#, "token", "v1", Entry),
        (Other, r#"{{ .token | default "v1" }}"#, "token", "v1", Equals),
        (Other, r#"{{ default "v1" .token }}"#, "token", "v1", Equals),
        (Sql, "-- token = v1", "token", "v1", Equals),
        (Other, "Key 2: v1", "Key 2", "v1", Colon),
        (Other, "token for prod: a1b2c3d4e5f6g7h8", "token", "a1b2c3d4e5f6g7h8", Colon),
        (Other, "The token is: a1b2c3d4e5f6g7h8", "token", "a1b2c3d4e5f6g7h8", Colon),
        (Other, "acme token - 'v1'", "token", "v1", Space),
        (Other, "acme api_key a1b2c3d4e5f6g7h8", "acme api_key", "a1b2c3d4e5f6g7h8", Space),
        (Other, "The API key is a1B2c3D4e5f.", "API key", "a1B2c3D4e5f", Space),
        (Properties, "token=v'1\"2", "token", "v'1\"2", Equals),
        (Other, "token=v'1", "token", "v'1", Equals),
        (Other, "(token=v-${A1}-b, x)", "token", "v-${A1}-b", Equals),
        (Other, "token=v-$(date +%s)-b x", "token", "v-$(date +%s)-b", Equals),
        (Other, "token |a1b2c3d4e5f6g7h8", "token", "a1b2c3d4e5f6g7h8", Space),
        (Other, "token:\n\na1b2c3d4e5f6g7h8\n", "token", "a1b2c3d4e5f6g7h8", Colon),
        (Other, "{token, <<\"v1\">>}", "token", "v1", Pair),
        (Python, "def token(self) -> str: return 'v1'", "token", "v1", Equals),
        (Python, "token = lambda: 'v1'", "token", "v1", Equals),
        (JavaScript, "const token = async () => 'v1'", "token", "v1", Arrow),
        (Go, "func getToken() (string, error) {\n\treturn \"v1\", nil\n}", "Token", "v1", Equals),
        (Sql, r#"('a:1:{s:5:"token";s:2:"v1";}')"#, "token", "v1", Arrow),
        (Sql, r#"('s:5:\"token\";s:2:\"v1\";')"#, "token", "v1", Arrow),
    ];
    for (lang, text, name, value, form) in cases {
        let found = pairs(text, *lang);
        assert!(found.contains(&(*name, *value, *form)), "{text:?} gave {found:?}");
    }
}

#[test]
fn a_word_without_quotes_is_a_variable_where_strings_have_quotes() {
    for (lang, text) in [
        (Lang::Python, "password = password"),
        (Lang::Java, "this.token = token;"),
        (Lang::JavaScript, "{ secret: config }"),
        (Lang::Go, "key := makeKey(x)"),
        (Lang::Json, "{\"password\": null}"),
    ] {
        assert_eq!(pairs(text, lang), [], "{text}");
    }
}

#[test]
fn a_word_behind_a_name_is_no_value_unless_it_is_random() {
    for text in [
        "the token expires after 20 minutes",
        "see the key types_and_names_of_things12a",
        "token at commit 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "RSA key 4AEE18F83AFDEB234AEE18F83AFDEB234AEE18F8",
        "see the key 0x4AEE18F83AFDEB23",
        "the password is Base64 encoded",
        "of secret /usr/lib/x86_64/libsecret0a1b2c3d.so",
        "token v1.20.3-beta.1+20240101",
        "token for user: alice@acme.net",
        "the password for postgres: authentication failed",
    ] {
        let speaks = |name: &str| ["token", "key", "password", "secret"].iter().any(|w| name.contains(w));
        assert!(pairs(text, Lang::Other).iter().all(|(name, ..)| !speaks(name)), "{text}");
    }
}

#[test]
fn a_quote_that_closes_ends_a_word_in_other_text() {
    let found = pairs("say 'token=v1' to it", Lang::Markdown);
    assert!(found.iter().filter(|(n, ..)| *n == "token").all(|(_, v, _)| *v == "v1"), "{found:?}");
}

#[test]
fn an_empty_value_does_not_take_the_next_line_s_name() {
    for lang in [Lang::DotEnv, Lang::Python, Lang::Yaml] {
        assert!(pairs("DB_PASSWORD=\nAPI_KEY=$VAULT\n", lang).iter().all(|(n, ..)| *n != "DB_PASSWORD"));
    }
}

#[test]
fn every_item_of_a_yaml_list_belongs_to_its_name() {
    let text = "passwords:\n  - v1\n  - \"v 2\"\n  - 'v3' # old\n  - name: x\n  - v4\nother: y\n";
    let found = pairs(text, Lang::Yaml);
    let values: Vec<&str> = found.iter().filter(|(n, ..)| *n == "passwords").map(|(_, v, _)| *v).collect();
    assert_eq!(values, ["v1", "v 2", "v3", "v4"], "{found:?}");
    for text in [
        "passwords:\n  - v1\n    - v2",
        "passwords:\n  - v1\n- v2",
        "passwords: v1\n- v2",
        "passwords:\n  - v1\n\n",
    ] {
        assert!(!pairs(text, Lang::Yaml).iter().any(|(_, v, _)| *v == "v2"), "{text}");
    }
}

#[test]
fn what_may_be_a_value_before_its_name_may_begin_the_text() {
    for text in ["v1\"\nname = \"token\"", "\"\nname = \"token\"", "v1\nname: token"] {
        assert!(pairs(text, Lang::Json).iter().all(|(_, v, _)| *v != "v1"), "{text}");
    }
}

#[test]
fn the_name_of_the_next_entry_is_no_value() {
    let found = pairs("{\"kind\": \"password\",\n \"type\": \"string\"}", Lang::Json);
    assert!(found.iter().all(|(n, ..)| *n != "password"), "{found:?}");
}

#[test]
fn a_tag_s_value_belongs_to_its_own_name_only() {
    for text in [
        "<add key=\"token\" value=\"a\"/>\n<add value=\"v1\" key=\"color\"/>",
        "<add value=\"v1\" key=\"color\"/>\n<add value=\"a\" key=\"token\"/>",
        "<add value=\"v1\"/>\n<add key=\"token\"/>",
    ] {
        let found = pairs(text, Lang::Xml);
        assert!(found.iter().all(|(n, v, _)| *n != "token" || *v != "v1"), "{text}: {found:?}");
    }
    // The name is on a line of its own, and only that line is read.
    let text = "<add\n  value=\"v1\"\n  key=\"token\"/>";
    let line = text.rfind("  key").unwrap();
    let found: Vec<_> = assignments(text.as_bytes(), line..text.len(), Lang::Xml).collect();
    assert_eq!(
        found.iter().map(|a| (&text[a.name.clone()], &text[a.value.clone()])).collect::<Vec<_>>(),
        [("token", "v1")]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_bytes_are_safe_and_ranges_lie_in_the_text(
        text in prop::collection::vec(prop::sample::select(br##"ab=:,>(<-"'`\&;#/ 	[]{}!?|.$0
quot34key"##.to_vec()), 0..200),
        lang in prop::sample::select(vec![Lang::Python, Lang::Yaml, Lang::Html, Lang::Xml, Lang::Other, Lang::Ini]),
        from in 0usize..50,
    ) {
        for a in assignments(&text, from..text.len() + 5, lang) {
            prop_assert!(a.name.end <= text.len() && a.name.start < a.name.end);
            prop_assert!(a.value.end <= text.len() && a.value.start < a.value.end);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn what_is_given_to_the_wanted_names_is_found_whatever_is_left_out(
        parts in prop::collection::vec(prop::sample::select(vec![
            "token", "keys", "e.value", "value", "name", "id", "string", "field", "x", "names", "cookie", "session", "type",
            "=", ": ", ":", " => ", "(", ")", ",", ", ", "[", "]", "{", "}", "<", ">", "</", "\"", "'", "\"v1\"", "'v2'", "v3",
            "\n", " ", "  ", "- ", "--", "|", "<-", "# ", "// ", "export ", "ENV ", "is", "to", ";", "||", "\\",
        ]), 0..40),
        lang in prop::sample::select(vec![
            Lang::JavaScript, Lang::Python, Lang::Yaml, Lang::Json, Lang::Xml, Lang::Markdown, Lang::Shell, Lang::Other,
        ]),
    ) {
        fn wanted(name: &[u8]) -> bool {
            [&b"token"[..], b"key", b"session"].iter().any(|w| memchr::memmem::find(name, w).is_some())
        }
        let text = parts.concat();
        let text = text.as_bytes();
        let of_wanted = |a: &Assignment| wanted(&text[a.name.clone()]);
        let all: Vec<_> = assignments(text, 0..text.len(), lang).collect();
        let some: Vec<_> = assignments(text, 0..text.len(), lang).wanting(wanted).filter(of_wanted).collect();
        let missed: Vec<_> = all.iter().filter(|a| of_wanted(a) && !some.contains(a)).collect();
        prop_assert!(missed.is_empty(), "{:?}", missed);
        // Where nobody wants the outer name of `x: 'token=v`, its value is the inner one's.
        let taken = |a: &&Assignment| all.iter().any(|other| other.value == a.value && !of_wanted(other));
        let more: Vec<_> = some.iter().filter(|a| !all.contains(a) && !taken(a)).collect();
        prop_assert!(more.is_empty(), "{:?}", more);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn the_tag_around_a_place_is_found_whatever_was_looked_for_before(
        parts in prop::collection::vec(prop::sample::select(vec!["<", ">", "a", "\n", " ", "L"]), 0..12),
        places in prop::collection::vec(0usize..9000, 0..30),
        in_order: bool,
    ) {
        let text = parts.concat().replace('L', &"x".repeat(900));
        let mut places: Vec<_> = places.into_iter().filter(|at| *at <= text.len()).collect();
        if in_order {
            places.sort_unstable();
        }
        let mut bracket = super::bracket::Bracket::default();
        for at in places {
            prop_assert_eq!(bracket.tag(text.as_bytes(), at), super::tag(text.as_bytes(), at), "{}", at);
        }
    }
}

proptest! {
    /// What ends in a window is found without looking behind it.
    #[test]
    fn a_pass_within_a_window_finds_what_ends_in_it(
        parts in prop::collection::vec(prop::sample::select(vec![
            "name: ", "value: ", "\"key\": ", "id=", "ab", "\"cd\"", "(", ")", "[", "]", "{", "}", ", ", "\n", "- ",
            "==", "'e'", ";", "<a b=\"c\">", "curl -u ", "--key ", "=> ", "cookies: ",
        ]), 0..60),
        end in 0usize..300,
        lang in prop::sample::select(vec![Lang::Yaml, Lang::Json, Lang::JavaScript, Lang::Other, Lang::Xml]),
    ) {
        let text = parts.concat().into_bytes();
        let end = end.min(text.len());
        let whole = |a: &Assignment| a.name.end.max(a.value.end);
        // Of `'e' == value` with the window's end before `value`, only the whole text says what `'e'` is.
        let ends = |a: &Assignment| whole(a) <= end && a.name != a.value;
        let all: Vec<_> = assignments(&text, 0..end, lang).filter(ends).collect();
        let within: Vec<_> = assignments(&text, 0..end, lang).within().filter(ends).collect();
        prop_assert_eq!(all, within);
    }
}
