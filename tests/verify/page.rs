//! docs/verify.md has each call as the catalogue has it. `STANCH_UPDATE=1 cargo test --test suite verify::page` writes the
//! tables.

use stanch::rules::{Condition, LiveCheck, Revocation, Signature};
use std::fmt::Write;
use std::path::Path;

#[test]
fn the_page_has_every_call_exactly_as_it_is_made() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify.md");
    let page = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let page_now = [("checks", checks()), ("by hand", by_hand()), ("revocations", revocations())]
        .iter()
        .fold(page.clone(), |page, (name, table)| {
            let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
            let (before, rest) = page.split_once(&start).unwrap();
            let (_, after) = rest.split_once(&end).unwrap();
            format!("{before}{start}{table}{end}{after}")
        });
    if std::env::var_os("STANCH_UPDATE").is_some() {
        std::fs::write(&path, &page_now).unwrap();
    }
    assert!(page == page_now, "STANCH_UPDATE=1 cargo test --test suite verify::page writes docs/verify.md");
    let numbers = format!("{} calls for {} rules", LiveCheck::asked().count(), rules());
    assert!(page.contains(&numbers), "the page does not say: {numbers}");
}

fn rules() -> usize {
    LiveCheck::asked().map(|c| c.rules.len()).sum()
}

fn by_hand() -> String {
    let mut out = "| secrets | ask with | from |\n|---|---|---|\n".to_owned();
    for c in LiveCheck::all().iter().filter(|c| !c.is_asked()) {
        let rules: Vec<String> = c.rules.iter().map(|r| format!("`{r}`")).collect();
        let ask = match (&c.run, c.urls.first()) {
            (Some(run), _) => {
                let lines: Vec<String> = run.lines().map(|l| format!("`{}`", cell(l.trim()))).collect();
                lines.join(" ").replace("{variable}", "VARIABLE")
            }
            (None, Some(_)) => sent(&c.method, &c.urls, &c.headers, c.user.as_deref(), c.data.as_deref()),
            (None, None) => "no call that only reads".to_owned(),
        };
        let _ = writeln!(out, "| {} | {ask} | {} |", rules.join(", "), cell(&c.source));
    }
    out
}

fn checks() -> String {
    let mut out = "| secrets | sent | live | dead | also shows in |\n|---|---|---|---|---|\n".to_owned();
    for c in LiveCheck::asked() {
        let rules: Vec<String> = c.rules.iter().map(|r| format!("`{r}`")).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            rules.join(", "),
            checked(c),
            conditions(&c.live),
            dead(c),
            cell(c.trace.as_deref().unwrap_or_default())
        );
    }
    out
}

fn revocations() -> String {
    let mut out = "| secrets | sent | effect |\n|---|---|---|\n".to_owned();
    for c in LiveCheck::all() {
        let Some(r) = &c.revoke else { continue };
        let rules: Vec<String> =
            c.rules.iter().filter(|rule| !r.not.contains(rule)).map(|r| format!("`{r}`")).collect();
        let _ = writeln!(out, "| {} | {} | {} |", rules.join(", "), revoked(c, r), cell(&r.effect));
    }
    out
}

/// What a check sends, with its signature.
fn checked(c: &LiveCheck) -> String {
    let user = c.user.as_deref().filter(|_| c.sign.is_none());
    let sent = sent(&c.method, &c.urls, &c.headers, user, c.data.as_deref());
    let signed = c.user.as_deref().unwrap_or_default().replace("{secret}", "SECRET");
    match c.sign {
        Some(Signature::AwsV4) => format!("{sent} `Authorization: AWS4-HMAC-SHA256, signed with {signed}`"),
        Some(Signature::Ovh) => {
            format!("{sent} `X-Ovh-Timestamp` `X-Ovh-Signature: $1$, SHA-1 of {signed} and the request`")
        }
        None => sent,
    }
}

/// What a revocation sends; it is signed as its check is.
fn revoked(c: &LiveCheck, r: &Revocation) -> String {
    let user = r.user.as_deref().filter(|_| c.sign.is_none());
    let sent = sent(&r.method, &r.urls, &r.headers, user, r.data.as_deref());
    match c.sign {
        Some(_) => format!("{sent} signed as its check"),
        None => sent,
    }
}

/// Every part of a request that is not the same for all.
fn sent(method: &str, urls: &[String], headers: &[String], user: Option<&str>, data: Option<&str>) -> String {
    let mut parts: Vec<String> = urls.iter().map(|url| format!("{method} {url}")).collect();
    parts.extend(headers.iter().cloned());
    parts.extend(user.map(|user| format!("Authorization: Basic {user}")));
    parts.extend(data.map(str::to_owned));
    let parts: Vec<String> =
        parts.iter().map(|p| format!("`{}`", cell(&p.replace("{secret}", "SECRET")))).collect();
    parts.join(" ")
}

fn dead(c: &LiveCheck) -> String {
    match (c.dead.as_slice(), c.dead_at_own.as_slice()) {
        ([], []) => "no answer says so".to_owned(),
        (dead, []) => conditions(dead),
        ([], own) => format!("{}, from a host that you name", conditions(own)),
        (dead, own) => format!("{}; from a host that you name {} too", conditions(dead), conditions(own)),
    }
}

fn conditions(list: &[Condition]) -> String {
    let words: Vec<String> = list
        .iter()
        .map(|c| match c.text.as_str() {
            "" => c.status.to_string(),
            "(empty)" => format!("{} without a body", c.status),
            text => format!("{} with `{}`", c.status, cell(text)),
        })
        .collect();
    words.join(", ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
