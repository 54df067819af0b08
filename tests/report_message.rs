//! The message for a person who was stopped: real findings of made-up values, seen as that person sees them.

use crate::support::Sandbox;
use snapbox::{assert_data_eq, str};
use stanch::config::Config;
use stanch::finding::{RepoPath, Source, SourceKind};
use stanch::fix;
use stanch::policy::{Action, Cause, Commit, Decision, Markers, Policy, Screen, Screened, Skipped, Stage};
use stanch::report::{self, Terminal};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options, template};

/// A text to be scanned: sort, path, template, commit.
pub type Text<'a> = (SourceKind, &'a str, &'a str, Option<&'a str>);

pub fn rules() -> RuleSet {
    let mut rules = RuleSet::empty();
    rules.add_toml(include_str!("fixtures/report_message.toml")).unwrap();
    rules
}

/// What the scanner and the policy say to these texts.
pub fn decision(rules: &RuleSet, stage: Stage, texts: &[Text<'_>]) -> Decision {
    let engine = Engine::new(rules, Options::default());
    let policy = Policy::new(Config::default(), jiff::civil::date(2026, 1, 1));
    let mut decision = Decision::empty(stage);
    decision.reading.files = 3;
    for (kind, path, text, commit) in texts {
        let text = template::expand(text, 7).unwrap();
        let path = template::expand(path, 7).unwrap();
        let mut source = Source::new(*kind, RepoPath::new(path));
        source.commit = commit.map(str::to_owned);
        let fragment = Fragment { source, bytes: text.as_bytes().into() };
        let mut found = engine.scan(&fragment);
        let suggestions = fix::suggest(text.as_bytes(), &found.iter().collect::<Vec<_>>());
        for (f, suggestion) in found.iter_mut().zip(suggestions) {
            f.suggestion = Some(Box::new(suggestion));
        }
        let markers = Markers::of(text.as_bytes());
        decision.findings.extend(found.into_iter().map(|f| policy.decide(f, &markers)));
    }
    decision
}

fn look() -> Terminal {
    Terminal { width: 100, unicode: true, limit: 5, prefix: Vec::new() }
}

/// What may be shown of it.
pub fn shown(decision: &Decision) -> Screened {
    Screen::builtin().decision(decision.clone())
}

/// The message as a file has it: without styles.
pub fn message(look: &Terminal, decision: &Decision) -> String {
    let mut out = Vec::new();
    report::human::render_for(look, &shown(decision), &mut out).unwrap();
    anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string()
}

const KEY: &str = "${hex-lower:34}";

fn staged<'a>(path: &'a str, text: &'a str) -> Text<'a> {
    (SourceKind::Staged, path, text, None)
}

#[test]
fn one_staged_secret_gets_the_whole_message() {
    let text = format!("import requests\n\napi_key = \"pk_{KEY}\"\n");
    let d = decision(&rules(), Stage::Commit, &[staged("app/mail.py", &text)]);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: commit blocked, secret in app/mail.py:3; stanch fix

  Klaviyo private API key   high: it has the provider's format
  app/mail.py:3:12   pk_d90****(37)****ad

  Has it leaked?  Not by this commit.
  Fix now         stanch fix dfa008b0   writes os.environ["KLAVIYO_API_KEY"] there (import os)
                  git add app/mail.py && git commit

  If it was ever shared, rotate it
    revoke        https://www.klaviyo.com/settings/account/api-keys
                  Settings > API keys > the key > Delete (no confirmation is asked)
    check         Developer tools > API activity dashboard and API logs
    breaks        git grep -ni KLAVIYO_API_KEY
                  Integrations with this key; klaviyo.js goes on (public key)
    new key       Settings > API keys > Create Private API Key: few scopes; two can live at once
    more          stanch explain dfa008b0

  Not a secret?   stanch allow dfa008b0 --reason "WHY"

"#]]
    );
}

#[test]
fn a_key_in_a_script_of_a_page_gets_the_value_that_belongs_there() {
    let d = decision(&rules(), Stage::Commit, &[staged("static/app.js", &format!("track('pk_{KEY}')"))]);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: commit blocked, secret in static/app.js:1; edit it

  Klaviyo private API key   high: it has the provider's format
  static/app.js:1:8   pk_d90****(37)****ad
  This part ships to every browser: each visitor can read the key. Only a public one belongs there.

  Has it leaked?  Not by this commit.
  Fix now         Put the Klaviyo public API key / site ID there; what needs this one belongs on
                  your server, which reads process.env.KLAVIYO_API_KEY.
                  git add static/app.js && git commit

  If it was ever shared, rotate it
    revoke        https://www.klaviyo.com/settings/account/api-keys
                  Settings > API keys > the key > Delete (no confirmation is asked)
    check         Developer tools > API activity dashboard and API logs
    breaks        git grep -ni KLAVIYO_API_KEY
                  Integrations with this key; klaviyo.js goes on (public key)
    new key       Settings > API keys > Create Private API Key: few scopes; two can live at once
    more          stanch explain dfa008b0

  Not a secret?   stanch allow dfa008b0 --reason "WHY"

"#]]
    );
}

#[test]
fn a_kind_without_facts_claims_nothing() {
    let d =
        decision(&rules(), Stage::Commit, &[staged("conf/app.json", &format!("{{\"k\": \"bare_{KEY}\"}}"))]);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: commit blocked, secret in conf/app.json:1; edit it

  Klaviyo key of a kind without facts   high: it has the provider's format
  conf/app.json:1:8   bare_d****(39)****ad

  Has it leaked?  Not by this commit.
  Fix now         JSON reads no variables: leave "" here; let the program that reads it take
                  KLAVIYO_TOKEN.
                  git add conf/app.json && git commit

  If it was ever shared, rotate it
    revoke        Revoke it at Klaviyo; at once if it was ever public
    check         Look at Klaviyo for use by others
    breaks        git grep -ni KLAVIYO_TOKEN   Whatever still uses it when it is revoked
    new key       One for each program, with the least rights, as far as Klaviyo allows
    more          stanch explain bbf903ec

  Not a secret?   stanch allow bbf903ec --reason "WHY"

"#]]
    );
}

#[test]
fn a_file_of_secrets_is_kept_out_of_git() {
    let d = decision(&rules(), Stage::Commit, &[staged("deploy/.env", &format!("K=pk_{KEY}\n"))]);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: commit blocked, secret in deploy/.env:1; stanch fix

  Klaviyo private API key   high: it has the provider's format
  deploy/.env:1:3   pk_d90****(37)****ad

  Has it leaked?  Not by this commit.
  Fix now         stanch fix dfa008b0   takes deploy/.env out of the commit and ignores it
                  git commit

  If it was ever shared, rotate it
    revoke        https://www.klaviyo.com/settings/account/api-keys
                  Settings > API keys > the key > Delete (no confirmation is asked)
    check         Developer tools > API activity dashboard and API logs
    breaks        git grep -ni KLAVIYO_API_KEY
                  Integrations with this key; klaviyo.js goes on (public key)
    new key       Settings > API keys > Create Private API Key: few scopes; two can live at once
    more          stanch explain dfa008b0

  Not a secret?   stanch allow dfa008b0 --reason "WHY"

"#]]
    );
}

#[test]
fn one_secret_in_several_languages_is_one_secret_and_each_file_has_its_way() {
    let text = format!("k = \"pk_{KEY}\"");
    let all = [staged("a.py", &text), staged("b.go", &text), staged("c.json", &text)];
    let text = message(&look(), &decision(&rules(), Stage::Commit, &all));
    assert!(text.starts_with("stanch: commit blocked, secret in 3 files; stanch fix\n"), "{text}");
    assert!(text.contains("the same value in 2 more places: b.go:1:6, c.json:1:6"), "{text}");
    assert!(text.contains("writes each language's own expression"), "{text}");
    assert!(text.contains("In c.json: JSON reads no variables"), "{text}");
    assert!(text.contains("git add a.py b.go c.json && git commit"), "{text}");
}

fn push(commits: &[Text<'_>], history: &[(&str, &str, bool, bool)]) -> Decision {
    let mut d = decision(&rules(), Stage::Push { remote: "origin".into() }, commits);
    d.reading.commits = 4;
    d.reading.history = history
        .iter()
        .map(|(id, summary, tip, root)| Commit {
            id: (*id).into(),
            summary: (*summary).into(),
            tip: *tip,
            root: *root,
        })
        .collect();
    d
}

const OLD: &str = "9f2c1ab3d4e5f60718293a4b5c6d7e8f90a1b2c3";

#[test]
fn a_secret_in_an_older_commit_is_rebased_away() {
    let text = format!("a: pk_{KEY}\n");
    let d = push(&[(SourceKind::Commit, "config/dev.yml", &text, Some(OLD))], &[(OLD, "wip", false, false)]);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: push blocked, secret in dev.yml:1; edit 9f2c1ab3d

  Klaviyo private API key   high: it has the provider's format
  9f2c1ab3d "wip"  config/dev.yml:1:4   pk_d90****(37)****ad

  Has it leaked?  Not by this push: nothing was sent to origin. A new commit on top does not help:
                  git sends the old one with it.
  Fix now         git rebase -ir 9f2c1ab3d^   mark 9f2c1ab3d "edit"
                  ${KLAVIYO_API_KEY}   in place of the value (if its reader fills variables in)
                  git add config/dev.yml && git commit --amend --no-edit
                  git rebase --continue && git push

  If it was ever shared, rotate it
    revoke        https://www.klaviyo.com/settings/account/api-keys
                  Settings > API keys > the key > Delete (no confirmation is asked)
    check         Developer tools > API activity dashboard and API logs
    breaks        git grep -ni KLAVIYO_API_KEY
                  Integrations with this key; klaviyo.js goes on (public key)
    new key       Settings > API keys > Create Private API Key: few scopes; two can live at once
    more          stanch explain dfa008b0

  Not a secret?   stanch allow dfa008b0 --reason "WHY"

"#]]
    );
}

#[test]
fn a_secret_in_the_newest_commit_is_amended_away() {
    let text = format!("a: pk_{KEY}\n");
    let d = push(&[(SourceKind::Commit, "config/dev.yml", &text, Some(OLD))], &[(OLD, "wip", true, false)]);
    let text = message(&look(), &d);
    assert!(text.contains("git add config/dev.yml && git commit --amend --no-edit\n"), "{text}");
    assert!(text.contains("git push\n") && !text.contains("rebase"), "{text}");
}

#[test]
fn a_server_says_it_in_seventy_columns() {
    let text = format!("a: pk_{KEY}\n");
    let mut d =
        push(&[(SourceKind::Commit, "config/dev.yml", &text, Some(OLD))], &[(OLD, "wip", false, true)]);
    d.stage = Stage::Receive;
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: push refused, secret in dev.yml:1; edit 9f2c1ab3d

  Klaviyo private API key   high: it has the provider's format
  9f2c1ab3d "wip"  config/dev.yml:1:4   pk_d90****(37)****ad

  Has it leaked?  It reached this server, which refused it: no one can
                  fetch it. A new commit on top does not help.
  Fix now         git rebase -ir --root   mark 9f2c1ab3d "edit"
                  ${KLAVIYO_API_KEY}
                  in place of the value (if its reader fills variables
                  in)
                  git add -p && git commit --amend --no-edit
                  git rebase --continue && git push

  If it was ever shared, rotate it
    revoke        https://www.klaviyo.com/settings/account/api-keys
                  Settings > API keys > the key > Delete (no
                  confirmation is asked)
    check         Developer tools > API activity dashboard and API
                  logs
    breaks        git grep -ni KLAVIYO_API_KEY
                  Integrations with this key; klaviyo.js goes on
                  (public key)
    new key       Settings > API keys > Create Private API Key: few
                  scopes
    more          stanch explain klaviyo-private-api-key

  Not a secret?   stanch:allow klaviyo-private-api-key -- WHY
                  on its line

"#]]
    );
}

#[test]
fn several_secrets_get_three_lines_each_and_the_rest_is_counted() {
    let texts: Vec<String> = (0..8).map(|i| format!("${{hex-lower:{i}}}\nkey = \"pk_{KEY}\"\n")).collect();
    let mut all: Vec<Text<'_>> = texts.iter().map(|t| staged("a.py", t)).collect();
    all.push(staged("b.go", &texts[0]));
    all.push(staged(".env", &texts[1]));
    let d = decision(&rules(), Stage::Commit, &all);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: commit blocked, 8 secrets in 3 files; stanch fix

  Klaviyo private API key   high: it has the provider's format
    a.py:2:8   pk_d90****(37)****ad
    dfa008b0   write os.environ["KLAVIYO_API_KEY"]   also in b.go:2:8

  Klaviyo private API key   high: it has the provider's format
    a.py:2:8   pk_901****(37)****d8
    7b0b405f   write os.environ["KLAVIYO_API_KEY"]   also in .env:2:8

  Klaviyo private API key   high: it has the provider's format
    a.py:2:8   pk_018****(37)****8f
    8c7c93aa   write os.environ["KLAVIYO_API_KEY"]

  Klaviyo private API key   high: it has the provider's format
    a.py:2:8   pk_184****(37)****f1
    35a5a1f8   write os.environ["KLAVIYO_API_KEY"]

  Klaviyo private API key   high: it has the provider's format
    a.py:2:8   pk_846****(37)****13
    60505f85   write os.environ["KLAVIYO_API_KEY"]

  and 3 more: stanch scan --staged

  Has it leaked?  Not by this commit.
  Fix now         stanch fix --all
                  takes .env out of the commit, and writes the variables elsewhere
                  git add a.py b.go a.py && git commit
  Ever shared?    stanch explain FINGERPRINT   how to rotate it
  Not a secret?   stanch allow FINGERPRINT --reason "WHY"

"#]]
    );
}

#[test]
fn a_warning_is_short_and_stops_nothing() {
    let d = decision(&rules(), Stage::Commit, &[staged("a.py", &format!("x = 'maybe_{KEY}'"))]);
    assert_eq!(d.exit_code(), 0);
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: 1 warning, which does not block
  a.py:1:6   maybe_****(40)****ad
    2cdd18d8   Klaviyo key, perhaps   medium: it has the provider's format

"#]]
    );
}

#[test]
fn a_clean_commit_is_silent_yet_what_was_not_read_is_said() {
    let mut d = decision(&rules(), Stage::Commit, &[staged("a.py", "x = 1")]);
    assert_eq!(message(&look(), &d), "");
    let container = stanch::text::container::of(b"PK\x03\x04", b"").unwrap();
    d.reading.skipped.push(Skipped::new(RepoPath::new("app.jar"), None, Cause::Container(container)));
    d.reading.notes.push("shallow clone: history ends at 3f1b".into());
    assert_data_eq!(
        message(&look(), &d),
        str![[r#"
stanch: the content of 1 file was not read: app.jar (zip)
stanch: shallow clone: history ends at 3f1b

"#]]
    );
}

#[test]
fn paths_and_commands_are_seen_from_the_folder_where_the_reader_stands() {
    let d = decision(&rules(), Stage::Commit, &[staged("app/it's.py", &format!("k = \"pk_{KEY}\""))]);
    let text = message(&Terminal { prefix: b"web/".to_vec(), ..look() }, &d);
    assert!(text.contains("  ../app/it's.py:1:6 "), "{text}");
    assert!(text.contains(r"git add '../app/it'\''s.py' && git commit"), "{text}");
}

#[test]
fn a_secret_in_a_file_name_is_masked_in_every_path_of_the_message() {
    let (name, text) = (format!("pk_{KEY}.txt"), format!("k = \"pk_{KEY}\""));
    let texts = [(SourceKind::FileName, &*name, &*name, None), (SourceKind::Staged, &*name, &*text, None)];
    let d = decision(&rules(), Stage::Commit, &texts);
    assert_eq!(d.findings.len(), 2);
    let raw = template::expand(&name, 7).unwrap();
    let text = message(&look(), &d);
    assert!(!text.contains(&raw[..raw.len() - 4]), "{text}");
    assert!(text.contains("****"), "{text}");
}

#[test]
fn the_password_of_a_remote_is_not_repeated() {
    let text = format!("a: pk_{KEY}\n");
    let mut d = push(&[(SourceKind::Commit, "a.yml", &text, Some(OLD))], &[]);
    d.stage = Stage::Push { remote: "https://me:hidden@git.example/x".into() };
    let text = message(&look(), &d);
    assert!(text.contains("nothing was sent to https://git.example/x."), "{text}");
    assert!(!text.contains("hidden") && !text.contains("me:"), "{text}");
}

#[test]
fn a_hostile_name_cannot_move_the_cursor() {
    let d = decision(&rules(), Stage::Commit, &[staged("a\u{1b}[2J\n.py", &format!("k = \"pk_{KEY}\""))]);
    let mut out = Vec::new();
    report::human::render_for(&look(), &shown(&d), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains("\u{1b}[2J") && text.contains("a\\u{1b}[2J\\n.py:1:6"), "{text}");
}

/// Lines and columns of the message about one secret, for every rule of the catalogue, in every sort of file.
#[test]
fn the_message_about_any_one_secret_keeps_to_25_lines_and_100_columns() {
    const FILES: [&str; 8] =
        ["src/a.py", "static/a.js", "A.cs", "a.json", ".env", "k8s/a.yml", "Dockerfile", "id_rsa"];
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/catalogue");
    let builtin = RuleSet::builtin();
    let mut seen = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let spec = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let spec: stanch::rules::spec::FileSpec = toml::from_str(&spec).unwrap();
        for rule in &spec.rules {
            let Some(example) = rule.examples.first() else { continue };
            let mut set = builtin.clone();
            set.retain(|r| r.id == rule.id);
            let mut d = decision(&set, Stage::Commit, &[staged("src/a.py", example)]);
            d.findings.truncate(1);
            let Some(found) = d.findings.first_mut() else { continue };
            found.action = Action::Block;
            seen += 1;
            let secret = found.finding.secret.expose().to_vec();
            let shows = |text: &[u8]| secret.len() > 5 && text.windows(secret.len()).any(|w| w == secret);
            for render in [report::json::render, report::sarif::render] {
                let mut out = Vec::new();
                render(&shown(&d), &mut out).unwrap();
                assert!(!shows(&out), "{} is shown to a tool", rule.id);
            }
            d.findings[0].finding.suggestion = None;
            for path in FILES {
                d.findings[0].finding.source.path = RepoPath::new(path);
                for look in [look(), Terminal { unicode: false, width: 80, ..look() }] {
                    let text = message(&look, &d);
                    assert!(text.lines().count() <= 25, "{} in {path}:\n{text}", rule.id);
                    for line in text.lines() {
                        let columns = line.chars().count();
                        // A link is never broken.
                        assert!(
                            columns <= 100 || line.contains(" https://"),
                            "{} in {path}: {line}",
                            rule.id
                        );
                        assert!(look.unicode || line.is_ascii(), "{line}");
                        assert!(!line.ends_with(' '), "{line:?}");
                    }
                    assert!(!shows(text.as_bytes()), "{} in {path} is shown", rule.id);
                }
            }
        }
    }
    assert!(seen > 100, "the catalogue's examples are found: {seen}");
}

#[test]
fn every_command_that_the_message_names_exists() {
    let text = format!("k = \"pk_{KEY}\"\n");
    let several = [staged("a.py", &text), staged("b.py", "k = \"bare_${hex-lower:34}\"")];
    let s = Sandbox::empty();
    let mut named = std::collections::BTreeSet::new();
    for texts in [&several[..1], &several[..]] {
        let text = message(&Terminal { limit: 1, ..look() }, &decision(&rules(), Stage::Commit, texts));
        for (i, _) in text.match_indices("stanch ") {
            named.insert(text[i + 7..].split(' ').next().unwrap().trim().to_owned());
        }
    }
    assert!(named.contains("scan"), "{named:?}");
    for command in named {
        let run = s.stanch([&*command, "--help"]);
        assert_eq!(run.code, 0, "stanch {command} is no command");
    }
}

#[test]
fn the_message_fits_40_80_and_100_columns_also_with_wide_and_right_to_left_paths() {
    use unicode_width::UnicodeWidthStr;
    for path in [
        "src/a.py",
        "\u{5de5}\u{4f5c}/\u{914d}\u{7f6e}\u{6587}\u{4ef6}.py",
        "\u{5d0}\u{5d1}\u{5d2}/\u{5d3}.py",
    ] {
        for width in [40, 80, 100, 120] {
            let look = Terminal { width: width.min(Terminal::WIDEST), ..look() };
            let text = format!("key = \"pk_{KEY}\"\n");
            let one = [staged(path, &text)];
            let two = [one[0], staged(".env", "K=pk_${hex-lower:34}\nL=bare_${hex-lower:34}\n")];
            for d in [decision(&rules(), Stage::Commit, &one), decision(&rules(), Stage::Commit, &two)] {
                let text = message(&look, &d);
                for line in text.lines() {
                    // What is pasted or opened is never broken.
                    let prose = line.trim_start();
                    let whole =
                        ["git ", "stanch ", "https://", "os.environ"].iter().any(|p| prose.contains(p));
                    let columns = UnicodeWidthStr::width(line);
                    assert!(
                        columns <= width || whole || !prose.contains(' '),
                        "{width}: {columns}: {line}\n{text}"
                    );
                }
                assert!(text.contains(path), "{text}");
            }
        }
    }
}
