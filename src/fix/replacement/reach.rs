//! Who can read a file's values: a server, or every visitor of a page. The file's text decides, then its name, then
//! its folder.

use super::variable::{after_inlined, capitals};
use crate::finding::{Finding, Reach};
use crate::rules::{Rule, RuleSet};
use crate::text::lang::Lang;

/// Text on the line of a value, or on the two around it, that occurs only in browser code.
const IN_A_PAGE: &[&str] = &[
    "klaviyo.js?company_id=",
    "/client/events",
    "_learnq",
    "klonsite",
    "<script",
    "</script",
    "loadstripe(",
    "js.stripe.com",
    "mapboxgl.accesstoken",
    "l.mapbox.accesstoken",
    "initializeapp(",
    "createbrowserclient(",
];

/// Text that occurs only in server code.
const ON_A_SERVER: &[&str] = &[
    "require(\"express\")",
    "require('express')",
    "from \"express\"",
    "from 'express'",
    "fastify",
    "require(\"koa\")",
    "require('koa')",
    "from \"koa\"",
    "from 'koa'",
    "@nestjs/",
    "@hapi/",
    "http.createserver",
    "require(\"fs\")",
    "require('fs')",
    "require(\"http\")",
    "require('http')",
    "\"node:",
    "'node:",
    "child_process",
    "\"use server\"",
    "'use server'",
    "getserversideprops",
    "exports.handler",
    "firebase-admin",
    "firebase-functions",
    "deno.serve",
    "bun.serve",
    "nodemailer",
];

/// Text that occurs only in browser code.
const IN_A_BROWSER: &[&str] = &[
    "document.",
    "window.",
    "localstorage",
    "\"use client\"",
    "'use client'",
    "from \"react\"",
    "from 'react'",
    "from \"vue\"",
    "from 'vue'",
    "reactdom",
    "createapp(",
    "import.meta.env",
    "addeventlistener(",
    "$(document)",
    "jquery(",
    "mapboxgl",
    "instantsearch(",
];

/// Who can read a finding's value. `text` is the file's, if available.
pub(super) fn reach(f: &Finding, lang: Lang, text: Option<&[u8]>) -> Reach {
    let path = String::from_utf8_lossy(f.source.path.as_bytes()).to_ascii_lowercase();
    let at = f.location.bytes.clone();
    let (near, lines) = match text.filter(|t| at.end <= t.len()) {
        Some(text) => around(text, at),
        None => (String::new(), String::new()),
    };
    let template = TEMPLATES.iter().any(|e| path.ends_with(e));
    let bundled = template
        || matches!(
            lang,
            Lang::JavaScript
                | Lang::TypeScript
                | Lang::Html
                | Lang::Json
                | Lang::DotEnv
                | Lang::Dockerfile
                | Lang::Yaml
                | Lang::Shell
                | Lang::Toml
        );
    let inlined = |name: &str| after_inlined(name).is_some_and(|rest| rest.len() > 2);
    if bundled && f.name.as_deref().is_some_and(|name| inlined(&capitals(name))) {
        return Reach::Inlined;
    }
    if bundled && near.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(inlined) {
        return Reach::Inlined;
    }
    let says = |text: &str, marks: &[&str]| marks.iter().any(|m| text.contains(m));
    let (near, lines) = (near.to_ascii_lowercase(), lines.to_ascii_lowercase());
    let text = text
        .map(|t| String::from_utf8_lossy(&t[..t.len().min(LOOKED)]).to_ascii_lowercase())
        .unwrap_or_default();
    let script = matches!(lang, Lang::JavaScript | Lang::TypeScript);
    if says(&near, &IN_A_PAGE[..3]) || (script || template || lang == Lang::Html) && says(&near, IN_A_PAGE) {
        return Reach::Page;
    }
    if lang == Lang::Html || path.ends_with(".liquid") || path.ends_with(".astro") && !in_front(&text) {
        return Reach::Page;
    }
    if template && !script {
        return if says(&lines, IN_A_PAGE) { Reach::Page } else { Reach::Server };
    }
    if !script {
        return Reach::Server;
    }
    match () {
        () if says(&text, ON_A_SERVER) => Reach::Server,
        () if says(&text, IN_A_BROWSER) => Reach::Page,
        () => by_name(&path),
    }
}

/// Files that contain both server code and the page that is sent.
const TEMPLATES: &[&str] = &[
    ".liquid",
    ".erb",
    ".ejs",
    ".hbs",
    ".twig",
    ".njk",
    ".astro",
    ".cshtml",
    ".php",
    ".phtml",
    ".jsp",
    ".mustache",
    ".vue",
    ".svelte",
];

/// Bytes of a file that are searched for these texts.
const LOOKED: usize = 64 << 10;

/// Astro's code before the page, which runs on the server.
fn in_front(text: &str) -> bool {
    text.starts_with("---")
}

/// The line of a place, and the same with two lines before and after it.
fn around(text: &[u8], at: std::ops::Range<usize>) -> (String, String) {
    let back = |from: usize| memchr::memrchr(b'\n', &text[..from]).map_or(0, |i| i + 1);
    let on = |from: usize| memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |i| from + i);
    let (start, end) = (back(at.start), on(at.end));
    let first = back(back(start.saturating_sub(1)).saturating_sub(1));
    let last = on((on((end + 1).min(text.len())) + 1).min(text.len()));
    // A minified file is one line.
    let near = |from: usize, to: usize| {
        let (from, to) = (from.max(at.start.saturating_sub(400)), to.min(at.end + 400));
        String::from_utf8_lossy(&text[from..to]).into_owned()
    };
    (near(start, end), near(first, last))
}

/// The same by the path only.
fn by_name(path: &str) -> Reach {
    let folder = |names: &[&str]| path.split('/').any(|part| names.contains(&part));
    let ends = |ends: &[&str]| ends.iter().any(|e| path.ends_with(e));
    let server =
        ["server", "api", "backend", "functions", "lambda", "scripts", "bin", "cli", "test", "tests"];
    let client = [
        "static",
        "public",
        "assets",
        "www",
        "wwwroot",
        "client",
        "frontend",
        "browser",
        "components",
        "themes",
    ];
    if folder(&client) || ends(&[".jsx", ".tsx", ".vue", ".svelte", "klaviyo.js"]) {
        Reach::Page
    } else if folder(&server) || ends(&[".config.js", ".config.ts", ".cjs", ".cts"]) {
        Reach::Server
    } else {
        Reach::Unknown
    }
}

/// The provider's public value that a page uses instead of a secret of this kind, if there is one.
pub(super) fn public_sibling(rule: &Rule) -> Option<&'static Rule> {
    let set = RuleSet::builtin();
    let words = |id: &str| id.split('-').map(str::to_owned).collect::<Vec<_>>();
    let own = words(rule.id);
    // Secrets that sign or log in have no public sibling.
    if ["webhook", "oauth", "client-secret", "jwt"].iter().any(|w| rule.id.contains(w)) {
        return None;
    }
    // Of Google's kinds only an API key has a sibling: a key of the same format made for pages.
    if rule.provider.id == "google"
        && !(rule.id.contains("api-key") || rule.id.contains("maps") || rule.id.contains("firebase"))
    {
        return None;
    }
    set.iter()
        .filter(|r| r.public && r.provider.id == rule.provider.id)
        .filter(|r| {
            ["key", "token", "id"].iter().any(|w| r.id.contains(w))
                && !r.id.contains("client-id")
                && !r.id.contains("tenant")
        })
        .max_by_key(|r| {
            let shared = words(r.id).iter().filter(|w| own.contains(w)).count();
            // Among equals, the one named a key, then the first.
            (shared, r.id.contains("key"), std::cmp::Reverse(r.id))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_file_says_its_folder_does() {
        for (path, want) in [
            ("static/app.js", Reach::Page),
            ("src/components/buy.vue", Reach::Page),
            ("server/mail.js", Reach::Server),
            ("src/app.js", Reach::Unknown),
        ] {
            assert_eq!(by_name(path), want, "{path}");
        }
    }

    #[test]
    fn the_sibling_is_of_the_same_kind() {
        let set = RuleSet::builtin();
        for (id, sibling) in [
            ("klaviyo-private-api-key", Some("klaviyo-public-site-id")),
            ("stripe-secret-key", Some("stripe-publishable-key")),
            ("mapbox-secret-token", Some("mapbox-public-token")),
            ("google-oauth-client-secret", None),
        ] {
            let Some(rule) = set.iter().find(|r| r.id == id) else { panic!("no rule {id}") };
            assert_eq!(public_sibling(rule).map(|r| r.id), sibling, "{id}");
        }
    }
}
