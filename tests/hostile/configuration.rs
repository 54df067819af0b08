//! Configurations, baselines, rule files and other tools' files of an unknown hand.

use crate::support::{Run, Sandbox, key};
use std::fmt::Write;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RULE: &str = "klaviyo-private-api-key";

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// What a command does that must end by itself; it is ended when it does not.
fn ending(s: &Sandbox, args: &[&str]) -> Run {
    let out = s.root().join("out");
    let file = || Stdio::from(fs::File::create(&out).unwrap());
    let mut command: Command = s.command(crate::support::STANCH);
    let mut child =
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file()).spawn().unwrap();
    let started = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap_or(-1);
        }
        if started.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Run { code, stdout: String::new(), stderr: fs::read_to_string(&out).unwrap() }
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused_wherever_a_file_is_named() {
    let s = Sandbox::guarded();
    let fifo = s.dir().join("fifo.toml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, s.dir().join(name)).unwrap();
    link("/dev/zero", "zero.toml");
    link("/dev/zero", ".gitleaksignore");
    link("fifo.toml", ".talismanrc");
    for args in [
        &["config", "check", "/dev/zero"][..],
        &["config", "check", "fifo.toml"],
        &["config", "check", "zero.toml"],
        &["import", ".gitleaksignore"],
        &["import", ".talismanrc"],
        &["rules", "import", "zero.toml"],
        &["rules", "import", "fifo.toml"],
        &["rules", "test", "zero.toml"],
        &["scan", "--rules", "fifo.toml"],
        &["scan", "--rules", "/dev/zero"],
        &["image", "/dev/zero"],
    ] {
        ending(&s, args).could_not_check("is no file");
    }
    ending(&s, &["merge", "/dev/zero"]).could_not_check("cannot read the report /dev/zero");
    // A machine's or a person's file, and the repository's own.
    for place in ["/dev/zero", fifo.to_str().unwrap()] {
        let s = s.env("STANCH_SYSTEM_CONFIG", place);
        ending(&s, &["hook", "pre-commit"]).could_not_check("is no file");
    }
    fs::rename(&fifo, s.dir().join(".stanch.toml")).unwrap();
    ending(&s, &["hook", "pre-commit"]).could_not_check(".stanch.toml: is no file");
    fs::rename(s.dir().join(".stanch.toml"), s.dir().join("fifo.toml")).unwrap();
    s.write(".stanch.toml", "\nrule_files = ['fifo.toml']\n");
    ending(&s, &["hook", "pre-commit"]).could_not_check("fifo.toml: is no file");
    s.write(".stanch.toml", "baseline = 'fifo.toml'\n");
    ending(&s, &["baseline", "create"]).could_not_check("fifo.toml: is no file");
    ending(&s, &["hook", "pre-commit"]).ok();
    // Standard input is asked for by name, and read to its bound.
    let run = s.run_with(crate::support::STANCH, ["config", "check", "-"], b"\nblok = 1\n");
    run.could_not_check("standard input:2: unknown key `blok`");
    let run = s.run_with(crate::support::STANCH, ["config", "check", "-"], &vec![b'#'; (4 << 20) + 1]);
    run.could_not_check("too large for a configuration");
}

#[test]
fn aliases_that_multiply_and_nesting_without_end_are_reported_with_their_line() {
    let s = Sandbox::guarded();
    let mut bomb = "version: 2\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..30 {
        let of = format!("*a{}", i - 1);
        writeln!(bomb, "a{i}: &a{i} [{}]", [of.as_str(); 10].join(", ")).unwrap();
    }
    bomb.push_str("secret: {ignored_matches: *a29}\n");
    for name in [".gitguardian.yaml", ".talismanrc"] {
        s.write(name, &bomb);
        ending(&s, &["import", name]).could_not_check("line 7: its aliases grow it by more than 4 MB");
        s.write(name, format!("a:\n  {}x\n", "- ".repeat(200_000)));
        ending(&s, &["import", name]).could_not_check("line 2: nests deeper than 64 levels");
    }
    s.write(".secrets.baseline", format!("{{\"results\": {}", "[".repeat(1_000_000)));
    ending(&s, &["import", ".secrets.baseline"]).could_not_check("line 1: not JSON");
}

#[test]
fn globs_and_patterns_that_explode_are_reported_with_file_and_line() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let deep = |n: usize| format!("{}x{}", "{a,".repeat(n), "}".repeat(n));
    let path =
        |key: &str, value: &str| format!("\n[[path]]\n{key} = '{value}'\nmode = 'skip'\nreason = 'x'\n");
    let allow =
        |key: &str, value: &str| format!("\n[[allow]]\n{key} = '{value}'\nrule = '{RULE}'\nreason = 'x'\n");
    let own = |key: &str, value: &str| {
        format!(
            "\n[[rule]]\nid = 'mine'\nname = 'Mine'\nkind = 'token'\nseverity = 'low'\nconfidence = 'low'\n\
             keywords = ['mine']\n{key} = '{value}'\n{}",
            if key == "regex" { "" } else { "regex = '(?P<secret>mine)'\n" }
        )
    };
    let group = |n: usize| format!("(?P<secret>{}x{})", "(".repeat(n), ")".repeat(n));
    for (text, told) in [
        (path("glob", &deep(5_000)), ".stanch.toml:2: glob is longer than 4096 bytes"),
        (path("glob", &deep(500)), ".stanch.toml:2: glob nests {...} deeper than 16 levels"),
        (allow("path", &deep(500)), ".stanch.toml:2: glob nests {...} deeper than 16 levels"),
        (path("regex", &group(5_000)), ".stanch.toml:2: regex does not compile"),
        (path("regex", "(?:(?:a{1000}){1000}){1000}"), ".stanch.toml:2: regex is too large"),
        (allow("regex", "(?:[a-z]{999}){999}"), ".stanch.toml:2: regex is too large"),
        (allow("regex", "a)|(?:b"), ".stanch.toml:2: regex does not compile"),
        (own("regex", &group(5_000)), ".stanch.toml:2: rule mine: regex does not parse"),
        (
            own("regex", "(?P<secret>(?:(?:a{1000}){1000}){1000})"),
            ".stanch.toml:2: rule mine: regex is too large",
        ),
        (own("path", "(?:[a-z]{999}){999}"), ".stanch.toml:2: rule mine: path is too large"),
        (format!("\na = {}1{}\n", "[".repeat(50_000), "]".repeat(50_000)), ".stanch.toml:2: "),
        (format!("\n{}a = 1\n", "a.".repeat(50_000)), ".stanch.toml:2: "),
    ] {
        s.write(".stanch.toml", &text);
        let run = ending(&s, &["hook", "pre-commit"]);
        run.could_not_check(told);
        assert!(run.stderr.len() < 1_000, "{run:#?}");
    }
}

#[test]
fn patterns_that_would_not_fit_into_memory_together_are_reported_where_they_become_too_many() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let mut text = String::new();
    for i in 0..2_000 {
        writeln!(text, "[[allow]]\nregex = '[a-f]{{1500}}{i}'\nreason = 'x'").unwrap();
    }
    s.write(".stanch.toml", text);
    let run = ending(&s, &["hook", "pre-commit"]);
    run.could_not_check("is one pattern too many: all of a configuration would not fit into memory");
    let place = run.stderr.split(".stanch.toml:").nth(1).unwrap().split(':').next().unwrap().to_owned();
    assert!(place.parse::<usize>().unwrap() > 1_000, "{run:#?}");
    // The same rule file named again and again does not get around it.
    s.write("r.toml", "[[path]]\nglob = 'x/'\nmode = 'skip'\nreason = 'x'\n");
    s.write(".stanch.toml", "rule_files = [\n 'r.toml',\n 'r.toml',\n]\n");
    ending(&s, &["hook", "pre-commit"]).could_not_check(".stanch.toml:3: rule_files: is named twice");
}

#[test]
fn very_many_entries_of_every_kind_are_read_and_the_one_that_counts_is_found() {
    let s = Sandbox::guarded();
    s.stage("tests/deep/a.txt", line(1));
    s.commit().stopped_at("tests/deep/a.txt:1:");
    let last: serde_json::Value = serde_json::from_slice(&s.read(".git/stanch/last.json")).unwrap();
    let fp = last["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let fps = |n: usize| (0..n).map(|i| format!("{i:020x}"));
    let allow = |fp: &str| format!("{{fingerprint='{fp}',reason='x'}},\n");
    let many: String = fps(70_000).map(|f| allow(&f)).collect();
    let paths: String =
        (0..40_000).map(|i| format!("[[path]]\nglob='f{i}/**'\nmode='report'\nreason='x'\n")).collect();
    let rules: String = (0..8_000)
        .map(|i| {
            format!(
                "[[rule]]\nid='own-{i}'\nname='Own'\nkind='token'\nseverity='low'\nconfidence='low'\n\
                 keywords=['own{i}_']\nregex='(?P<secret>own{i}_[a-z]{{9}})'\n"
            )
        })
        .collect();
    let skip = "[[path]]\nglob='tests/deep/'\nmode='skip'\nreason='x'\n";
    let baseline: String = fps(100_000).map(|f| format!("{f} {RULE}\n")).collect();
    for (what, file, text) in [
        ("allow entries", ".stanch.toml", format!("allow = [\n{many}{}]\n", allow(&fp))),
        ("paths", ".stanch.toml", format!("{paths}{skip}")),
        ("own rules", ".stanch.toml", format!("{rules}{skip}")),
        ("baseline", ".stanch-baseline", format!("{baseline}{fp} {RULE}\n")),
    ] {
        s.git(["reset", "-q"]);
        s.record(&[(file, &text)]);
        s.git(["add", "tests"]);
        let run = ending(&s, &["hook", "pre-commit"]);
        assert_eq!(run.code, 0, "{what}: {run:#?}");
        // And it is that entry that lets it through.
        s.write(file, "");
        s.git(["add", file]);
        s.git(["commit", "-q", "--no-verify", "-m", "without", file]);
        let run = ending(&s, &["hook", "pre-commit"]);
        assert_eq!(run.code, 1, "{what}: {run:#?}");
    }
}

#[test]
fn a_relative_home_makes_no_file_of_the_repository_a_persons_configuration() {
    let s = Sandbox::guarded();
    let skips = "[[path]]\nglob = \"**\"\nmode = \"skip\"\nreason = \"x\"\n";
    s.write("here/stanch/config.toml", skips);
    s.write("here/.config/stanch/config.toml", skips);
    s.stage("a.env", line(1));
    s.env("XDG_CONFIG_HOME", "here").commit().stopped_at("a.env:1:");
    s.env("XDG_CONFIG_HOME", "").env("HOME", "here").commit().stopped_at("a.env:1:");
    // The same file at an absolute path is a person's.
    s.env("XDG_CONFIG_HOME", s.dir().join("here").to_str().unwrap()).commit().ok();
}
