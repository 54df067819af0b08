//! The sections that help at once, in the order of need: whether it leaked, what to do now, then the rest of the
//! rotation. Background is behind `--all`.

use super::sheet::{Block, Section, Sheet, bullets};
use super::{Ask, background, live, public};
use crate::fix::replacement::variable;
use crate::report::facts::Facts;
use crate::report::snippets::{STORES, TARGETS};
use crate::rules::Rule;

/// Assembles the page.
pub(super) fn of(rule: &'static Rule, ask: &Ask) -> Sheet {
    let facts = Facts(rule);
    let mut sections = if rule.public { public::sections(rule, facts) } else { rotation(rule, facts, ask) };
    if ask.all && !rule.public {
        sections.extend(background::sections(rule, facts, ask));
    }
    sections.extend(background::ends(rule, facts, ask));
    Sheet { rule, title: rule.name.to_owned(), sections }
}

fn rotation(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Section> {
    let of_stopped = ask.stopped.as_ref().and_then(|s| s.variable.clone());
    let variable = of_stopped.unwrap_or_else(|| variable(rule, None));
    if facts.ended().is_some() {
        return ended(rule, facts, ask, &variable);
    }
    let mut sections = vec![
        Section { heading: "What it opens", blocks: opens(rule, facts) },
        Section { heading: "Has it leaked?", blocks: leaked(rule, facts, ask) },
        Section { heading: "What to do now", blocks: now(rule, facts, ask) },
        Section { heading: "How to see abuse", blocks: abuse(rule, facts) },
        Section {
            heading: "What stops working, and how to find it",
            blocks: breaks(rule, facts, ask, &variable),
        },
        Section { heading: "How to make the new one", blocks: new_one(rule, facts) },
    ];
    sections.extend(live::section(rule, facts, &variable));
    sections.push(Section { heading: "Where it belongs", blocks: store(rule, ask, &variable) });
    sections
}

/// The page of a kind whose service has ended: nothing is left to revoke, to watch or to make.
fn ended(rule: &'static Rule, facts: Facts, ask: &Ask, variable: &str) -> Vec<Section> {
    let ended = facts.ended().unwrap_or_default();
    let opens = vec![Block::Text(format!("Nothing any more: {ended}."))];
    let rest = vec![Block::Text(
        "Nothing is left to revoke. If the same value opens anything else, change it there.".into(),
    )];
    let now = vec![Block::Steps(vec![
        ("Take it out of the commit", take_out(ask)),
        ("Look for the same value", rest),
    ])];
    vec![
        Section { heading: "What it opens", blocks: opens },
        Section { heading: "Has it leaked?", blocks: leaked(rule, facts, ask) },
        Section { heading: "What to do now", blocks: now },
        Section {
            heading: "What stops working, and how to find it",
            blocks: breaks(rule, facts, ask, variable),
        },
    ]
}

fn opens(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let mut out = vec![Block::Text(facts.impact().into_owned())];
    let public = facts.known("public_by_design", rule.remediation.public_by_design);
    out.extend(public.map(|t| Block::Text(t.to_owned())));
    out
}

fn leaked(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Block> {
    let mut out = Vec::new();
    if let Some(stopped) = &ask.stopped {
        out.push(Block::Text(format!("Yours was blocked at {}.", stopped.place)));
        let command = format!("stanch explain {} --history", stopped.fingerprint);
        out.push(Block::Command(command, "every commit that brings it, and whether a remote has it"));
    }
    out.push(bullets(&[
        "Never pushed: no. Only this machine and its backups have it.",
        "Pushed to a private repository: yes, to everyone with read access, and to forks, build machines and backups.",
        "Pushed to a public repository: yes. Assume that strangers have it: such repositories are watched.",
        "In a log, a ticket, a chat or a page that browsers load: yes, to everyone who can read that.",
    ]));
    if let Some(text) = facts.known("auto_revoked", rule.remediation.auto_revoked) {
        out.push(Block::Text(format!("Found in public: {text}")));
    }
    out
}

/// The first step: out of the commit.
fn take_out(ask: &Ask) -> Vec<Block> {
    let fix = match &ask.stopped {
        Some(stopped) => format!("stanch fix {}", stopped.fingerprint),
        None => "stanch fix".to_owned(),
    };
    vec![
        Block::Command(fix, "replaces it by code that reads the environment"),
        Block::Text("If it never left this machine, you are done. If a commit has it, amend that commit: with a new commit on top, history still has it.".into()),
    ]
}

fn now(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Block> {
    let r = rule.remediation;
    let mut revoke: Vec<Block> = vec![Block::Text(
        match facts.known_overlap() {
            Some(false) => "Revoke at once if strangers could read it. Otherwise prepare its users first: only one is valid at a time, and a new one ends the old one.",
            Some(true) => "Revoke at once if strangers could read it. Otherwise make the new one first, switch its users over, then revoke.",
            None => "Revoke at once if strangers could read it. Otherwise make the new one first if two can be valid at once, switch its users over, then revoke.",
        }
        .into(),
    )];
    revoke.extend(facts.known("rotation", r.rotation).map(|t| Block::Text(t.to_owned())));
    revoke.extend(link(facts, "revoke_url", r.revoke_url, "the page to revoke it"));
    revoke.push(match facts.known_list("steps", r.steps) {
        [] => Block::Text(end(&facts.revoke())),
        steps => bullets(steps),
    });
    revoke.extend(facts.site().map(|(url, what)| Block::Link(url, what)));
    let commands = facts.known_list("commands", r.commands);
    revoke.extend(commands.iter().map(|c| Block::Command((*c).to_owned(), "")));
    if commands.iter().any(|c| c.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|w| w.len() > 3)) {
        revoke.push(Block::Text("Replace the words in capitals by your own values.".into()));
    }
    // `-u NAME:SECRET`, `-H 'PRIVATE-TOKEN: TOKEN'`: a value in place of the word would be an argument.
    let names_value = |c: &&&str| ["TOKEN", "SECRET", "PASSWORD", "API_KEY"].iter().any(|w| c.contains(w));
    if commands.iter().any(|c| names_value(&c)) {
        revoke.push(Block::Text(
            "Other users of the machine see a command line, and the shell's history keeps it: let curl read the \
             value from a file of yours alone (-K FILE), and delete that."
                .into(),
        ));
    }
    let look = vec![Block::Text(
        "The next section says where. What was taken stays taken: data, other keys, new accounts.".into(),
    )];
    vec![Block::Steps(vec![
        ("Take it out of the commit", take_out(ask)),
        ("Revoke it, if anyone else could have read it", revoke),
        ("Look for use by others", look),
    ])]
}

fn abuse(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let r = rule.remediation;
    let text = facts.known("audit", r.audit).map_or_else(|| end(&facts.check()), str::to_owned);
    let mut out = vec![Block::Text(text)];
    out.extend(link(facts, "audit_url", r.audit_url, "the page that shows its use"));
    out.push(Block::Text(
        "After the revocation, refused calls come from users that you missed, or from someone else.".into(),
    ));
    out
}

/// Places of a value that a page lists.
const COPIES: usize = 10;

fn breaks(rule: &'static Rule, facts: Facts, ask: &Ask, variable: &str) -> Vec<Block> {
    let names = match ask.stopped.as_ref().and_then(|s| s.file.clone()) {
        Some(file) => facts.names_of_file(file),
        None => facts.names(variable, ask.stopped.iter().flat_map(|s| s.names.iter().cloned())),
    };
    let any = match &*names {
        [one] => one.clone(),
        several => format!("'{}'", several.join("|")),
    };
    let mut out = vec![
        Block::Text(match facts.ended() {
            Some(_) => "Programs that still send it fail already.".to_owned(),
            None => facts
                .known("breaks", rule.remediation.breaks)
                .map_or_else(|| end(&facts.breaks()), str::to_owned),
        }),
        Block::Command(facts.search(&names), "its users in this repository"),
        Block::Command(format!("git log --oneline --all -G{any}"), "commits that touched them"),
    ];
    match ask.stopped.as_ref().map(|s| &*s.copies) {
        None | Some([]) => out.push(Block::Command("stanch scan".into(), "other copies of it in this tree")),
        Some(copies) => {
            let shown = copies.iter().take(COPIES).cloned().collect::<Vec<_>>().join(", ");
            let more = match copies.len().saturating_sub(COPIES) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            out.push(Block::Text(format!("The same value is also in {shown}{more}.")));
        }
    }
    out.push(Block::Text(
        "Then build machines, deployments, other repositories, colleagues' machines.".into(),
    ));
    out
}

fn new_one(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    match facts.known_list("create", rule.remediation.create) {
        [] => vec![Block::Text(end(&facts.new_key()))],
        [one] => vec![Block::Text(end(one))],
        several => vec![bullets(several)],
    }
}

fn link(facts: Facts, field: &str, url: Option<&'static str>, what: &'static str) -> Option<Block> {
    facts.known(field, url).map(|u| Block::Link(u.to_owned(), what))
}

/// A line as a sentence.
fn end(line: &str) -> String {
    if line.ends_with(['.', '!', '?', ':']) { line.to_owned() } else { format!("{line}.") }
}

fn store(rule: &'static Rule, ask: &Ask, variable: &str) -> Vec<Block> {
    let stores = STORES.iter().map(|s| s.slug).collect::<Vec<_>>().join(", ");
    let Some(target) = ask.target.or_else(|| ask.store.and_then(|_| TARGETS.first())) else {
        return vec![
            Block::Text(format!(
                "In the environment as {variable}, or in a store of secrets; never in the source."
            )),
            Block::Command(
                format!("stanch explain {} --lang python --store vault", rule.id),
                "the code for it; --help lists languages and stores",
            ),
        ];
    };
    let store = ask.store.unwrap_or(&STORES[0]);
    let mut out = vec![
        Block::Text(format!("From {}, in {}:", store.name, target.slug)),
        Block::Code(target.fence, target.snippet(store, rule)),
        bullets(store.pitfalls),
    ];
    if ask.store.is_none() {
        out.push(Block::Text(format!("Other stores: --store {stores}.")));
    }
    out
}
