//! What releases and packages are made of: one address, one version, workflows that parse.

use crate::support::Sandbox;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap()
}

/// A copy of the tracked files, in a repository of its own.
fn copy(s: &Sandbox) {
    let list = s.at(ROOT).git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    for name in list.split('\0').filter(|n| !n.is_empty() && !n.starts_with("docs/rules/")) {
        let from = Path::new(ROOT).join(name);
        if from.is_file() {
            s.write(name, fs::read(from).unwrap());
        }
    }
    s.git(["add", "-A"]);
    s.git(["commit", "-q", "--no-verify", "-m", "a copy"]);
}

fn python(s: &Sandbox, args: &[&str]) -> crate::support::Run {
    s.run_with("python3", args, b"")
}

#[test]
fn every_file_names_the_one_address() {
    let s = Sandbox::empty().at(ROOT);
    python(&s, &["packaging/address.py"]).ok();
    let address = read("packaging/address");
    for (key, value) in [("repository", env!("CARGO_PKG_REPOSITORY")), ("book", env!("CARGO_PKG_HOMEPAGE"))] {
        assert!(address.lines().any(|l| l == format!("{key} = {value}")), "{key} in {address}");
    }
}

#[test]
fn a_release_is_refused_while_the_address_is_the_placeholder_and_goes_on_once_it_is_set() {
    let s = Sandbox::new();
    copy(&s);
    let version = env!("CARGO_PKG_VERSION");
    let tag = format!("v{version}");
    let release = || s.run_with("bash", ["packaging/release-check.sh", &tag], b"");
    let set = ["packaging/address.py", "--set", concat!("https://github.com/", "acme", "/stanch")];
    if env!("CARGO_PKG_REPOSITORY").contains("OWNER") {
        let run = release();
        assert!(run.code == 1 && run.stderr.contains("placeholder OWNER"), "{run:?}");
        python(&s, &set).ok();
    }
    python(&s, &["packaging/address.py", "--release"]).ok();
    assert!(!String::from_utf8(s.read("Cargo.toml")).unwrap().contains("OWNER"));
    // The rest that a release needs is named, each.
    let run = release();
    assert!(
        run.stderr.contains("CHANGELOG.md has no section") && run.stderr.contains("not clean"),
        "{run:?}"
    );
    let log = String::from_utf8(s.read("CHANGELOG.md")).unwrap();
    s.write("CHANGELOG.md", log.replacen("## [Unreleased]", &format!("## [{version}] - 2026-12-01"), 1));
    s.git(["commit", "-q", "--no-verify", "-a", "-m", "release"]);
    release().ok();
    let wrong = s.run_with("bash", ["packaging/release-check.sh", "v99.0.0"], b"");
    assert!(wrong.code == 1 && wrong.stderr.contains("Cargo.toml has version"), "{wrong:?}");
    let notes = s.run_with("sh", ["packaging/notes.sh", version], b"").ok();
    assert!(notes.stdout.contains("\n- ") && !notes.stdout.contains("\n## "), "{notes:?}");
}

#[test]
fn a_file_with_another_address_is_named() {
    let s = Sandbox::new();
    copy(&s);
    s.stage("docs/x.md", concat!("https://github.com/", "someone-else", "/stanch\n"));
    let run = python(&s, &["packaging/address.py"]);
    assert!(run.code == 1 && run.stderr.contains("docs/x.md names"), "{run:?}");
}

fn workflows() -> Vec<(String, Yaml)> {
    let folder = Path::new(ROOT).join(".github/workflows");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut parsed =
            YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(parsed.len(), 1, "{}", path.display());
        all.push((path.file_name().unwrap().to_str().unwrap().to_owned(), parsed.remove(0)));
    }
    assert!(all.len() >= 2);
    all
}

/// Every step of a workflow.
fn steps(workflow: &Yaml) -> Vec<&Yaml> {
    let jobs = workflow["jobs"].as_hash().unwrap();
    jobs.values().flat_map(|job| job["steps"].as_vec().unwrap()).collect()
}

#[test]
fn workflows_pin_what_they_use_and_take_few_rights() {
    for (name, workflow) in workflows() {
        assert_eq!(workflow["permissions"]["contents"].as_str(), Some("read"), "{name}");
        for job in workflow["jobs"].as_hash().unwrap().values() {
            assert!(job["timeout-minutes"].as_i64().is_some() && job["runs-on"].as_str().is_some(), "{name}");
        }
        for step in steps(&workflow) {
            if let Some(action) = step["uses"].as_str() {
                let (_, pin) = action.split_once('@').unwrap();
                assert!(pin.len() == 40 && pin.bytes().all(|b| b.is_ascii_hexdigit()), "{name}: {action}");
                if action.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"].as_bool(), Some(false), "{name}");
                }
            } else {
                let script = step["run"].as_str().unwrap();
                // A value of an event in a script is code of the event's author.
                assert!(
                    !script.contains("${{ github.event") && !script.contains("github.head_ref"),
                    "{name}: {script}"
                );
            }
        }
    }
}

#[test]
fn every_script_that_a_workflow_runs_is_there_and_can_be_run() {
    let mut seen = BTreeSet::new();
    for (_, workflow) in workflows() {
        for script in steps(&workflow).iter().filter_map(|s| s["run"].as_str()) {
            let is_part = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            for word in script.split(|c: char| !is_part(c)) {
                if word.starts_with("packaging/") || word.starts_with(".ci/") {
                    seen.insert(word.to_owned());
                }
            }
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
    for name in seen {
        let meta = fs::metadata(Path::new(ROOT).join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert!(meta.permissions().mode() & 0o111 != 0, "{name} is not executable");
        }
        let _ = meta;
    }
}

#[test]
fn the_archives_of_a_release_are_those_that_every_channel_asks_for() {
    let targets: BTreeSet<String> = workflows()
        .iter()
        .find(|(name, _)| name == "release.yml")
        .map(|(_, w)| {
            let include = &w["jobs"]["archives"]["strategy"]["matrix"]["include"];
            include.as_vec().unwrap().iter().map(|m| m["target"].as_str().unwrap().to_owned()).collect()
        })
        .unwrap();
    assert_eq!(targets.len(), 6);
    let npm = read("packaging/npm/build.py");
    let templates: String = fs::read_dir(Path::new(ROOT).join("packaging/templates"))
        .unwrap()
        .map(|e| fs::read_to_string(e.unwrap().path()).unwrap())
        .collect();
    for target in &targets {
        assert!(npm.contains(&format!("\"{target}\"")), "npm/build.py has no {target}");
        let sum = format!("@SUM_{}@", target.replace('-', "_").to_uppercase());
        assert!(templates.contains(&sum), "no template has {sum}");
    }
}

#[test]
fn the_files_of_the_other_package_managers_are_filled_in() {
    let s = Sandbox::new();
    copy(&s);
    let version = env!("CARGO_PKG_VERSION");
    let run = python(&s, &["packaging/manifests.py", "dist", "out"]);
    assert!(run.code == 1 && run.stderr.contains("SUM_"), "{run:?}");
    for (i, target) in [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
        "aarch64-pc-windows-msvc",
    ]
    .iter()
    .enumerate()
    {
        let end = if target.contains("windows") { "zip" } else { "tar.gz" };
        let name = format!("stanch-{version}-{target}.{end}");
        s.write(format!("dist/{name}.sha256"), format!("{}  {name}\n", i.to_string().repeat(64)));
    }
    python(&s, &["packaging/manifests.py", "dist", "out"]).ok();
    let formula = String::from_utf8(s.read("out/homebrew/Formula/stanch.rb")).unwrap();
    assert!(
        formula.contains(&"2".repeat(64)) && formula.contains(&format!("version \"{version}\"")),
        "{formula}"
    );
    let scoop: serde_json::Value = serde_json::from_slice(&s.read("out/scoop/bucket/stanch.json")).unwrap();
    assert_eq!(scoop["architecture"]["64bit"]["hash"], "4".repeat(64));
    for name in ["aqua/registry.yaml", "pre-commit/.pre-commit-hooks.yaml"] {
        let text = String::from_utf8(s.read(format!("out/{name}"))).unwrap();
        YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    let sheet = String::from_utf8(s.read("out/aur/PKGBUILD")).unwrap();
    s.write("check.sh", &sheet);
    s.run_with("bash", ["-n", "check.sh"], b"").ok();
}

#[test]
fn the_mirror_has_an_id_for_each_that_builds_from_source() {
    let s = Sandbox::empty();
    python(&s, &[&format!("{ROOT}/packaging/pre-commit/mirror.py"), "mirror"]).ok();
    let hooks = |text: &str| -> Vec<(String, String, Vec<String>)> {
        let all = YamlLoader::load_from_str(text).unwrap().remove(0).into_vec().unwrap();
        let one = |h: &Yaml| {
            let stages = h["stages"].as_vec().unwrap().iter().map(|s| s.as_str().unwrap().to_owned());
            let text = |key: &str| h[key].as_str().unwrap().to_owned();
            (text("id"), text("language") + " " + &text("entry"), stages.collect())
        };
        all.iter().map(one).collect()
    };
    let source = hooks(&read(".pre-commit-hooks.yaml"));
    let mirror = hooks(&String::from_utf8(s.read("mirror/.pre-commit-hooks.yaml")).unwrap());
    let expected: Vec<_> = source
        .into_iter()
        .filter(|(_, runs, _)| runs.starts_with("rust "))
        .map(|(id, runs, stages)| {
            (id.replacen("stanch", "stanch-wheel", 1), runs.replacen("rust", "python", 1), stages)
        })
        .collect();
    assert_eq!(mirror, expected);
    let package = String::from_utf8(s.read("mirror/pyproject.toml")).unwrap();
    let package: toml::Table = package.parse().unwrap();
    let wanted = format!("stanch=={}", env!("CARGO_PKG_VERSION"));
    assert_eq!(package["project"]["dependencies"][0].as_str(), Some(&*wanted));
}

#[test]
fn no_file_names_the_host_of_a_package_registry() {
    let s = Sandbox::empty().at(ROOT);
    let hosts =
        ["pypi.", "npmjs.", "crates."].map(|h| h.to_owned() + if h == "crates." { "io/" } else { "org" });
    let list = s.git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    for name in list.split('\0').filter(|n| !n.is_empty() && *n != "Cargo.lock" && *n != "fuzz/Cargo.lock") {
        // A provider's page names what it is about.
        if name.starts_with("src/rules/catalogue/") || name.starts_with("docs/rules/") {
            continue;
        }
        let Ok(text) = fs::read_to_string(Path::new(ROOT).join(name)) else { continue };
        for host in &hosts {
            assert!(!text.contains(host.as_str()), "{name} names {host}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_action_downloads_a_release_and_builds_any_other_commit() {
    let action = YamlLoader::load_from_str(&read("action.yml")).unwrap().remove(0);
    let install = action["runs"]["steps"][0]["run"].as_str().unwrap();
    let s = Sandbox::empty().env("PATH", "/usr/bin:/bin");
    for name in ["get.sh", "install.sh"] {
        s.write(format!("action/{name}"), "#!/bin/sh\necho \"${0##*/} $*\" to \"$PREFIX\"\n");
        crate::support::executable(&s.dir().join("action").join(name));
    }
    let path = s.root().join("github-path");
    let s = s.env("ACTION_PATH", s.dir().join("action").to_str().unwrap());
    let s = s.env("GITHUB_PATH", path.to_str().unwrap());
    let prefix = s.home().join(".local").display().to_string();
    for (reference, calls) in [
        ("v1.2.3", "get.sh --version v1.2.3 --no-hooks"),
        ("main", "install.sh --no-hooks"),
        ("v1", "install.sh --no-hooks"),
        ("0123456789abcdef0123456789abcdef01234567", "install.sh --no-hooks"),
        ("", "install.sh --no-hooks"),
    ] {
        let run =
            s.env("ACTION_REF", reference).run_with("bash", ["-euo", "pipefail", "-c", install], b"").ok();
        assert_eq!(run.stdout, format!("{calls} to {prefix}\n"), "{reference}");
    }
    assert!(fs::read_to_string(path).unwrap().contains(&format!("{prefix}/bin\n")));
}
