//! A self-contained HTML page: filters, findings by secret, and the advice for each. Nothing is loaded from
//! outside, and a policy in the page forbids it.

use super::about::{About, advice};
use super::evidence::told;
use super::explain::{self, Ask, Block};
use super::group::{self, Group, groups};
use super::xml::escape;
use crate::finding::Finding;
use crate::policy::{Action, Past, Screened};
use crate::sort;
use crate::text::plural::count;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The page's style and script. The page's policy allows what is in the page, and nothing from outside.
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<(Action, Group<'_>)> = [Action::Block, Action::Warn, Action::Suppress]
        .into_iter()
        .flat_map(|action| groups(decision, action).into_iter().map(move |group| (action, group)))
        .collect();
    let blocked = all.iter().filter(|(action, _)| *action == Action::Block).count();
    let unread: Vec<_> = decision.reading.skipped.iter().filter(|s| s.action != Action::Suppress).collect();
    let verdict = match (blocked, decision.is_incomplete()) {
        (0, true) => "not everything could be read".to_owned(),
        (0, false) => "no secret that blocks".to_owned(),
        (n, _) => format!("{} blocked", count(n, "secret")),
    };
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action \
         'none'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>stanch: {0}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<header><h1>stanch: {0}</h1>\n",
        escape(&verdict),
    )?;
    if let Some(range) = &about.range {
        writeln!(out, "<p>{}</p>", escape(range))?;
    }
    out.write_all(b"</header>\n")?;
    plan(decision, out)?;
    filters(&all, about, out)?;
    writeln!(out, "<main>")?;
    for (action, group) in &all {
        secret(*action, group, &decision.reading.past, about, out)?;
    }
    out.write_all(b"<p id=\"none\" hidden>No finding passes the filters.</p>\n</main>\n")?;
    if !unread.is_empty() {
        writeln!(out, "<section id=\"unread\"><h2>Not read</h2><ul>")?;
        for s in unread {
            writeln!(out, "<li><code>{}</code>: {}</li>", escape(&s.path.to_string()), escape(&s.why))?;
        }
        out.write_all(b"</ul></section>\n")?;
    }
    if !decision.reading.notes.is_empty() {
        writeln!(out, "<section id=\"notes\"><h2>Notes</h2><ul>")?;
        for note in &decision.reading.notes {
            writeln!(out, "<li>{}</li>", escape(note))?;
        }
        out.write_all(b"</ul></section>\n")?;
    }
    pages(&all, out)?;
    write!(out, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n")
}

/// What to do first about the secrets of a history.
fn plan(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let steps = group::plan(decision);
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section id=\"plan\"><h2>Plan</h2>")?;
    for (step, all) in steps {
        writeln!(out, "<h3>{} ({})</h3><ol data-step=\"{}\">", step.heading(), all.len(), step.slug())?;
        for p in all {
            writeln!(
                out,
                "<li>{} <code>{}</code>: {}</li>",
                escape(&p.name),
                p.fingerprint.short(),
                escape(&p.text())
            )?;
        }
        writeln!(out, "</ol><p class=\"note\">{}</p>", escape(step.command()))?;
    }
    writeln!(out, "</section>")
}

/// The filters, for values that occur.
fn filters(all: &[(Action, Group<'_>)], about: &About, out: &mut dyn Write) -> io::Result<()> {
    let findings =
        || all.iter().flat_map(|(action, group)| group.findings.iter().map(move |f| (*action, *f)));
    let set = |what: &dyn Fn((Action, &Finding)) -> String| findings().map(what).collect::<BTreeSet<_>>();
    let choices: [(&str, &str, BTreeSet<String>); 5] = [
        ("decision", "Decision", set(&|(action, _)| word(action).to_owned())),
        ("severity", "Severity", set(&|(_, f)| f.severity.slug().to_owned())),
        ("provider", "Provider", set(&|(_, f)| f.rule.provider.name.to_owned())),
        ("file", "File", set(&|(_, f)| place(f, about))),
        ("commit", "Commit", set(&|(_, f)| f.source.commit.clone().unwrap_or_default())),
    ];
    writeln!(out, "<nav aria-label=\"Filters\">")?;
    for (name, label, values) in choices {
        writeln!(out, "<label>{label} <select name=\"{name}\"><option value=\"\">all</option>")?;
        for value in values.iter().filter(|value| !value.is_empty()) {
            let shown = if name == "commit" { &value[..value.len().min(10)] } else { value };
            writeln!(out, "<option value=\"{}\">{}</option>", escape(value), escape(shown))?;
        }
        out.write_all(b"</select></label>\n")?;
    }
    writeln!(
        out,
        "<label>Search <input name=\"search\" type=\"search\"></label>\n<button type=\"button\" id=\"reset\">Show all</button>\n\
         <output id=\"count\"></output>\n</nav>"
    )
}

/// Where a finding is: the file, and the member if it is an archive.
fn place(f: &Finding, about: &About) -> String {
    about.place(f).with_member(f.source.path.member()).to_string()
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Block => "blocked",
        Action::Warn => "warning",
        Action::Suppress => "suppressed",
    }
}

fn secret(
    action: Action,
    group: &Group<'_>,
    past: &[Past],
    about: &About,
    out: &mut dyn Write,
) -> io::Result<()> {
    let f = group.first();
    write!(
        out,
        "<article data-decision=\"{0}\" data-severity=\"{1}\" data-provider=\"{2}\">\n<h2><span class=\"{1}\">{1}</span> {3} \
         <code>{4}</code></h2>\n<p>{0}. {5}.</p>\n<ul class=\"places\">\n",
        word(action),
        f.severity.slug(),
        escape(f.rule.provider.name),
        escape(f.rule.name),
        escape(&f.secret.masked()),
        escape(&told(f)),
    )?;
    for f in &group.findings {
        let commit = f.source.commit.as_deref().unwrap_or_default();
        let place = escape(&place(f, about));
        let of = match commit {
            "" => String::new(),
            id => format!(" in commit <code>{}</code>", escape(&id[..id.len().min(10)])),
        };
        writeln!(
            out,
            "<li data-file=\"{place}\" data-commit=\"{}\"><code>{place}:{}:{}</code>{of}</li>",
            escape(commit),
            f.location.line,
            f.location.column,
        )?;
    }
    let known = past.iter().find(|p| p.fingerprint == f.fingerprint);
    let known = known.map_or_else(String::new, |p| {
        format!("<p class=\"past\">In this history {}.</p>\n", escape(&p.text()))
    });
    writeln!(
        out,
        "</ul>\n{known}<p>Now: {}.</p>\n<p>Fingerprint <code>{}</code></p>\n<p><a href=\"#advice\" class=\"advice\" \
         data-rule=\"{}\">What to do: {}</a></p>\n</article>",
        escape(&advice(f)),
        f.fingerprint,
        escape(f.rule.id),
        escape(f.rule.name),
    )
}

/// The page of advice for each rule, once.
fn pages(all: &[(Action, Group<'_>)], out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<_> = all.iter().map(|(_, group)| group.first().rule).collect();
    sort::by_key(&mut rules, |rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    writeln!(
        out,
        "<aside id=\"advice\" hidden aria-live=\"polite\"><button type=\"button\" id=\"close\">Close</button>"
    )?;
    for rule in rules {
        let sheet = explain::sheet(rule, &Ask::default());
        writeln!(out, "<section hidden data-rule=\"{}\"><h2>{}</h2>", escape(rule.id), escape(&sheet.title))?;
        for section in &sheet.sections {
            writeln!(out, "<h3>{}</h3>", escape(section.heading))?;
            blocks(&section.blocks, out)?;
        }
        out.write_all(b"</section>\n")?;
    }
    out.write_all(b"</aside>\n")
}

fn blocks(list: &[Block], out: &mut dyn Write) -> io::Result<()> {
    for block in list {
        match block {
            Block::Text(text) => writeln!(out, "<p>{}</p>", escape(text))?,
            Block::Bullets(items) => {
                let items: String = items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
                writeln!(out, "<ul>{items}</ul>")?;
            }
            Block::Command(command, note) => {
                writeln!(out, "<pre>{}</pre><p class=\"note\">{}</p>", lines(command), escape(note))?;
            }
            Block::Link(url, what) if url.starts_with("https://") => {
                let url = escape(url);
                writeln!(out, "<p><a href=\"{url}\" rel=\"noreferrer\">{url}</a> ({})</p>", escape(what))?;
            }
            Block::Link(url, what) => writeln!(out, "<p>{} ({})</p>", escape(url), escape(what))?,
            Block::Code(_, text) => writeln!(out, "<pre>{}</pre>", lines(text))?,
            Block::Steps(steps) => {
                out.write_all(b"<ol>")?;
                for (what, how) in steps {
                    writeln!(out, "<li><strong>{}</strong>", escape(what))?;
                    blocks(how, out)?;
                    out.write_all(b"</li>")?;
                }
                out.write_all(b"</ol>\n")?;
            }
        }
    }
    Ok(())
}

/// Text of several lines, each escaped by itself.
fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}
