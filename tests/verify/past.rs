//! Triage of a repository with a past: since when, by whom if asked, in which branches and tags, still there or removed, and
//! the plan.

use super::vendor::{Vendor, json};
use super::{blocked, github, live_github};
use serde_json::Value;

#[test]
fn a_history_says_of_each_secret_since_when_where_and_what_to_do_first() {
    let (dead, live, message) = (github(41), github(42), github(43));
    let of_vendor = live.clone();
    let in_message = message.clone();
    let vendor = Vendor::start(move |r| match &r.head {
        head if head.contains(&of_vendor) => live_github(r),
        head if head.contains(&in_message) => json(403, "{}"),
        _ => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let s = blocked(&vendor, &dead);
    let old = s.env("GIT_COMMITTER_DATE", "2023-05-06T12:00:00Z");
    let author = "--author=Ann Smith <ann.smith@example.org>";
    old.git(["commit", "-q", "--no-verify", author, "-m", "first"]);
    s.git(["tag", "-a", "v1", "-m", "one"]);
    s.write("app.env", format!("GITHUB_TOKEN={live}\n"));
    s.git(["commit", "-qam", "second", "--no-verify"]);
    s.git(["branch", "other"]);
    // Renamed, with another line changed: it is still there.
    s.git(["rm", "-q", "--cached", "app.env"]);
    s.write("sub/conf.env", format!("# new\nGITHUB_TOKEN={live}\n"));
    s.git(["add", "sub/conf.env"]);
    s.git(["commit", "-q", "--no-verify", "-m", &format!("third {message}")]);
    let main = s.git(["branch", "--show-current"]).trim().to_owned();
    let scan = |more: &[&str]| s.stanch([&["scan", "--history"], more].concat());

    let run = scan(&["--verify", "--yes", "--authors", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    let of = |state: &str| -> &Value {
        rows.as_array()
            .unwrap()
            .iter()
            .find(|row| row["verified"] == state)
            .unwrap_or_else(|| panic!("{rows}"))
    };
    let past = &of("dead")["past"];
    assert_eq!(past["since"], "2023-05-06");
    assert_eq!(past["author"], "Ann Smith <ann.smith@example.org>");
    assert_eq!(past["commit"], s.git(["rev-list", "-n1", "v1"]).trim());
    assert_eq!(past["branches"], serde_json::json!([main, "other"]));
    assert_eq!(past["tags"], serde_json::json!(["v1"]));
    assert_eq!((&past["tips"], &past["removed"]), (&serde_json::json!([]), &true.into()), "{past}");
    assert_eq!(past["step"], "baseline");
    let past = &of("live")["past"];
    assert_eq!(past["tips"], serde_json::json!([main, "other"]), "renamed is not removed: {past}");
    assert_eq!((&past["tags"], &past["step"]), (&serde_json::json!([]), &"revoke".into()));
    assert_eq!(past["removed"], false);
    let past = &of("unsure")["past"];
    assert_eq!((&past["removed"], &past["step"]), (&false.into(), &"find_out".into()), "{past}");

    // People read the plan, worst first; authors only if asked.
    for format in ["text", "html"] {
        let run = scan(&["--verify", "--yes", "--format", format]);
        // Lines of a terminal are wrapped.
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{format}: {what}: {run:#?}"));
        assert!(at("Live: revoke these first") < at("Not known to be dead"), "{run:#?}");
        assert!(at("Not known to be dead") < at("Dead: take these into the baseline"), "{run:#?}");
        assert!(text.contains("in a message, which no later commit removes"), "{run:#?}");
        assert!(!text.contains("ann.smith"), "{run:#?}");
        for value in [&dead, &live, &message] {
            assert!(!text.contains(value.as_str()), "{format}");
        }
        let run = scan(&["--verify", "--yes", "--authors", "--format", format]);
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("by Ann Smith"), "{format}: {run:#?}");
    }
    assert_eq!(vendor.received().len(), 7, "three once, and what is not certain is asked again by each run");
}

#[test]
fn without_a_question_to_providers_the_history_is_told_and_nothing_is_sent() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(44));
    s.git(["commit", "-q", "--no-verify", "-m", "first"]);
    let run = s.stanch(["scan", "--history", "--authors", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(rows[0]["past"]["step"], "find_out", "{rows}");
    assert!(rows[0]["past"]["author"].is_string() && rows[0]["verified"].is_null(), "{rows}");
    // Not asked for: no history in the report, and no author.
    let run = s.stanch(["scan", "--history", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(rows[0]["past"].is_null(), "{rows}");
    s.stanch(["scan", "--authors"]).could_not_check("--authors needs --history or --commits");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn a_submodule_whose_commit_is_in_this_repository_too_is_no_file() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(45));
    s.git(["commit", "-q", "--no-verify", "-m", "first"]);
    let here = s.git(["rev-parse", "HEAD"]);
    s.git(["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", here.trim())]);
    s.git(["commit", "-q", "--no-verify", "-m", "a submodule"]);
    let run = s.stanch(["scan", "--history", "--authors", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    assert_eq!(rows[0]["past"]["removed"], false, "{rows}");
}
