//! The files that `stanch ci init` prints and that the repository holds: their scripts run here, with git and a shell.

use super::world::World;
use crate::support::{STANCH, Sandbox};
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

const SYSTEMS: [&str; 12] = [
    "github",
    "gitlab",
    "circleci",
    "jenkins",
    "travis",
    "azure",
    "bitbucket",
    "buildkite",
    "woodpecker",
    "drone",
    "teamcity",
    "appveyor",
];

fn printed(system: &str) -> String {
    Sandbox::empty().stanch(["ci", "init", system]).ok().stdout
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every text of a document that runs stanch, with the list that contains it.
fn scripts(yaml: &Yaml, out: &mut Vec<String>) {
    match yaml {
        Yaml::Array(all) => {
            let texts: Option<Vec<&str>> = all.iter().map(Yaml::as_str).collect();
            match texts {
                Some(lines) if lines.iter().any(|l| l.contains("stanch ci")) => out.push(lines.join("\n")),
                _ => all.iter().for_each(|y| scripts(y, out)),
            }
        }
        Yaml::Hash(map) => map.values().for_each(|y| scripts(y, out)),
        Yaml::String(text) if text.contains("stanch ci") => out.push(text.clone()),
        _ => {}
    }
}

/// Runs a script on a clone of a request with a secret; its exit code must be that of a blocked one.
fn blocks(w: &World, script: &str, vars: &[(&str, &str)]) -> Sandbox {
    let bin = Path::new(STANCH).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut c = w.clone_at("t3", 1).env("PATH", &path);
    for (name, value) in vars {
        c = c.env(name, value);
    }
    let run = c.run_with("bash", ["-e", "-o", "pipefail", "-c", script], b"");
    assert_eq!(run.code, 1, "{script}: {run:#?}");
    assert!(run.stdout.contains("app.env:1"), "{run:#?}");
    assert!(run.stderr.contains("3 commits"), "{run:#?}");
    c
}

#[test]
fn every_file_that_is_printed_is_one_of_its_kind_and_its_script_blocks_a_secret() {
    let w = World::new();
    let t3 = w.id("t3").to_owned();
    let vars: &[(&str, &[(&str, &str)])] = &[
        (
            "gitlab",
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &t3),
                ("CI_COMMIT_BRANCH", "topic"),
                ("CI_DEFAULT_BRANCH", "main"),
                ("CI_PIPELINE_SOURCE", "push"),
            ],
        ),
        (
            "circleci",
            &[("CIRCLECI", "true"), ("CIRCLE_SHA1", &t3), ("CIRCLE_BRANCH", "topic"), ("STANCH_BASE", "")],
        ),
        (
            "travis",
            &[
                ("TRAVIS", "true"),
                ("TRAVIS_PULL_REQUEST", "7"),
                ("TRAVIS_PULL_REQUEST_SHA", &t3),
                ("TRAVIS_BRANCH", "main"),
            ],
        ),
        (
            "azure",
            &[("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", &t3), ("BUILD_SOURCEBRANCH", "refs/heads/topic")],
        ),
        (
            "bitbucket",
            &[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", &t3), ("BITBUCKET_BRANCH", "topic")],
        ),
        ("buildkite", &[("BUILDKITE", "true"), ("BUILDKITE_COMMIT", &t3), ("BUILDKITE_BRANCH", "topic")]),
        (
            "woodpecker",
            &[
                ("CI", "woodpecker"),
                ("CI_COMMIT_SHA", &t3),
                ("CI_PIPELINE_EVENT", "pull_request"),
                ("CI_COMMIT_TARGET_BRANCH", "main"),
            ],
        ),
        (
            "drone",
            &[
                ("DRONE", "true"),
                ("DRONE_COMMIT_SHA", &t3),
                ("DRONE_BUILD_EVENT", "pull_request"),
                ("DRONE_TARGET_BRANCH", "main"),
            ],
        ),
        (
            "teamcity",
            &[("TEAMCITY_VERSION", "1"), ("BUILD_VCS_NUMBER", &t3), ("TEAMCITY_BUILD_BRANCH", "topic")],
        ),
        (
            "appveyor",
            &[("APPVEYOR", "True"), ("APPVEYOR_REPO_COMMIT", &t3), ("APPVEYOR_REPO_BRANCH", "topic")],
        ),
    ];
    for system in SYSTEMS {
        let text = printed(system);
        assert!(text.lines().count() > 4, "{system}");
        if system == "jenkins" || system == "github" {
            continue;
        }
        let document = YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{system}: {e}")).remove(0);
        let mut all = Vec::new();
        scripts(&document, &mut all);
        assert_eq!(all.len(), if system == "bitbucket" { all.len().max(1) } else { 1 }, "{system}: {all:?}");
        let (_, vars) = vars.iter().find(|(name, _)| *name == system).unwrap();
        let c = blocks(&w, &all[0], vars);
        if all[0].contains("junit=") {
            let file = all[0].split("junit=").nth(1).unwrap().split_whitespace().next().unwrap();
            assert!(String::from_utf8(c.read(file)).unwrap().contains("<failure"), "{system}");
        }
    }
}

#[test]
fn the_jenkins_files_run_their_shell_parts() {
    let w = World::new();
    let t3 = w.id("t3").to_owned();
    let vars = [
        ("JENKINS_URL", "x"),
        ("CHANGE_ID", "7"),
        ("CHANGE_TARGET", "main"),
        ("GIT_COMMIT", &*t3),
        ("STANCH_ARGS", "--strict"),
    ];
    for text in [printed("jenkins"), read("integrations/jenkins/vars/stanch.groovy")] {
        let script = text.split("'''").nth(1).unwrap();
        let c = blocks(&w, script, &vars);
        assert!(c.dir().join("stanch.xml").exists());
    }
}

#[test]
fn the_action_runs_its_steps_with_what_its_inputs_give() {
    let w = World::new();
    let action = YamlLoader::load_from_str(&read("action.yml")).unwrap().remove(0);
    let workflow = YamlLoader::load_from_str(&printed("github")).unwrap().remove(0);
    let steps = workflow["jobs"]["stanch"]["steps"].as_vec().unwrap();
    assert!(steps.iter().any(|s| s["uses"].as_str().is_some_and(|u| u.contains("/stanch@"))));
    let steps = action["runs"]["steps"].as_vec().unwrap();
    for step in steps {
        assert_eq!(step["shell"].as_str(), Some("bash"));
        // Text of an event would be run.
        assert!(!step["run"].as_str().unwrap().contains("${{"));
    }
    let event = serde_json::json!({
        "pull_request": {
            "number": 7, "head": { "sha": w.id("t3"), "repo": { "full_name": "me/x" } },
            "base": { "ref": "main", "repo": { "full_name": "me/x" } },
        },
    });
    let file = w.s.root().join("event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    let path = w.s.root().join("github-path");
    let vars = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
        ("GITHUB_PATH", path.to_str().unwrap()),
        ("INPUT_BASE", ""),
        ("INPUT_ARGS", "--strict --show-suppressed"),
        ("INPUT_SARIF_FILE", "out/stanch.sarif"),
    ];
    let script: Vec<&str> = steps.iter().map(|s| s["run"].as_str().unwrap()).collect();
    let c = blocks(&w, &script.join("\n"), &vars);
    assert!(c.dir().join("out/stanch.sarif").exists());
}

#[test]
fn the_component_and_the_orb_run_their_scripts() {
    let w = World::new();
    let t3 = w.id("t3").to_owned();
    let component = read("templates/stanch.yml");
    let (spec, body) = component.split_once("\n---\n").unwrap();
    let spec = YamlLoader::load_from_str(spec).unwrap().remove(0);
    let mut body = body.to_owned();
    for (name, value) in spec["spec"]["inputs"].as_hash().unwrap() {
        let name = name.as_str().unwrap();
        body = body.replace(&format!("$[[ inputs.{name} ]]"), value["default"].as_str().unwrap());
    }
    assert!(!body.contains("$[["), "{body}");
    let orb = read("integrations/circleci/src/@orb.yml").replace("<< parameters.args >>", "--strict");
    for (text, vars) in [
        (
            body,
            vec![
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &*t3),
                ("CI_COMMIT_BRANCH", "topic"),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
        ),
        (
            orb,
            vec![
                ("CIRCLECI", "true"),
                ("CIRCLE_SHA1", &*t3),
                ("CIRCLE_BRANCH", "topic"),
                ("STANCH_BASE", ""),
            ],
        ),
    ] {
        let mut all = Vec::new();
        scripts(&YamlLoader::load_from_str(&text).unwrap()[0], &mut all);
        blocks(&w, all.iter().find(|s| s.contains("junit")).unwrap(), &vars);
    }
}
