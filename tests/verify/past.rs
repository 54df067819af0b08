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
    for format in ["text", "html", "markdown"] {
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
    assert_eq!(vendor.received().len(), 9, "three once, and what is not certain is asked again by each run");
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
    s.stanch(["scan", "--authors"]).could_not_check("--authors needs --history, --commits or --repos");
    assert_eq!(vendor.received().len(), 0);
}

#[test]
fn several_histories_are_told_in_one_plan_and_each_secret_is_asked_about_once() {
    let (dead, live) = (github(46), github(47));
    let of_vendor = live.clone();
    let vendor = Vendor::start(move |r| match &r.head {
        head if head.contains(&of_vendor) => live_github(r),
        _ => json(401, "{\"message\":\"Bad credentials\"}"),
    });
    let s = blocked(&vendor, &live);
    s.env("GIT_COMMITTER_DATE", "2024-07-08T12:00:00Z").git(["commit", "-q", "--no-verify", "-m", "first"]);
    let one = s.dir().file_name().unwrap().to_str().unwrap().to_owned();
    let two = s.root().join("two");
    let folder = two.to_str().unwrap().to_owned();
    let old = s.env("GIT_COMMITTER_DATE", "2023-05-06T12:00:00Z");
    let git = |args: &[&str]| old.git([&["-C", folder.as_str()], args].concat());
    old.git(["init", "-q", &folder]);
    std::fs::write(two.join("b.env"), format!("A_TOKEN={live}\nB_TOKEN={dead}\n")).unwrap();
    git(&["add", "b.env"]);
    git(&["commit", "-q", "--no-verify", "-m", "second"]);
    git(&["tag", "v1"]);
    let main = |name: &str| match name {
        "two" => git(&["branch", "--show-current"]),
        _ => s.git(["branch", "--show-current"]),
    };
    let list = s.root().join("repos.txt");
    std::fs::write(&list, format!("{one}\ntwo\n")).unwrap();
    let list = list.to_str().unwrap().to_owned();
    let scan = |more: &[&str]| s.stanch([&["scan", "--repos", list.as_str()], more].concat());

    let run = scan(&["--verify", "--yes", "--format", "json"]);
    assert_eq!((run.code, vendor.received().len()), (1, 2), "{run:#?}");
    assert!(run.stderr.contains("verify sends 2 secrets") && run.stderr.contains("two/b.env:2"), "{run:#?}");
    let rows: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:#?}"));
    let states: Vec<&str> =
        rows.as_array().unwrap().iter().map(|r| r["verified"].as_str().unwrap()).collect();
    assert_eq!(states, ["live", "live", "dead"], "{rows}");
    for row in [&rows[0], &rows[1]] {
        let past = &row["past"];
        let mut names = vec![one.clone(), "two".to_owned()];
        names.sort();
        assert_eq!(past["repositories"], serde_json::json!(names), "{past}");
        let tips: Vec<String> = names.iter().map(|name| format!("{name}:{}", main(name).trim())).collect();
        assert_eq!((&past["tips"], &past["branches"]), (&serde_json::json!(tips), &serde_json::json!(tips)));
        assert_eq!((&past["since"], &past["step"]), (&"2023-05-06".into(), &"revoke".into()), "{past}");
        assert_eq!(past["commit"], git(&["rev-parse", "HEAD"]).trim());
        assert_eq!((&past["tags"], &past["removed"]), (&serde_json::json!(["two:v1"]), &false.into()));
    }
    let past = &rows[2]["past"];
    assert_eq!((&past["repositories"], &past["step"]), (&serde_json::json!(["two"]), &"baseline".into()));
    for format in ["text", "html", "markdown"] {
        let run = scan(&["--verify", "--yes", "--format", format]);
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{format}: {what}: {run:#?}"));
        let first = at("Live: revoke these first");
        assert!(first < at("Dead: take these into the baseline"), "{run:#?}");
        let plan = text[first..].split("</section>").next().unwrap();
        assert_eq!(plan.matches("since 2023-05-06").count(), 2, "each secret once: {run:#?}");
        assert!(plan.contains("; in repositories "), "{run:#?}");
        assert!(!text.contains(&live) && !text.contains(&dead), "{format}");
    }
    assert_eq!(vendor.received().len(), 6, "no repository keeps the answers of all");
    // Authors need no question to a provider. Without a person's permission nothing is sent.
    let run = scan(&["--authors", "--format", "json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(rows[0]["past"]["author"].is_string() && rows[0]["verified"].is_null(), "{rows}");
    super::person(&s, "");
    scan(&["--verify", "--yes"]).could_not_check("off until your own file allows it");
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
