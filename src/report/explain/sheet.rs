//! The page as data.

use super::{Ask, kind_text};
use crate::fix::replacement::variable;
use crate::report::facts::Facts;
use crate::report::snippets::{STORES, TARGETS};
use crate::rules::{Detector, Rule, RuleSet};

/// A page.
#[derive(Debug)]
pub struct Sheet {
    /// The rule that it describes.
    pub rule: &'static Rule,
    /// Its heading.
    pub title: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

/// A block of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// Prose.
    Text(String),
    /// Steps in order: what, and how.
    Steps(Vec<(&'static str, Vec<Block>)>),
    /// Unordered items.
    Bullets(Vec<String>),
    /// A command to paste, and its purpose.
    Command(String, &'static str),
    /// A page to open, and its purpose.
    Link(String, &'static str),
    /// Code, preceded by its language.
    Code(&'static str, String),
}

/// Assembles the page.
pub(super) fn of(rule: &'static Rule, ask: &Ask) -> Sheet {
    let facts = Facts(rule);
    if rule.public {
        return Sheet { rule, title: rule.name.to_owned(), sections: public(rule, facts, ask) };
    }
    let mut sections = vec![
        Section { heading: "What it is", blocks: what(rule, facts) },
        Section { heading: "What a holder can do", blocks: vec![Block::Text(facts.impact().into_owned())] },
        Section { heading: "Why such secrets leak", blocks: vec![bullets(kind_text::causes(rule.kind))] },
        Section { heading: "Contained or leaked?", blocks: leaked(rule, facts, ask) },
        Section { heading: "Step by step", blocks: steps(rule, facts) },
        Section { heading: "What will stop, and how to find it", blocks: breaks(rule, facts) },
        Section { heading: "Where it belongs", blocks: store(rule, ask) },
        Section { heading: "So that it does not happen again", blocks: practices(rule) },
    ];
    sections.extend(ends(rule, facts, ask));
    Sheet { rule, title: rule.name.to_owned(), sections }
}

fn bullets(list: &[&str]) -> Block {
    Block::Bullets(list.iter().map(|s| (*s).to_owned()).collect())
}

fn what(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let told = !facts.has_provider() || rule.name.contains(rule.provider.name);
    let of = if told { String::new() } else { format!(" ({})", rule.provider.name) };
    let mut out = vec![Block::Text(format!("{}{of} is {}.", rule.name, kind_text::kind(rule.kind)))];
    let how = kind_text::detection(rule);
    let weight = format!("Severity {}, confidence {}.", rule.severity.slug(), rule.confidence.slug());
    out.push(Block::Text(format!("{how} {weight} Rule: {}.", rule.id)));
    if let Some(var) = rule.env_var {
        let also = match rule.env_var_aliases {
            [] => String::new(),
            names => format!(" (also {})", names.join(", ")),
        };
        out.push(Block::Text(format!("Programs usually read it from {var}{also}.")));
    }
    let r = rule.remediation;
    for text in [facts.known("public_by_design", r.public_by_design), facts.known("limits", r.limits)] {
        out.extend(text.map(|t| Block::Text(t.to_owned())));
    }
    out
}

fn leaked(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Block> {
    let mut out = Vec::new();
    if let Some(place) = &ask.place {
        out.push(Block::Text(format!("Yours was stopped at {place}.")));
    }
    out.push(bullets(&[
        "Only staged, or in a commit that was never pushed: contained, as long as this machine and its backups are. \
         Take it out of the commit; a new commit on top leaves it in the history.",
        "Pushed to a private repository: leaked to everyone with read access, and to its forks, build machines and \
         backups. Rotate it.",
        "Pushed to a public one: taken as known to strangers; such repositories are watched. Revoke first. Rewriting \
         history takes it from new clones and from nobody who has it.",
        "In a log, a ticket, a chat or a page that browsers load: leaked to whoever can read that. Rotate it.",
    ]));
    if let Some(text) = facts.known("auto_revoked", rule.remediation.auto_revoked) {
        out.push(Block::Text(format!("Found in public: {text}")));
    }
    out
}

fn steps(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let r = rule.remediation;
    let link = |field, url, what| facts.known(field, url).map(|u| Block::Link(u.to_owned(), what));
    let text =
        |long: Option<&'static str>, line: &str| Block::Text(long.map_or_else(|| end(line), str::to_owned));
    let mut check = vec![text(facts.known("audit", r.audit), &facts.check())];
    check.extend(link("audit_url", r.audit_url, "where use of it shows"));
    check.push(Block::Text("If someone else uses it, revoke it now and accept the outage.".into()));
    let create = match facts.known_list("create", r.create) {
        [] => vec![Block::Text(end(&facts.new_key()))],
        [one] => vec![Block::Text(end(one))],
        several => vec![bullets(several)],
    };
    let update = vec![
        Block::Command(facts.search(&variable(rule, None)), "who reads it here"),
        Block::Text("Then build machines, deployments, other repositories, colleagues' machines.".into()),
    ];
    let mut revoke: Vec<Block> =
        link("revoke_url", r.revoke_url, "where it is revoked").into_iter().collect();
    revoke.push(match facts.known_list("steps", r.steps) {
        [] => Block::Text(end(&facts.revoke())),
        steps => bullets(steps),
    });
    let commands = facts.known_list("commands", r.commands);
    revoke.extend(commands.iter().map(|c| Block::Command((*c).to_owned(), "")));
    if commands.iter().any(|c| c.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|w| w.len() > 3)) {
        revoke.push(Block::Text("Words in capitals stand for your own values.".into()));
    }
    let monitor = vec![Block::Text(
        "Watch that log for some days: calls with the old one are the users you missed, or someone else."
            .into(),
    )];
    let order = [facts.order(), facts.known("rotation", r.rotation)];
    let mut out: Vec<Block> = order.into_iter().flatten().map(|t| Block::Text(t.to_owned())).collect();
    let steps = if facts.is_known("zero_downtime") && r.zero_downtime == Some(false) {
        vec![
            ("Check for abuse", check),
            ("Find its users, and have them ready", update),
            ("Make a new one; the old one stops with it or is revoked now", [create, revoke].concat()),
            ("Monitor", monitor),
        ]
    } else {
        vec![
            ("Check for abuse", check),
            ("Make a new one", create),
            ("Give it to every user of the old one", update),
            ("Revoke the old one", revoke),
            ("Monitor", monitor),
        ]
    };
    out.push(Block::Steps(steps));
    out
}

/// A line as a sentence.
fn end(line: &str) -> String {
    if line.ends_with(['.', '!', '?', ':']) { line.to_owned() } else { format!("{line}.") }
}

fn breaks(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let variable = variable(rule, None);
    vec![
        Block::Text(
            facts
                .known("breaks", rule.remediation.breaks)
                .map_or_else(|| end(&facts.breaks()), str::to_owned),
        ),
        Block::Command(facts.search(&variable), "its users in this repository"),
        Block::Command(format!("git log --oneline --all -G{variable}"), "commits that touched them"),
        Block::Command("stanch scan".into(), "other copies of it in this tree"),
    ]
}

fn store(rule: &'static Rule, ask: &Ask) -> Vec<Block> {
    let variable = variable(rule, None);
    let languages = TARGETS.iter().map(|t| t.slug).collect::<Vec<_>>().join(", ");
    let stores = STORES.iter().map(|s| s.slug).collect::<Vec<_>>().join(", ");
    let Some(target) = ask.target.or_else(|| ask.store.and_then(|_| TARGETS.first())) else {
        return vec![
            Block::Text(format!(
                "In the environment as {variable}, or in a store of secrets; never in the source."
            )),
            Block::Command(
                format!("stanch explain {} --lang python --store vault", rule.id),
                "the code for it",
            ),
            Block::Text(format!("--lang: {languages}.")),
            Block::Text(format!("--store: {stores}.")),
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

fn practices(rule: &'static Rule) -> Vec<Block> {
    let mut list: Vec<String> = kind_text::PRACTICES.iter().map(|s| (*s).to_owned()).collect();
    list.extend(Facts(rule).known("notes", rule.remediation.notes).map(str::to_owned));
    vec![Block::Bullets(list)]
}

/// The page of a value that is public by design: why, and what its secret sibling looks like.
fn public(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Section> {
    let mut why =
        vec![Block::Text("It is public by design: stanch recognises it and never blocks it.".into())];
    why.extend(rule.remediation.public_by_design.map(|t| Block::Text(t.to_owned())));
    why.push(Block::Text(format!("Rule: {}.", rule.id)));
    let set = RuleSet::builtin();
    let siblings: Vec<String> = set
        .of_provider(rule.provider.id)
        .filter(|r| !r.public && r.kind != crate::rules::SecretKind::Identifier)
        .map(|r| format!("{}: {} (stanch explain {})", r.name, form(r), r.id))
        .collect();
    let mut sections = vec![Section { heading: "Public by design", blocks: why }];
    let check = facts.known_list("create", rule.remediation.create);
    if !check.is_empty() {
        sections.push(Section { heading: "What keeps it harmless", blocks: vec![bullets(check)] });
    }
    if !siblings.is_empty() {
        sections
            .push(Section { heading: "What is secret beside it", blocks: vec![Block::Bullets(siblings)] });
    }
    sections.extend(ends(rule, facts, ask));
    sections
}

/// How a secret is told from its public sibling.
fn form(rule: &Rule) -> String {
    let prefix: String = match rule.detector {
        Detector::Regex(pattern) => {
            let (_, secret) = pattern.split_once("(?P<secret>").unwrap_or_default();
            let length = secret.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c)).unwrap_or(0);
            // A quantifier speaks of the character before it, a branch of all of it.
            match secret.as_bytes().get(length) {
                Some(b'|') => String::new(),
                Some(b'?' | b'*' | b'{' | b'+') => secret[..length.saturating_sub(1)].to_owned(),
                _ => secret[..length].to_owned(),
            }
        }
        Detector::Context(ref c) => c.value.prefix.to_owned(),
        Detector::Judged | Detector::File(_) => String::new(),
    };
    match (prefix.len(), rule.env_var) {
        (2.., _) => format!("it starts with {prefix}"),
        (_, Some(variable)) => format!("it is named like {variable}"),
        _ => "it is known by the names around it".to_owned(),
    }
}

/// The last sections: links, and what was not checked; the last line says when and where the facts were read.
fn ends(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Section> {
    let r = rule.remediation;
    let mut links: Vec<Block> = facts
        .known("docs_url", r.docs_url)
        .map(|u| Block::Link(u.to_owned(), "documentation"))
        .into_iter()
        .collect();
    links.extend(rule.references.iter().map(|u| match u.starts_with("https://") {
        true => Block::Link((*u).to_owned(), "its form"),
        false => Block::Text(format!("Its form: {u}")),
    }));
    let unchecked = facts.unchecked();
    let mut sections = Vec::new();
    if ask.all && !unchecked.is_empty() {
        let mut list = vec![Block::Text("From memory; look it up before you rely on it.".into())];
        list.push(Block::Bullets(unchecked.iter().map(|(what, text)| format!("{what}: {text}")).collect()));
        sections.push(Section { heading: "Not checked", blocks: list });
    } else if !unchecked.is_empty() {
        links.push(Block::Command(format!("stanch explain {} --all", rule.id), "with what was not checked"));
    }
    links.extend(read(facts).map(Block::Text));
    if !links.is_empty() {
        sections.push(Section { heading: "Links and sources", blocks: links });
    }
    sections
}

/// When and where the facts were read.
fn read(facts: Facts) -> Option<String> {
    let r = facts.0.remediation;
    if facts.0.owner().is_some() {
        return None;
    }
    if r.read.is_empty() {
        return facts.has_provider().then(|| {
            format!(
                "Nothing about this kind was read at {}: the page holds for most secrets of the kind.",
                facts.issuer()
            )
        });
    }
    let month = r.read_in.map(month).unwrap_or_default();
    Some(match r.sources {
        [] => format!("Facts read at the vendor{month}."),
        sources => format!("Facts read{month}: {}.", sources.join("; ")),
    })
}

/// `2026-11` as " in November 2026".
fn month(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month) = date.split_once('-').unwrap_or((date, ""));
    match month.parse::<usize>().ok().and_then(|m| MONTHS.get(m.wrapping_sub(1))) {
        Some(name) => format!(" in {name} {year}"),
        None => format!(" in {date}"),
    }
}
