//! `[[except]]`: findings of any rule that are allowed by what they look like, and markers around lines.

use super::{RULE, governed, line};
use crate::support::{Sandbox, key};
use std::fs;

/// A made-up key under a name, and its text.
fn named(name: &str, seed: u64) -> String {
    format!("{name}={} # local\n", key(seed))
}

#[test]
fn an_exception_covers_what_it_describes_and_nothing_else() {
    for (what, condition) in [
        ("name", "name = '^DEMO_'"),
        ("line", "line = 'DEMO_.*# local$'"),
        ("value and path", "value = '^pk_'\npath = '^a\\.txt$'"),
        ("rule and line", &format!("rule = '{RULE}'\nline = '^DEMO'")),
        ("words and name", "words = ['PK_']\nname = 'demo_key|DEMO_KEY'"),
    ] {
        let s = Sandbox::guarded();
        s.record(&[(".stanch.toml", &format!("[[except]]\n{condition}\nreason = 'made for the demo'\n"))]);
        s.stage("a.txt", named("DEMO_KEY", 1));
        let run = s.stanch(["scan", "--staged", "--show-suppressed", "--format", "jsonl"]);
        assert!(run.code == 0 && run.stdout.contains("made for the demo"), "{what}: {run:#?}");
        s.commit().ok();
        s.stage("b.txt", named("LIVE_KEY", 2));
        s.commit().stopped_at("b.txt:1:");
    }
    // All conditions must hold, and the rule's.
    for condition in
        ["name = '^DEMO_'\nvalue = '^zz'", "rule = 'jwt'\nname = '^DEMO_'", "name = '^KEY'", "line = '^$'"]
    {
        let s = Sandbox::guarded();
        s.record(&[(".stanch.toml", &format!("[[except]]\n{condition}\nreason = 'x'\n"))]);
        s.stage("a.txt", named("DEMO_KEY", 1));
        s.commit().stopped_at("a.txt:1:");
    }
}

#[test]
fn an_exception_counts_once_it_is_committed() {
    let s = Sandbox::guarded();
    s.stage(".stanch.toml", "[[except]]\nname = '^DEMO_'\nreason = 'made for the demo'\n");
    s.stage("a.txt", named("DEMO_KEY", 1));
    let run = s.commit();
    run.stopped_at("a.txt:1:");
    assert!(
        run.stderr.contains("counts once it is committed: excepted in the repository configuration, line 1"),
        "{run:#?}"
    );
    s.git(["reset", "-q", "a.txt"]);
    s.commit().ok();
    s.git(["add", "a.txt"]);
    s.commit().ok();
}

#[test]
fn an_exception_of_a_repository_does_not_go_under_a_floor_and_one_of_the_floor_s_file_counts() {
    let except = "[[except]]\nname = '^DEMO_'\nreason = 'made for the demo'\n";
    for floor in ["default = 'closed'", "allow = false", "block.severity = 'medium'"] {
        let s = Sandbox::guarded();
        s.record(&[(".stanch.toml", except)]);
        let s = governed(&s, &format!("[enforce]\n{floor}\n"));
        s.stage("a.txt", named("DEMO_KEY", 1));
        let run = s.commit();
        run.stopped_at("a.txt:1:");
        let said = run.stderr.replace("\n   ", "");
        assert!(
            said.contains("the system configuration forbids it: excepted in the repository"),
            "{floor}: {run:#?}"
        );
        let s = governed(&s, &format!("[enforce]\n{floor}\n{except}"));
        s.commit().ok();
    }
}

#[test]
fn allow_stale_lists_exceptions_that_cover_nothing_and_counts_what_the_others_cover() {
    let s = Sandbox::guarded();
    let text =
        "[[except]]\nname = '^DEMO_'\nreason = 'demo'\n[[except]]\nline = 'nowhere'\nreason = 'gone'\n";
    s.record(&[(".stanch.toml", text), ("a.txt", &named("DEMO_KEY", 1)), ("b.txt", &named("DEMO_KEY", 2))]);
    let run = s.stanch(["allow", "--stale"]).ok();
    assert!(
        run.stdout
            .contains(".stanch.toml:4: except any rule by line: covers nothing in the work tree (gone)"),
        "{run:#?}"
    );
    assert!(!run.stdout.contains("(demo)"), "{run:#?}");
    assert!(run.stderr.contains("stale exceptions: 1 of 2, which cover 2 findings"), "{run:#?}");
    let shown = s.stanch(["config", "show"]).ok().stdout;
    assert!(shown.contains("any rule by name (line 1): \"demo\"  # repository"), "{shown}");
}

#[test]
fn a_bad_exception_is_refused_with_its_line() {
    let s = Sandbox::empty();
    for (text, told) in [
        ("\n[[except]]\nvalue = 'x'\n", ":2: an except for rules other than this file's own needs a reason"),
        ("[[except]]\nrule = 'jwt'\nvalue = 'x'\n", ":1: an except for rules other than"),
        ("[[except]]\nvalue = 'x'\nreason = ' '\n", ":1: an except needs a reason"),
        ("[[except]]\nreason = 'x'\n", ":1: an except needs one of name, value, words, line and path"),
        ("[[except]]\nrule = 'jwt'\nreason = 'x'\n", ":1: an except needs one of"),
        ("[[except]]\nmatch = 'x'\nreason = 'x'\n", ":1: `match` is for own rules"),
        ("[[except]]\nline = '('\nreason = 'x'\n", ":1: line does not compile"),
        ("[[except]]\nrule = 'jwtt'\nline = 'x'\nreason = 'x'\n", ":1: unknown rule `jwtt`"),
        ("[[except]]\nwords = ['']\nreason = 'x'\n", ":1: words has an empty word"),
    ] {
        s.write("c.toml", text);
        s.stanch(["config", "check", "c.toml"]).could_not_check(told);
    }
}

// ---- markers ---------------------------------------------------------------------------------------------------

#[test]
fn markers_around_lines_and_at_a_distance_let_pass_what_they_cover() {
    let s = Sandbox::guarded();
    let block =
        format!("# stanch:allow-begin {RULE} -- made up\n{}{}# stanch:allow-end {RULE}\n", line(1), line(2));
    s.stage("a.txt", &block);
    let json = format!(
        "{{\n  \"//\": \"stanch:allow+2 {RULE} -- made up\",\n  \"other\": 1,\n  \"klaviyo_api_key\": \"{}\"\n}}\n",
        key(3)
    );
    s.stage("b.json", json);
    s.commit().ok();
    s.stage("c.txt", format!("{block}{}", line(4)));
    let run = s.commit();
    run.stopped_at("c.txt:5:");
    assert!(!run.stderr.contains("c.txt:2:"), "{run:#?}");
    s.git(["reset", "-q"]);
    s.stage("d.txt", format!("# stanch:allow-begin {RULE} -- made up\n{}", line(5)));
    let run = s.commit();
    run.stopped_at("d.txt:2:");
    assert!(run.stderr.contains("the stanch:allow-begin in line 1 has no stanch:allow-end"), "{run:#?}");
    s.git(["reset", "-q"]);
    s.stage("e.txt", format!("# stanch:allow some-rule -- made up\n{}", line(6)));
    let run = s.commit();
    run.stopped_at("e.txt:2:");
    assert!(
        run.stderr.contains("the stanch:allow marker in line 1 is about some-rule, and this is"),
        "{run:#?}"
    );
}

#[test]
fn no_marker_around_lines_counts_where_markers_are_closed() {
    let s = governed(&Sandbox::guarded(), "[enforce]\ninline = false\n");
    s.stage("a.txt", format!("# stanch:allow-begin {RULE} -- x\n{}# stanch:allow-end {RULE}\n", line(1)));
    s.commit().stopped_at("a.txt:2:");
    s.stage("a.txt", format!("# stanch:allow+2 {RULE} -- x\n\n{}", line(1)));
    s.commit().stopped_at("a.txt:3:");
}

// ---- config check ----------------------------------------------------------------------------------------------

#[test]
fn config_check_knows_the_machine_s_and_the_person_s_files_by_their_places() {
    let s = Sandbox::new();
    let floor = "[audit]\npath = '~/x.jsonl'\n[enforce]\ninline = false\n";
    let s = governed(&s, floor);
    let user = s.home().join(".config/stanch/config.toml");
    fs::create_dir_all(user.parent().unwrap()).unwrap();
    fs::write(&user, floor).unwrap();
    s.write(".stanch.toml", floor);
    let check = |path: &std::path::Path| s.stanch(["config".as_ref(), "check".as_ref(), path.as_os_str()]);
    assert!(check(&user).ok().stdout.contains("right, as a user file"));
    assert!(check(&s.root().join("system.toml")).ok().stdout.contains("right, as a system file"));
    let beside = s.at("../home/.config/stanch");
    beside.stanch(["config", "check", "config.toml"]).ok();
    check(&s.dir().join(".stanch.toml")).could_not_check(".stanch.toml:2: audit.path counts in");
    #[cfg(unix)]
    {
        let link = s.home().join("dots.toml");
        std::os::unix::fs::symlink(&user, &link).unwrap();
        check(&link).ok();
    }
    fs::write(&user, "[enforce]\ninlin = false\n").unwrap();
    check(&user).could_not_check("config.toml:2: unknown key `inlin`; did you mean `inline`?");
}
