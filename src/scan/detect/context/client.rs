//! Calls of a provider's own client: `heroku::Client::new("v")`, `new MailjetClient(id, "v")`. Their arguments need
//! no name.

use crate::scan::extract::assign;
use std::ops::Range;

/// Most bytes of a function's name.
const NAME: usize = 64;
/// Bytes in which the arguments are searched.
const REACH: usize = 400;

/// Parts of names of functions that make a client.
const MAKERS: [&str; 12] = [
    "client",
    "api",
    "sdk",
    "connect",
    "session",
    "credential",
    "auth",
    "login",
    "configure",
    "init",
    "setup",
    "provider",
];
/// Method names that construct the type before them.
const NEW: [&str; 6] = ["new", "create", "open", "of", "instance", "build"];
/// Prefixes of names that look something up.
const LOOKUPS: [&str; 9] = ["get", "find", "fetch", "delete", "remove", "update", "list", "by", "load"];

/// The unnamed literal arguments, if the word at `at` is in the name of a function that makes a client.
pub(super) fn arguments(text: &[u8], at: usize, words: &[&str]) -> Vec<Range<usize>> {
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':');
    let end = at + text[at..].iter().take(NAME).take_while(is_name).count();
    if text.get(end) != Some(&b'(') {
        return Vec::new();
    }
    let start = at - text[..at].iter().rev().take(NAME).take_while(is_name).count();
    if makes_a_client(&text[start..end], words) { literals(text, end + 1) } else { Vec::new() }
}

/// Returns whether a function's name says that it makes a client of the provider.
pub(super) fn makes_a_client(path: &[u8], words: &[&str]) -> bool {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let mut parts = path.rsplit(['.', ':']).filter(|part| !part.is_empty());
    let Some(last) = parts.next() else { return false };
    let plain = last.replace('_', "");
    let is_maker = |name: &str| {
        let is_word = words.iter().any(|w| w.replace(['_', '-', ' '], "") == name);
        is_word || MAKERS.iter().any(|m| name.contains(m)) && !LOOKUPS.iter().any(|l| name.starts_with(l))
    };
    // In `algoliasearch(` the word is followed by its function.
    let begins = words.iter().any(|w| plain.starts_with(w) && plain.len() <= w.len() + 6);
    let is_new = NEW.contains(&last) && parts.next().is_some_and(|of| is_maker(&of.replace('_', "")));
    is_new || is_maker(&plain) || begins && !path.contains(['.', ':'])
}

/// The string literals that are direct arguments.
fn literals(text: &[u8], from: usize) -> Vec<Range<usize>> {
    let to = text.len().min(from + REACH);
    let mut out = Vec::new();
    let mut depth = 0usize;
    let mut at = from;
    // True at the start of an argument.
    let mut begins = true;
    while at < to {
        match text[at] {
            b'"' | b'\'' | b'`' => {
                let Some(literal) = assign::literal_at(text, at) else { break };
                let end = literal.end;
                if begins && depth == 0 {
                    out.push(literal);
                }
                begins = false;
                at = end;
            }
            b',' => begins = true,
            b'(' | b'[' | b'{' => {
                depth += 1;
                begins = false;
            }
            b')' | b']' | b'}' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => break,
            },
            b if b.is_ascii_whitespace() => {}
            _ => begins = false,
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
        let at = text.to_ascii_lowercase().find(word).unwrap();
        arguments(text.as_bytes(), at, &[word]).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn a_client_s_arguments_without_a_name_are_given() {
        for (text, word) in [
            ("let c = heroku::Client::new(\"v1\");", "heroku"),
            ("new FacebookClient('v1')", "facebook"),
            ("c := pagerduty.NewClient(\"v1\")", "pagerduty"),
            ("Snyk::Client.new('v1')", "snyk"),
            ("mailjet('v1')", "mailjet"),
            ("const c = algoliasearch(app, 'v1');", "algolia"),
            ("Mailjet.apiConnect(key, \"v1\")", "mailjet"),
            ("notion_client(\n    \"v1\",\n    timeout=3)", "notion"),
        ] {
            assert_eq!(found(text, word), ["v1"], "{text}");
        }
        for (text, word) in [
            ("mailjet.getTemplate('v1')", "mailjet"),
            ("notion.pages.retrieve(\"v1\")", "notion"),
            ("heroku.getClientById('v1')", "heroku"),
            ("new MailjetClient({ id: 'v1' })", "mailjet"),
            ("MailjetClient(account_id='v1')", "mailjet"),
            ("heroku.apps(\"v1\")", "heroku"),
            ("import heroku from 'v1'", "heroku"),
        ] {
            assert!(found(text, word).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(text in prop::collection::vec(prop::sample::select(b"apiclient.:('\"`,){}[]\\\n ".to_vec()), 0..80), at in 0usize..80) {
            let at = at.min(text.len());
            for value in arguments(&text, at, &["api"]) {
                prop_assert!(value.start <= value.end && value.end <= text.len());
            }
        }
    }
}
