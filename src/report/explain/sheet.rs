//! The page as data.

use super::{Ask, kind_text};
use crate::report::facts::{Facts, care};
use crate::report::replacement::variable;
use crate::report::snippets::{STORES, TARGETS};
use crate::rules::Rule;

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
    let links = links(rule, facts);
    if !links.is_empty() {
        sections.push(Section { heading: "Links and sources", blocks: links });
    }
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
    if rule.public {
        out.push(Block::Text("It is public by design: stanch recognises it and never blocks it.".into()));
    }
    if let Some(text) = rule.remediation.public_by_design {
        out.push(Block::Text(facts.said("public_by_design", text).into_owned()));
    }
    if let Some(text) = rule.remediation.limits {
        out.push(Block::Text(facts.said("limits", text).into_owned()));
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
    if let Some(text) = rule.remediation.auto_revoked {
        out.push(Block::Text(format!("Found in public: {}", facts.said("auto_revoked", text))));
    }
    out
}

fn steps(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let r = rule.remediation;
    let link = |url: Option<&'static str>, what| url.map(|u| Block::Link(u.to_owned(), what));
    let mut check = vec![Block::Text(facts.audit().into_owned())];
    check.extend(link(r.audit_url, "where use of it shows"));
    check.push(Block::Text("If someone else uses it, revoke it now and accept the outage.".into()));
    let create = match r.create {
        [] | [_] => vec![Block::Text(facts.create().into_owned())],
        several => {
            let careful = (!r.is_read("create")).then(|| Block::Text(care("create").into()));
            careful.into_iter().chain([bullets(several)]).collect()
        }
    };
    let update = vec![
        Block::Command(facts.search(&variable(rule, None)), "who reads it here"),
        Block::Text("Then build machines, deployments, other repositories, colleagues' machines.".into()),
    ];
    let where_to = if r.revoke_url == r.docs_url { "how it is revoked" } else { "where it is revoked" };
    let mut revoke: Vec<Block> = link(r.revoke_url, where_to).into_iter().collect();
    if r.steps.is_empty() {
        revoke.push(Block::Text(facts.revoke_steps().into_owned()));
    } else {
        if !r.is_read("steps") {
            revoke.push(Block::Text(care("steps").into()));
        }
        revoke.push(bullets(r.steps));
    }
    if !r.commands.is_empty() && !r.is_read("commands") {
        revoke.push(Block::Text("Check these against the documentation before you run them:".into()));
    }
    revoke.extend(r.commands.iter().map(|c| Block::Command((*c).to_owned(), "")));
    if r.commands.iter().any(|c| c.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|w| w.len() > 3))
    {
        revoke.push(Block::Text("Words in capitals stand for your own values.".into()));
    }
    let monitor = vec![Block::Text(
        "Watch that log for some days: calls with the old one are the users you missed, or someone else."
            .into(),
    )];
    let order = r.rotation.map(|t| facts.said("rotation", t).into_owned());
    let mut out: Vec<Block> = facts.order().map(|t| Block::Text(t.to_owned())).into_iter().collect();
    out.extend(order.map(Block::Text));
    let steps = if r.zero_downtime == Some(false) {
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

fn breaks(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let variable = variable(rule, None);
    vec![
        Block::Text(facts.breaks().into_owned()),
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
    list.extend(rule.remediation.notes.map(|n| Facts(rule).said("notes", n).into_owned()));
    vec![Block::Bullets(list)]
}

fn links(rule: &'static Rule, facts: Facts) -> Vec<Block> {
    let r = rule.remediation;
    let mut out: Vec<Block> =
        r.docs_url.map(|u| Block::Link(u.to_owned(), "documentation")).into_iter().collect();
    out.extend(rule.references.iter().map(|u| match u.starts_with("https://") {
        true => Block::Link((*u).to_owned(), "its form"),
        false => Block::Text(format!("Its form: {u}")),
    }));
    if !r.read.is_empty() {
        let fields = r.read.join(", ").replace('_', " ").replace("zero downtime", "whether two live at once");
        out.push(Block::Text(format!(
            "Read at the vendor: {fields}. The rest is common knowledge: look it up before you rely on it."
        )));
    }
    if !r.sources.is_empty() {
        out.push(Block::Text("Sources:".into()));
        out.push(bullets(r.sources));
    }
    if facts.has_provider() && r.read.is_empty() {
        out.push(Block::Text(
            "Nothing here was read at the vendor: it holds for most keys of this sort. Look it up before you rely on it."
                .into(),
        ));
    }
    out
}
