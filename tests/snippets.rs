//! The code that `explain` shows: every template, filled for a rule, goes through its language's own tool. Where a
//! tool is absent that is said, and the brackets at least must match.

use crate::message::rules;
use stanch::report::snippets::{STORES, TARGETS, Target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with the snippets of one language, a file a store.
struct Files {
    dir: TempDir,
    paths: Vec<PathBuf>,
}

fn files(lang: &str, extension: &str) -> Files {
    let rule = rules().get("klaviyo-private-api-key").unwrap();
    let target = Target::named(lang).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (i, store) in STORES.iter().enumerate() {
        let path = dir.path().join(format!("{}{i}.{extension}", store.slug.replace('-', "_")));
        fs::write(&path, target.snippet(store, rule)).unwrap();
        paths.push(path);
    }
    Files { dir, paths }
}

/// Runs a tool; `None`, and a note, when this machine does not have it.
#[allow(clippy::print_stderr, reason = "a check that did not run is said")]
fn run(tool: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Option<(bool, String)> {
    let mut command = Command::new(tool);
    configure(&mut command);
    match command.output() {
        Ok(out) => {
            let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
            Some((out.status.success(), text))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("note: {tool} is not here; its snippets were not parsed");
            None
        }
        Err(e) => panic!("{tool}: {e}"),
    }
}

#[track_caller]
fn good(result: Option<(bool, String)>) {
    if let Some((ok, text)) = result {
        assert!(ok, "{text}");
    }
}

/// Does a program that reads the variable run with it, and stop without it or with nothing in it?
#[track_caller]
fn insists(tool: &str, file: &Path) {
    for (value, want) in [(Some("x"), true), (Some(""), false), (None, false)] {
        let result = run(tool, |c| {
            match value {
                Some(v) => c.env("KLAVIYO_API_KEY", v),
                None => c.env_remove("KLAVIYO_API_KEY"),
            };
            c.arg(file)
        });
        if let Some((ok, text)) = result {
            assert_eq!(ok, want, "with {value:?}: {text}");
        }
    }
}

#[test]
fn every_template_is_filled_names_the_variable_and_closes_its_brackets() {
    let rules = rules();
    for (target, store) in TARGETS.iter().flat_map(|t| STORES.iter().map(move |s| (t, s))) {
        for id in ["klaviyo-private-api-key", "klaviyo-bare"] {
            let text = target.snippet(store, rules.get(id).unwrap());
            let at = format!("{} {}:\n{text}", target.slug, store.slug);
            let names = ["VAR", "var", "camel", "Pascal", "slug", "provider"];
            assert!(names.iter().all(|n| !text.contains(&format!("@{n}@"))), "{at}");
            assert!(text.to_lowercase().contains("klaviyo"), "{at}");
            assert!(text.ends_with('\n') && text.lines().all(|l| l.chars().count() <= 130), "{at}");
            for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
                assert_eq!(text.matches(open).count(), text.matches(close).count(), "{open} in {at}");
            }
        }
    }
}

#[test]
fn python_parses_and_insists_on_the_variable() {
    let f = files("python", "py");
    let parse = "import ast, sys\nfor f in sys.argv[1:]: ast.parse(open(f).read(), f)";
    good(run("python3", |c| c.args(["-c", parse]).args(&f.paths)));
    insists("python3", &f.paths[0]);
}

#[test]
fn javascript_parses_and_insists_on_the_variable() {
    let f = files("javascript", "mjs");
    for path in &f.paths {
        good(run("node", |c| c.arg("--check").arg(path)));
    }
    insists("node", &f.paths[0]);
}

#[test]
fn shell_parses_is_clean_and_insists_on_the_variable() {
    let f = files("shell", "sh");
    for path in &f.paths {
        good(run("bash", |c| c.arg("-n").arg(path)));
    }
    good(run("shellcheck", |c| c.args(&f.paths)));
    insists("bash", &f.paths[0]);
}

#[test]
fn ruby_parses_and_insists_on_the_variable() {
    let f = files("ruby", "rb");
    good(run("ruby", |c| c.arg("-c").args(&f.paths)));
    insists("ruby", &f.paths[0]);
}

#[test]
fn php_parses_and_insists_on_the_variable() {
    let f = files("php", "php");
    for path in &f.paths {
        good(run("php", |c| c.arg("-l").arg(path)));
    }
    insists("php", &f.paths[0]);
}

#[test]
fn go_is_as_gofmt_writes_it() {
    let f = files("go", "go");
    let result = run("gofmt", |c| c.arg("-l").args(&f.paths));
    if let Some((ok, text)) = result {
        assert!(ok && text.is_empty(), "{text}");
    }
}

#[test]
fn rust_parses_and_what_needs_no_crate_compiles() {
    let f = files("rust", "rs");
    good(run("rustfmt", |c| c.args(["--edition", "2024", "--emit", "stdout"]).args(&f.paths)));
    for path in [&f.paths[0], &f.paths[6]] {
        let args = [
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "-A",
            "dead_code",
            "-D",
            "warnings",
        ];
        good(run("rustc", |c| c.current_dir(f.dir.path()).args(args).arg(path)));
    }
}

#[test]
fn java_parses_and_what_needs_no_library_compiles() {
    let f = files("java", "java");
    for (i, path) in f.paths.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap().replace("class Secrets", &format!("class Secrets{i}"));
        fs::write(path, text).unwrap();
    }
    good(run("javac", |c| c.arg("-d").arg(f.dir.path()).args([&f.paths[0], &f.paths[6]])));
    // Without the libraries names are unknown; any other complaint is about the code.
    let result = run("javac", |c| {
        c.args(["-proc:none", "-Xmaxerrs", "500", "-d"]).arg(f.dir.path()).args(&f.paths[1..6])
    });
    if let Some((_, text)) = result {
        for line in text.lines().filter(|l| l.contains(": error: ")) {
            assert!(line.ends_with("does not exist") || line.ends_with("cannot find symbol"), "{line}");
        }
        assert!(text.contains("does not exist"), "{text}");
    }
}

#[test]
fn terraform_is_as_terraform_writes_it() {
    let f = files("terraform", "tf");
    good(run("terraform", |c| c.args(["fmt", "-check", "-diff"]).arg(f.dir.path())));
}

#[test]
fn yaml_parses_whatever_platform_it_is_for() {
    for lang in ["github-actions", "docker-compose", "kubernetes"] {
        let f = files(lang, "yml");
        let parse = "require 'yaml'; ARGV.each { |f| raise f unless YAML.load_file(f).is_a?(Hash) }";
        good(run("ruby", |c| c.args(["-e", parse]).args(&f.paths)));
    }
}
