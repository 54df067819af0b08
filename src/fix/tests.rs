use super::*;
use crate::finding::{RepoPath, Salt, Source, SourceKind};
use crate::rules::RuleSet;
use crate::scan::{Engine, Fragment, Options, template};

const KEY: &str = "pk_${hex-lower:34}";

fn engine() -> Engine {
    let mut rules = RuleSet::empty();
    rules.add_toml(include_str!("../../tests/fixtures/report_message.toml")).unwrap();
    Engine::new(&rules, Options { salt: Salt::default(), ..Options::default() })
}

fn scanned(path: &str, bytes: &[u8]) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    engine().scan(&Fragment { source, bytes: bytes.into() })
}

/// The file after the fix; `KEY` stands for the secret.
fn fixed(path: &str, text: &str) -> Result<String, Refused> {
    let bytes = template::expand(&text.replace("KEY", KEY), 5).unwrap().into_bytes();
    let found = scanned(path, &bytes);
    assert!(!found.is_empty(), "nothing found in {path}: {text}");
    let fixed = rewrite(&bytes, &found.iter().collect::<Vec<_>>(), None)?;
    assert!(scanned(path, &fixed.bytes).is_empty(), "it is still there");
    Ok(String::from_utf8(fixed.bytes).unwrap())
}

#[test]
fn a_literal_becomes_the_expression_of_its_language() {
    for (path, before, after) in [
        ("a.js", "const k = 'KEY';", "const k = process.env.KLAVIYO_API_KEY;"),
        ("a.ts", "f(`KEY`)", "f(process.env.KLAVIYO_API_KEY!)"),
        (
            "a.go",
            "package a\n\nvar k = \"KEY\"\n",
            "package a\n\nimport \"os\"\n\nvar k = os.Getenv(\"KLAVIYO_API_KEY\")\n",
        ),
        (
            "A.java",
            "static final String K = \"KEY\";",
            "static final String K = System.getenv(\"KLAVIYO_API_KEY\");",
        ),
        ("a.rb", "k = 'KEY'.freeze", "k = ENV.fetch(\"KLAVIYO_API_KEY\").freeze"),
        ("a.php", "<?php define('K', 'KEY');", "<?php define('K', getenv('KLAVIYO_API_KEY'));"),
        (
            "a.cs",
            "var k = \"KEY\";",
            "var k = System.Environment.GetEnvironmentVariable(\"KLAVIYO_API_KEY\");",
        ),
        ("a.sh", "export K=KEY\n", "export K=\"${KLAVIYO_API_KEY:?}\"\n"),
        ("a.sh", "curl -H \"Authorization: KEY\"", "curl -H \"Authorization: ${KLAVIYO_API_KEY:?}\""),
        ("a.tf", "k = \"KEY\"", "k = var.klaviyo_api_key"),
        ("application.properties", "k=KEY\n", "k=${KLAVIYO_API_KEY}\n"),
        (".github/workflows/a.yml", "env:\n  K: KEY\n", "env:\n  K: ${{ secrets.KLAVIYO_API_KEY }}\n"),
        ("compose.yml", "  - K=KEY\n", "  - K=${KLAVIYO_API_KEY:?}\n"),
        (".env.example", "K=KEY\n", "K=\n"),
        ("README.md", "use `KEY` here", "use `<KLAVIYO_API_KEY>` here"),
        ("\u{e9}.js", "// \u{e9}\nk = \"KEY\"", "// \u{e9}\nk = process.env.KLAVIYO_API_KEY"),
    ] {
        assert_eq!(fixed(path, before).as_deref(), Ok(after), "{path}");
    }
}

#[test]
fn python_gets_its_import_where_imports_stand() {
    for (before, after) in [
        (
            "\"\"\"Mail.\"\"\"\nimport requests\n\nk = \"KEY\"\n",
            "\"\"\"Mail.\"\"\"\nimport os\nimport requests\n\nk = os.environ[\"KLAVIYO_API_KEY\"]\n",
        ),
        ("import os\nk = 'KEY'\n", "import os\nk = os.environ[\"KLAVIYO_API_KEY\"]\n"),
        (
            "#!/usr/bin/python3\nk = 'KEY'\n",
            "#!/usr/bin/python3\nimport os\n\nk = os.environ[\"KLAVIYO_API_KEY\"]\n",
        ),
        (
            "from __future__ import annotations\r\nimport re\r\nk = 'KEY'\r\n",
            "from __future__ import annotations\r\nimport os\r\nimport re\r\nk = os.environ[\"KLAVIYO_API_KEY\"]\r\n",
        ),
    ] {
        assert_eq!(fixed("a.py", before).as_deref(), Ok(after));
    }
}

#[test]
fn an_uncertain_edit_is_refused_with_the_reason() {
    for (path, text) in [("a.json", "{\"k\": \"KEY\"}"), (".env", "K=KEY"), ("a.swift", "let k = \"KEY\"")] {
        assert!(matches!(fixed(path, text).unwrap_err().why, Refusal::NoExpression(_)), "{path}");
    }
    let utf16: Vec<u8> = "k = \"pk_\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = scanned("a.py", template::expand("k = \"pk_${hex-lower:34}\"", 1).unwrap().as_bytes());
    assert_eq!(rewrite(&utf16, &[&found[0]], None).unwrap_err().why, Refusal::Encoding);
    assert_eq!(rewrite(b"k = 1", &[&found[0]], None).unwrap_err().why, Refusal::Changed);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_but_the_literal_changes(before in "[a-z0-9 =;\n]{0,30}", after in "[a-z0-9 ;\n]{0,30}") {
        let text = format!("{before}\nk = \"KEY\"\n{after}");
        let want = format!("{before}\nk = process.env.KLAVIYO_API_KEY\n{after}");
        proptest::prop_assert_eq!(fixed("a.js", &text), Ok(want));
    }
}
