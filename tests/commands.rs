//! Every command that help and documents show is run, in a repository that has what it speaks of.

use crate::style::commands_of;
use crate::support::{STANCH, Sandbox, key};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Another scanner's configuration.
const GITLEAKS: &str = "[[rules]]\nid = \"acme\"\nregex = '''acme_[0-9a-f]{20}'''\n";

/// Commands that a text only names: they need more.
const NAMED: &[&str] = &[
    "stanch rules import",
    "stanch rules test",
    "stanch allow --unread",
    "stanch scan --commits",
    "stanch image docker://app:1",
];

/// The commands in the examples of every help text.
fn of_help(s: &Sandbox) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut todo: Vec<Vec<String>> = vec![vec![]];
    let mut pages = 0;
    while let Some(path) = todo.pop() {
        let mut args = path.clone();
        args.push("--help".to_owned());
        let help = s.stanch(&args).ok().stdout;
        pages += 1;
        for name in commands_of(&help) {
            if path.len() < 2 {
                let mut deeper = path.clone();
                deeper.push(name);
                todo.push(deeper);
            }
        }
        out.extend(help.lines().filter_map(|l| Some(command(l.strip_prefix("  ")?)?.to_owned())));
    }
    assert!(pages > 20, "{pages}");
    out
}

/// The commands with arguments that the documents have in code.
fn of_documents() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for dir in [ROOT.to_owned(), format!("{ROOT}/docs"), format!("{ROOT}/docs/servers")] {
        for path in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if path.extension().is_some_and(|e| e == "md") && path.file_name().unwrap() != "CHANGELOG.md" {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split('`').skip(1).step_by(2).chain(text.split("```").skip(1).step_by(2));
                out.extend(code.flat_map(str::lines).filter_map(|l| Some(command(l)?.to_owned())));
            }
        }
    }
    out
}

/// The command of a line, without what is said about it.
fn command(line: &str) -> Option<&str> {
    let line = line.trim_start_matches("$ ");
    let line = line.split("  ").next().unwrap_or_default().trim_end();
    let line = line.split(" # ").next().unwrap_or_default();
    // `stanch ci: ...` is what a command printed.
    let is_command = line.starts_with("stanch ") && !line.split(' ').nth(1)?.ends_with(':');
    (is_command && line.split(' ').count() > 2).then_some(line)
}

/// A repository with all that the examples name, and a commit that was just blocked.
fn repository() -> (Sandbox, String) {
    let s = Sandbox::guarded();
    s.git(["init", "-q", "--bare", "../remote.git"]);
    s.git(["remote", "add", "origin", "../remote.git"]);
    s.git(["push", "-q", "origin", "main"]);
    let rules = fs::read_to_string(format!("{ROOT}/docs/own-rules.md")).unwrap();
    let acme = rules.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    for (path, text) in [
        ("acme.toml", acme),
        ("config/app.yml", "port: 80\n"),
        ("src/a.py", "x = 1\n"),
        ("app.yml", "port: 80\n"),
        ("dump.sql", "SELECT 1;\n"),
        ("rules.toml", acme),
        ("dead.json", "[]"),
        ("past.json", "[]"),
        (".betterleaks.toml", GITLEAKS),
        ("assets/dump.sql", "SELECT 1;\n"),
        (".stanch.toml", ""),
        (".gitleaksignore", ""),
        (".gitleaks.toml", GITLEAKS),
        (".secrets.baseline", "{\"version\": \"1.5.0\", \"plugins_used\": [], \"results\": {}}\n"),
        (".gitguardian.yaml", "version: 2\n"),
        (".talismanrc", "version: \"1.0\"\n"),
    ] {
        s.write(path, text);
    }
    fs::create_dir_all(s.dir().join(".github/workflows")).unwrap();
    for dir in [".local/share/bash-completion/completions", ".config/fish/completions", ".zfunc"] {
        fs::create_dir_all(s.home().join(dir)).unwrap();
    }
    let image = crate::images::sample();
    crate::images::folder_of(&image, &s.dir().join("build/oci"));
    for name in ["app.tar", "base.tar"] {
        s.write(name, crate::images::tar_of(&image));
    }
    s.stanch(["baseline", "create"]).ok();
    s.git(["add", "."]);
    s.git(["commit", "-q", "--no-verify", "-m", "before"]);
    s.stage("app/mail.py", format!("api_key = \"{}\"\n", key(1)));
    let run = s.commit();
    let at = run.stderr.find("stanch allow ").expect("it is blocked") + 13;
    let fingerprint = run.stderr[at..at + 8].to_owned();
    s.git(["clone", "-q", "--bare", ".", "mirrors/app.git"]);
    s.write("list.txt", "mirrors/app.git\n");
    (s, fingerprint)
}

/// Placeholders of the examples.
fn filled(command: &str, fingerprint: &str) -> String {
    let mut text = command.to_owned();
    let klaviyo = format!("{ROOT}/src/rules/catalogue/klaviyo.toml");
    for (from, to) in [
        ("4c1e9a07", fingerprint),
        ("665bdde8", fingerprint),
        ("FINGERPRINT", fingerprint),
        ("FILE:LINE", "config/app.yml:1"),
        ("RULE", "klaviyo-private-api-key"),
        ("--lang L --store S", "--lang go --store vault"),
        ("\"WHY\"", "\"made for tests\""),
        ("\"...\"", "\"made for tests\""),
        ("[PATH...]", ""),
        ("merge REPORT...", "merge shard-1.sarif shard-2.sarif"),
        ("--unread PATH", "--unread assets/dump.sql"),
        ("PATH", "config/app.yml"),
        ("check FILE", "check .stanch.toml"),
        ("FILE", "config/app.yml"),
        ("trust NAME", "trust origin"),
        ("image IMAGE", "image app.tar"),
        ("init SYSTEM", "init github"),
        ("app/mail.py:12", "app/mail.py:1"),
        // Not on the machine that runs the tests.
        (" --machine", " --machine --root image"),
        ("--output rules.toml", "--output imported.toml"),
        ("src/rules/catalogue/PROVIDER.toml", klaviyo.as_str()),
        ("src/rules/catalogue/*.toml", klaviyo.as_str()),
    ] {
        text = text.replace(from, to);
    }
    // No CI system is known here: the range is named.
    if text.starts_with("stanch ci -") && !text.contains("--base") {
        text.push_str(" --base HEAD~1");
    }
    text
}

#[test]
fn every_command_of_help_and_documents_runs() {
    let mut commands = of_help(&Sandbox::empty());
    assert!(commands.len() > 30, "{commands:?}");
    commands.extend(of_documents());
    let mut faults = Vec::new();
    for shown in &commands {
        // Run by git, or by a server.
        if shown.starts_with("stanch hook")
            || shown.starts_with("stanch agent hook")
            || NAMED.contains(&shown.as_str())
        {
            continue;
        }
        let (s, fingerprint) = repository();
        if shown.starts_with("stanch merge") {
            for share in ["1", "2"] {
                let (of, file) = (format!("{share}/2"), format!("shard-{share}.sarif"));
                s.stanch(["scan", "--history", "--shard", &of, "--format", "sarif", "-o", &file]);
            }
        }
        let line = filled(shown, &fingerprint);
        let script = format!("'{STANCH}' {}", line.strip_prefix("stanch ").unwrap());
        let run = s.run_with("sh", ["-c", &script], b"");
        // Nothing is sent from a test: these say that a person's own file has to allow it.
        if ["stanch verify", "stanch revoke"].iter().any(|c| shown.starts_with(c))
            || shown.contains("--verify")
        {
            if run.code != 2 || !run.stderr.contains("off until your own file allows it") {
                faults.push(format!("{shown}: {} {}", run.code, run.stderr.trim()));
            }
            continue;
        }
        // Hooks in git's configuration need a newer git.
        let is_too_old = run.stderr.contains("2.54 or later");
        // The plain reader keeps no state, and says so.
        let is_plain = std::env::var("STANCH_ENGINE").is_ok_and(|e| e == "plain")
            && run.stderr.contains("--state needs the fast reader");
        let is_usage =
            ["unexpected argument", "unrecognized", "invalid value", "did you mean", "required arguments"]
                .iter()
                .any(|e| run.stderr.contains(e));
        if is_usage || !is_too_old && !is_plain && !matches!(run.code, 0 | 1) {
            faults.push(format!("{shown}: {} {}", run.code, run.stderr.trim()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(Path::new(STANCH).exists());
}

/// The commands that a message says to type now: those of "Fix now", in order.
pub fn of_message(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|l| !l.starts_with("  Fix now"));
    let mut out = Vec::new();
    for (i, line) in lines.enumerate() {
        let (label, rest) = (line.get(..18).unwrap_or_default(), line.get(18..).unwrap_or_default());
        if i > 0 && !label.trim().is_empty() || line.trim().is_empty() {
            break;
        }
        let command = rest.split("   ").next().unwrap_or_default().trim_end();
        if command.starts_with("stanch ") || command.starts_with("git ") {
            out.push(command.to_owned());
        }
    }
    out
}

/// Types the commands of a message, each of which must succeed.
pub fn follow(s: &Sandbox, text: &str) {
    let commands = of_message(text);
    assert!(!commands.is_empty(), "{text}");
    for command in commands {
        let command =
            command.replace("stanch ", &format!("'{STANCH}' ")).replace("git commit", "git commit -m x");
        let run = s.run_with("sh", ["-c", &command], b"");
        assert_eq!(run.code, 0, "{command}: {}{}\n{text}", run.stdout, run.stderr);
    }
}
