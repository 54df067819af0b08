//! The real hook managers, driven as a team would: what they run must stop a leak.
//!
//! Each test needs its tool: the environment variable names it, or PATH has it. Where neither does the test says on
//! standard error that it was skipped; with `STANCH_TEST_ALL` set (as in CI) it fails instead.

use crate::support::{Run, STANCH, Sandbox, key};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs a command of the shell on a terminal of its own; none where `script` is missing.
pub(super) fn on_a_terminal(s: &Sandbox, command: &str) -> Option<Run> {
    let script = tool("STANCH_TEST_SCRIPT", "script")?;
    Some(s.run_with(script, ["-q", "-e", "-c", command, "/dev/null"], b""))
}

/// The manager, when it can be found.
pub(super) fn tool(variable: &str, program: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(PathBuf::from(path));
    }
    let found =
        std::env::split_paths(&std::env::var_os("PATH")?).map(|d| d.join(program)).find(|p| p.is_file());
    if found.is_none() {
        assert!(std::env::var_os("STANCH_TEST_ALL").is_none(), "{program} is missing: set {variable}");
        // Past the test harness, which would keep it back.
        let note = format!("\nskipped: {program} is missing; set {variable} to run its tests\n");
        std::io::stderr().write_all(note.as_bytes()).unwrap();
    }
    found
}

/// A repository with one commit, and with this build of stanch first on PATH.
pub(super) fn team() -> Sandbox {
    let s = Sandbox::new();
    let bin = Path::new(STANCH).parent().unwrap();
    let s = s.env("PATH", &format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    s.record(&[("README.md", "hello\n")]);
    s
}

/// The manifest of this repository in a repository of its own, as `repo:` and `rev:` name it.
fn manifest(s: &Sandbox) -> String {
    let hooks = s.at("../stanch-source");
    hooks.git(["init", "-q", "-b", "main", "."]);
    let text = include_str!("../.pre-commit-hooks.yaml");
    let rev = hooks.record(&[(".pre-commit-hooks.yaml", text)]);
    format!("repos:\n- repo: {}\n  rev: {rev}\n  hooks:\n", hooks.dir().display())
}

/// Writes and records `.pre-commit-config.yaml` with these ids of the manifest.
pub(super) fn configure(s: &Sandbox, ids: &[&str]) {
    let lines: Vec<String> = ids.iter().map(|id| format!("  - id: {id}\n")).collect();
    s.record(&[(".pre-commit-config.yaml", &(manifest(s) + &lines.concat()))]);
}

/// A manager may write to either stream.
#[track_caller]
fn push_is_stopped(s: &Sandbox, refs: &[&str]) {
    let run = s.try_git([&["push", "origin"], refs].concat());
    assert_ne!(run.code, 0, "{run:?}");
    assert!((run.stdout.clone() + &run.stderr).contains("app.py:1"), "{run:?}");
}

fn leak(seed: u64) -> String {
    format!("key = \"{}\"\n", key(seed))
}

/// What pre-commit and prek have in common.
fn stops_a_leak_and_passes_a_clean_commit(program: &Path) {
    let s = team();
    configure(&s, &["stanch-system"]);
    s.run_with(program, ["install"], b"").ok();
    let doctor = s.stanch(["doctor", "--hooks", "pre-commit"]).ok();
    assert!(
        doctor.stdout.contains("in force") && doctor.stdout.contains(".pre-commit-config.yaml"),
        "{doctor:?}"
    );
    s.stage("app.py", leak(1));
    let run = s.commit();
    run.stopped_at("app.py:1");
    assert!(!run.stderr.contains(&key(1)) && !run.stdout.contains(&key(1)), "{run:?}");
    s.stage("app.py", "key = os.environ[\"KLAVIYO_API_KEY\"]\n");
    s.commit().ok();
    // A leak in the work tree alone is not in the commit.
    s.write("app.py", leak(2));
    s.stage("other.py", "x = 1\n");
    s.commit().ok();
}

fn scans_every_file_when_asked(program: &Path, id: &str) {
    let s = team();
    configure(&s, &[id]);
    s.run_with(program, ["run", "--all-files"], b"").ok();
    s.record(&[("deep/in/app.py", &leak(1))]);
    let run = s.run_with(program, ["run", "--all-files"], b"");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("deep/in/app.py:1"), "{run:?}");
}

/// Every stage but pre-commit, each with its own id.
fn guards_messages_merges_and_pushes(program: &Path) {
    let s = team();
    configure(&s, &["stanch-commit-msg-system", "stanch-pre-merge-commit-system", "stanch-pre-push-system"]);
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    for stage in ["commit-msg", "pre-merge-commit", "pre-push"] {
        s.run_with(program, ["install", "--hook-type", stage], b"").ok();
    }
    s.stanch(["doctor", "--hooks", "commit-msg,pre-merge-commit"]).ok();
    let doctor = s.stanch(["doctor", "--hooks", "pre-push"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("one ref only"), "{doctor:?}");

    let message = format!("use {}", key(4));
    let run = s.try_git(["commit", "-q", "--allow-empty", "-m", &message]);
    assert!(run.code != 0 && !run.stderr.contains(&key(4)), "{run:?}");
    s.git(["commit", "-q", "--allow-empty", "-m", "harmless"]);

    s.git(["checkout", "-q", "-b", "side", "HEAD~1"]);
    s.record(&[("side.py", &leak(5))]);
    s.git(["checkout", "-q", "main"]);
    // The other branch's lines are not new: the stage runs, and passes.
    let merged = s.try_git(["merge", "--no-edit", "side"]).ok();
    assert!((merged.stdout + &merged.stderr).contains("stanch (merge)"));
    s.git(["reset", "-q", "--hard", "HEAD~1"]);

    // A clean first push of a root commit, then a leak that a later commit takes away again.
    s.git(["push", "-q", "origin", "main"]);
    s.record(&[("app.py", &leak(1))]);
    s.record(&[("app.py", "x = 1\n")]);
    push_is_stopped(&s, &["main"]);
    s.git(["reset", "-q", "--hard", "HEAD~2"]);
    s.record(&[("clean.py", "x = 1\n")]);
    s.git(["push", "-q", "origin", "main"]);
}

/// For which pre-commit names neither end of the range.
fn stops_the_first_push_of_a_root_commit(program: &Path) {
    let s = team();
    configure(&s, &["stanch-pre-push-system"]);
    s.record(&[("app.py", &leak(1))]);
    // One commit, without a parent, and nothing at the remote.
    let tree = s.git(["rev-parse", "HEAD^{tree}"]);
    let root = s.git(["commit-tree", &tree, "-m", "root"]);
    s.git(["reset", "-q", "--hard", &root]);
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    s.run_with(program, ["install", "--hook-type", "pre-push"], b"").ok();
    push_is_stopped(&s, &["main"]);
    assert_eq!(remote.git(["for-each-ref"]), "");
}

/// Records of findings so far; each reading of a finding adds one.
fn records(s: &Sandbox) -> usize {
    let text = std::fs::read_to_string(s.dir().join(".git/stanch/audit.jsonl")).unwrap_or_default();
    text.lines().count()
}

/// How often the manager's other hook ran.
fn runs_of_the_manager(s: &Sandbox) -> usize {
    std::fs::read_to_string(s.root().join("ran")).unwrap_or_default().lines().count()
}

/// Beside a manager that shows one ref, whichever came first: every ref is read, and each finding once.
fn every_ref_of_a_push_is_read_once(program: &Path, order: [&str; 2]) {
    let s = team();
    let other = "- repo: local\n  hooks:\n  - {id: m, name: m, entry: sh -c 'echo ran >> ../ran', language: system, \
                 always_run: true, pass_filenames: false, stages: [pre-push]}\n";
    s.record(&[(".pre-commit-config.yaml", &(manifest(&s) + "  - id: stanch-pre-push-system\n" + other))]);
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    s.git(["push", "-q", "origin", "main"]);
    for who in order {
        if who == "stanch" {
            let run = s.stanch(["install", "--hooks", "pre-push"]).ok();
            assert!(run.stdout.contains("installed"), "{run:?}");
        } else {
            s.run_with(program, ["install", "--hook-type", "pre-push"], b"").ok();
            let doctor = s.stanch(["doctor", "--hooks", "pre-push"]);
            assert_eq!(doctor.stdout.contains("one ref only"), order[0] == "manager", "{doctor:?}");
        }
    }
    s.stanch(["doctor", "--hooks", "pre-push"]).ok();
    let again = s.stanch(["install", "--hooks", "pre-push"]).ok();
    assert!(again.stdout.contains("already"), "{again:?}");

    s.git(["checkout", "-q", "-b", "leaky"]);
    s.record(&[("app.py", &leak(1))]);
    s.git(["tag", "-a", "-m", "x", "v1"]);
    s.git(["tag", "v2"]);
    s.git(["checkout", "-q", "-b", "clean", "main"]);
    let marker = format!("{} # stanch:allow klaviyo-private-api-key -- x\n", leak(2).trim_end());
    s.record(&[("fixture.py", &marker)]);
    let before = remote.git(["for-each-ref"]);
    let pushes: [&[&str]; 7] = [
        &["clean", "leaky"],
        &["leaky", "clean"],
        &["v1"],
        &["v2"],
        &["--tags"],
        &["clean", "v1"],
        &["--all"],
    ];
    for push in pushes {
        let (known, ran) = (records(&s), runs_of_the_manager(&s));
        push_is_stopped(&s, push);
        let both = usize::from(push.contains(&"clean") || push == ["--all"]);
        assert_eq!(records(&s) - known, 1 + both, "{order:?} {push:?}: each finding is read once");
        assert!(runs_of_the_manager(&s) - ran <= 1, "{order:?} {push:?}");
        // What was blocked is remembered, whichever of the two wrote last.
        let last = String::from_utf8(s.read(".git/stanch/last.json")).unwrap();
        assert!(last.contains("app.py"), "{order:?} {push:?}: {last}");
    }
    assert_eq!(remote.git(["for-each-ref"]), before);
    let (known, ran) = (records(&s), runs_of_the_manager(&s));
    s.git(["branch", "other", "main"]);
    s.git(["push", "-q", "origin", "clean", "other"]);
    assert_eq!((records(&s) - known, runs_of_the_manager(&s) - ran), (1, 1), "{order:?}");

    // Called by hand, not by a push that the hook has just read: it reads.
    let by_hand = s
        .env("PRE_COMMIT", "1")
        .env("PRE_COMMIT_FROM_REF", "main")
        .env("PRE_COMMIT_TO_REF", "leaky")
        .env("PRE_COMMIT_REMOTE_NAME", "origin")
        .env("PRE_COMMIT_REMOTE_URL", remote.dir().to_str().unwrap());
    by_hand.stanch(["hook", "pre-push"]).stopped_at("app.py:1");
    by_hand.env("STANCH_PUSH", "1").stanch(["hook", "pre-push"]).stopped_at("app.py:1");

    // The note of the last push counts for its run, its refs, its remote and the same rules alone.
    let note: serde_json::Value = serde_json::from_slice(&s.read(".git/stanch/push.json")).unwrap();
    let same = by_hand.env("PRE_COMMIT_TO_REF", "clean").env("STANCH_PUSH", note["run"].as_str().unwrap());
    let reads = |s: &Sandbox, args: &[&str]| {
        let known = records(s);
        s.stanch([&["hook"], args, &["pre-push"]].concat()).ok();
        records(s) > known
    };
    s.git(["update-ref", "-d", "refs/remotes/origin/clean"]);
    assert!(!reads(&same, &[]), "{order:?}");
    s.write("../rules.toml", "schema = 1\n");
    assert!(reads(&same, &["--rules", "../rules.toml"]), "{order:?}");
    assert!(reads(&same.env("PRE_COMMIT_REMOTE_URL", "../elsewhere"), &[]), "{order:?}");
    assert!(reads(&same.env("STANCH_PUSH", "1"), &[]), "{order:?}");
    same.env("PRE_COMMIT_TO_REF", "leaky").stanch(["hook", "pre-push"]).stopped_at("app.py:1");

    // A bypass of the one is a bypass of the other.
    s.env("STANCH_BYPASS", "tests").try_git(["push", "-q", "--dry-run", "origin", "leaky"]).ok();

    s.stanch(["uninstall"]).ok();
    let doctor = s.stanch(["doctor", "--hooks", "pre-push"]);
    assert!(doctor.stdout.contains("one ref only"), "{order:?} {doctor:?}");
    push_is_stopped(&s, &["leaky"]);
}

#[test]
fn beside_pre_commit_every_ref_of_a_push_is_read_once() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        every_ref_of_a_push_is_read_once(&program, ["manager", "stanch"]);
        every_ref_of_a_push_is_read_once(&program, ["stanch", "manager"]);
    }
}

#[test]
fn beside_prek_every_ref_of_a_push_is_read_once() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        every_ref_of_a_push_is_read_once(&program, ["manager", "stanch"]);
        every_ref_of_a_push_is_read_once(&program, ["stanch", "manager"]);
    }
}

#[test]
fn pre_commit_guards_messages_merges_and_pushes() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        guards_messages_merges_and_pushes(&program);
    }
}

#[test]
fn pre_commit_stops_the_first_push_of_a_root_commit() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        stops_the_first_push_of_a_root_commit(&program);
    }
}

#[test]
fn prek_guards_messages_merges_and_pushes() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        guards_messages_merges_and_pushes(&program);
    }
}

#[test]
fn prek_stops_the_first_push_of_a_root_commit() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        stops_the_first_push_of_a_root_commit(&program);
    }
}

#[test]
fn pre_commit_stops_a_leak_and_passes_a_clean_commit() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        stops_a_leak_and_passes_a_clean_commit(&program);
    }
}

#[test]
fn pre_commit_scans_every_file_when_asked() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        scans_every_file_when_asked(&program, "stanch-files-system");
        // Nothing is staged: the files are meant, and never "passed" for nothing read.
        scans_every_file_when_asked(&program, "stanch-system");
    }
}

#[test]
fn prek_stops_a_leak_and_passes_a_clean_commit() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        stops_a_leak_and_passes_a_clean_commit(&program);
    }
}

#[test]
fn prek_scans_every_file_when_asked() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        scans_every_file_when_asked(&program, "stanch-files-system");
        // Nothing is staged: the files are meant, and never "passed" for nothing read.
        scans_every_file_when_asked(&program, "stanch-system");
    }
}

/// A repository with lefthook's hooks in it and this configuration.
pub(super) fn lefthook(config: &str) -> Option<Sandbox> {
    let program = tool("STANCH_TEST_LEFTHOOK", "lefthook")?;
    let s = team().env("LEFTHOOK_BIN", program.to_str().unwrap());
    s.record(&[("lefthook.yml", config)]);
    s.run_with(program, ["install"], b"").ok();
    Some(s)
}

/// A repository with husky's hooks in it.
fn husky() -> Option<Sandbox> {
    let program = tool("STANCH_TEST_HUSKY", "husky")?;
    let s = team();
    s.run_with("node", [program], b"").ok();
    s.git(["config", "--get", "core.hooksPath"]);
    Some(s)
}

/// Refused by `install` with the lines to add, the same as in the documents; gives those lines.
fn told(s: &Sandbox, who: &str, event: &str) -> String {
    let run = s.stanch(["install", "--hooks", event]);
    run.could_not_check(&format!("{who} writes the hooks here"));
    let lines: String =
        run.stderr.lines().filter(|l| l.starts_with("    ")).map(|l| format!("{}\n", &l[4..])).collect();
    assert!(include_str!("../docs/managers.md").contains(&lines), "docs/managers.md: {lines}");
    lines
}

#[test]
fn lefthook_stops_a_leak_with_the_lines_that_install_tells() {
    let Some(s) = lefthook("commit-msg:\n  jobs:\n    - run: echo lefthook-ran\npre-commit:\n  jobs: []\n")
    else {
        return;
    };
    let doctor = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("lefthook.yml does not name stanch"), "{doctor:?}");
    let lines = told(&s, "lefthook", "pre-commit");
    s.record(&[("lefthook.yml", &lines)]);
    s.stanch(["doctor", "--hooks", "pre-commit"]).ok();
    s.stage("app.py", leak(1));
    let run = s.commit();
    assert_ne!(run.code, 0, "{run:?}");
    assert!((run.stdout + &run.stderr).contains("app.py:1"));
    s.stage("app.py", "x = 1\n");
    s.commit().ok();
    s.stanch(["install", "--hooks", "pre-commit"]).ok();
}

#[test]
fn husky_stops_a_leak_with_the_lines_that_install_tells() {
    let Some(s) = husky() else { return };
    let doctor = s.stanch(["doctor", "--hooks", "pre-commit"]);
    assert!(
        doctor.code == 1 && doctor.stdout.contains(".husky/pre-commit does not name stanch"),
        "{doctor:?}"
    );
    assert!(doctor.stdout.contains("core.hooksPath = .husky/_ (local"), "{doctor:?}");
    let lines = told(&s, "husky", "pre-commit");
    let (file, line) = lines.trim_end().split_once(":  ").unwrap();
    s.write(file, format!("echo husky-ran\n{line}\necho not-reached\n"));
    s.stanch(["doctor", "--hooks", "pre-commit"]).ok();
    s.stage("app.py", leak(1));
    let run = s.commit();
    run.stopped_at("app.py:1");
    let all = run.stdout + &run.stderr;
    assert!(all.contains("husky-ran") && !all.contains("not-reached"), "{all}");
    s.stage("app.py", "x = 1\n");
    s.commit().ok();
}

/// Pushes a root commit with a leak: it must be stopped; and one without: it must arrive.
fn push_is_guarded(s: &Sandbox) {
    let remote = s.at("../remote");
    remote.git(["init", "-q", "--bare", "."]);
    s.git(["remote", "add", "origin", remote.dir().to_str().unwrap()]);
    s.git(["checkout", "-q", "--orphan", "leaky"]);
    s.record(&[("app.py", &leak(1))]);
    push_is_stopped(s, &["main", "leaky"]);
    assert_eq!(remote.git(["for-each-ref"]), "");
    s.git(["push", "-q", "origin", "main"]);
}

#[test]
fn lefthook_guards_a_push_of_several_refs() {
    let Some(s) = lefthook("pre-push:\n  jobs: []\n") else { return };
    let lines = told(&s, "lefthook", "pre-push");
    s.record(&[("lefthook.yml", &lines)]);
    push_is_guarded(&s);
}

#[test]
fn lefthook_without_the_list_of_refs_is_not_in_force() {
    // lefthook gives an empty pipe in place of git's list: at run time it looks like a push of nothing.
    let Some(s) = lefthook("pre-push:\n  jobs:\n    - run: stanch hook pre-push {0}\n") else { return };
    let doctor = s.stanch(["doctor", "--hooks", "pre-push"]);
    assert!(doctor.code == 1 && doctor.stdout.contains("use_stdin: true"), "{doctor:?}");
}

#[test]
fn husky_guards_a_push_of_several_refs() {
    let Some(s) = husky() else { return };
    s.write(".husky/pre-push", "stanch hook pre-push \"$@\" || exit\n");
    s.stanch(["doctor", "--hooks", "pre-push"]).ok();
    push_is_guarded(&s);
}

/// Installs stanch and a manager in this order, twice, and looks at what still runs.
fn both_run_in_order(program: &Path, order: [&str; 2]) {
    let s = team();
    s.hook_script("pre-commit", "echo ran-the-first-one >&2\n");
    let marker = "repos:\n- repo: local\n  hooks:\n  - {id: m, name: m, entry: echo ran-the-manager, \
                  language: system, always_run: true, verbose: true, pass_filenames: false}\n";
    s.record(&[(".pre-commit-config.yaml", marker)]);
    let original = s.read(".git/hooks/pre-commit");
    for round in 1..=2 {
        for who in order {
            if who == "stanch" {
                s.stanch(["install"]).ok();
            } else {
                s.run_with(program, ["install"], b"").ok();
            }
        }
        s.stage("app.py", leak(1));
        let run = s.commit();
        run.stopped_at("app.py:1");
        s.stage("app.py", format!("x = {round}\n"));
        let run = s.commit().ok();
        assert_eq!(run.stderr.matches("ran-the-manager").count(), 1, "{order:?} {run:?}");
        // pre-commit keeps one hook from before; a second round over stanch's overwrites that one.
        if round == 1 || order[0] == "stanch" {
            assert_eq!(run.stderr.matches("ran-the-first-one").count(), 1, "{order:?} {run:?}");
        }
        s.stanch(["doctor", "--hooks", "pre-commit"]).ok();
    }
    s.stanch(["uninstall"]).ok();
    s.stage("app.py", leak(1));
    let run = s.commit().ok();
    assert_eq!(run.stderr.matches("ran-the-manager").count(), 1, "{order:?} {run:?}");
    if order[0] == "stanch" {
        assert_eq!(s.read(".git/hooks/pre-commit.legacy"), original);
    }
}

#[test]
fn stanch_and_then_pre_commit_both_run() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        both_run_in_order(&program, ["stanch", "manager"]);
    }
}

#[test]
fn pre_commit_and_then_stanch_both_run() {
    if let Some(program) = tool("STANCH_TEST_PRE_COMMIT", "pre-commit") {
        both_run_in_order(&program, ["manager", "stanch"]);
    }
}

#[test]
fn stanch_and_then_prek_both_run() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        both_run_in_order(&program, ["stanch", "manager"]);
    }
}

#[test]
fn prek_and_then_stanch_both_run() {
    if let Some(program) = tool("STANCH_TEST_PREK", "prek") {
        both_run_in_order(&program, ["manager", "stanch"]);
    }
}
