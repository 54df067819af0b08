//! Floors: what an organisation or a person does not let a repository loosen.

use super::{RULE, governed, line, loosenings, secrets, stopped_fingerprint};
use crate::support::Sandbox;
use std::fs;

#[test]
fn a_closed_floor_holds_against_the_rules_of_the_command_line_and_by_a_rules_former_name() {
    let s = governed(&Sandbox::guarded(), "[enforce]\ndefault = 'closed'\n");
    s.stage("a.txt", line(1));
    let outside = s.root().join("loose.toml");
    let loose = "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n[[allow]]\nregex = '.*'\nreason = 'x'\n";
    fs::write(&outside, loose).unwrap();
    let run = s.stanch(["scan", "--staged", "--rules", outside.to_str().unwrap()]);
    assert_eq!(run.code, 1, "{run:#?}");
    s.write("inside.toml", loose);
    let run = s.stanch(["scan", "--staged", "--rules", "inside.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    s.record(&[("inside.toml", loose), (".stanch.toml", "rule_files = ['inside.toml']\n")]);
    s.stage("b.txt", line(2));
    s.commit().stopped_at("b.txt:1:");
}

#[test]
fn no_committed_configuration_goes_under_the_floor_of_an_organisation() {
    let floor = "[enforce]\nallow = false\ninline = false\nbaseline = false\nlimits = { max_blob_mb = 5, decode_depth = 1 }\n\
                 [enforce.block]\nseverity = 'medium'\nconfidence = 'high'\n";
    for (what, text) in loosenings() {
        let plain = Sandbox::guarded();
        plain.record(&[(".stanch.toml", &text)]);
        let s = governed(&plain, floor);
        s.stage("a.txt", secrets());
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:", "a.txt:3:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{what}: {place}: {run:#?}");
        }
    }
}

#[test]
fn a_closed_floor_holds_everything_that_a_repository_could_loosen() {
    for (what, text) in loosenings() {
        let plain = Sandbox::guarded();
        plain.record(&[(".stanch.toml", &text)]);
        let s = governed(&plain, "[enforce]\ndefault = 'closed'\n");
        s.stage("a.txt", secrets());
        let run = s.commit();
        for place in ["a.txt:1:", "a.txt:2:", "a.txt:3:"] {
            assert!(run.code == 1 && run.stderr.contains(place), "{what}: {place}: {run:#?}");
        }
    }
}

#[test]
fn a_closed_floor_leaves_entries_by_fingerprint_and_the_baseline_until_they_are_closed_by_name() {
    let plain = Sandbox::guarded();
    let closed = |more: &str| governed(&plain, &format!("[enforce]\ndefault = 'closed'\n{more}"));
    let s = closed("");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
    let fp = stopped_fingerprint(&s);
    let allowed = format!("[[allow]]\nfingerprint = '{fp}'\nreason = 'made for the tests'\n");
    for (file, text, switch) in [
        (".stanch.toml", allowed, "allow = false\n"),
        (".stanch-baseline", format!("{fp} {RULE}\n"), "baseline = false\n"),
    ] {
        s.git(["reset", "-q"]);
        s.record(&[(file, &text)]);
        s.git(["add", "a.txt"]);
        let _ = closed("");
        assert_eq!(s.stanch(["scan", "--staged"]).code, 0, "{file}");
        let _ = closed(switch);
        assert_eq!(s.stanch(["scan", "--staged"]).code, 1, "{file}");
        s.git(["reset", "-q", "--hard", "HEAD^"]);
        s.stage("a.txt", line(1));
    }
}

#[test]
fn switches_alone_do_not_let_limits_go_under_the_built_in_minimum() {
    let switches =
        "[enforce]\nallow = false\ninline = false\nbaseline = false\nbypass = false\naudit = true\n";
    for floor in ["", switches] {
        for text in ["[limits]\nmax_blob_mb = 0\n", "[limits]\ndecode_depth = 0\n"] {
            let plain = Sandbox::guarded();
            plain.record(&[(".stanch.toml", text)]);
            let s = governed(&plain, floor);
            s.stage("a.txt", secrets());
            let run = s.commit();
            for place in ["a.txt:1:", "a.txt:3:"] {
                assert!(run.code == 1 && run.stderr.contains(place), "{floor} {text}: {run:#?}");
            }
        }
    }
}

#[test]
fn contact_and_link_of_an_organisation_or_a_person_stand_over_a_repositorys() {
    let ours = "contact = 'ask #security'\nlink = 'https://example.org/secrets'\n";
    let theirs = "contact = 'ask the author'\nlink = 'https://evil.example/'\n";
    let plain = Sandbox::guarded();
    plain.record(&[(".stanch.toml", theirs)]);
    plain.stage("a.txt", line(1));
    let said = |s: &Sandbox| s.commit().stderr;
    let run = said(&plain);
    assert!(run.contains("ask the author") && run.contains("https://evil.example/"), "{run}");
    fs::create_dir_all(plain.home().join(".config/stanch")).unwrap();
    let user = plain.home().join(".config/stanch/config.toml");
    for (system, person) in [(ours, ""), ("", ours), ("contact = 'x'\n", ours)] {
        fs::write(&user, person).unwrap();
        let run = said(&governed(&plain, system));
        assert!(run.contains("ask #security") && run.contains("https://example.org/secrets"), "{run}");
        assert!(!run.contains("author") && !run.contains("evil"), "{run}");
    }
    let shown = plain.stanch(["config", "show"]).ok().stdout;
    assert!(shown.lines().any(|l| l.starts_with("contact") && l.ends_with("# user")), "{shown}");
}

#[test]
fn config_show_tells_what_is_not_protected() {
    let plain = Sandbox::guarded();
    let open = |floor: &str| {
        let out = governed(&plain, floor).stanch(["config", "show"]).ok().stdout;
        let (_, rest) = out.split_once("protected by [enforce]").unwrap();
        rest.lines().filter_map(|l| l.strip_prefix("#   ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(open("").len(), 12);
    assert_eq!(open("[enforce]\ninline = false\n").len(), 11);
    assert_eq!(
        open("[enforce]\ndefault = 'closed'\n"),
        ["[[allow]] by fingerprint, with a reason", "the committed baseline"]
    );
    assert!(open("[enforce]\ndefault = 'closed'\nallow = false\nbaseline = false\n").is_empty());
    // A file that sets switches only, as before there was a default, leaves much open; the output says how to close it.
    let out =
        governed(&plain, "[enforce]\nallow = false\ninline = false\n").stanch(["config", "show"]).ok().stdout;
    assert!(out.contains("default = \"closed\" protects most of it"), "{out}");
    assert!(out.contains("#   thresholds, [rules], [[path]]"), "{out}");
}

#[test]
fn an_attempt_to_go_under_a_floor_is_named_and_no_way_is_offered_that_does_not_count() {
    let plain = Sandbox::guarded();
    let s = governed(
        &plain,
        "contact = 'ask #security'\n[enforce]\ninline = false\nallow = false\nbypass = false\n",
    );
    s.stage("a.txt", format!("{} # stanch:allow {RULE} -- fixture\n", line(1).trim_end()));
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    let said = run.stderr.replace("\n   ", "");
    assert!(said.contains("the system configuration forbids it: inline marker: fixture"), "{run:#?}");
    assert!(said.contains("ask #security"), "{run:#?}");
    let fp = stopped_fingerprint(&s);
    s.stanch(["allow", &fp, "--reason", "mine"]).ok();
    let run = s.env("STANCH_BYPASS", "tests").commit();
    assert_eq!(run.code, 1, "{run:#?}");
    for offer in ["stanch allow ", "STANCH_BYPASS=", "on its line"] {
        assert!(!run.stderr.contains(offer), "{offer}: {run:#?}");
    }
    assert!(run.stderr.contains("STANCH_BYPASS does not count here"), "{run:#?}");
}

#[test]
fn a_floor_keeps_what_its_own_layer_lets_through() {
    let plain = Sandbox::guarded();
    let s = governed(
        &plain,
        &format!(
            "[rules.{RULE}]\nenabled = false\n[enforce]\nallow = false\n[enforce.block]\nseverity = 'low'\n"
        ),
    );
    s.stage("a.txt", line(1));
    s.commit().ok();
}

#[test]
fn a_repository_may_be_stricter_than_the_floor() {
    let plain = Sandbox::guarded();
    plain.record(&[(".stanch.toml", "[block]\nseverity = 'low'\nconfidence = 'low'\n")]);
    let s = governed(&plain, "[enforce.block]\nseverity = 'critical'\nconfidence = 'certain'\n");
    s.stage("a.txt", line(1));
    s.commit().stopped_at("a.txt:1:");
}

#[test]
fn a_person_sets_floors_too_and_cannot_go_under_those_of_the_system() {
    let s = Sandbox::guarded();
    fs::create_dir_all(s.home().join(".config/stanch")).unwrap();
    let user = s.home().join(".config/stanch/config.toml");
    fs::write(&user, "[enforce]\ninline = false\n").unwrap();
    s.stage("a.txt", format!("{} # stanch:allow {RULE} -- fixture\n", line(1).trim_end()));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("the user configuration forbids it"), "{run:#?}");
    fs::write(&user, format!("[rules.{RULE}]\nenabled = false\n")).unwrap();
    s.commit().ok();
    let s = governed(&s, "[enforce.block]\nseverity = 'medium'\n");
    s.stage("a.txt", line(2));
    let run = s.commit();
    let said = run.stderr.replace("\n   ", "");
    assert!(run.code == 1 && said.contains("enabled = false (user)"), "{run:#?}");
}

// ---- bypass ----------------------------------------------------------------------------------------------------
