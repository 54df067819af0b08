//! Each event of each system, on clones of depth 1, 2 and the whole history: the same answer.

use super::world::{World, ci};
use serde_json::{Value, json};

pub(super) const ZEROS: &str = "0000000000000000000000000000000000000000";
/// A commit that nobody has.
pub(super) const GONE: &str = "1234567890123456789012345678901234567890";

/// What happens, and what must come of it.
pub(super) struct Row {
    name: &'static str,
    /// What is checked out.
    at: &'static str,
    pub(super) vars: Vec<(&'static str, String)>,
    /// GitHub's event file.
    event: Option<Value>,
    /// The exit code.
    code: i32,
    /// A part of the line that says the range.
    says: &'static str,
    pub(super) depths: &'static [usize],
}

const ALL: &[usize] = &[1, 2, 0];

pub(super) fn row(
    name: &'static str,
    at: &'static str,
    vars: &[(&'static str, &str)],
    code: i32,
    says: &'static str,
) -> Row {
    let vars = vars.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    Row { name, at, vars, event: None, code, says, depths: ALL }
}

pub(super) fn github(
    name: &'static str,
    kind: &str,
    at: &'static str,
    event: Value,
    code: i32,
    says: &'static str,
) -> Row {
    let vars = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", kind)];
    Row { event: Some(event), ..row(name, at, &vars, code, says) }
}

pub(super) fn run(world: &World, rows: Vec<Row>) -> usize {
    let count = rows.len();
    for row in rows {
        for depth in row.depths {
            let mut c = world.clone_at(row.at, *depth);
            for (name, value) in &row.vars {
                c = c.env(name, value);
            }
            if let Some(event) = &row.event {
                c = world.event(&c, event);
            }
            let run = ci(&c, &[]);
            let about = format!("{} at depth {depth}: {run:#?}", row.name);
            assert_eq!(run.code, row.code, "{about}");
            let said =
                run.stderr.lines().filter(|l| l.starts_with("stanch ci: ")).collect::<Vec<_>>().join("\n");
            assert!(said.contains(row.says), "no {:?} in {about}", row.says);
            // The old secret of the past blames nobody, unless all files are asked for.
            let old = run.stdout.contains("old.env");
            let all = row.says.contains("all") || row.says.contains("6 commits");
            assert_eq!(old, row.code == 1 && all, "{about}");
            assert!(!run.stdout.contains("pk_") || run.stdout.contains("****"), "{about}");
        }
    }
    count
}

pub(super) fn pull(world: &World, head: &str, base: &str, of: (&str, &str)) -> Value {
    json!({
        "number": 7,
        "repository": { "default_branch": "main" },
        "pull_request": {
            "number": 7,
            "head": { "sha": world.id(head), "ref": "topic", "repo": { "full_name": of.0 } },
            "base": { "sha": world.id(base), "ref": "main", "repo": { "full_name": of.1 } },
        },
    })
}

pub(super) fn push(world: &World, name: &str, before: &str, after: &str, forced: bool) -> Value {
    let id = |name: &str| if name.len() == 40 { name.to_owned() } else { world.id(name).to_owned() };
    json!({
        "ref": name, "before": id(before), "after": id(after), "forced": forced, "created": before == ZEROS,
        "deleted": false, "repository": { "default_branch": "main" },
    })
}

#[test]
fn github_requests() {
    let w = World::new();
    let me = ("me/x", "me/x");
    let fork = ("you/x", "me/x");
    let mut gone = pull(&w, "t3", "m5", fork);
    gone["pull_request"]["head"]["repo"] = Value::Null;
    let queue = |head: &str| {
        json!({ "merge_group": { "head_sha": w.id(head), "base_sha": w.id("m5"), "base_ref": "refs/heads/main" },
                "repository": { "default_branch": "main" } })
    };
    let mut gitea = github("Gitea", "pull_request", "merge", pull(&w, "t3", "m5", me), 1, "3 commits");
    gitea.vars.push(("GITEA_ACTIONS", "true".to_owned()));
    let rows = vec![
        github(
            "a secret added and taken out",
            "pull_request",
            "merge",
            pull(&w, "t3", "m5", me),
            1,
            "3 commits",
        ),
        github("a clean one", "pull_request", "clean-merge", pull(&w, "c2", "m5", me), 0, "2 commits"),
        github("its head is checked out", "pull_request", "t3", pull(&w, "t3", "m5", me), 1, "3 commits"),
        github("its base is stale", "pull_request", "merge", pull(&w, "t3", "m3", me), 1, "3 commits"),
        github("of a fork", "pull_request", "merge", pull(&w, "t3", "m5", fork), 1, "3 commits"),
        github("of a fork that is gone", "pull_request", "merge", gone, 1, "3 commits"),
        github("merged already", "pull_request", "m5", pull(&w, "m4", "m3", me), 0, "0 commits"),
        github("target", "pull_request_target", "m5", pull(&w, "t3", "m5", fork), 1, "3 commits"),
        github("a clean target", "pull_request_target", "m5", pull(&w, "c2", "m5", fork), 0, "2 commits"),
        github("a review", "pull_request_review", "merge", pull(&w, "t3", "m5", me), 1, "3 commits"),
        github("merge queue", "merge_group", "merge", queue("merge"), 1, "4 commits"),
        github("a clean merge queue", "merge_group", "clean-merge", queue("clean-merge"), 0, "3 commits"),
        gitea,
    ];
    assert_eq!(run(&w, rows), 13);
}

#[test]
fn github_pushes() {
    let w = World::new();
    let deleted = json!({ "ref": "refs/heads/topic", "before": w.id("t3"), "after": ZEROS, "deleted": true,
                          "repository": { "default_branch": "main" } });
    let none = json!({ "repository": { "default_branch": "main" } });
    let p = |name: &str, before: &str, after: &str, forced| push(&w, name, before, after, forced);
    let rows = vec![
        github("to main", "push", "m5", p("refs/heads/main", "m4", "m5", false), 0, "1 commit of"),
        github("of three", "push", "m5", p("refs/heads/main", "m2", "m5", false), 0, "3 commits"),
        github("to topic", "push", "t3", p("refs/heads/topic", "t1", "t3", false), 0, "2 commits"),
        github("a secret to topic", "push", "t3", p("refs/heads/topic", "m3", "t3", false), 1, "3 commits"),
        github("of nothing", "push", "m5", p("refs/heads/main", "m5", "m5", false), 0, "0 commits"),
        github("new branch", "push", "t3", p("refs/heads/topic", ZEROS, "t3", false), 1, "3 commits"),
        github("clean new branch", "push", "c2", p("refs/heads/clean", ZEROS, "c2", false), 0, "2 commits"),
        github("forced", "push", "t3", p("refs/heads/topic", "c2", "t3", true), 1, "3 commits"),
        github(
            "forced, and the old is gone",
            "push",
            "c2",
            p("refs/heads/clean", GONE, "c2", true),
            0,
            "2 commits",
        ),
        github("forced back", "push", "m4", p("refs/heads/main", "m5", "m4", true), 0, "0 commits"),
        github(
            "a merge into main",
            "push",
            "merge",
            p("refs/heads/main", "m5", "merge", false),
            1,
            "4 commits",
        ),
        github("first push", "push", "m5", p("refs/heads/main", ZEROS, "m5", false), 1, "6 commits, all"),
        github("tag of main", "push", "m5", p("refs/tags/v1", ZEROS, "m5", false), 0, "0 commits"),
        github("tag of topic", "push", "t3", p("refs/tags/v2", ZEROS, "t3", false), 1, "3 commits"),
        github("branch deleted", "push", "m5", deleted, 0, "nothing to read"),
        github("schedule", "schedule", "m5", none.clone(), 1, "all files"),
        github("by hand", "workflow_dispatch", "m5", none, 1, "all files"),
    ];
    assert_eq!(run(&w, rows), 17);
}

#[test]
fn gitlab() {
    let w = World::new();
    let base = [("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "main"), ("CI_PROJECT_ID", "1")];
    let with = |name, at, more: &[(&'static str, &str)], code, says| {
        row(name, at, &[&base[..], more].concat(), code, says)
    };
    let id = |name: &str| w.id(name).to_owned();
    let (m3, m4, m5, t1, t3, c2, merge) =
        (id("m3"), id("m4"), id("m5"), id("t1"), id("t3"), id("c2"), id("merge"));
    let mr = |source: &'static str, more: &[(&'static str, &str)]| {
        let mut vars = vec![
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", source),
            ("CI_COMMIT_BEFORE_SHA", ZEROS),
        ];
        vars.extend(more.iter().map(|(k, v)| (*k, (*v).to_owned())).map(|(k, v)| (k, &*v.leak())));
        vars
    };
    let diff = "CI_MERGE_REQUEST_DIFF_BASE_SHA";
    let (of, target) = ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
    let sha = "CI_COMMIT_SHA";
    let push = |source, branch, before: &str, after: &str| {
        [
            ("CI_PIPELINE_SOURCE", source),
            ("CI_COMMIT_BRANCH", branch),
            ("CI_COMMIT_BEFORE_SHA", before),
            (sha, after),
        ]
        .map(|(k, v): (&'static str, &str)| (k, &*v.to_owned().leak()))
    };
    let mut of_fork = mr("2", &[(sha, &t3), (diff, &m3)]);
    of_fork.push(("CI_PROJECT_ID", "2"));
    // The later value counts, as in an environment.
    let rows = vec![
        with("detached", "t3", &mr("1", &[(sha, &t3), (diff, &m3), (of, "")]), 1, "3 commits"),
        with("detached and clean", "c2", &mr("1", &[(sha, &c2), (diff, &m3)]), 0, "2 commits"),
        with("merged result", "merge", &mr("1", &[(sha, &merge), (of, &t3), (target, &m5)]), 1, "3 commits"),
        with(
            "merge train",
            "merge",
            &mr(
                "1",
                &[(sha, &merge), (of, &t3), (target, &m4), ("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train")],
            ),
            1,
            "3 commits",
        ),
        with("fork's, run in the parent", "t3", &mr("2", &[(sha, &t3), (diff, &m3)]), 1, "3 commits"),
        with("fork's, run in the fork", "t3", &of_fork, 1, "3 commits"),
        with("branch", "t3", &push("push", "topic", &t1, &t3), 0, "2 commits"),
        with("new branch", "t3", &push("push", "topic", ZEROS, &t3), 1, "3 commits"),
        with("first push", "m5", &push("push", "main", ZEROS, &m5), 1, "6 commits, all"),
        with("to main", "m5", &push("push", "main", &m4, &m5), 0, "1 commit of"),
        with(
            "tag",
            "m5",
            &[("CI_COMMIT_TAG", "v1"), (sha, &m5), ("CI_COMMIT_BEFORE_SHA", ZEROS)],
            0,
            "0 commits",
        ),
        with("schedule", "m5", &push("schedule", "main", ZEROS, &m5), 1, "all files"),
        with("by hand", "m5", &push("web", "main", ZEROS, &m5), 1, "all files"),
        with(
            "external pull request",
            "t3",
            &[
                ("CI_EXTERNAL_PULL_REQUEST_IID", "7"),
                ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", &t3),
                ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
                ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", &m5),
            ],
            1,
            "3 commits",
        ),
    ];
    assert_eq!(run(&w, rows), 14);
}

#[test]
fn circleci_travis_and_jenkins() {
    let w = World::new();
    let id = |name: &str| w.id(name).to_owned();
    let (m4, m5, t1, t3, c2) = (id("m4"), id("m5"), id("t1"), id("t3"), id("c2"));
    let with = |sign, name, at, more: &[(&'static str, &str)], code, says| {
        row(name, at, &[&[(sign, "true")], more].concat(), code, says)
    };
    let circle =
        |name, at, more: &[(&'static str, &str)], code, says| with("CIRCLECI", name, at, more, code, says);
    let travis =
        |name, at, more: &[(&'static str, &str)], code, says| with("TRAVIS", name, at, more, code, says);
    let jenkins =
        |name, at, more: &[(&'static str, &str)], code, says| with("JENKINS_URL", name, at, more, code, says);
    let sha = "CIRCLE_SHA1";
    let range = format!("{}...{}", &t1[..12], &t3[..12]);
    let of_new = format!("{}^...{}", &t1[..12], &t3[..12]);
    let no = ("TRAVIS_PULL_REQUEST", "false");
    let rows = vec![
        circle("push", "t3", &[(sha, &t3), ("CIRCLE_BRANCH", "topic")], 1, "3 commits"),
        circle("to main", "m5", &[(sha, &m5), ("CIRCLE_BRANCH", "main")], 1, "all files"),
        circle(
            "to main with its base",
            "m5",
            &[(sha, &m5), ("CIRCLE_BRANCH", "main"), ("STANCH_BASE", &m4)],
            0,
            "1 commit of",
        ),
        circle(
            "base that is empty",
            "c2",
            &[(sha, &c2), ("CIRCLE_BRANCH", "clean"), ("STANCH_BASE", "")],
            0,
            "2 commits",
        ),
        circle(
            "request",
            "t3",
            &[(sha, &t3), ("CIRCLE_BRANCH", "topic"), ("CIRCLE_PULL_REQUEST", "https://host/me/x/pull/7")],
            1,
            "3 commits",
        ),
        circle(
            "fork's request",
            "t3",
            &[
                (sha, &t3),
                ("CIRCLE_BRANCH", "pull/7"),
                ("CIRCLE_PR_USERNAME", "you"),
                ("CIRCLE_PR_NUMBER", "7"),
            ],
            1,
            "3 commits",
        ),
        circle("tag", "m5", &[(sha, &m5), ("CIRCLE_TAG", "v1")], 0, "0 commits"),
        travis(
            "request",
            "merge",
            &[
                ("TRAVIS_PULL_REQUEST", "7"),
                ("TRAVIS_PULL_REQUEST_SHA", &t3),
                ("TRAVIS_BRANCH", "main"),
                ("TRAVIS_PULL_REQUEST_SLUG", "me/x"),
                ("TRAVIS_REPO_SLUG", "me/x"),
            ],
            1,
            "3 commits",
        ),
        travis(
            "fork's request",
            "merge",
            &[
                ("TRAVIS_PULL_REQUEST", "7"),
                ("TRAVIS_PULL_REQUEST_SHA", &t3),
                ("TRAVIS_BRANCH", "main"),
                ("TRAVIS_PULL_REQUEST_SLUG", "you/x"),
                ("TRAVIS_REPO_SLUG", "me/x"),
            ],
            1,
            "3 commits",
        ),
        // A short id can be found, not fetched.
        Row {
            depths: &[0],
            ..travis(
                "push",
                "t3",
                &[no, ("TRAVIS_COMMIT", &t3), ("TRAVIS_BRANCH", "topic"), ("TRAVIS_COMMIT_RANGE", &range)],
                0,
                "2 commits",
            )
        },
        travis(
            "new branch",
            "t3",
            &[no, ("TRAVIS_COMMIT", &t3), ("TRAVIS_BRANCH", "topic"), ("TRAVIS_COMMIT_RANGE", &of_new)],
            1,
            "3 commits",
        ),
        travis(
            "cron",
            "m5",
            &[no, ("TRAVIS_COMMIT", &m5), ("TRAVIS_EVENT_TYPE", "cron"), ("TRAVIS_BRANCH", "main")],
            1,
            "all files",
        ),
        travis(
            "tag",
            "m5",
            &[no, ("TRAVIS_COMMIT", &m5), ("TRAVIS_TAG", "v1"), ("TRAVIS_BRANCH", "v1")],
            0,
            "0 commits",
        ),
        jenkins(
            "multibranch request",
            "t3",
            &[("CHANGE_ID", "7"), ("CHANGE_TARGET", "main"), ("GIT_COMMIT", &t3)],
            1,
            "3 commits",
        ),
        jenkins(
            "fork's request",
            "c2",
            &[("CHANGE_ID", "7"), ("CHANGE_TARGET", "main"), ("CHANGE_FORK", "you"), ("GIT_COMMIT", &c2)],
            0,
            "2 commits",
        ),
        jenkins(
            "push",
            "m5",
            &[("GIT_BRANCH", "origin/main"), ("GIT_COMMIT", &m5), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", &m4)],
            0,
            "1 commit of",
        ),
        jenkins(
            "a failed build before",
            "t3",
            &[("BRANCH_NAME", "topic"), ("GIT_COMMIT", &t3), ("GIT_PREVIOUS_COMMIT", &t1)],
            1,
            "3 commits",
        ),
        jenkins("first build of main", "m5", &[("BRANCH_NAME", "main"), ("GIT_COMMIT", &m5)], 1, "all files"),
        jenkins(
            "request builder",
            "t3",
            &[("ghprbPullId", "7"), ("ghprbTargetBranch", "main"), ("ghprbActualCommit", &t3)],
            1,
            "3 commits",
        ),
        jenkins(
            "GitLab's plugin",
            "t3",
            &[
                ("gitlabMergeRequestIid", "7"),
                ("gitlabTargetBranch", "main"),
                ("gitlabMergeRequestLastCommit", &t3),
            ],
            1,
            "3 commits",
        ),
        jenkins("tag", "m5", &[("TAG_NAME", "v1"), ("GIT_COMMIT", &m5)], 0, "0 commits"),
    ];
    assert_eq!(run(&w, rows), 21);
}

#[test]
fn the_other_systems() {
    let w = World::new();
    let id = |name: &str| w.id(name).to_owned();
    let (m4, m5, t1, t3, c2) = (id("m4"), id("m5"), id("t1"), id("t3"), id("c2"));
    let with = |sign: &[(&'static str, &str)], name, at, more: &[(&'static str, &str)], code, says| {
        row(name, at, &[sign, more].concat(), code, says)
    };
    let azure = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("TF_BUILD", "True")], name, at, more, code, says)
    };
    let bucket = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("BITBUCKET_BUILD_NUMBER", "1")], name, at, more, code, says)
    };
    let kite = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("BUILDKITE", "true")], name, at, more, code, says)
    };
    let drone = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("DRONE", "true")], name, at, more, code, says)
    };
    let pecker = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("CI", "woodpecker")], name, at, more, code, says)
    };
    let city = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("TEAMCITY_VERSION", "2025.11")], name, at, more, code, says)
    };
    let veyor = |name, at, more: &[(&'static str, &str)], code, says| {
        with(&[("APPVEYOR", "True")], name, at, more, code, says)
    };
    let rows = vec![
        azure(
            "request",
            "merge",
            &[
                ("BUILD_REASON", "PullRequest"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &t3),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
                ("SYSTEM_PULLREQUEST_ISFORK", "False"),
            ],
            1,
            "3 commits",
        ),
        azure(
            "clean request",
            "clean-merge",
            &[
                ("BUILD_REASON", "PullRequest"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &c2),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main"),
                ("SYSTEM_PULLREQUEST_ISFORK", "True"),
            ],
            0,
            "2 commits",
        ),
        azure(
            "push",
            "t3",
            &[
                ("BUILD_REASON", "IndividualCI"),
                ("BUILD_SOURCEVERSION", &t3),
                ("BUILD_SOURCEBRANCH", "refs/heads/topic"),
            ],
            1,
            "3 commits",
        ),
        azure(
            "to main",
            "m5",
            &[
                ("BUILD_REASON", "BatchedCI"),
                ("BUILD_SOURCEVERSION", &m5),
                ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ],
            1,
            "all files",
        ),
        azure(
            "tag",
            "m5",
            &[
                ("BUILD_REASON", "IndividualCI"),
                ("BUILD_SOURCEVERSION", &m5),
                ("BUILD_SOURCEBRANCH", "refs/tags/v1"),
            ],
            0,
            "0 commits",
        ),
        azure(
            "schedule",
            "m5",
            &[
                ("BUILD_REASON", "Schedule"),
                ("BUILD_SOURCEVERSION", &m5),
                ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ],
            1,
            "all files",
        ),
        bucket(
            "request",
            "t3",
            &[
                ("BITBUCKET_PR_ID", "7"),
                ("BITBUCKET_COMMIT", &t3[..12]),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
            ],
            1,
            "3 commits",
        ),
        bucket("push", "c2", &[("BITBUCKET_COMMIT", &c2), ("BITBUCKET_BRANCH", "clean")], 0, "2 commits"),
        bucket("tag", "m5", &[("BITBUCKET_COMMIT", &m5), ("BITBUCKET_TAG", "v1")], 0, "0 commits"),
        kite(
            "request",
            "t3",
            &[
                ("BUILDKITE_PULL_REQUEST", "7"),
                ("BUILDKITE_COMMIT", &t3),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
            ],
            1,
            "3 commits",
        ),
        kite(
            "push",
            "c2",
            &[
                ("BUILDKITE_PULL_REQUEST", "false"),
                ("BUILDKITE_COMMIT", &c2),
                ("BUILDKITE_BRANCH", "clean"),
                ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
            ],
            0,
            "2 commits",
        ),
        kite(
            "by hand",
            "t3",
            &[
                ("BUILDKITE_PULL_REQUEST", "false"),
                ("BUILDKITE_COMMIT", "HEAD"),
                ("BUILDKITE_BRANCH", "topic"),
            ],
            1,
            "3 commits",
        ),
        kite(
            "schedule",
            "m5",
            &[("BUILDKITE_COMMIT", &m5), ("BUILDKITE_SOURCE", "schedule"), ("BUILDKITE_BRANCH", "main")],
            1,
            "all files",
        ),
        kite(
            "tag",
            "m5",
            &[("BUILDKITE_COMMIT", &m5), ("BUILDKITE_TAG", "v1"), ("BUILDKITE_BRANCH", "v1")],
            0,
            "0 commits",
        ),
        drone(
            "push",
            "t3",
            &[
                ("DRONE_BUILD_EVENT", "push"),
                ("DRONE_COMMIT_SHA", &t3),
                ("DRONE_COMMIT_BEFORE", &t1),
                ("DRONE_BRANCH", "topic"),
            ],
            0,
            "2 commits",
        ),
        drone(
            "request",
            "t3",
            &[
                ("DRONE_BUILD_EVENT", "pull_request"),
                ("DRONE_COMMIT_SHA", &t3),
                ("DRONE_TARGET_BRANCH", "main"),
                ("DRONE_PULL_REQUEST", "7"),
            ],
            1,
            "3 commits",
        ),
        drone("cron", "m5", &[("DRONE_BUILD_EVENT", "cron"), ("DRONE_COMMIT_SHA", &m5)], 1, "all files"),
        pecker(
            "push",
            "m5",
            &[
                ("CI_PIPELINE_EVENT", "push"),
                ("CI_COMMIT_SHA", &m5),
                ("CI_PREV_COMMIT_SHA", &m4),
                ("CI_COMMIT_BRANCH", "main"),
                ("CI_REPO_DEFAULT_BRANCH", "main"),
            ],
            0,
            "1 commit of",
        ),
        pecker(
            "first push",
            "m5",
            &[
                ("CI_PIPELINE_EVENT", "push"),
                ("CI_COMMIT_SHA", &m5),
                ("CI_COMMIT_BRANCH", "main"),
                ("CI_REPO_DEFAULT_BRANCH", "main"),
            ],
            1,
            "all files",
        ),
        pecker(
            "request",
            "t3",
            &[
                ("CI_PIPELINE_EVENT", "pull_request"),
                ("CI_COMMIT_SHA", &t3),
                ("CI_COMMIT_TARGET_BRANCH", "main"),
                ("CI_COMMIT_PULL_REQUEST", "7"),
            ],
            1,
            "3 commits",
        ),
        pecker(
            "tag",
            "m5",
            &[("CI_PIPELINE_EVENT", "tag"), ("CI_COMMIT_SHA", &m5), ("CI_COMMIT_TAG", "v1")],
            0,
            "0 commits",
        ),
        pecker("cron", "m5", &[("CI_PIPELINE_EVENT", "cron"), ("CI_COMMIT_SHA", &m5)], 1, "all files"),
        city("push", "t3", &[("BUILD_VCS_NUMBER", &t3), ("TEAMCITY_BUILD_BRANCH", "topic")], 1, "3 commits"),
        city(
            "request",
            "c2",
            &[
                ("BUILD_VCS_NUMBER", &c2),
                ("TEAMCITY_PULLREQUEST_TARGET_BRANCH", "main"),
                ("TEAMCITY_PULLREQUEST_NUMBER", "7"),
            ],
            0,
            "2 commits",
        ),
        veyor(
            "request",
            "merge",
            &[
                ("APPVEYOR_PULL_REQUEST_NUMBER", "7"),
                ("APPVEYOR_PULL_REQUEST_HEAD_COMMIT", &t3),
                ("APPVEYOR_REPO_BRANCH", "main"),
            ],
            1,
            "3 commits",
        ),
        veyor(
            "push",
            "c2",
            &[("APPVEYOR_REPO_COMMIT", &c2), ("APPVEYOR_REPO_BRANCH", "clean")],
            0,
            "2 commits",
        ),
        veyor(
            "tag",
            "m5",
            &[
                ("APPVEYOR_REPO_COMMIT", &m5),
                ("APPVEYOR_REPO_TAG", "true"),
                ("APPVEYOR_REPO_TAG_NAME", "v1"),
                ("APPVEYOR_REPO_BRANCH", "v1"),
            ],
            0,
            "0 commits",
        ),
    ];
    assert_eq!(run(&w, rows), 27);
}
