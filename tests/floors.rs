//! No key of a repository's configuration goes under a floor, and every one may still tighten.
//!
//! Every key of the schema is listed here with what it can loosen and what it can tighten. Each text is laid over each
//! base configuration and each floor, as the file of the work tree, as the committed one and as both. A key that is
//! added to the schema without being listed fails the test.

mod bench;
mod numbers;
mod schema;

use bench::{Bench, Outcome};
use schema::{leaves, schema};
use stanch::config::{AgentAction, Config, Layer};
use stanch::policy::Action;
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "klaviyo-private-api-key";

/// What a key of the schema does in a repository's file.
enum Does {
    /// Texts that loosen, and texts that tighten.
    Changes(&'static [&'static str], &'static [&'static str]),
    /// Part of an entry; the texts of that key have it.
    With(&'static str),
    /// Nothing about what is stopped.
    Tells,
    /// A value of an own rule; `OWN` has it.
    OfOwnRule,
    /// Refused in a repository; [`FLOORS`] sets it.
    Floor,
}

use Does::{Changes, Floor, OfOwnRule, Tells, With};

/// An own rule that hides what others find, as far as it can.
const OWN: &str = "[[rule]]\nid = 'mine'\naliases = ['mine-too']\nname = 'mine'\nkind = 'identifier'\n\
    severity = 'low'\nconfidence = 'certain'\npublic = true\nkeywords = ['pk_', 'org_']\nentropy = 1\n\
    window = 'file'\nregex = '(?P<secret>(?:pk|org)_[0-9a-z]+)'\n\
    supersedes = ['klaviyo-private-api-key', 'org-key']\npairs = ['klaviyo-private-api-key', 'org-key']\n\
    [[except]]\nvalue = '.*'\n";
/// Another that stops what nothing else finds.
const STRICT_OWN: &str = "[[rule]]\nid = 'acme-key'\nname = 'Acme key'\nkind = 'api-key'\nseverity = 'critical'\n\
    confidence = 'certain'\nregex = '(?P<secret>acme_[0-9a-f]{20})'\n";
/// An own rule of the organisation.
const ORG: &str = "[[rule]]\nid = 'org-key'\nname = 'Org key'\nkind = 'api-key'\nseverity = 'critical'\n\
    confidence = 'certain'\nregex = '(?P<secret>org_[0-9a-f]{20})'\n";

const SKIP: &str = "[[path]]\nglob = '**'\nmode = 'skip'\nreason = 'x'\n";
const OFF: &str =
    "[rules.klaviyo-private-api-key]\nenabled = false\n[rules.generic-password]\nenabled = false\n";

/// Every key of the schema.
fn keys() -> Vec<(&'static str, Does)> {
    let mut all = vec![
        ("schema", Tells),
        // Another salt makes entries void: their secrets are stopped again.
        ("salt", Tells),
        // What it names is not a key of the policy: tests/policy.rs has its tests.
        ("baseline", Tells),
        ("contact", Changes(&["contact = 'the author'\n"], &[])),
        ("link", Changes(&["link = 'https://evil.example'\n"], &[])),
        ("policy.since", Changes(&["[policy]\nsince = '0.1'\n"], &["[policy]\nsince = '0.2'\n"])),
        (
            "policy.warn_only_until",
            Changes(
                &["[policy]\nwarn_only_until = '2025-06-30'\n"],
                &["[policy]\nwarn_only_until = 2024-12-31\n"],
            ),
        ),
        ("block.severity", Changes(&["[block]\nseverity = 'critical'\n"], &["[block]\nseverity = 'low'\n"])),
        (
            "block.confidence",
            Changes(&["[block]\nconfidence = 'certain'\n"], &["[block]\nconfidence = 'low'\n"]),
        ),
        (
            "block.generic_confidence",
            Changes(
                &["[block]\ngeneric_confidence = 'certain'\n"],
                &["[block]\ngeneric_confidence = 'low'\n"],
            ),
        ),
        ("block.unread", Changes(&["[block]\nunread = false\n"], &["[block]\nunread = true\n"])),
        ("block.tests", Changes(&["[block]\ntests = false\n"], &["[block]\ntests = true\n"])),
        (
            "warn.severity",
            Changes(
                &["[block]\nseverity = 'critical'\n[warn]\nseverity = 'critical'\n"],
                &["[warn]\nseverity = 'low'\n"],
            ),
        ),
        (
            "warn.confidence",
            Changes(
                &["[block]\nconfidence = 'certain'\n[warn]\nconfidence = 'certain'\n"],
                &["[warn]\nconfidence = 'low'\n"],
            ),
        ),
        (
            "warn.generic_confidence",
            Changes(&["[warn]\ngeneric_confidence = 'certain'\n"], &["[warn]\ngeneric_confidence = 'low'\n"]),
        ),
        (
            "limits.max_blob_mb",
            Changes(&["[limits]\nmax_blob_mb = 0\n"], &["[limits]\nmax_blob_mb = 65536\n"]),
        ),
        (
            "limits.decode_depth",
            Changes(&["[limits]\ndecode_depth = 0\n"], &["[limits]\ndecode_depth = 16\n"]),
        ),
        (
            "limits.archive_mb",
            Changes(&["[limits]\narchive_mb = 0\n"], &["[limits]\narchive_mb = 1048576\n"]),
        ),
        (
            "limits.archive_hook_mb",
            Changes(&["[limits]\narchive_hook_mb = 0\n"], &["[limits]\narchive_hook_mb = 1048576\n"]),
        ),
        (
            "limits.archive_entries",
            Changes(&["[limits]\narchive_entries = 0\n"], &["[limits]\narchive_entries = 100000000\n"]),
        ),
        (
            "limits.archive_ratio",
            Changes(&["[limits]\narchive_ratio = 0\n"], &["[limits]\narchive_ratio = 100000\n"]),
        ),
        (
            "limits.archive_depth",
            Changes(&["[limits]\narchive_depth = 0\n"], &["[limits]\narchive_depth = 16\n"]),
        ),
        ("inline.enabled", Changes(&["[inline]\nenabled = true\n"], &["[inline]\nenabled = false\n"])),
        ("inline.foreign", Changes(&["[inline]\nforeign = true\n"], &["[inline]\nforeign = false\n"])),
        ("audit.enabled", Changes(&["[audit]\nenabled = false\n"], &["[audit]\nenabled = true\n"])),
        ("audit.path", Floor),
        ("audit.remind_days", Changes(&["[audit]\nremind_days = 0\n"], &["[audit]\nremind_days = 1\n"])),
        ("bypass.allowed", Changes(&["[bypass]\nallowed = true\n"], &["[bypass]\nallowed = false\n"])),
        ("engine.reader", Floor),
        ("verify.allow", Floor),
        ("verify.private", Floor),
        ("verify.hosts.*", Floor),
        ("agent.prompt", Changes(&["[agent]\nprompt = 'allow'\n"], &["[agent]\nprompt = 'deny'\n"])),
        ("agent.read", Changes(&["[agent]\nread = 'allow'\n"], &["[agent]\nread = 'deny'\n"])),
        ("agent.output", Changes(&["[agent]\noutput = 'allow'\n"], &["[agent]\noutput = 'deny'\n"])),
        ("agent.write", Changes(&["[agent]\nwrite = 'allow'\n"], &["[agent]\nwrite = 'deny'\n"])),
        ("agent.command", Changes(&["[agent]\ncommand = 'allow'\n"], &["[agent]\ncommand = 'deny'\n"])),
        ("agent.mcp", Changes(&["[agent]\nmcp = 'allow'\n"], &["[agent]\nmcp = 'deny'\n"])),
        ("agent.send", Changes(&["[agent]\nsend = 'allow'\n"], &["[agent]\nsend = 'deny'\n"])),
        ("agent.gate", Changes(&["[agent]\ngate = 'allow'\n"], &["[agent]\ngate = 'deny'\n"])),
        ("agent.stop", Changes(&["[agent]\nstop = 'allow'\n"], &["[agent]\nstop = 'deny'\n"])),
        ("rules.*.enabled", Changes(&[OFF], &["[rules.klaviyo-private-api-key]\nenabled = true\n"])),
        (
            "rules.*.severity",
            Changes(
                &["[rules.klaviyo-private-api-key]\nseverity = 'low'\n"],
                &["[rules.klaviyo-private-api-key]\nseverity = 'critical'\n"],
            ),
        ),
        ("rules.*.confidence", Changes(&["[rules.klaviyo-private-api-key]\nconfidence = 'low'\n"], &[])),
        ("path[].glob", Changes(&[SKIP], &[])),
        ("path[].regex", Changes(&["[[path]]\nregex = '.'\nmode = 'report'\nreason = 'x'\n"], &[])),
        (
            "path[].mode",
            Changes(
                &["[[path]]\nglob = '*.txt'\nmode = 'report'\nreason = 'x'\n"],
                &["[[path]]\nglob = '*.txt'\nmode = 'strict'\nreason = 'x'\n"],
            ),
        ),
        (
            "path[].rules",
            Changes(
                &[
                    "[[path]]\nglob = '**'\nmode = 'skip'\nrules = ['klaviyo-private-api-key']\nreason = 'x'\n",
                ],
                &[],
            ),
        ),
        ("path[].reason", With("path[].glob")),
        // Stands for itself: a decision about one secret, closed by `allow = false` alone.
        ("allow[].fingerprint", Changes(&["[[allow]]\nfingerprint = 'FINGERPRINT'\nreason = 'x'\n"], &[])),
        // The same for one content that is not read.
        (
            "allow[].blob",
            Changes(&["[[allow]]\nblob = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\nreason = 'x'\n"], &[]),
        ),
        ("allow[].regex", Changes(&["[[allow]]\nregex = '.*'\nreason = 'x'\n"], &[])),
        (
            "allow[].path",
            Changes(&["[[allow]]\npath = '*.txt'\nrule = 'klaviyo-private-api-key'\nreason = 'x'\n"], &[]),
        ),
        ("allow[].rule", With("allow[].path")),
        ("allow[].reason", With("allow[].path")),
        ("allow[].who", Tells),
        ("allow[].expires", Tells),
        ("except[].name", Changes(&["[[except]]\nname = 'KEY|password'\nreason = 'x'\n"], &[])),
        ("except[].value", Changes(&["[[except]]\nvalue = '.'\nreason = 'x'\n"], &[])),
        ("except[].words", Changes(&["[[except]]\nwords = ['pk_']\nreason = 'x'\n"], &[])),
        ("except[].line", Changes(&["[[except]]\nline = '.'\nreason = 'x'\n"], &[])),
        (
            "except[].path",
            Changes(&["[[except]]\npath = '.'\nrule = 'klaviyo-private-api-key'\nreason = 'x'\n"], &[]),
        ),
        ("except[].rule", With("except[].path")),
        ("except[].reason", With("except[].path")),
        // Its files are laid as a configuration's own: `lay_rules` below.
        ("rule_files", Tells),
        // So are those; tests/policy/extends.rs has what a request and a server make of them.
        ("extends", Tells),
        // What a folder loosens, a floor holds: tests/policy/folders.rs.
        ("folders.loosen", Tells),
        ("rule[].id", Changes(&[OWN], &[STRICT_OWN])),
        ("provider.id", Tells),
        ("provider.name", Tells),
        ("enforce.default", Floor),
        ("enforce.inline", Floor),
        ("enforce.allow", Floor),
        ("enforce.baseline", Floor),
        ("enforce.bypass", Floor),
        ("enforce.verify", Floor),
        ("enforce.audit", Floor),
        ("enforce.since", Floor),
        ("enforce.warn_only", Floor),
        ("enforce.block.unread", Floor),
        ("enforce.block.tests", Floor),
        ("enforce.block.severity", Floor),
        ("enforce.block.confidence", Floor),
        ("enforce.block.generic_confidence", Floor),
        ("enforce.warn.severity", Floor),
        ("enforce.warn.confidence", Floor),
        ("enforce.warn.generic_confidence", Floor),
        ("enforce.limits.max_blob_mb", Floor),
        ("enforce.limits.decode_depth", Floor),
        ("enforce.limits.archive_mb", Floor),
        ("enforce.limits.archive_hook_mb", Floor),
        ("enforce.limits.archive_entries", Floor),
        ("enforce.limits.archive_ratio", Floor),
        ("enforce.limits.archive_depth", Floor),
        ("enforce.agent.prompt", Floor),
        ("enforce.agent.read", Floor),
        ("enforce.agent.output", Floor),
        ("enforce.agent.write", Floor),
        ("enforce.agent.command", Floor),
        ("enforce.agent.mcp", Floor),
        ("enforce.agent.send", Floor),
        ("enforce.agent.gate", Floor),
        ("enforce.agent.stop", Floor),
    ];
    for name in [
        "rule[].aliases",
        "rule[].name",
        "rule[].kind",
        "rule[].severity",
        "rule[].confidence",
        "rule[].public",
        "rule[].keywords",
        "rule[].regex",
        "rule[].context.words",
        "rule[].context.names",
        "rule[].context.not_names",
        "rule[].context.value.prefix",
        "rule[].context.value.alphabet",
        "rule[].context.value.length",
        "rule[].context.value.suffix",
        "rule[].context.near",
        "rule[].context.strict",
        "rule[].judged",
        "rule[].file.names",
        "rule[].file.holds",
        "rule[].file.pattern",
        "rule[].entropy",
        "rule[].window",
        "rule[].validator",
        "rule[].env_var",
        "rule[].env_var_aliases",
        "rule[].references",
        "rule[].supersedes",
        "rule[].pairs",
        "rule[].remediation",
        "rule[].path",
        "rule[].examples",
        "rule[].negative_examples",
        "rule[].except[].value",
        "rule[].except[].words",
        "rule[].except[].match",
        "rule[].except[].line",
        "rule[].except[].path",
        "except[].match",
    ] {
        all.push((name, OfOwnRule));
    }
    all
}

/// Keys of a remediation, which is shown and never acted on; a rule's own is one key of the rule.
const REMEDIATION: &[&str] = &[
    "base",
    "without",
    "kinds",
    "short_revoke",
    "short_check",
    "short_breaks",
    "short_new_key",
    "ended",
    "impact",
    "revoke_url",
    "steps",
    "commands",
    "zero_downtime",
    "rotation",
    "audit",
    "audit_url",
    "breaks",
    "create",
    "limits",
    "auto_revoked",
    "public_by_design",
    "notes",
    "docs_url",
    "read",
    "read_in",
    "sources",
];

/// What the organisation's file says beside its floor.
const BASES: &[&str] = &[
    "",
    "contact = 'security@example.org'\nlink = 'https://example.org/secrets'\n\
     [block]\nseverity = 'low'\nconfidence = 'low'\ngeneric_confidence = 'low'\n\
     [limits]\nmax_blob_mb = 280\ndecode_depth = 5\narchive_depth = 6\n[inline]\nenabled = false\n[bypass]\nallowed = false\n\
     [audit]\nremind_days = 30\n",
    "[block]\nseverity = 'critical'\n[warn]\nseverity = 'critical'\n[limits]\nmax_blob_mb = 0\ndecode_depth = 0\n\
     [inline]\nforeign = true\n[audit]\nenabled = false\nremind_days = 0\n\
     [agent]\nprompt = 'allow'\n\
     read = 'allow'\n\
     output = 'allow'\n\
     write = 'allow'\n\
     command = 'allow'\n\
     mcp = 'allow'\n\
     send = 'allow'\n\
     gate = 'allow'\n\
     stop = 'allow'\n",
    "[block]\nconfidence = 'certain'\ngeneric_confidence = 'certain'\n\
     [warn]\nconfidence = 'certain'\ngeneric_confidence = 'certain'\n",
    OFF,
    "[inline]\nforeign = true\n",
    // As strict as it can be about what is not read.
    "[block]\nunread = true\ntests = true\n",
    "[policy]\nsince = '0.1'\n",
    "[policy]\nwarn_only_until = '2025-06-30'\n",
    // A file of an organisation with rules of its own.
    ORG,
];

/// Every floor: the key, its text, and the keys of a repository that it holds.
const FLOORS: &[(&str, &str, &[&str])] = &[
    ("enforce.default", "[enforce]\ndefault = 'closed'\n", &["*"]),
    ("enforce.inline", "[enforce]\ninline = false\n", &["inline."]),
    ("enforce.allow", "[enforce]\nallow = false\n", &["allow[].", "except[]."]),
    ("enforce.baseline", "[enforce]\nbaseline = false\n", &["baseline"]),
    ("enforce.bypass", "[enforce]\nbypass = false\n", &["bypass."]),
    ("enforce.verify", "[enforce]\nverify = false\n", &["verify."]),
    ("enforce.audit", "[enforce]\naudit = true\n", &["audit.enabled"]),
    ("enforce.since", "[enforce]\nsince = '0.2'\n", &["policy.since"]),
    ("enforce.warn_only", "[enforce]\nwarn_only = false\n", &["policy.warn_only_until"]),
    ("enforce.block.unread", "[enforce.block]\nunread = true\n", &["block.unread"]),
    ("enforce.block.tests", "[enforce.block]\ntests = true\n", JUDGED),
    ("enforce.block.severity", "[enforce.block]\nseverity = 'low'\n", JUDGED),
    ("enforce.block.confidence", "[enforce.block]\nconfidence = 'low'\n", JUDGED),
    ("enforce.block.generic_confidence", "[enforce.block]\ngeneric_confidence = 'low'\n", JUDGED),
    ("enforce.warn.severity", "[enforce.warn]\nseverity = 'low'\n", JUDGED),
    ("enforce.warn.confidence", "[enforce.warn]\nconfidence = 'low'\n", JUDGED),
    ("enforce.warn.generic_confidence", "[enforce.warn]\ngeneric_confidence = 'low'\n", JUDGED),
    ("enforce.limits.max_blob_mb", "[enforce.limits]\nmax_blob_mb = 300\n", &["limits.max_blob_mb"]),
    ("enforce.limits.decode_depth", "[enforce.limits]\ndecode_depth = 7\n", &["limits.decode_depth"]),
    ("enforce.limits.archive_mb", "[enforce.limits]\narchive_mb = 2098\n", &["limits.archive_mb"]),
    (
        "enforce.limits.archive_hook_mb",
        "[enforce.limits]\narchive_hook_mb = 306\n",
        &["limits.archive_hook_mb"],
    ),
    (
        "enforce.limits.archive_entries",
        "[enforce.limits]\narchive_entries = 1000050\n",
        &["limits.archive_entries"],
    ),
    ("enforce.limits.archive_ratio", "[enforce.limits]\narchive_ratio = 250\n", &["limits.archive_ratio"]),
    ("enforce.limits.archive_depth", "[enforce.limits]\narchive_depth = 7\n", &["limits.archive_depth"]),
    ("enforce.agent.prompt", "[enforce.agent]\nprompt = 'deny'\n", &["agent.prompt"]),
    ("enforce.agent.read", "[enforce.agent]\nread = 'deny'\n", &["agent.read"]),
    ("enforce.agent.output", "[enforce.agent]\noutput = 'deny'\n", &["agent.output"]),
    ("enforce.agent.write", "[enforce.agent]\nwrite = 'deny'\n", &["agent.write"]),
    ("enforce.agent.command", "[enforce.agent]\ncommand = 'deny'\n", &["agent.command"]),
    ("enforce.agent.mcp", "[enforce.agent]\nmcp = 'deny'\n", &["agent.mcp"]),
    ("enforce.agent.send", "[enforce.agent]\nsend = 'deny'\n", &["agent.send"]),
    ("enforce.agent.gate", "[enforce.agent]\ngate = 'deny'\n", &["agent.gate"]),
    ("enforce.agent.stop", "[enforce.agent]\nstop = 'deny'\n", &["agent.stop"]),
    // The same with the switches that `closed` leaves to be named.
    (
        "enforce.default",
        "[enforce]\ndefault = 'closed'\nallow = false\nbaseline = false\n",
        &["*", "allow[].fingerprint", "allow[].blob", "baseline"],
    ),
];

/// What a floor with thresholds holds.
const JUDGED: &[&str] = &[
    "policy.",
    "block.",
    "warn.",
    "rules.",
    "path[].",
    "allow[].regex",
    "allow[].path",
    "except[].",
    "rule[].",
];

fn holds(floor: &[&str], name: &str) -> bool {
    let of_one = ["allow[].fingerprint", "allow[].blob"].contains(&name);
    floor.iter().any(|f| *f == name || f.ends_with('.') && name.starts_with(f) || *f == "*" && !of_one)
}

/// A repository's text over a machine's: as one of its files of own rules when `as_rules` is true.
fn over(machine: &Config, text: &str, as_rules: bool) -> Config {
    let mut config = machine.clone();
    match as_rules {
        true => config.lay_rules(Layer::Repository, text, "rules.toml"),
        false => config.lay(Layer::Repository, text, ".stanch.toml"),
    }
    .unwrap_or_else(|e| panic!("{e}\n{text}"));
    config
}

/// A text as the file of the work tree, the committed one and both; where it may, as a file of own rules too.
fn placed(machine: &Config, text: &str) -> Vec<(&'static str, Config, Option<Config>)> {
    let with = || over(machine, text, false);
    let mut out = vec![
        ("both", with(), None),
        ("work tree", with(), Some(machine.clone())),
        ("committed", machine.clone(), Some(with())),
    ];
    let entries = ["[[path]]", "[[allow]]", "[[except]]", "[[rule]]"];
    if entries.iter().any(|e| text.starts_with(e)) {
        out.push(("rule file", over(machine, text, true), None));
    }
    out
}

/// The machine's configuration: a base, and a floor after it, of the same layer or of the person's.
fn machine(base: &str, floor: &str, layer: Layer) -> Config {
    let mut config = Config::default();
    match layer {
        Layer::System => config.lay(layer, &format!("{base}{floor}"), "system").unwrap(),
        _ => {
            config.lay(Layer::System, base, "system").unwrap();
            config.lay(layer, floor, "user").unwrap();
        }
    }
    config
}

/// The repository's texts, each with its key.
fn texts(bench: &Bench) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
    let fingerprint = bench.fingerprint(7).to_string();
    let own = |list: &[&str]| list.iter().map(|t| t.replace("FINGERPRINT", &fingerprint)).collect::<Vec<_>>();
    keys()
        .into_iter()
        .filter_map(|(name, does)| match does {
            Changes(looser, tighter) => Some((name, own(looser), own(tighter))),
            _ => None,
        })
        .collect()
}

#[test]
fn no_key_of_a_repository_goes_under_a_floor() {
    let bench = Bench::default();
    for (key, floor, held) in FLOORS {
        for layer in [Layer::System, Layer::User] {
            for base in BASES {
                let machine = machine(base, floor, layer);
                let least = bench.outcome(machine.clone(), None);
                for (name, looser, tighter) in texts(&bench) {
                    // Own rules hide nothing of another's, floor or not; and whom to ask is the organisation's.
                    let least = match holds(held, name) || name == "rule[].id" {
                        true => least.clone(),
                        false => Outcome {
                            lines: BTreeMap::new(),
                            unread: Vec::new(),
                            records: false,
                            forbids_bypass: false,
                            blob_mb: 1,
                            depth: 3,
                            archives: [[64, 10_000, 100, 4]; 2],
                            reminders: 0,
                            agent: [AgentAction::Allow; 9],
                            ..least.clone()
                        },
                    };
                    for text in looser.iter().chain(&tighter) {
                        for (place, config, committed) in placed(&machine, text) {
                            let under = bench.outcome(config, committed).under(&least);
                            assert!(
                                under.is_empty(),
                                "{key} ({layer:?}) over {base:?}: {name} ({place}): {under:?}\n{text}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_key_loosens_without_a_floor_and_tightens_under_every_one() {
    let bench = Bench::default();
    let is_moved = |text: &str, floor: &str, tighter: bool| {
        BASES.iter().any(|base| {
            let machine = machine(base, floor, Layer::System);
            let before = bench.outcome(machine.clone(), None);
            let after = bench.outcome(over(&machine, text, false), None);
            let (less, more) = if tighter { (before, after) } else { (after, before) };
            !less.under(&more).is_empty()
        })
    };
    for (name, looser, tighter) in texts(&bench) {
        // Those loosen nothing in any case.
        if !["contact", "link", "rule[].id"].contains(&name) {
            for text in &looser {
                assert!(is_moved(text, "", false), "{name} loosens nothing: {text}");
            }
        }
        for text in &tighter {
            // Another tool's markers are off where nothing is said: to say so again tightens where they are on.
            for (key, floor, held) in FLOORS.iter().chain([&("none", "", &[][..])]) {
                // Nothing is left to tighten where the floor says the strictest already.
                let is_strictest = !is_moved(text, floor, true);
                assert!(!is_strictest || holds(held, name), "{key}: {name} tightens nothing: {text}");
            }
        }
    }
}

#[test]
fn what_is_switched_off_by_name_alone_is_held_and_the_rest_stays_as_it_was() {
    let bench = Bench::default();
    let judged = |floor: &str, repository: &str| {
        let machine = machine("", floor, Layer::User);
        bench.outcome(over(&machine, repository, false), None).lines
    };
    // A person who wants no markers does not void a team's path rules.
    let inline = judged("[enforce]\ninline = false\n", SKIP);
    assert!(inline.values().all(|a| *a == Action::Suppress), "{inline:?}");
    let all = judged("", "");
    let (marked, known) = (5, 8);
    assert_eq!((all[&marked], all[&known]), (Action::Suppress, Action::Suppress));
    assert_eq!(judged("[enforce]\ninline = false\n", "")[&marked], Action::Block);
    assert_eq!(judged("[enforce]\nbaseline = false\n", "")[&known], Action::Block);
    // Closed holds markers, which speak of a line; what speaks of one secret stays until it is closed by name.
    let allow = format!("[[allow]]\nfingerprint = '{}'\nreason = 'x'\n", bench.fingerprint(7));
    let closed = judged("[enforce]\ndefault = 'closed'\n", &allow);
    assert_eq!(
        (closed[&marked], closed[&known], closed[&7]),
        (Action::Block, Action::Suppress, Action::Suppress)
    );
    let opened = judged("[enforce]\ndefault = 'closed'\ninline = true\n", "[inline]\nforeign = true\n");
    assert_eq!((opened[&marked], opened[&3]), (Action::Suppress, Action::Block));
    let named = judged("[enforce]\ndefault = 'closed'\nallow = false\nbaseline = false\n", &allow);
    assert_eq!((named[&known], named[&7]), (Action::Block, Action::Block));
}

#[test]
fn no_floor_is_set_by_a_repository() {
    for (key, floor, _) in FLOORS {
        let error = Config::default().lay(Layer::Repository, floor, "t").unwrap_err().to_string();
        assert!(error.starts_with("t:1: [enforce] counts in"), "{key}: {error}");
    }
}

#[test]
fn every_key_of_the_schema_is_listed_and_every_floor_is_tried() {
    let root = schema();
    let mut found = Vec::new();
    leaves(&root, &root, "", &mut found);
    let found: BTreeSet<String> = found.into_iter().map(|(name, _)| name).collect();
    let mut listed: BTreeSet<String> = keys().iter().map(|(name, _)| (*name).to_owned()).collect();
    for place in ["remediation", "variant.*"] {
        listed.extend(REMEDIATION.iter().map(|name| format!("{place}.{name}")));
    }
    assert_eq!(found, listed, "a key of the schema is not listed in tests/floors.rs, or one is gone");
    for (name, does) in keys() {
        match does {
            Floor if name.starts_with("enforce.") => {
                assert!(FLOORS.iter().any(|(key, ..)| *key == name), "{name} is in no floor");
            }
            With(other) => assert!(found.contains(other), "{name}"),
            Changes(..) | Tells | OfOwnRule | Floor => {}
        }
    }
}
