//! Background rather than help: the kind, why such secrets leak, what can follow, practices, and the sources.

use super::sheet::{Block, Section, bullets};
use super::{Ask, kind_text};
use crate::report::facts::{Facts, is_site};
use crate::report::webhook::{self, Scheme};
use crate::rules::{LiveCheck, Rule};

/// The sections that `--all` adds.
pub(super) fn sections(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Section> {
    let mut sections = vec![
        Section { heading: "What it is", blocks: what(rule, facts) },
        Section {
            heading: "Why such secrets leak",
            blocks: vec![bullets(kind_text::causes(rule.kind)), bullets(kind_text::OTHER_CAUSES)],
        },
        Section {
            heading: "What can follow from a leak",
            blocks: vec![bullets(kind_text::risks(rule.kind)), bullets(kind_text::RISKS)],
        },
        Section { heading: "So that it does not happen again", blocks: practices(rule) },
    ];
    let blocks = webhooks(rule, ask);
    if !blocks.is_empty() {
        sections.push(Section { heading: "Is a webhook genuine?", blocks });
    }
    sections
}

/// How to check the signature of the provider's webhooks; the code on the page of the secret that signs.
fn webhooks(rule: &'static Rule, ask: &Ask) -> Vec<Block> {
    let Some(scheme) = Scheme::of(rule) else {
        return webhook::unsigned(rule).map(|text| Block::Text(text.to_owned())).into_iter().collect();
    };
    let mut out = vec![Block::Text(scheme.how.to_owned())];
    if rule.id != scheme.rule {
        let command = format!("stanch explain {} --all", scheme.rule);
        out.push(Block::Command(command, "code that checks it"));
        return out;
    }
    out.push(Block::Text(
        "Check it over the bytes as they came, before they are parsed; refuse the call if a header is missing.".into(),
    ));
    let asked = |l: &&webhook::Language| ask.target.is_some_and(|t| t.slug == l.slug);
    let chosen: Vec<_> = webhook::LANGUAGES.iter().filter(asked).collect();
    let all = if chosen.is_empty() { webhook::LANGUAGES.iter().collect() } else { chosen };
    out.extend(all.into_iter().map(|l| Block::Code(l.fence, scheme.code(l))));
    out
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
    out.extend(facts.known("limits", rule.remediation.limits).map(|t| Block::Text(t.to_owned())));
    out
}

fn practices(rule: &'static Rule) -> Vec<Block> {
    let mut list: Vec<String> = kind_text::PRACTICES.iter().map(|s| (*s).to_owned()).collect();
    list.extend(Facts(rule).known("notes", rule.remediation.notes).map(str::to_owned));
    vec![Block::Bullets(list)]
}

/// The last sections: links, what was not checked, and in the last line when and where the facts were read.
pub(super) fn ends(rule: &'static Rule, facts: Facts, ask: &Ask) -> Vec<Section> {
    if !ask.all {
        let more = format!("stanch explain {} --all", rule.id);
        let mut blocks =
            vec![Block::Command(more, "causes, risks, practices, what was not checked, sources")];
        blocks.extend(rule.web_page().map(|url| Block::Link(url, "the same page in the guide")));
        blocks.extend(read(facts, 1).map(Block::Text));
        return vec![Section { heading: "More", blocks }];
    }
    let r = rule.remediation;
    let mut sections = Vec::new();
    let unchecked = facts.unchecked();
    if !unchecked.is_empty() {
        let mut list = vec![Block::Text("Written from memory; look it up before you rely on it.".into())];
        list.push(Block::Bullets(unchecked.iter().map(|(what, text)| format!("{what}: {text}")).collect()));
        sections.push(Section { heading: "Not checked", blocks: list });
    }
    let docs = facts.known("docs_url", r.docs_url).map(|u| Block::Link(u.to_owned(), "documentation"));
    let mut links: Vec<Block> = docs.into_iter().collect();
    links.extend(rule.references.iter().map(|u| match u.starts_with("https://") {
        true if is_site(u) => Block::Link((*u).to_owned(), "the provider's own site"),
        true => Block::Link((*u).to_owned(), "its format"),
        false => Block::Text(format!("Its format: {u}")),
    }));
    links.extend(LiveCheck::of(rule.id).map(|c| Block::Text(format!("The call: {}", c.source))));
    links.extend(read(facts, usize::MAX).map(Block::Text));
    if !links.is_empty() {
        sections.push(Section { heading: "Links and sources", blocks: links });
    }
    sections
}

/// When and where the facts were read; at most `most` sources.
fn read(facts: Facts, most: usize) -> Option<String> {
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
    let shown = &r.sources[..r.sources.len().min(most)];
    let more = match r.sources.len() - shown.len() {
        0 => String::new(),
        n => format!("; {n} more"),
    };
    Some(match shown {
        [] => format!("Facts read at the vendor{month}."),
        sources => format!("Facts read{month}: {}{more}.", sources.join("; ")),
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
