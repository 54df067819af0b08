//! Variables and event files that are wrong, or made to do harm; clones that lack what they need.

use super::world::{World, ci, line};
use serde_json::json;

fn github(w: &World, at: &str, depth: usize) -> crate::support::Sandbox {
    w.clone_at(at, depth).env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "pull_request")
}

#[test]
fn a_value_that_names_no_commit_or_branch_is_refused_by_name() {
    let w = World::new();
    let c = w.clone_at("t3", 0);
    let touched = c.root().join("touched");
    let option = format!("--upload-pack=touch {}", touched.display());
    for (vars, named) in [
        (vec![("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("CHANGE_TARGET", &*option)], "CHANGE_TARGET"),
        (vec![("JENKINS_URL", "x"), ("GIT_COMMIT", "--all")], "GIT_COMMIT"),
        (vec![("JENKINS_URL", "x"), ("TAG_NAME", "a b")], "TAG_NAME"),
        (vec![("GITLAB_CI", "1"), ("CI_COMMIT_SHA", "main")], "CI_COMMIT_SHA"),
        (vec![("GITLAB_CI", "1"), ("CI_DEFAULT_BRANCH", "../x")], "CI_DEFAULT_BRANCH"),
        (vec![("CIRCLECI", "true"), ("CIRCLE_BRANCH", "a\u{1b}[2Jb")], "CIRCLE_BRANCH"),
        (vec![("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", "9f2c")], "BUILD_SOURCEVERSION"),
    ] {
        let mut c = c.clone();
        for (name, value) in &vars {
            c = c.env(name, value);
        }
        let run = ci(&c, &[]);
        run.could_not_check(named);
        assert!(!run.stderr.contains('\u{1b}') || run.stderr.contains("\u{1b}[0K"), "{run:#?}");
        assert!(run.stderr.contains("stanch ci --base"), "{run:#?}");
    }
    assert!(!touched.exists());
    for revision in ["--output=x", "-x"] {
        let run = ci(&c, &[&format!("--base={revision}")]);
        assert_eq!(run.code, 2, "{run:#?}");
    }
}

#[test]
fn an_event_file_of_any_kind_ends_with_an_answer() {
    let w = World::new();
    let c = github(&w, "merge", 1);
    ci(&c, &[]).could_not_check("GITHUB_EVENT_PATH is not set");
    let file = c.root().join("event.json");
    let with = c.env("GITHUB_EVENT_PATH", file.to_str().unwrap());
    ci(&with, &[]).could_not_check("event.json");
    for (text, says) in [
        ("", "no JSON"),
        ("{\"pull_request\"", "no JSON"),
        ("{\"pull_request\": {\"head\": {}}}", "pull_request.head.sha is missing"),
        ("{\"pull_request\": {\"head\": {\"sha\": \"HEAD\"}}}", "pull_request.head.sha"),
        ("{\"pull_request\": {\"head\": {\"sha\": \"$(id)\"}}}", "pull_request.head.sha"),
    ] {
        std::fs::write(&file, text).unwrap();
        ci(&with, &[]).could_not_check(says);
    }
    // Deeper than a parser should follow.
    std::fs::write(&file, "[".repeat(200_000)).unwrap();
    ci(&with, &[]).could_not_check("no JSON");
    std::fs::File::create(&file).unwrap().set_len(64 << 20).unwrap();
    ci(&with, &[]).could_not_check("larger");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_eq!(ci(&with, &[]).code, 2);
    std::fs::remove_dir(&file).unwrap();
    #[cfg(unix)]
    {
        with.run_with("mkfifo", [file.to_str().unwrap()], b"").ok();
        assert_eq!(ci(&with, &[]).code, 2);
    }
}

#[test]
fn without_fetching_a_shallow_clone_gets_the_line_of_its_own_system() {
    let w = World::new();
    let (t3, m5) = (w.id("t3").to_owned(), w.id("m5").to_owned());
    let rows: &[(&[(&str, &str)], &str)] = &[
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &t3),
                ("CI_COMMIT_BRANCH", "topic"),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            "GIT_DEPTH: \"0\"",
        ),
        (&[("CIRCLECI", "true"), ("CIRCLE_SHA1", &t3), ("CIRCLE_PULL_REQUEST", "x")], "method: full"),
        (&[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_BRANCH", "main")], "depth: false"),
        (&[("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("CHANGE_TARGET", "main")], "shallow: false"),
        (
            &[
                ("TF_BUILD", "True"),
                ("BUILD_REASON", "PullRequest"),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main"),
            ],
            "fetchDepth: 0",
        ),
        (
            &[
                ("BITBUCKET_BUILD_NUMBER", "1"),
                ("BITBUCKET_PR_ID", "7"),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
            ],
            "depth: full",
        ),
        (
            &[
                ("BUILDKITE", "true"),
                ("BUILDKITE_PULL_REQUEST", "7"),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
            ],
            "BUILDKITE_GIT_CLONE_FLAGS",
        ),
        (&[("DRONE", "true"), ("DRONE_COMMIT_BEFORE", &m5), ("DRONE_BUILD_EVENT", "push")], "depth: 0"),
        (
            &[("CI", "woodpecker"), ("CI_PIPELINE_EVENT", "push"), ("CI_PREV_COMMIT_SHA", &m5)],
            "partial: false",
        ),
        (&[("TEAMCITY_VERSION", "1"), ("TEAMCITY_PULLREQUEST_TARGET_BRANCH", "main")], "shallowClone=false"),
        (
            &[("APPVEYOR", "true"), ("APPVEYOR_PULL_REQUEST_NUMBER", "7"), ("APPVEYOR_REPO_BRANCH", "main")],
            "shallow_clone: false",
        ),
    ];
    for (vars, says) in rows {
        let mut c = w.clone_at("t3", 1);
        for (name, value) in *vars {
            c = c.env(name, value);
        }
        let run = ci(&c, &["--no-fetch"]);
        run.could_not_check(says);
        assert!(run.stderr.contains("--no-fetch"), "{run:#?}");
        // The same with a fetch that cannot work.
        c.git(["remote", "set-url", "origin", "file:///nowhere.git"]);
        ci(&c, &[]).could_not_check(says);
    }
    let event = json!({ "pull_request": { "number": 7, "head": { "sha": t3 }, "base": { "ref": "main", "sha": m5 } } });
    let run = ci(&w.event(&github(&w, "merge", 1), &event), &["--no-fetch"]);
    run.could_not_check("fetch-depth: 0");
}

#[test]
fn a_clone_with_everything_needs_no_fetch() {
    let w = World::new();
    let c = w.clone_at("t3", 0).env("JENKINS_URL", "x").env("CHANGE_ID", "7").env("CHANGE_TARGET", "main");
    c.git(["update-ref", "refs/remotes/origin/main", w.id("m5")]);
    let run = ci(&c, &["--no-fetch"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("3 commits"), "{run:#?}");
}

#[test]
fn history_deeper_than_the_steps_is_fetched_and_each_step_said() {
    let w = World::new();
    let s = &w.s;
    s.git(["checkout", "-q", "-b", "long", w.id("m5")]);
    // Quicker than that many commits.
    let mut script = String::new();
    for i in 0..230 {
        let from = if i == 0 { format!("from {}\n", w.id("m5")) } else { String::new() };
        let text = if i == 0 { line(3) } else { format!("{i}\n") };
        script.push_str(&format!(
            "commit refs/heads/long\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n{from}M 100644 inline long.env\ndata {}\n{text}\n",
            1_735_787_046 + i,
            text.len()
        ));
    }
    s.run_with("git", ["fast-import", "--quiet"], script.as_bytes()).ok();
    s.git(["push", "-q", "origin", "long"]);
    let tip = s.git(["rev-parse", "long"]);
    let c = w.clone_at(&tip, 1).env("JENKINS_URL", "x").env("CHANGE_ID", "9").env("CHANGE_TARGET", "main");
    let run = ci(&c, &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("230 commits"), "{run:#?}");
    for step in ["to 50 commits", "to 200 commits", "to 1000 commits"] {
        assert!(run.stderr.contains(step), "{step}: {run:#?}");
    }
    assert!(!run.stderr.contains("whole history"), "{run:#?}");
    assert!(run.stdout.contains("long.env:1") && !run.stdout.contains("old.env"), "{run:#?}");
}

#[test]
fn a_partial_clone_is_completed() {
    let w = World::new();
    w.s.at("../server.git").git(["config", "uploadpack.allowFilter", "true"]);
    let c = w.s.at("../partial");
    let url = format!("file://{}/server.git", w.s.root().display());
    c.git(["clone", "-q", "--filter=blob:none", "--no-checkout", &url, "."]);
    c.git(["checkout", "-q", "--detach", "origin/main"]);
    let c = c
        .env("JENKINS_URL", "x")
        .env("CHANGE_ID", "7")
        .env("CHANGE_TARGET", "main")
        .env("GIT_COMMIT", w.id("t3"));
    ci(&c, &["--no-fetch"]).could_not_check("not in this clone");
    let run = ci(&c, &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.contains("app.env:1"), "{run:#?}");
}

#[test]
fn scan_refuses_commits_whose_past_is_cut_off() {
    let w = World::new();
    let c = w.clone_at("m5", 2);
    for args in [&["scan", "--history"][..], &["scan", "--commits", "HEAD"]] {
        let run = c.stanch(args);
        run.could_not_check("shallow");
        assert!(run.stderr.contains("--unshallow"), "{run:#?}");
    }
    c.stanch(["scan", "--commits", "HEAD~1..HEAD"]).ok();
    c.git(["fetch", "-q", "--unshallow", "origin", "main"]);
    assert_eq!(c.stanch(["scan", "--history"]).code, 1);
}

#[test]
fn the_range_can_be_named_and_printed() {
    let w = World::new();
    let c = w.clone_at("t3", 1);
    let run = ci(&c, &[]);
    run.could_not_check("no CI system");
    let run = ci(&c, &["--base", "main", "--range-only"]).ok();
    assert_eq!(run.stdout.lines().filter(|l| l.starts_with("commit ")).count(), 3, "{run:#?}");
    assert!(run.stdout.contains(&format!("head {}", w.id("t3"))), "{run:#?}");
    let run = ci(&c, &["--base", w.id("t1"), "--head", w.id("t3")]).ok();
    assert!(run.stderr.contains("2 commits") && run.stderr.contains("--base"), "{run:#?}");
    ci(&c, &["--base", "nothing"]).could_not_check("names no commit");
    // An empty option counts as missing: a variable that is not set.
    ci(&c, &["--base", ""]).could_not_check("no CI system");
}
