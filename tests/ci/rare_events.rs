//! Events that come seldom, and those of which a system tells less than usual: what is not known must not read as clean.

use super::events::{GONE, Row, ZEROS, github, pull, push, row, run};
use super::world::World;
use serde_json::json;

type Vars<'a> = &'a [(&'static str, &'a str)];

/// Rows of one system.
struct System<'a> {
    signs: Vars<'a>,
    rows: Vec<Row>,
}

impl<'a> System<'a> {
    fn new(signs: Vars<'a>) -> System<'a> {
        System { signs, rows: Vec::new() }
    }

    fn add(
        mut self,
        name: &'static str,
        at: &'static str,
        vars: Vars<'_>,
        code: i32,
        says: &'static str,
    ) -> Self {
        self.rows.push(row(name, at, &[self.signs, vars].concat(), code, says));
        self
    }
}

/// A push to the default branch reads 0 commits if it is compared with that branch. So a push without its branch's
/// name is not compared with it.
#[test]
fn a_push_without_the_name_of_its_branch_is_not_compared_with_itself() {
    let w = World::new();
    let (m4, m5, t1, t3, c2) = (w.id("m4"), w.id("m5"), w.id("t1"), w.id("t3"), w.id("c2"));
    let gitlab = System::new(&[("GITLAB_CI", "1"), ("CI_DEFAULT_BRANCH", "main")])
        .add("GitLab, main", "m5", &[("CI_COMMIT_SHA", m5)], 1, "all files")
        .add("GitLab, an older main", "m4", &[("CI_COMMIT_SHA", m4)], 1, "all files")
        .add("GitLab, main by HEAD", "m5", &[], 1, "all files")
        .add("GitLab, main, and what it was", "m5", &[("CI_COMMIT_BEFORE_SHA", m4)], 0, "1 commit of")
        .add("GitLab, main, and it was rewritten", "m5", &[("CI_COMMIT_BEFORE_SHA", GONE)], 1, "all files")
        .add("GitLab, topic", "t3", &[("CI_COMMIT_SHA", t3)], 1, "3 commits")
        .add("GitLab, topic, and what it was", "t3", &[("CI_COMMIT_BEFORE_SHA", t1)], 0, "2 commits")
        .add("GitLab, no change", "m5", &[("CI_COMMIT_BEFORE_SHA", m5)], 0, "0 commits");
    let jenkins = System::new(&[("JENKINS_URL", "x")])
        .add("Jenkins, a commit", "m5", &[("GIT_BRANCH", "detached"), ("GIT_COMMIT", m5)], 1, "all files")
        .add("Jenkins, a commit of topic", "t3", &[("GIT_BRANCH", "detached")], 1, "3 commits")
        .add("Jenkins, a full name", "m5", &[("GIT_BRANCH", "refs/remotes/origin/main")], 1, "all files");
    let azure = System::new(&[("TF_BUILD", "True"), ("BUILD_REASON", "IndividualCI")]).add(
        "Azure",
        "m5",
        &[("BUILD_SOURCEVERSION", m5)],
        1,
        "all files",
    );
    let bitbucket = System::new(&[("BITBUCKET_BUILD_NUMBER", "1")])
        .add("Bitbucket, custom pipeline of a commit", "m5", &[("BITBUCKET_COMMIT", m5)], 1, "all files")
        .add(
            "Bitbucket, custom pipeline of a clean branch",
            "c2",
            &[("BITBUCKET_COMMIT", c2)],
            0,
            "2 commits",
        );
    let others = System::new(&[])
        .add("CircleCI", "m5", &[("CIRCLECI", "true"), ("CIRCLE_SHA1", m5)], 1, "all files")
        .add("Travis", "m5", &[("TRAVIS", "true"), ("TRAVIS_COMMIT", m5)], 1, "all files")
        .add("Buildkite", "m5", &[("BUILDKITE", "true"), ("BUILDKITE_COMMIT", "HEAD")], 1, "all files")
        .add("Drone", "m5", &[("DRONE", "true"), ("DRONE_COMMIT_SHA", m5)], 1, "all files")
        .add("Woodpecker", "m5", &[("CI", "woodpecker"), ("CI_COMMIT_SHA", m5)], 1, "all files")
        .add("TeamCity", "m5", &[("TEAMCITY_VERSION", "1"), ("BUILD_VCS_NUMBER", m5)], 1, "all files")
        .add(
            "TeamCity, its default branch",
            "m5",
            &[("TEAMCITY_VERSION", "1"), ("TEAMCITY_BUILD_BRANCH", "<default>")],
            1,
            "all files",
        )
        .add("AppVeyor", "m5", &[("APPVEYOR", "True"), ("APPVEYOR_REPO_COMMIT", m5)], 1, "all files");
    let systems = [gitlab, jenkins, azure, bitbucket, others];
    assert_eq!(systems.into_iter().map(|system| run(&w, system.rows)).sum::<usize>(), 22);
}

#[test]
fn a_remote_of_another_name_names_the_same_default_branch() {
    let w = World::new();
    let c = w.clone_at("m5", 1).env("JENKINS_URL", "x").env("GIT_BRANCH", "upstream/main");
    c.git(["remote", "rename", "origin", "upstream"]);
    let ran = super::world::ci(&c, &[]);
    assert!(ran.code == 1 && ran.stderr.contains("all files"), "{ran:#?}");
}

#[test]
fn github_events() {
    let w = World::new();
    let me = ("me/x", "me/x");
    let mut closed = pull(&w, "t3", "m5", me);
    closed["action"] = json!("closed");
    closed["pull_request"]["merged"] = json!(true);
    let mut draft = pull(&w, "c2", "m3", ("you/x", "me/x"));
    draft["pull_request"]["draft"] = json!(true);
    let mut to_topic = pull(&w, "t3", "t1", me);
    to_topic["pull_request"]["base"]["ref"] = json!("clean");
    let mut forced = push(&w, "refs/tags/v2", GONE, "t3", true);
    forced["base_ref"] = json!(null);
    let none = || json!({ "repository": { "default_branch": "main" } });
    let p = |name: &str, before: &str, after: &str, forced| push(&w, name, before, after, forced);
    let rows = vec![
        github("closed and merged", "pull_request", "merge", closed, 1, "3 commits"),
        github("a draft of a fork", "pull_request", "clean-merge", draft, 0, "2 commits"),
        github("into another branch", "pull_request", "t3", to_topic, 1, "3 commits"),
        github("a tag that moved", "push", "t3", forced, 1, "3 commits"),
        github(
            "main, forced to a topic",
            "push",
            "t3",
            p("refs/heads/main", "m5", "t3", true),
            1,
            "3 commits",
        ),
        github(
            "main, forced, and the old is gone",
            "push",
            "m5",
            p("refs/heads/main", GONE, "m5", true),
            1,
            "all files",
        ),
        github(
            "the queue's own branch",
            "push",
            "merge",
            p("refs/heads/gh-readonly-queue/main/pr-7-x", ZEROS, "merge", false),
            1,
            "4 commits",
        ),
        github(
            "a branch that begins at main",
            "push",
            "m5",
            p("refs/heads/new", ZEROS, "m5", false),
            0,
            "0 commits",
        ),
        github("a release", "release", "m5", none(), 1, "all files"),
        github("called by another workflow", "workflow_run", "m5", none(), 1, "all files"),
        github("called from outside", "repository_dispatch", "m5", none(), 1, "all files"),
        github("a comment", "issue_comment", "m5", none(), 1, "all files"),
    ];
    assert_eq!(run(&w, rows), 12);
}

#[test]
fn gitlab_and_circleci() {
    let w = World::new();
    let (m4, m5, t1, t3, c2, merge) =
        (w.id("m4"), w.id("m5"), w.id("t1"), w.id("t3"), w.id("c2"), w.id("clean-merge"));
    let signs = [("GITLAB_CI", "1"), ("CI_DEFAULT_BRANCH", "main"), ("CI_PROJECT_ID", "1")];
    let branch = |name: &'static str, before, sha| {
        vec![
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", name),
            ("CI_COMMIT_BEFORE_SHA", before),
            ("CI_COMMIT_SHA", sha),
        ]
    };
    let of = |source: &'static str| {
        vec![
            ("CI_PIPELINE_SOURCE", source),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_COMMIT_BEFORE_SHA", ZEROS),
            ("CI_COMMIT_SHA", m5),
        ]
    };
    let train = [
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", c2),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", m5),
        ("CI_COMMIT_SHA", merge),
    ];
    let gitlab = System::new(&signs)
        .add("forced", "t3", &branch("topic", c2, t3), 1, "3 commits")
        .add("forced, and the old is gone", "t3", &branch("topic", GONE, t3), 1, "3 commits")
        .add("main, forced, and the old is gone", "m5", &branch("main", GONE, m5), 1, "all files")
        .add("a branch that begins at main", "m5", &branch("new", ZEROS, m5), 0, "0 commits")
        .add("a clean merge train", "clean-merge", &train, 0, "2 commits")
        .add("by the API", "m5", &of("api"), 1, "all files")
        .add("by a trigger", "m5", &of("trigger"), 1, "all files")
        .add("by another pipeline", "m5", &of("parent_pipeline"), 1, "all files")
        .add("tag of topic", "t3", &[("CI_COMMIT_TAG", "v2"), ("CI_COMMIT_SHA", t3)], 1, "3 commits");
    let circle = System::new(&[("CIRCLECI", "true")])
        .add(
            "main, forced, and the old is gone",
            "m5",
            &[("CIRCLE_BRANCH", "main"), ("CIRCLE_SHA1", m5), ("STANCH_BASE", GONE)],
            1,
            "all files",
        )
        .add("topic with its base", "t3", &[("CIRCLE_BRANCH", "topic"), ("STANCH_BASE", t1)], 0, "2 commits")
        .add("no change", "m5", &[("CIRCLE_BRANCH", "main"), ("STANCH_BASE", m5)], 0, "0 commits")
        .add("tag of topic", "t3", &[("CIRCLE_TAG", "v2"), ("CIRCLE_SHA1", t3)], 1, "3 commits");
    let travis = System::new(&[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false")])
        .add("by the API", "m5", &[("TRAVIS_EVENT_TYPE", "api"), ("TRAVIS_BRANCH", "main")], 1, "all files")
        .add(
            "a range that is gone",
            "t3",
            &[("TRAVIS_BRANCH", "topic"), ("TRAVIS_COMMIT_RANGE", "1234567890ab...1234567890ac")],
            1,
            "3 commits",
        )
        .add(
            "main without a range",
            "m5",
            &[("TRAVIS_BRANCH", "main"), ("TRAVIS_COMMIT", m5)],
            1,
            "all files",
        );
    let jenkins = System::new(&[("JENKINS_URL", "x")])
        .add(
            "a build that was forced away",
            "m5",
            &[("BRANCH_NAME", "main"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", GONE)],
            1,
            "all files",
        )
        .add(
            "the same commit again",
            "m5",
            &[("BRANCH_NAME", "main"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", m5)],
            0,
            "0 commits",
        )
        .add("new branch", "c2", &[("BRANCH_NAME", "clean"), ("GIT_COMMIT", c2)], 0, "2 commits")
        .add(
            "topic, two builds later",
            "t3",
            &[("BRANCH_NAME", "topic"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", m4)],
            1,
            "3 commits",
        );
    let systems = [gitlab, circle, travis, jenkins];
    assert_eq!(systems.into_iter().map(|system| run(&w, system.rows)).sum::<usize>(), 20);
}

#[test]
fn the_other_systems() {
    let w = World::new();
    let (m4, m5, t1, t3, c2, merge) =
        (w.id("m4"), w.id("m5"), w.id("t1"), w.id("t3"), w.id("c2"), w.id("merge"));
    let azure = System::new(&[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/main")])
        .add("by hand", "m5", &[("BUILD_REASON", "Manual")], 1, "all files")
        .add("after another pipeline", "m5", &[("BUILD_REASON", "ResourceTrigger")], 1, "all files")
        .add(
            "request of a fork",
            "merge",
            &[
                ("BUILD_REASON", "PullRequest"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", t3),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main"),
                ("SYSTEM_PULLREQUEST_ISFORK", "True"),
            ],
            1,
            "3 commits",
        )
        .add(
            "request whose head is not told",
            "merge",
            &[("BUILD_REASON", "PullRequest"), ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main")],
            1,
            "4 commits",
        );
    let bitbucket = System::new(&[("BITBUCKET_BUILD_NUMBER", "1")])
        .add("to main", "m5", &[("BITBUCKET_COMMIT", m5), ("BITBUCKET_BRANCH", "main")], 1, "all files")
        .add(
            "request, and where main was",
            "t3",
            &[
                ("BITBUCKET_PR_ID", "7"),
                ("BITBUCKET_COMMIT", &t3[..12]),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
                ("BITBUCKET_PR_DESTINATION_COMMIT", &m4[..12]),
            ],
            1,
            "3 commits",
        )
        .add("tag of topic", "t3", &[("BITBUCKET_COMMIT", t3), ("BITBUCKET_TAG", "v2")], 1, "3 commits");
    let kite = System::new(&[("BUILDKITE", "true"), ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main")])
        .add("to main", "m5", &[("BUILDKITE_COMMIT", m5), ("BUILDKITE_BRANCH", "main")], 1, "all files")
        .add(
            "merge queue",
            "merge",
            &[("BUILDKITE_COMMIT", merge), ("BUILDKITE_BRANCH", "gh-readonly-queue/main/pr-7-x")],
            1,
            "4 commits",
        )
        .add(
            "request of a fork",
            "c2",
            &[
                ("BUILDKITE_PULL_REQUEST", "7"),
                ("BUILDKITE_COMMIT", c2),
                ("BUILDKITE_BRANCH", "you:clean"),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
                ("BUILDKITE_PULL_REQUEST_REPO", "https://host/you/x.git"),
                ("BUILDKITE_REPO", "git@host:me/x.git"),
            ],
            0,
            "2 commits",
        );
    let drone = System::new(&[("DRONE", "true"), ("DRONE_REPO_BRANCH", "main")])
        .add("to main", "m5", &drone_push("main", m4, m5), 0, "1 commit of")
        .add("new branch", "t3", &drone_push("topic", ZEROS, t3), 1, "3 commits")
        .add("forced, and the old is gone", "t3", &drone_push("topic", GONE, t3), 1, "3 commits")
        .add(
            "tag",
            "m5",
            &[("DRONE_BUILD_EVENT", "tag"), ("DRONE_TAG", "v1"), ("DRONE_COMMIT_SHA", m5)],
            0,
            "0 commits",
        )
        .add("promoted", "m5", &[("DRONE_BUILD_EVENT", "promote"), ("DRONE_COMMIT_SHA", m5)], 1, "all files");
    let signs = [("CI", "woodpecker"), ("CI_REPO_DEFAULT_BRANCH", "main"), ("CI_COMMIT_SHA", t3)];
    let pecker = System::new(&signs)
        .add(
            "request of a fork",
            "t3",
            &[
                ("CI_PIPELINE_EVENT", "pull_request"),
                ("CI_COMMIT_TARGET_BRANCH", "main"),
                ("CI_COMMIT_PULL_REQUEST_FROM_FORK", "true"),
            ],
            1,
            "3 commits",
        )
        .add(
            "request that was closed",
            "t3",
            &[("CI_PIPELINE_EVENT", "pull_request_closed"), ("CI_COMMIT_TARGET_BRANCH", "main")],
            1,
            "3 commits",
        )
        .add("release", "t3", &[("CI_PIPELINE_EVENT", "release"), ("CI_COMMIT_TAG", "v2")], 1, "3 commits")
        .add(
            "forced, and the old is gone",
            "t3",
            &[("CI_PIPELINE_EVENT", "push"), ("CI_COMMIT_BRANCH", "topic"), ("CI_PREV_COMMIT_SHA", GONE)],
            1,
            "3 commits",
        )
        .add(
            "push after another pipeline",
            "t3",
            &[("CI_PIPELINE_EVENT", "push"), ("CI_COMMIT_BRANCH", "topic"), ("CI_PREV_COMMIT_SHA", t1)],
            0,
            "2 commits",
        );
    let by_hand = [("CI", "woodpecker"), ("CI_PIPELINE_EVENT", "manual"), ("CI_COMMIT_SHA", m5)];
    let veyor = [("APPVEYOR", "True"), ("APPVEYOR_REPO_BRANCH", "main")];
    let others = System::new(&[])
        .add("Woodpecker, by hand", "m5", &by_hand, 1, "all files")
        .add(
            "TeamCity, to main",
            "m5",
            &[("TEAMCITY_VERSION", "1"), ("TEAMCITY_BUILD_BRANCH", "refs/heads/main")],
            1,
            "all files",
        )
        .add("AppVeyor, to main", "m5", &veyor, 1, "all files")
        .add(
            "AppVeyor, schedule",
            "m5",
            &[veyor[0], veyor[1], ("APPVEYOR_SCHEDULED_BUILD", "True")],
            1,
            "all files",
        )
        .add(
            "AppVeyor, request of a fork",
            "clean-merge",
            &[
                veyor[0],
                veyor[1],
                ("APPVEYOR_PULL_REQUEST_NUMBER", "7"),
                ("APPVEYOR_PULL_REQUEST_HEAD_COMMIT", c2),
                ("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "you/x"),
                ("APPVEYOR_REPO_NAME", "me/x"),
            ],
            0,
            "2 commits",
        );
    let systems = [azure, bitbucket, kite, drone, pecker, others];
    assert_eq!(systems.into_iter().map(|system| run(&w, system.rows)).sum::<usize>(), 25);
}

fn drone_push<'a>(branch: &'static str, before: &'a str, sha: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("DRONE_BUILD_EVENT", "push"),
        ("DRONE_BRANCH", branch),
        ("DRONE_COMMIT_BEFORE", before),
        ("DRONE_COMMIT_SHA", sha),
    ]
}
