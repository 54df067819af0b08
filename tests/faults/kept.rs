//! Files that are kept or changed: full and read-only disks, FIFOs and links in a file's place, locks that nobody gives
//! back, processes that are killed. Nothing is lost, nothing hangs, and the message names the file.

use crate::support::{STANCH, Sandbox, key};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

/// A line that blocks.
pub(crate) fn leak(seed: u64) -> String {
    format!("key = \"{}\"\n", key(seed))
}

/// Runs a program that must not hang.
pub(crate) fn bounded(s: &Sandbox, args: &[&str]) -> crate::support::Run {
    let run = s.run_with("timeout", [&["60"], args].concat(), b"");
    assert_ne!(run.code, 124, "it hangs: {run:#?}");
    run
}

pub(crate) fn commit(s: &Sandbox) -> crate::support::Run {
    bounded(s, &["git", "commit", "-q", "-m", "x"])
}

pub(crate) const RULE: &str = "private-key-openssh";

/// What `git add -A` would take beside what is there already.
pub(crate) fn untracked(s: &Sandbox) -> Vec<String> {
    let all = s.git(["status", "--porcelain", "--untracked-files=all"]);
    all.lines().filter_map(|l| l.strip_prefix("?? ")).map(str::to_owned).collect()
}

pub(crate) fn allowed(s: &Sandbox) -> usize {
    String::from_utf8(s.read(".stanch.toml")).unwrap().lines().filter(|l| l.starts_with("  {")).count()
}

pub(crate) fn skipped(why: &str) {
    assert!(std::env::var_os("STANCH_TEST_ALL").is_none(), "{why}");
    std::io::stderr().write_all(format!("\nskipped: {why}\n").as_bytes()).unwrap();
}

/// Runs a script with `work` beside the repository on a file system of 64 kB, where this machine lets one mount it. Its
/// git directory is `gitdir` beside it, on the usual disk.
pub(crate) fn on_a_small_disk(s: &Sandbox, script: &str) -> Option<crate::support::Run> {
    fs::create_dir_all(s.root().join("work")).unwrap();
    let try_mount =
        s.at("..").run_with("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k none work"], b"");
    if try_mount.code != 0 {
        skipped(&format!("no file system can be mounted here: {}", try_mount.stderr.trim()));
        return None;
    }
    let whole = format!(
        "set -e\nmount -t tmpfs -o size=64k none work\ncd work\n\
         git init -q -b main --separate-git-dir=../gitdir .\n\
         fill() {{ cat /dev/zero > filler 2>/dev/null || :; }}\n{script}"
    );
    Some(s.at("..").env("STANCH", STANCH).run_with("unshare", ["-rm", "sh", "-c", &whole], b""))
}

pub(crate) fn saved(s: &Sandbox, name: &str) -> String {
    fs::read_to_string(s.root().join(name)).unwrap()
}

#[test]
fn a_full_disk_costs_no_entry_of_the_configuration_or_the_baseline() {
    let s = Sandbox::new();
    let baseline = format!("{} klaviyo-private-api-key\n", "a".repeat(20));
    fs::write(s.root().join("leak.py"), leak(1)).unwrap();
    let Some(run) = on_a_small_disk(
        &s,
        &format!(
            "$STANCH allow --path tests/ --rule private-key-openssh --reason fixtures 2>/dev/null
             printf '{baseline}' > .stanch-baseline
             cp ../leak.py .
             cp .stanch.toml ../before.toml
             fill
             $STANCH allow --path more/ --rule private-key-openssh --reason more 2>../allow.txt && echo no error
             $STANCH baseline create 2>../baseline.txt && echo no error
             cp .stanch.toml ../after.toml
             cp .stanch-baseline ../after-baseline
             ls -A > ../names
             rm filler
             $STANCH allow --path more/ --rule private-key-openssh --reason more 2>/dev/null
             cp .stanch.toml ../then.toml"
        ),
    ) else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
    assert_eq!(saved(&s, "before.toml"), saved(&s, "after.toml"));
    assert!(saved(&s, "after.toml").contains("fixtures"));
    assert_eq!(saved(&s, "after-baseline"), baseline);
    assert_eq!(saved(&s, "names"), ".git\n.stanch-baseline\n.stanch.toml\nfiller\nleak.py\n");
    let allow = saved(&s, "allow.txt");
    assert!(allow.contains("cannot write .stanch.toml") && allow.contains("No space left"), "{allow}");
    assert!(saved(&s, "baseline.txt").contains("cannot write .stanch-baseline"));
    assert!(saved(&s, "then.toml").contains("more/"), "with room again it works");
}

#[test]
fn a_full_disk_costs_no_byte_of_a_file_that_is_fixed() {
    let s = Sandbox::new();
    fs::write(s.root().join("leak.py"), leak(1)).unwrap();
    let Some(run) = on_a_small_disk(
        &s,
        "cp ../leak.py app.py
         git add app.py
         $STANCH hook pre-commit 2>/dev/null && echo not stopped
         fill
         $STANCH fix --all 2>../fix.txt && echo no error
         cp app.py ../after.py
         ls -A > ../names
         rm filler
         $STANCH fix --all 2>/dev/null
         cp app.py ../then.py",
    ) else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
    assert_eq!(saved(&s, "after.py"), leak(1));
    assert_eq!(saved(&s, "names"), ".git\napp.py\nfiller\n");
    assert!(saved(&s, "fix.txt").contains("app.py stays as it is"), "{}", saved(&s, "fix.txt"));
    assert!(saved(&s, "then.py").contains("os.environ"), "with room again it works");
}

#[test]
fn a_full_disk_leaves_no_half_record() {
    let s = Sandbox::new();
    fs::write(s.root().join("leak.py"), leak(1)).unwrap();
    let system = s.root().join("system.toml");
    fs::write(&system, format!("[audit]\npath = '{}'\n", s.root().join("work/audit.jsonl").display()))
        .unwrap();
    let s = s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap());
    let Some(run) = on_a_small_disk(
        &s,
        "cp ../leak.py app.py
         git add app.py
         $STANCH hook pre-commit 2>/dev/null && echo not stopped
         fill
         code=0; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do $STANCH hook pre-commit 2>../full.txt || code=$?; done
         echo $code > ../code
         rm filler
         $STANCH hook pre-commit 2>/dev/null && echo not stopped
         cp audit.jsonl ../audit.jsonl",
    ) else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
    assert_ne!(saved(&s, "code"), "0\n", "what cannot be recorded does not pass");
    assert!(saved(&s, "full.txt").contains("audit.jsonl"), "{}", saved(&s, "full.txt"));
    let text = saved(&s, "audit.jsonl");
    assert!(text.lines().count() >= 2);
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
}

#[test]
fn a_read_only_work_tree_is_reported_with_the_files_name() {
    let s = Sandbox::new();
    let Some(run) = on_a_small_disk(
        &s,
        "$STANCH allow --path tests/ --rule private-key-openssh --reason fixtures 2>/dev/null
         cp .stanch.toml ../before.toml
         mount -o remount,ro work . 2>/dev/null || mount -o remount,ro \"$PWD\"
         $STANCH allow --path more/ --rule private-key-openssh --reason more 2>../allow.txt && echo no error
         cp .stanch.toml ../after.toml",
    ) else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
    assert_eq!(saved(&s, "before.toml"), saved(&s, "after.toml"));
    let allow = saved(&s, "allow.txt");
    assert!(allow.contains("cannot write .stanch.toml") && allow.contains("Read-only"), "{allow}");
}

fn fifo(s: &Sandbox, path: &str) -> PathBuf {
    let path = s.dir().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    s.run_with("mkfifo", [&path], b"").ok();
    path
}

#[test]
fn a_fifo_in_the_records_place_stops_the_commit_and_is_named() {
    for name in ["audit.jsonl", "audit.jsonl.known"] {
        let s = Sandbox::guarded();
        fifo(&s, &format!(".git/stanch/{name}"));
        s.stage("a.py", leak(1));
        let run = commit(&s);
        let said = run.stderr.replace("\n   ", "");
        assert!(run.code != 0 && said.contains(name) && said.contains("a FIFO"), "{run:#?}");
        let allowed = format!("{} # stanch:allow klaviyo-private-api-key -- x\n", leak(1).trim_end());
        s.stage("a.py", allowed);
        assert_ne!(commit(&s).code, 0, "{name}");
    }
}

#[test]
fn a_fifo_in_the_place_of_the_folder_is_named_with_the_remedy() {
    let s = Sandbox::guarded();
    fifo(&s, ".git/stanch");
    s.stage("a.py", leak(1));
    let run = commit(&s);
    let said = run.stderr.replace("\n   ", "");
    assert!(run.code != 0 && said.contains(".git/stanch is not a folder; move it away"), "{run:#?}");
    bounded(&s, &[STANCH, "allow", "--path", "x/", "--rule", RULE, "--reason", "x"])
        .could_not_check("is not a folder");
}

#[test]
fn a_fifo_in_the_place_of_what_is_remembered_is_replaced() {
    let s = Sandbox::guarded();
    let path = fifo(&s, ".git/stanch/last.json");
    s.stage("a.py", "x = 1\n");
    assert_eq!(commit(&s).code, 0);
    s.stage("a.py", leak(1));
    commit(&s).stopped_at("a.py:1");
    assert!(path.symlink_metadata().unwrap().is_file());
    bounded(&s, &[STANCH, "fix", "--all"]).ok();
}

#[test]
fn fifos_in_the_place_of_hooks_settings_and_locks_hang_nothing() {
    let s = Sandbox::new();
    fifo(&s, ".git/hooks/pre-commit");
    let run = bounded(&s, &[STANCH, "install"]);
    run.could_not_check("pre-commit is not a file");
    assert_eq!(bounded(&s, &[STANCH, "doctor"]).code, 1);
    bounded(&s, &[STANCH, "uninstall"]).ok();
    fifo(&s, ".git/stanch/edit.lock");
    bounded(&s, &[STANCH, "allow", "--path", "x/", "--rule", RULE, "--reason", "x"])
        .could_not_check("edit.lock");
    fifo(&s, ".stanch.toml");
    bounded(&s, &[STANCH, "hook", "pre-commit"]).could_not_check(".stanch.toml");
}

#[test]
fn a_link_in_the_records_place_is_refused_in_the_git_directory_and_followed_where_a_machine_names_it() {
    let s = Sandbox::guarded();
    let other = s.root().join("other.txt");
    fs::write(&other, "mine\n").unwrap();
    fs::create_dir_all(s.dir().join(".git/stanch")).unwrap();
    let link = s.dir().join(".git/stanch/audit.jsonl");
    std::os::unix::fs::symlink(&other, &link).unwrap();
    s.stage("a.py", leak(1));
    let run = commit(&s);
    assert!(run.code != 0 && run.stderr.contains("a symbolic link"), "{run:#?}");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine\n");
    fs::write(&other, "").unwrap();
    let system = s.root().join("system.toml");
    fs::write(&system, format!("[audit]\npath = '{}'\n", link.display())).unwrap();
    s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap()).commit().stopped_at("a.py:1");
    assert_eq!(fs::read_to_string(&other).unwrap().lines().count(), 1);
}

#[test]
fn a_link_in_the_place_of_the_folder_is_refused_and_nothing_is_written_behind_it() {
    let s = Sandbox::guarded();
    s.git(["remote", "add", "origin", "../remote.git"]);
    let other = s.root().join("other");
    fs::create_dir(&other).unwrap();
    let _ = fs::remove_dir_all(s.dir().join(".git/stanch"));
    std::os::unix::fs::symlink(&other, s.dir().join(".git/stanch")).unwrap();
    s.stage("a.py", leak(1));
    let run = commit(&s);
    let said = run.stderr.replace("\n   ", "");
    assert!(
        run.code != 0 && said.contains("a.py:1") && said.contains("is a symbolic link; move it away"),
        "{run:#?}"
    );
    bounded(&s, &[STANCH, "allow", "--path", "x/", "--rule", RULE, "--reason", "x"])
        .could_not_check("is a symbolic link");
    assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    // Where a machine names the place, its folder may be a link.
    let system = s.root().join("system.toml");
    fs::write(&system, format!("[audit]\npath = '{}/audit.jsonl'\n", s.dir().join(".git/stanch").display()))
        .unwrap();
    s.env("STANCH_SYSTEM_CONFIG", system.to_str().unwrap()).commit().stopped_at("a.py:1");
    assert!(other.join("audit.jsonl").is_file());
}

#[test]
fn a_lock_that_is_never_given_back_ends_in_an_error_that_names_the_file() {
    let s = Sandbox::guarded();
    s.stage("a.py", leak(1));
    s.commit().stopped_at("a.py:1");
    let hold = |name: &str| {
        let path = s.dir().join(".git/stanch").join(name);
        let file = File::options().append(true).create(true).open(path).unwrap();
        file.lock().unwrap();
        file
    };
    let held = hold("audit.jsonl");
    let run = commit(&s);
    let said = run.stderr.replace("\n   ", "");
    assert!(run.code != 0 && said.contains("audit.jsonl") && said.contains("kept it locked"), "{run:#?}");
    drop(held);
    s.commit().stopped_at("a.py:1");
    let held = hold("edit.lock");
    bounded(&s, &[STANCH, "allow", "--path", "x/", "--rule", RULE, "--reason", "x"])
        .could_not_check("edit.lock: another process");
    drop(held);
}

#[test]
fn entries_that_many_processes_add_at_once_are_all_kept() {
    let s = Sandbox::new();
    let children: Vec<_> = (0..12)
        .map(|i| {
            let path = format!("folder{i}/");
            s.command(STANCH)
                .args(["allow", "--path", &path, "--rule", RULE, "--reason", "x"])
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(allowed(&s), 12);
}

#[test]
fn a_changed_file_keeps_its_permissions_and_a_new_one_gets_the_umasks() {
    use std::os::unix::fs::PermissionsExt;
    let s = Sandbox::new();
    let allow = |n: u32| {
        let script = format!("umask 027; exec '{STANCH}' allow --path x{n}/ --rule {RULE} --reason x");
        s.run_with("sh", ["-c", &script], b"").ok();
        fs::metadata(s.dir().join(".stanch.toml")).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(allow(1), 0o640);
    fs::set_permissions(s.dir().join(".stanch.toml"), fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(allow(2), 0o604);
}

/// A record as an older version wrote it.
fn old_record(n: usize) -> String {
    format!(
        "{{\"time\":\"2020-01-01T00:00:00Z\",\"decision\":\"block\",\"stage\":\"commit\",\"host\":\"h\",\"user\":\"u\",\
         \"repository\":\"r\",\"path\":\"{}\",\"line\":{n},\"rule\":\"r\",\"severity\":\"high\",\"confidence\":\"high\",\
         \"fingerprint\":\"{n:020x}\",\"reason\":\"x\"}}\n",
        "p".repeat(1000)
    )
}

#[test]
fn a_long_record_is_moved_aside_and_not_read_at_each_commit() {
    let s = Sandbox::guarded();
    let old: String = (0..9000).map(old_record).collect();
    s.write(".git/stanch/audit.jsonl", &old);
    s.stage("a.py", leak(1));
    s.commit().stopped_at("a.py:1");
    assert_eq!(s.read(".git/stanch/audit.jsonl.1"), old.as_bytes(), "moved whole");
    assert_eq!(String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap().lines().count(), 1);
    assert_eq!(s.stanch(["audit"]).ok().stdout.lines().count(), 9001);
    assert_eq!(s.stanch(["audit", "--since", "30d"]).ok().stdout.lines().count(), 1);
    // Who takes old files away hides no newer one.
    fs::rename(s.dir().join(".git/stanch/audit.jsonl.1"), s.dir().join(".git/stanch/audit.jsonl.7")).unwrap();
    assert_eq!(s.stanch(["audit"]).ok().stdout.lines().count(), 9001);
    // A commit does not open the old file: this one could not be read.
    fifo(&s, ".git/stanch/audit.jsonl.1");
    let text = format!("{} # stanch:allow klaviyo-private-api-key -- x\n", leak(1).trim_end());
    s.stage("a.py", text);
    commit(&s).ok();
}

#[test]
fn thousands_of_findings_are_recorded_and_remembered_within_bounds_and_counted() {
    let s = Sandbox::guarded();
    const ALL: u64 = 5000;
    let text: String = (0..ALL).map(leak).collect();
    s.stage("keys.py", text);
    let run = s.commit();
    assert_eq!(run.code, 1, "{}", run.stderr.len());
    let audit = String::from_utf8(s.read(".git/stanch/audit.jsonl")).unwrap();
    assert!(audit.len() < 2 << 20, "{}", audit.len());
    let records: Vec<serde_json::Value> = audit.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let counted: u64 = records.iter().map(|r| r["more"].as_u64().unwrap_or(1)).sum();
    assert_eq!(counted, ALL, "each finding has a record or is counted by one");
    let table = s.stanch(["audit"]).ok().stdout;
    assert!(table.contains(&format!("{} places", ALL - (records.len() as u64 - 1))), "{table:.2000}");
    let last = s.read(".git/stanch/last.json");
    assert!(last.len() < 2 << 20, "{}", last.len());
    let last: serde_json::Value = serde_json::from_slice(&last).unwrap();
    let remembered = last["findings"].as_array().unwrap().len() as u64;
    assert_eq!(remembered + last["more"].as_u64().unwrap(), ALL);
    let run = s.stanch(["allow", "00000000", "--reason", "x"]);
    run.could_not_check(&format!("of {ALL} findings the first {remembered} are remembered"));
    // The same again is known as the same, one more changed value is not.
    assert!(s.commit().stderr.contains(" again"));
    let text: String = (0..ALL - 1).chain([ALL]).map(leak).collect();
    s.stage("keys.py", text);
    assert!(!s.commit().stderr.contains(" again"));
}
