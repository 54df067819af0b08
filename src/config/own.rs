//! User rules: from a configuration itself, or from files that it or the command line names.
//!
//! A file of user rules has the catalogue's format, and may contain the path rules and allow entries that belong to
//! the rules. It cannot set anything else.

use super::file::{File, RuleFile};
use super::layer::Layer;
use super::layers::{Entries, Place};
use super::parse::ConfigError;
use super::paths::inside;
use super::settings::Config;
use crate::finding::LineCounter;
use crate::rules::spec::{self, FileSpec, ProviderSpec};
use crate::rules::{self, RuleSet};
use std::cell::Cell;
use std::collections::HashSet;
use std::mem::take;
use toml::Spanned;

/// A file of user rules that a configuration names, with the line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The path as written.
    pub path: String,
    /// From 1.
    pub line: usize,
}

/// The files of user rules that a configuration names; they are laid before it. A repository cannot name one
/// outside of itself.
///
/// # Errors
/// If the file cannot be parsed, or such a name is invalid.
pub fn rule_files(layer: Layer, text: &str, name: &str) -> Result<Vec<Named>, ConfigError> {
    // Most name no file, and are parsed once.
    if !text.contains("rule_files") {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    let mut lines = LineCounter::new(text.as_bytes());
    let mut seen = HashSet::new();
    for entry in File::parse(text, name)?.rule_files {
        let line = lines.line(entry.span().start) as usize;
        let path = entry.into_inner();
        if !seen.insert(path.clone()) {
            let what = "rule_files: is named twice; take one out".to_owned();
            return Err(ConfigError { file: name.to_owned(), line, what });
        }
        if layer == Layer::Repository && !inside(&path) {
            let what = "rule_files: is no file inside the repository; write a path from its top, such as \
                        \"tools/rules.toml\"";
            return Err(ConfigError { file: name.to_owned(), line, what: what.to_owned() });
        }
        out.push(Named { path, line });
    }
    Ok(out)
}

impl RuleFile {
    fn spec(self) -> (FileSpec, Vec<usize>) {
        let places = self.rule.iter().map(|r| r.span().start).collect();
        let own = || ProviderSpec { id: rules::OWN.to_owned(), name: "Own rules".to_owned() };
        let file = FileSpec {
            schema: spec::SCHEMA,
            provider: self.provider.unwrap_or_else(own),
            remediation: self.remediation,
            variant: self.variant,
            except: self.except.into_iter().map(|e| e.into_inner().own()).collect(),
            rules: self.rule.into_iter().map(Spanned::into_inner).collect(),
        };
        (file, places)
    }
}

/// The user rules in a text, either a file of its own or part of a configuration, each with its line.
///
/// # Errors
/// If it cannot be parsed.
pub fn own_rules(text: &str, name: &str, is_config: bool) -> Result<(FileSpec, Vec<usize>), ConfigError> {
    let own = match is_config {
        true => File::parse(text, name)?.own(),
        false => RuleFile::parse(text, name)?,
    };
    let (spec, places) = own.spec();
    let mut lines = LineCounter::new(text.as_bytes());
    Ok((spec, places.into_iter().map(|at| lines.line(at) as usize).collect()))
}

impl File {
    /// Takes out the part that may be in a separate file.
    pub(super) fn own(&mut self) -> RuleFile {
        RuleFile {
            schema: self.schema,
            provider: self.provider.take(),
            remediation: take(&mut self.remediation),
            variant: take(&mut self.variant),
            except: take(&mut self.except),
            rule: take(&mut self.rule),
            path: take(&mut self.path),
            allow: take(&mut self.allow),
        }
    }
}

impl Config {
    /// Lays a file of user rules over this configuration; `name` is its name for messages.
    ///
    /// # Errors
    /// On anything invalid, with the line.
    pub fn lay_rules(&mut self, layer: Layer, text: &str, name: &str) -> Result<(), ConfigError> {
        let mut file = RuleFile::parse(text, name)?;
        let fail = |(offset, what): (usize, String)| ConfigError::at(name, text, offset, what);
        let entries = Entries::of(&mut file).map_err(fail)?;
        self.lay_own(layer, file).map_err(fail)?;
        self.lay_entries(Place { layer, file: Some(name), folder: "" }, entries, text).map_err(fail)
    }

    /// Adds user rules, each under a new id: a repository cannot replace a known rule's pattern. An error has
    /// the offset in the file.
    pub(super) fn lay_own(&mut self, layer: Layer, own: RuleFile) -> Result<(), (usize, String)> {
        let (file, places) = own.spec();
        let nothing = file.rules.is_empty();
        if nothing && file.variant.is_empty() && file.except.is_empty() {
            return Ok(());
        }
        let known = RuleSet::builtin();
        let owned = self.own_rules.iter().map(|(_, r)| *r);
        let mut taken: HashSet<&str> = HashSet::new();
        if !nothing {
            taken.extend(known.iter().chain(owned).flat_map(|r| r.aliases.iter().copied().chain([r.id])));
        }
        for (rule, at) in file.rules.iter().zip(&places) {
            for id in rule.aliases.iter().chain([&rule.id]) {
                if !taken.insert(id) {
                    let id = crate::finding::printable(id.as_bytes());
                    return Err((
                        *at,
                        format!(
                            "the rule id `{id}` is taken; choose another, and set `enabled = false` under \
                             [rules.{id}] where the other one is not wanted"
                        ),
                    ));
                }
            }
        }
        let owner = match layer {
            Layer::Builtin | Layer::Repository | Layer::Folder => "own",
            Layer::System => "own-system",
            Layer::User => "own-user",
            // A variable defines no rule.
            Layer::Environment | Layer::Command => "own-command",
        };
        let spent = Cell::new(self.spent);
        let rules = RuleSet::own_within(Some(owner), &file, &spent).map_err(|faults| {
            let first = faults.into_iter().next();
            let told = first.as_ref().map_or(String::new(), |f| f.describe(&file.rules));
            let at = first.and_then(|f| f.rule).and_then(|i| places.get(i)).copied().unwrap_or(0);
            (at, crate::finding::printable(told.as_bytes()))
        })?;
        self.spent = spent.get();
        self.own_rules.extend(rules.into_iter().map(|rule| (layer, rule)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "[[rule]]\nid = 'acme-key'\nname = 'Acme key'\nkind = 'api-key'\nseverity = 'high'\n\
                        confidence = 'high'\nregex = '\\b(?P<secret>acme_[0-9a-f]{20})\\b'\n";

    fn fault(text: &str) -> String {
        Config::default().lay_rules(Layer::Repository, text, "r.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_rule_needs_neither_keyword_nor_example_and_says_what_to_do_by_itself() {
        let mut c = Config::default();
        let text = format!(
            "provider = {{ id = 'acme', name = 'Acme' }}\n{RULE}[rule.remediation]\nsteps = ['Turn it off.']\n"
        );
        c.lay(Layer::Repository, &text, "t").unwrap();
        let (_, rule) = c.own_rules[0];
        assert_eq!((rule.keywords, rule.owner()), (&["acme_"][..], Some("own")));
        assert_eq!((rule.provider.name, rule.remediation.steps), ("Acme", &["Turn it off."][..]));
    }

    #[test]
    fn a_fault_is_reported_with_file_line_and_remedy() {
        for (text, told) in [
            (
                format!("\n{}", RULE.replace("(?P<secret>", "(")),
                "r.toml:2: rule acme-key: regex has no group",
            ),
            (RULE.replace("{20}", "{20"), "r.toml:1: rule acme-key: regex does not parse: "),
            (RULE.replace("acme_", ""), "r.toml:1: rule acme-key: no keyword, and the pattern has no three"),
            (RULE.replace("{20}", "{9}{90}{90}"), "r.toml:1: rule acme-key: regex is too large"),
            (format!("{RULE}remediation = 'x'\n"), "is not a [variant.x] of this file"),
            (
                format!("{RULE}remediation = {{ stepz = ['x'] }}\n"),
                "unknown key `stepz`; did you mean `steps`?",
            ),
            (format!("{RULE}{RULE}"), "r.toml:8: the rule id `acme-key` is taken"),
            (format!("{RULE}[[rule.except]]\n"), "an except needs one of"),
            (format!("[block]\nseverity = 'low'\n{RULE}"), "r.toml:1: unknown key `block`; known here:"),
            (RULE.replace("acme-key'", "github-pat'\naliases = ['klaviyo-private-api-key']"), "is taken"),
        ] {
            assert!(fault(&text).contains(told), "{}\n{text}", fault(&text));
        }
    }

    #[test]
    fn a_repository_names_no_rule_files_outside_of_itself() {
        let named = |text: &str| rule_files(Layer::Repository, text, "t").map_err(|e| e.to_string());
        let ok = named("\nrule_files = [\n 'a/b.toml',\n 'c.toml' ]\n").unwrap();
        assert_eq!(
            ok.iter().map(|n| (&*n.path, n.line)).collect::<Vec<_>>(),
            [("a/b.toml", 3), ("c.toml", 4)]
        );
        for outside in ["/etc/x.toml", "../x.toml", ""] {
            assert!(
                named(&format!("rule_files = ['{outside}']")).unwrap_err().starts_with("t:1: rule_files")
            );
        }
        assert!(rule_files(Layer::User, "rule_files = ['/etc/x.toml']", "t").is_ok());
    }
}
