//! Own rules: from files and configurations, by every detector, tried and imported.

use crate::support::{Sandbox, key, secret};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The TOML block of the page under the heading that begins with this.
fn example(heading: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/own-rules.md")).unwrap();
    let part = page.split("\n## ").find(|p| p.starts_with(heading)).unwrap();
    part.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

fn live(seed: u64) -> String {
    secret("ACME_KEY = \"acme_live_${hex-lower:20}\"\n", seed)
}

const BY_FORM: &str = "A rule by its form";

#[test]
fn every_rule_of_the_page_passes_its_own_examples() {
    for heading in [BY_FORM, "A rule by the names", "A rule by scoring"] {
        let s = Sandbox::empty();
        s.write("r.toml", example(heading));
        let run = s.stanch(["rules", "test", "r.toml"]).ok();
        assert!(run.stdout.contains("1 rule: 1 right, 0 failed, 0 untested"), "{run:#?}");
    }
}

#[test]
fn each_kind_of_own_rule_stops_a_commit_with_what_to_do_about_it() {
    let all = ["A rule by the names", "A rule by scoring"].map(example).concat();
    let s = Sandbox::guarded();
    s.write("tools/form.toml", example(BY_FORM));
    s.write(".stanch.toml", format!("rule_files = [\"tools/form.toml\"]\n{all}"));
    s.stage("a.py", live(1));
    let run = s.commit();
    run.stopped_at("a.py:1:");
    let said = run.stderr.as_str();
    for part in ["Acme service key", "https://keys.acme.example/", "os.environ[\"ACME_KEY\"]"] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let page = s.stanch(["explain", "acme-service-key"]).ok().stdout;
    assert!(
        page.contains("Open the key's page.") && page.contains("Look at Acme")
            || page.contains("lists its last calls")
    );
    s.stage("a.py", secret("acme_signing_secret = \"${hex-lower:32}\"\n", 2));
    assert!(s.commit().stderr.contains("Acme signing secret"));
    s.stage("a.py", secret("front_door_code = \"${base62:24}\"\n", 3));
    assert!(s.commit().stderr.contains("Acme door code"));
    // What the rule excludes is allowed, and so is what it does not find.
    s.git(["reset", "-q", "--", "."]);
    s.stage("tests/fixtures/a.py", live(4));
    s.stage("b.py", "front_door_code_length = 12\n");
    s.commit().ok();
}

#[test]
fn a_file_of_rules_counts_as_it_was_committed_so_that_a_commit_cannot_blunt_it() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "rule_files = [\"r.toml\"]\n"), ("r.toml", &example(BY_FORM))]);
    s.stage("r.toml", example(BY_FORM).replace("acme_(?:live|test)_", "acme_(?:none)_"));
    s.stage("a.py", live(1));
    s.commit().stopped_at("a.py:1:");
    s.stage(".stanch.toml", "");
    s.commit().stopped_at("a.py:1:");
    s.git(["rm", "-q", "--cached", "-f", "a.py"]);
    s.commit().ok();
    s.stage("a.py", live(1));
    s.commit().ok();
}

#[test]
fn what_a_file_of_rules_lets_through_counts_once_it_is_committed() {
    let s = Sandbox::guarded();
    let loose = "\n[[path]]\nregex = '^a'\nmode = \"skip\"\nreason = \"x\"\n";
    s.write("r.toml", format!("{}{loose}", example(BY_FORM)));
    s.hook_script(
        "pre-commit",
        &format!(
            "exec '{}' hook pre-commit --rules r.toml \"$@\"\n",
            crate::support::STANCH.replace('\\', "/")
        ),
    );
    s.stage("a.py", live(1));
    let run = s.commit();
    run.stopped_at("a.py:1:");
    assert!(run.stderr.contains("counts once it is committed"), "{run:#?}");
    s.git(["reset", "-q", "--", "."]);
    let text = s.read("r.toml");
    s.record(&[("r.toml", std::str::from_utf8(&text).unwrap())]);
    s.stage("a.py", live(1));
    s.commit().ok();
}

#[test]
fn the_rules_of_the_command_line_count_for_every_command_that_knows_rules() {
    let s = Sandbox::new();
    s.write("a.py", live(1));
    s.record(&[("README.md", "x\n")]);
    let outside = s.root().join("acme.toml");
    fs::write(&outside, example(BY_FORM)).unwrap();
    let rules = outside.to_str().unwrap();
    assert_eq!(s.stanch(["scan", "a.py"]).code, 0);
    assert_eq!(s.stanch(["scan", "a.py", "--rules", rules]).code, 1);
    assert!(s.stanch(["rules", "list", "acme-s", "--rules", rules]).ok().stdout.contains("acme-service-key"));
    assert!(s.stanch(["explain", "acme-service-key", "--rules", rules]).ok().stdout.contains("Acme"));
    assert!(
        s.stanch(["config", "show", "--rules", rules])
            .ok()
            .stdout
            .contains("acme-service-key\"  # command-line")
    );
    s.stanch(["baseline", "create", "--rules", rules]).ok();
    assert!(String::from_utf8(s.read(".stanch-baseline")).unwrap().contains("acme-service-key"));
    s.git(["add", "a.py"]);
    assert_eq!(s.stanch(["hook", "pre-commit", "--rules", rules]).code, 1);
    let told = s.stanch(["scan", "a.py", "--format", "jsonl", "--rules", rules]).stdout;
    let fingerprint = told.split("\"fingerprint\":\"").nth(1).unwrap().split('"').next().unwrap();
    let allow = ["allow", fingerprint, "--reason", "made up", "--rule", "acme-service-key"];
    // A configuration that speaks of a rule that only the command line brings.
    s.write(".stanch.toml", "[rules.acme-service-key]\nseverity = \"critical\"\n");
    s.stanch(allow).could_not_check("acme-service-key");
    s.stanch([&allow[..], &["--rules", rules]].concat()).ok();
    assert!(String::from_utf8(s.read(".stanch.toml")).unwrap().contains(fingerprint));
    s.stanch(["audit"]).could_not_check("acme-service-key");
    s.stanch(["audit", "--rules", rules]).ok();
    let stale = s.stanch(["allow", "--stale", "--rules", rules]).ok();
    assert!(stale.stderr.contains("stale allow entries: 0 of 1"), "{stale:?}");
    s.write(".stanch.toml", "");
    s.write(".gitleaksignore", "a.py:acme-service-key:1\n");
    assert!(s.stanch(["import", ".gitleaksignore", "--dry-run"]).ok().stderr.contains("0 allow entries"));
    let imported = s.stanch(["import", ".gitleaksignore", "--rules", rules]).ok();
    assert!(imported.stderr.contains("1 allow entry written"), "{imported:?}");
    s.write(".stanch.toml", "");
    s.stanch(["fix", "--all", "--rules", rules]).ok();
    assert!(!String::from_utf8(s.read("a.py")).unwrap().contains("acme_live_"));
}

#[test]
fn a_file_that_is_not_there_or_not_right_is_named_with_its_line() {
    let s = Sandbox::new();
    s.stanch(["scan", "--rules", "none.toml"]).could_not_check("cannot read --rules none.toml");
    s.write(".stanch.toml", "\nrule_files = [\"none.toml\"]\n");
    s.stanch(["scan"]).could_not_check(".stanch.toml:2: rule_files: there is no file none.toml");
    s.write(".stanch.toml", "");
    s.write("r.toml", example(BY_FORM).replace("(?P<secret>", "("));
    s.stanch(["scan", "--rules", "r.toml"])
        .could_not_check("r.toml:11: rule acme-service-key: regex has no group");
    s.write("r.toml", "[block]\nseverity = \"low\"\n");
    s.stanch(["scan", "--rules", "r.toml"]).could_not_check("r.toml:1: unknown key `block`");
}

#[test]
fn a_trial_says_why_an_example_fails() {
    let rule = |id: &str, rest: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nname = \"x\"\nkind = \"token\"\nseverity = \"low\"\nconfidence = \"low\"\n{rest}\n"
        )
    };
    let zq = "regex = '(?P<secret>zqx_[0-9a-zA-Z_$]{8,})'";
    let text = [
        rule("no-keyword", &format!("{zq}\nkeywords = ['elsewhere']\nexamples = ['zqx_${{base62:20}}']")),
        rule("no-match", &format!("{zq}\nexamples = ['zqx_${{base62:4}}']")),
        rule("window", "regex = 'zqx:\\n(?P<secret>[0-9]{9})'\nexamples = ['''zqx:\n${digits:9}''']"),
        rule("entropy", &format!("{zq}\nentropy = 6.0\nexamples = ['zqx_${{base62:20}}']")),
        rule("placeholder", "regex = 'zqx=(?P<secret>\\w+)'\nexamples = ['zqx=xxxxxxxxxxxx']"),
        rule(
            "excepted",
            &format!("{zq}\nexamples = ['zqx_${{base62:20}}']\n[[rule.except]]\nvalue = '^zqx'"),
        ),
        rule("path", &format!("{zq}\npath = 'only'\nexamples = ['''a.py\nzqx_${{base62:20}}''']")),
        rule("other-rule", "regex = 'zqy_(?P<secret>[0-9]{9})'\nexamples = ['zqy_${digits:9}']"),
        rule(
            "wins",
            "regex = '(?P<secret>zqy_[0-9]{9})'\nsupersedes = ['other-rule']\nexamples = ['zqy_${digits:9}']",
        ),
        rule("found", "regex = '(?P<secret>zqw_[0-9]{9})'\nnegative_examples = ['zqw_${digits:9}']"),
        rule("template", &format!("{zq}\nexamples = ['${{nonsense:3}}']")),
        rule("rule", "regex = '(?P<secret>[0-9]{9'"),
        rule("none", "regex = '(?P<secret>zqv_[0-9]{9})'"),
        rule("klaviyo-private-api-key", zq),
    ]
    .concat();
    let s = Sandbox::empty();
    s.write("r.toml", &text);
    let run = s.stanch(["rules", "test", "--format", "json", "r.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    let rows: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    for row in &rows {
        let id = row["rule"].as_str().unwrap();
        let why = row["faults"].pointer("/0/why").and_then(Value::as_str);
        match id {
            "none" => assert_eq!(row["status"], "untested"),
            "wins" => assert_eq!(row["status"], "right", "{row}"),
            "klaviyo-private-api-key" => assert_eq!(why, Some("rule"), "{row}"),
            _ => assert_eq!(why, Some(id), "{row}"),
        }
    }
    let text = s.stanch(["rules", "test", "r.toml"]).stdout;
    for said in
        ["none: untested", "which takes precedence", "the rule requires 6.00", "--catalogue", "0 untested"]
    {
        assert_eq!(text.contains(said), said != "0 untested", "{said}: {text}");
    }
    s.write("r.toml", "[[rule]]\n");
    s.stanch(["rules", "test", "r.toml"]).could_not_check("r.toml:1: ");
    s.stanch(["rules", "test", "gone.toml"]).could_not_check("gone.toml");
}

#[test]
fn the_catalogues_own_files_pass_the_trial_and_an_example_is_asked_of_them() {
    let s = Sandbox::empty();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/catalogue/klaviyo.toml");
    s.stanch(["rules", "test", "--catalogue", file]).ok();
    assert_eq!(s.stanch(["rules", "test", file]).code, 1, "their ids are taken");
    s.write("r.toml", format!("schema = 1\n{}", example(BY_FORM)));
    let run = s.stanch(["rules", "test", "--catalogue", "r.toml"]);
    assert!(run.code == 1 && run.stdout.contains("path and except are for own rules"), "{run:#?}");
}

#[test]
fn the_configuration_of_the_page_is_imported_and_works() {
    let s = Sandbox::guarded();
    s.write(".gitleaks.toml", example("From gitleaks"));
    let run = s.stanch(["rules", "import", ".gitleaks.toml", "--output", "r.toml"]).ok();
    for said in [
        "1 of 1 rule carried; 1 are proved",
        "[extend] useDefault",
        "tags: rules here have none",
        "rule acme_token as acme-token",
        "a global allowlist\n      allowlist: commits have no say here",
    ] {
        assert!(run.stderr.contains(said), "no {said:?} in {run:#?}");
    }
    let run = s.stanch(["rules", "test", "r.toml"]).ok();
    assert!(run.stdout.contains("1 right, 0 failed, 0 untested"), "{run:#?}");
    s.stanch(["rules", "import", ".gitleaks.toml", "--output", "r.toml"])
        .could_not_check("--force writes over it");
    s.record(&[
        (".stanch.toml", "rule_files = [\"r.toml\"]\n[rules.generic-token]\nenabled = false\n"),
        ("r.toml", std::str::from_utf8(&s.read("r.toml")).unwrap()),
    ]);
    let token = |seed| secret("ACME-TOKEN: '${alnum-lower:32}'", seed);
    s.stage("a.yml", format!("{}\n", token(1)));
    s.commit().stopped_at("a.yml:1:");
    s.git(["reset", "-q", "--", "."]);
    // Both have to hold: the path and the line.
    s.stage("docs/a.yml", format!("{}\n", token(2)));
    s.commit().stopped_at("docs/a.yml:1:");
    s.stage("docs/a.yml", format!("{} # sample\n", token(2)));
    s.commit().ok();
    s.stage("x/testdata/a.yml", format!("{}\n", token(3)));
    s.commit().ok();
    s.stage("b.yml", format!("ACME-TOKEN: '{}'\n", secret("${alnum-lower:13}sample${alnum-lower:13}", 4)));
    s.commit().ok();
}

#[test]
fn what_cannot_be_imported_is_reported_and_so_is_what_is_not_a_configuration() {
    let s = Sandbox::new();
    s.write(
        "base.toml",
        "[[rules]]\nid = 'base'\nregex = '''base-([0-9]{12})'''\n[[rules]]\nid = 'off'\nregex = 'x'\n",
    );
    s.write(
        "g.toml",
        "[extend]\npath = 'base.toml'\ndisabledRules = ['off', 'theirs']\n\
         [[rules]]\nid = 'base'\nentropy = 1.5\n\
         [[rules]]\nid = 'greek'\nregex = '''\\p{Greek}+'''\n\
         [[rules]]\nid = 'file'\npath = '''\\.p12$'''\n\
         [[rules]]\nid = 'gitlab-pat'\n[rules.allowlist]\nregexes = ['''x''']\n\
         [[rules]]\nid = 'any'\nregex = '''[0-9]{3}-[0-9]{12}'''\n\
         [[rules]]\nid = 'two'\nregex = '''(?:one=([0-9]{12})|two=([a-f]{12}))'''\n\
         [[rules]]\nid = 'wide'\nregex = '''zq(?:[a-z0-9]{900}){900}'''\n\
         [[rules]]\nid = 'far'\nregex = '''[0-9]{4}x[0-9]{12}'''\nkeywords = ['faraway']\n",
    );
    let run = s.stanch(["rules", "import", "g.toml"]).ok();
    for said in [
        "rule greek\n      its pattern has a class of Unicode",
        "rule file\n      is about a file's name alone",
        "rule gitlab-pat\n      has no pattern",
        "disabledRules theirs",
        "rule wide\n      regex is too large",
        "4 of 8 rules carried; 4 are proved",
    ] {
        assert!(run.stderr.contains(said), "no {said:?} in {run:#?}");
    }
    s.write("r.toml", &run.stdout);
    s.stanch(["rules", "test", "r.toml"]).ok();
    for (text, code) in [
        ("base-123409871234", 1),
        ("two=fbdaecdafbce", 1),
        ("123-123409871234", 1),
        ("1234x123409871234", 0),
        ("1234x123409871234\n\n# faraway", 1),
    ] {
        s.write("t.txt", text);
        assert_eq!(s.stanch(["scan", "t.txt", "--rules", "r.toml"]).code, code, "{text}");
    }
    s.write("n.toml", "");
    s.stanch(["rules", "import", "n.toml"]).could_not_check("it is no configuration of gitleaks");
    s.write(".gitleaksignore", "");
    s.stanch(["rules", "import", ".gitleaksignore"]).could_not_check("`stanch import`");
    s.stanch(["import", "g.toml"]).could_not_check("`stanch rules import g.toml`");
}

#[test]
fn a_file_that_was_imported_can_be_committed_though_its_patterns_name_values() {
    let s = Sandbox::guarded();
    let text = format!(
        "[[rules]]\nid = 'acme'\nregex = '''acme-[0-9]{{12}}'''\n[[rules.allowlists]]\nregexes = ['''{}''']\n",
        key(1)
    );
    s.write("g.toml", text);
    s.stanch(["rules", "import", "g.toml", "-o", "r.toml"]).ok();
    assert!(
        String::from_utf8(s.read("r.toml"))
            .unwrap()
            .contains("# stanch:allow-file klaviyo-private-api-key --")
    );
    s.git(["add", "r.toml"]);
    s.commit().ok();
}

#[test]
fn a_missed_secret_is_explained_for_a_rule_and_a_text() {
    let s = Sandbox::new();
    let key = key(1);
    s.write("found.py", format!("KLAVIYO = \"{key}\"\n"));
    s.write("short.py", format!("KLAVIYO = \"{}\"\n", &key[..20]));
    s.write("other.py", "print('hello')\n");
    let ask = |file: &str| s.stanch(["rules", "test", "--rule", "klaviyo-private-api-key", "--text", file]);
    let run = ask("found.py").ok();
    assert!(
        run.stdout.starts_with("found.py:1:12: found by klaviyo-private-api-key, confidence "),
        "{run:#?}"
    );
    assert!(!run.stdout.contains(&key), "no value is shown: {run:#?}");
    for (file, why) in
        [("short.py", "the regex does not match"), ("other.py", "none of its keywords is in it")]
    {
        let run = ask(file);
        assert_eq!(run.code, 1, "{run:#?}");
        assert!(
            run.stdout.contains("klaviyo-private-api-key finds nothing: ") && run.stdout.contains(why),
            "{run:#?}"
        );
    }
    let run = s.stanch(["rules", "test", "--rule", "no-such", "--text", "other.py"]);
    run.could_not_check("no rule is called no-such");
    s.write("r.toml", example(BY_FORM));
    s.write("acme.txt", "acme_live_ and no more\n");
    let run = s.stanch(["rules", "test", "--rule", "acme-service-key", "--text", "acme.txt", "r.toml"]);
    assert!(run.code == 1 && run.stdout.contains("acme-service-key finds nothing"), "{run:#?}");
}
