//! The messages about the policy.

use super::{governed, line, unchecked};
use crate::support::Sandbox;

#[test]
fn texts_that_are_shown_are_short() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let long = "x".repeat(2_000);
    for (text, told) in [
        (format!("\ncontact = '{long}'\n"), ".stanch.toml:2: contact is longer than 300 bytes"),
        (format!("\nlink = 'https://{long}'\n"), ".stanch.toml:2: link is longer than 300 bytes"),
        (
            format!("\n[[path]]\nglob = 'x'\nmode = 'skip'\nreason = '{long}'\n"),
            ".stanch.toml:2: reason is longer",
        ),
        (
            format!("\n[[allow]]\nfingerprint = '0123456789abcdef0123'\nreason = 'x'\nwho = '{long}'\n"),
            ".stanch.toml:2: who is longer",
        ),
    ] {
        s.write(".stanch.toml", text);
        unchecked(&s.commit(), told);
    }
}

#[test]
fn the_same_secret_blocked_twice_in_a_row_is_reported_shorter_and_another_one_in_full() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let (first, second) = (s.commit(), s.commit());
    assert!(second.stderr.lines().count() * 2 < first.stderr.lines().count(), "{second:#?}");
    for needed in ["blocked again", "a.txt:1:", "stanch allow ", "STANCH_BYPASS="] {
        assert!(second.stderr.contains(needed), "no {needed} in {second:#?}");
    }
    s.stage("a.txt", line(2));
    let other = s.commit();
    assert_eq!(other.stderr.lines().count(), first.stderr.lines().count(), "{other:#?}");
}

#[test]
fn contact_and_link_stand_in_every_block_and_cannot_break_the_terminal() {
    let s = Sandbox::guarded();
    s.write(".stanch.toml", "contact = \"ask \\u001b[31m#security\"\nlink = 'https://example.org/secrets'\n");
    s.stage("a.txt", line(1));
    for _ in 0..2 {
        let run = s.commit();
        assert!(run.stderr.contains("https://example.org/secrets"), "{run:#?}");
        assert!(run.stderr.contains("#security") && !run.stderr.contains('\u{1b}'), "{run:#?}");
    }
}

#[test]
fn what_decided_and_how_long_it_took_are_printed_on_request() {
    let s = Sandbox::guarded();
    s.stage("a.txt", line(1));
    let plain = s.stanch(["scan", "--staged"]);
    assert!(!plain.stderr.contains(" ms"), "{plain:#?}");
    let run = s.stanch(["scan", "--staged", "--explain-decision", "-v"]);
    let decided = "block: high confidence reaches block.confidence = high (built-in)";
    assert!(run.stderr.contains(decided) && run.stderr.contains(" ms"), "{run:#?}");
    let hook = s.stanch(["hook", "--explain-decision", "pre-commit"]);
    assert!(hook.stderr.contains(decided), "{hook:#?}");
}

#[test]
fn config_show_names_the_layer_that_set_each_value() {
    let s = governed(&Sandbox::guarded(), "[block]\nseverity = 'low'\n[enforce]\nbypass = false\n");
    s.write(".stanch.toml", "[warn]\nconfidence = 'low'\n");
    let out = s.stanch(["config", "show"]).ok().stdout;
    let row = |key: &str| out.lines().find(|l| l.starts_with(key)).unwrap_or_default().to_owned();
    assert!(row("block.severity").ends_with("\"low\"  # system"), "{out}");
    assert!(row("warn.confidence").ends_with("\"low\"  # repository"), "{out}");
    assert!(row("block.confidence").ends_with("# built-in"), "{out}");
    assert!(row("enforce.bypass").ends_with("false  # system"), "{out}");
    s.write("bad.toml", "\n[blok]\n");
    s.stanch(["config", "check", "bad.toml"])
        .could_not_check("bad.toml:2: unknown key `blok`; did you mean `block`?");
    s.write("good.toml", "[enforce]\nbypass = false\n");
    s.stanch(["config", "check", "good.toml"]).could_not_check("[enforce] counts in");
    s.stanch(["config", "check", "--enforcing", "good.toml"]).ok();
}
