//! Files that are secrets as a whole: `.env`, `terraform.tfvars`, `id_rsa`, `release.jks`.
//!
//! A name alone is not enough: a file counts if it contains what such a file contains. In a file of values each
//! name of a secret with a value is a candidate, however weak the value would look elsewhere; a rule that knows a
//! value better takes precedence. Samples, empty values, stand-ins and references do not count. A value is less
//! sure if it is a word that anyone would guess.

mod values;

use super::generic::{holds_value, is_filled_in, repeats_neighbour, speaks_of_a_secret, without_scheme};
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{self, Detector, Holds, Names, Rule, Validator};
use crate::scan::candidate::Candidate;
use crate::scan::extract::assign::{self, Form};
use crate::text::lang::{Lang, without_backup};
use crate::text::placeholder;
use crate::text::randomness::is_random;
use crate::validate::key_store;
use std::ops::Range;
use values::{
    is_command, is_key_of_map, is_login_of_host, is_of_setup, is_prose, is_said_twice, is_token, is_word_of,
};

/// Bytes at the start of a key store that are fingerprinted for the whole; they contain its salts.
const STORE_HEAD: usize = 4096;

/// Words that make a file a sample: `.env.example`, `sample.tfvars`.
const SAMPLES: [&str; 8] = ["example", "sample", "template", "tpl", "dist", "defaults", "schema", "tmpl"];

/// A file name that is recognised.
#[derive(Debug)]
pub(in crate::scan) struct KnownFile {
    /// The name's last byte, in lower case.
    end: u8,
    name: &'static str,
    rule: &'static Rule,
    names: &'static Names,
}

/// The recognised file names, ordered by their last byte, which rules out nearly every name for a path.
#[derive(Debug)]
pub(in crate::scan) struct Files(Vec<KnownFile>);

impl Files {
    /// The names of the file rules among these rules.
    pub(in crate::scan) fn of(rules: &[&'static Rule]) -> Files {
        let mut all = Vec::new();
        for rule in rules {
            if let Detector::File(names) = &rule.detector {
                let known = |name: &&'static str| {
                    let end = name.bytes().next_back()?.to_ascii_lowercase();
                    Some(KnownFile { end, name, rule, names })
                };
                all.extend(names.names.iter().filter_map(known));
            }
        }
        all.sort_by_key(|k| k.end);
        Files(all)
    }

    /// The entry for a path; of several, the longest name. `None` for samples.
    pub(in crate::scan) fn known(&self, path: &[u8]) -> Option<&KnownFile> {
        let path = without_backup(path);
        let end = path.last()?.to_ascii_lowercase();
        // `kubeconfig.*` does not match `kubeconfig.go`.
        let fits = |k: &&KnownFile| {
            ends_in(path, k.name.as_bytes()) && !(k.end == b'*' && Lang::of_path(path).is_program())
        };
        let of_ends = [end, b'*'].into_iter().flat_map(|end| self.ending(end));
        of_ends.filter(fits).max_by_key(|k| k.name.len()).filter(|_| !is_sample(path))
    }

    fn ending(&self, end: u8) -> &[KnownFile] {
        let from = self.0.partition_point(|k| k.end < end);
        let all = &self.0[from..];
        &all[..all.partition_point(|k| k.end == end)]
    }

    /// The candidates of the rule that recognises this file by its name. `is_head` is false for a later part of
    /// a large file, where checks of a file's first bytes do not apply.
    pub(in crate::scan) fn candidates(
        &self,
        text: &[u8],
        path: &[u8],
        lang: Lang,
        is_head: bool,
    ) -> Vec<Candidate> {
        let known = self.known(path).filter(|k| is_head || k.names.holds != Holds::KeyStore);
        known.map(|known| known.candidates(text, lang)).unwrap_or_default()
    }
}

impl KnownFile {
    fn candidates(&self, text: &[u8], lang: Lang) -> Vec<Candidate> {
        let (rule, names) = (self.rule, self.names);
        let made = |at: Range<usize>, name: Option<String>| {
            let is_value = matches!(names.holds, Holds::Values | Holds::Pattern);
            let is_worded = names.holds == Holds::Values
                && name.as_ref().is_some_and(|name| is_word_of(name.as_bytes(), &text[at.clone()]));
            let is_weak = is_value
                && (is_worded || placeholder::is_weak(&text[at.clone()]) || is_said_twice(text, &at));
            let mut c = Candidate::new(rule, at.clone(), at);
            let why = match names.holds {
                Holds::Values => "such a file holds credentials, and a value is filled in",
                Holds::PrivateKey => "the file's name says private key, and so does its head",
                Holds::KeyStore => "the file begins as a key store does",
                Holds::Pattern => "such a file holds credentials, and this is one's place",
            };
            c.evidence.push(Evidence::raises("file", why));
            if is_weak {
                c.confidence = c.confidence.min(Confidence::Medium);
                c.evidence.push(Evidence::lowers("value", "the value is a word that anybody would try"));
            }
            if names.holds == Holds::KeyStore && !key_store::shows_keys(text) {
                c.confidence = c.confidence.min(Confidence::Medium);
                c.evidence
                    .push(Evidence::lowers("file", "it shows no private key, as a store of certificates"));
            }
            c.name = name;
            c
        };
        match names.holds {
            Holds::Values => {
                let mut out = Vec::new();
                let lang = if lang == Lang::Other { Lang::Ini } else { lang };
                for a in assign::assignments(text, 0..text.len(), lang) {
                    let (name, value) = (&text[a.name.clone()], &text[a.value.clone()]);
                    // `password=password` is a password; `cookie_secret=cookie-secret` is a
                    // stand-in.
                    let is_word = a.via.is_none() && value.iter().any(u8::is_ascii_lowercase);
                    let is_own = is_word && placeholder::is_weak(value) || !holds_value(name, value);
                    // In a list of arguments only an option names the next one: `"-e",
                    // "API_TOKEN", "image"`.
                    if a.form == Form::Pair
                        && matches!(lang, Lang::Json | Lang::Terraform | Lang::DotEnv)
                        && (text[a.name.start] != b'-' || value.starts_with(b"-"))
                    {
                        continue;
                    }
                    // In XML such an attribute names another value.
                    if lang == Lang::Xml && matches!(name, b"key" | b"name" | b"id") {
                        continue;
                    }
                    // Where Terraform keeps its state in Azure.
                    let is_path = name == b"key"
                        && value.iter().any(|b| matches!(b, b'/' | b'.'))
                        && !is_random(value)
                        && memchr::memmem::find(text, b"container_name").is_some();
                    if is_path
                        || lang == Lang::Terraform && is_key_of_map(name, value)
                        || is_prose(text, &a.value, lang)
                        || is_command(text, &a.value)
                    {
                        continue;
                    }
                    let is_secret = speaks_of_a_secret(name)
                        || lang == Lang::DotEnv && is_token(name, value)
                        || is_login_of_host(name, value);
                    if is_secret && is_filled_in(value) && is_own && !is_of_setup(name, value) {
                        let repeats = repeats_neighbour(text, &a.name, &a.value);
                        let mut c = made(without_scheme(text, a.value.clone()), Some(printable(name)));
                        if repeats && c.confidence > Confidence::Medium {
                            c.confidence = Confidence::Medium;
                            c.evidence.push(Evidence::lowers(
                                "value",
                                "it repeats the user's or the database's name",
                            ));
                        }
                        out.push(c);
                    }
                }
                out.extend(logins(text).into_iter().map(|at| made(at, Some("password".to_owned()))));
                out
            }
            Holds::PrivateKey => private_key(text).map(|at| made(at, None)).into_iter().collect(),
            Holds::KeyStore if key_store::is_store(text) => vec![made(0..text.len().min(STORE_HEAD), None)],
            Holds::KeyStore => Vec::new(),
            Holds::Pattern => {
                // Such files are few: the pattern is compiled when there is one.
                let regex = rules::compile(names.pattern.unwrap_or_default())
                    .expect("internal: patterns are compiled by the tests or on loading");
                let secrets = regex.captures_iter(text).filter_map(|found| found.name("secret"));
                let proves = rule.validator != Validator::None;
                secrets
                    .filter(|m| proves || is_filled_in(m.as_bytes()))
                    .map(|m| made(m.range(), None))
                    .collect()
            }
        }
    }
}

/// Returns whether a path ends in this name. A name with `/` is compared with that many parts of the path.
pub(in crate::scan) fn ends_in(path: &[u8], name: &[u8]) -> bool {
    let Some(star) = memchr::memchr(b'*', name) else {
        let start = path.len().checked_sub(name.len());
        return start
            .is_some_and(|i| path[i..].eq_ignore_ascii_case(name) && (i == 0 || path[i - 1] == b'/'));
    };
    let parts = name.iter().filter(|b| **b == b'/').count() + 1;
    let start = memchr::memrchr_iter(b'/', path).nth(parts - 1).map_or(0, |i| i + 1);
    let tail = &path[start..];
    let (head, end) = (&name[..star], &name[star + 1..]);
    tail.len() >= head.len() + end.len()
        && tail[..head.len()].eq_ignore_ascii_case(head)
        && tail[tail.len() - end.len()..].eq_ignore_ascii_case(end)
}

fn is_sample(path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default().to_ascii_lowercase();
    name.split(|b| matches!(b, b'.' | b'-' | b'_')).any(|w| SAMPLES.iter().any(|s| s.as_bytes() == w))
}

/// The words after `password` in the style of .netrc: words separated by white space, without punctuation. A
/// comment has such words as well.
fn logins(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut last: &[u8] = b"";
    let mut seen_login = false;
    let base = text.as_ptr() as usize;
    for line in text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#")) {
        for word in line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()) {
            if last == b"password" && seen_login && is_filled_in(word) {
                let at = word.as_ptr() as usize - base;
                out.push(at..at + word.len());
            }
            seen_login |= matches!(word, b"machine" | b"default");
            last = word;
        }
    }
    out
}

/// From the first line of a private key to its end.
fn private_key(text: &[u8]) -> Option<Range<usize>> {
    if text.starts_with(b"PuTTY-User-Key-File-") {
        return Some(0..text.len());
    }
    let head = memchr::memmem::find(text, b"PRIVATE KEY-----")?;
    let start = memchr::memmem::rfind(&text[..head], b"-----BEGIN ")?;
    let end = memchr::memmem::find(&text[head..], b"-----END ").map_or(text.len(), |i| head + i);
    (!text[start..head].contains(&b'\n')).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_matched_from_its_right_end_in_any_case() {
        for (path, name) in [
            ("a/.env", ".env"),
            (".ENV.Production", ".env.*"),
            ("x/prod.env", "*.env"),
            ("h/.kube/config", ".kube/config"),
            (".kube/config", ".kube/config"),
        ] {
            assert!(ends_in(path.as_bytes(), name.as_bytes()), "{path} {name}");
        }
        for (path, name) in
            [("a.env.js", "*.env"), ("my.kube/config", ".kube/config"), ("xenv", ".env"), ("", ".env")]
        {
            assert!(!ends_in(path.as_bytes(), name.as_bytes()), "{path} {name}");
        }
    }

    #[test]
    fn a_whole_pkcs12_store_is_sure_when_it_shows_a_key() {
        let rules = rules::RuleSet::builtin();
        let files = Files::of(rules.of_files());
        let bag =
            |kind: u8| [&b"\x02\x01\x03..\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"[..], &[kind]].concat();
        let store =
            |content: &[u8], more: u8| [&[0x30, 0x82, 0, content.len() as u8 + more], content].concat();
        for (kind, more, sure) in [
            (1, 0, Confidence::High),
            (2, 0, Confidence::High),
            (3, 0, Confidence::Medium),
            (3, 9, Confidence::High),
        ] {
            let found = files.candidates(&store(&bag(kind), more), b"a/client.p12", Lang::Other, true);
            assert_eq!(found.iter().map(|c| c.confidence).collect::<Vec<_>>(), [sure], "{kind} {more}");
        }
    }
}
