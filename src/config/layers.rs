//! Lays layers over each other: built-in, system, user, repository; records which layer set what.
//!
//! Anyone who can commit to a repository can write its file. So anything in it that would reach outside of the
//! repository is refused (a path for the audit log, a baseline elsewhere, another pattern for a known rule), and
//! floors keep the configuration of the layers that set them.

use super::entries::{AllowEntry, PathRule, short};
use super::except::Except;
use super::file::{self, ExceptEntry, File, RuleFile, RuleSetting, Verify};
use super::glob::Glob;
use super::layer::{From, Layer, Sourced};
use super::parse::ConfigError;
use super::paths::inside;
use super::release;
use super::settings::{Config, Floor};
use crate::finding::LineCounter;
use crate::rules::RuleSet;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashSet};
use std::mem::take;
use std::path::Path;
use toml::Spanned;

/// Where entries stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) layer: Layer,
    /// The file, if it is not the layer's own.
    pub(super) file: Option<&'a str>,
    /// Where their paths begin: empty, or a folder with a slash at the end.
    pub(super) folder: &'a str,
}

/// The entries of a file that are more than a value.
pub(super) struct Entries {
    paths: Vec<Spanned<file::PathRule>>,
    allow: Vec<Spanned<file::Allow>>,
    excepts: Vec<Spanned<ExceptEntry>>,
}

impl Entries {
    /// Takes them out of a file; exceptions without a reason are for its own rules, and stay.
    pub(super) fn of(file: &mut RuleFile) -> Result<Entries, (usize, String)> {
        let (excepts, own): (Vec<_>, Vec<_>) =
            take(&mut file.except).into_iter().partition(|e| e.as_ref().reason.is_some());
        for except in &own {
            let e = except.as_ref();
            if e.rule.is_some() || e.name.is_some() || file.rule.is_empty() && e.found.is_none() {
                let what = "an except for rules other than this file's own needs a reason = \"...\"";
                return Err((except.span().start, what.to_owned()));
            }
        }
        file.except = own;
        Ok(Entries { paths: take(&mut file.path), allow: take(&mut file.allow), excepts })
    }
}

impl Config {
    /// Lays a file over this configuration. `text` is the file's text, `name` its name for messages.
    ///
    /// # Errors
    /// On anything invalid, with the line.
    pub fn lay(&mut self, layer: Layer, text: &str, name: &str) -> Result<(), ConfigError> {
        self.lay_file(layer, text, name, false)
    }

    /// Lays a file that the layer's own file extends; its values are shown with its name.
    ///
    /// # Errors
    /// As [`Config::lay`].
    pub fn lay_extended(&mut self, layer: Layer, text: &str, name: &str) -> Result<(), ConfigError> {
        self.lay_file(layer, text, name, true)
    }

    fn lay_file(&mut self, layer: Layer, text: &str, name: &str, extended: bool) -> Result<(), ConfigError> {
        // As own rules, it is kept until the program ends: a process loads its configuration once.
        let file_name: Option<&'static str> = if extended { Some(name.to_owned().leak()) } else { None };
        let from = From { layer, file: file_name };
        let mut file = File::parse(text, name)?;
        let mut own = file.own();
        let fail = |(offset, what): (usize, String)| ConfigError::at(name, text, offset, what);
        let entries = Entries::of(&mut own).map_err(fail)?;
        self.lay_policy(from, &file.policy)
            .map_err(|(key, what)| fail((text.find(key).unwrap_or(0), what)))?;
        self.block.take(&file.block.threshold(), from);
        self.warn.take(&file.warn, from);
        self.block_unread.take(file.block.unread, from);
        self.block_tests.take(file.block.tests, from);
        self.max_blob_mb.take(file.limits.max_blob_mb, from);
        self.decode_depth.take(file.limits.decode_depth, from);
        self.archive_mb.take(file.limits.archive_mb, from);
        self.archive_hook_mb.take(file.limits.archive_hook_mb, from);
        self.archive_entries.take(file.limits.archive_entries, from);
        self.archive_ratio.take(file.limits.archive_ratio, from);
        self.archive_depth.take(file.limits.archive_depth, from);
        self.inline.take(file.inline.enabled, from);
        self.foreign_markers.take(file.inline.foreign, from);
        self.audit_enabled.take(file.audit.enabled, from);
        self.remind_days.take(file.audit.remind_days, from);
        self.bypass_allowed.take(file.bypass.allowed, from);
        self.agent.take(&file.agent, from);
        let at = |key: &str| text.find(key).unwrap_or(0);
        if let Some(name) = &file.baseline
            && !inside(name)
        {
            let what =
                "baseline is not a file inside the repository; write a name such as \".stanch-baseline\"";
            return Err(fail((at("baseline"), what.to_owned())));
        }
        if let Some(path) = &file.audit.path {
            let what = if layer == Layer::Repository {
                "audit.path counts in the system and user files only: a repository has no say in what is written \
                 elsewhere; remove it"
            } else if !Path::new(path).is_absolute() && !path.starts_with("~/") {
                "audit.path is neither absolute nor under ~/"
            } else {
                ""
            };
            if !what.is_empty() {
                return Err(fail((at("path"), what.to_owned())));
            }
        }
        if file.engine.reader.is_some() && layer == Layer::Repository {
            let what = "engine.reader counts in the system and user files only: both readers give one answer, and a \
                 repository has no say in which one gives it; remove it";
            return Err(fail((at("[engine"), what.to_owned())));
        }
        self.reader.take(file.engine.reader, from);
        if file.verify != Verify::default() && layer == Layer::Repository {
            let what = "[verify] counts in the system and user files only: a repository has no say in where a secret is \
                 sent; remove it";
            return Err(fail((at("[verify"), what.to_owned())));
        }
        self.verify_allow.take(file.verify.allow, from);
        self.verify_private.take(file.verify.private, from);
        for (provider, address) in file.verify.hosts {
            if !address.starts_with("https://") && !address.starts_with("http://") {
                let what = format!(
                    "verify.hosts.{provider} is not an address; write it as \"https://git.example.org\""
                );
                return Err(fail((at("hosts"), what)));
            }
            self.verify_hosts.insert(provider, from.set(address));
        }
        for (key, value) in [("contact", &file.contact), ("link", &file.link)] {
            short(key, value.as_deref().unwrap_or_default(), 300).map_err(|what| fail((at(key), what)))?;
        }
        if file.link.as_ref().is_some_and(|l| !l.starts_with("https://")) {
            return Err(fail((at("link"), "link does not begin with https://".to_owned())));
        }
        self.baseline.take(file.baseline, from);
        self.salt = file.salt.or(self.salt.take());
        let set = |value: Option<String>| value.map(|value| from.set(value));
        for (now, new) in [(&mut self.contact, file.contact), (&mut self.link, file.link)] {
            // A repository cannot change the contact that the organisation or person has set.
            if layer != Layer::Repository || now.as_ref().is_none_or(|set| set.layer == layer) {
                *now = set(new).or(now.take());
            }
        }
        self.audit_path = set(file.audit.path).or(self.audit_path.take());
        self.lay_own(layer, own).map_err(fail)?;
        self.lay_settings(from, file.rules).map_err(fail)?;
        self.lay_loosen(from, file.folders).map_err(fail)?;
        self.lay_entries(Place { layer, file: file_name, folder: "" }, entries, text).map_err(fail)?;
        if let Some(says) = file.enforce {
            if layer == Layer::Repository {
                let what = "[enforce] counts in the system and user files only; remove it";
                return Err(fail((at("[enforce"), what.to_owned())));
            }
            let mut config = Box::new(self.clone());
            config.enforce.clear();
            config.block.take(&says.block.threshold(), from);
            config.block_unread.take(says.block.unread, from);
            config.block_tests.take(says.block.tests, from);
            config.warn.take(&says.warn, from);
            self.enforce.push(Floor { layer, says, config });
        }
        Ok(())
    }

    /// Lays the file of a folder over this configuration, as far as it counts there; gives the keys that count at the top
    /// alone. `folder` is the folder's path with a slash at the end: paths in the file begin there.
    ///
    /// # Errors
    /// As [`Config::lay`].
    pub fn lay_folder(
        &mut self,
        text: &str,
        name: &str,
        folder: &str,
    ) -> Result<Vec<&'static str>, ConfigError> {
        let mut file = File::parse(text, name)?;
        let fail = |(offset, what): (usize, String)| ConfigError::at(name, text, offset, what);
        let ignored = file.only_at_top();
        let mut own = file.own();
        // What is said of own rules goes with them.
        if !own.rule.is_empty() {
            own.except.retain(|e| e.as_ref().reason.is_some());
        }
        let entries = Entries::of(&mut own).map_err(fail)?;
        let layer = Layer::Folder;
        let from = From { layer, file: Some(name.to_owned().leak()) };
        self.block.take(&file.block.threshold(), from);
        self.block_tests.take(file.block.tests, from);
        self.warn.take(&file.warn, from);
        self.inline.take(file.inline.enabled, from);
        self.foreign_markers.take(file.inline.foreign, from);
        self.lay_settings(from, file.rules).map_err(fail)?;
        self.lay_entries(Place { layer, file: Some(name), folder }, entries, text).map_err(fail)?;
        Ok(ignored)
    }

    /// Lays the settings of rules over this configuration.
    fn lay_settings(
        &mut self,
        from: From,
        rules: BTreeMap<String, Spanned<RuleSetting>>,
    ) -> Result<(), (usize, String)> {
        for (id, setting) in rules {
            let at = setting.span().start;
            let id = self.known_rule(&id).map_err(|what| (at, what))?;
            let setting = setting.into_inner();
            let before = self.rules.remove(id).map(|s| s.value).unwrap_or_default();
            let value = RuleSetting {
                enabled: setting.enabled.or(before.enabled),
                severity: setting.severity.or(before.severity),
                confidence: setting.confidence.or(before.confidence),
            };
            self.rules.insert(id.to_owned(), from.set(value));
        }
        Ok(())
    }

    /// Lays `[folders]` over this configuration.
    fn lay_loosen(&mut self, from: From, folders: file::FoldersSpec) -> Result<(), (usize, String)> {
        for folder in folders.loosen {
            let at = folder.span().start;
            let glob = Glob::new(folder.as_ref()).map_err(|what| (at, what))?;
            self.spend(glob.cost()).map_err(|what| (at, what))?;
            self.loosen.push(from.set(glob));
        }
        Ok(())
    }

    /// Lays `[policy]` over this configuration. Where the system or user layer has set it, a repository may
    /// adopt a newer version and end a rollout earlier; the opposite only where neither set it.
    fn lay_policy(&mut self, from: From, says: &file::PolicySpec) -> Result<(), (&'static str, String)> {
        // What a file says that the repository's own extends is the repository's word too.
        let is_set =
            |by: Layer| from.layer == Layer::Repository && by != Layer::Builtin && by != Layer::Repository;
        if let Some(since) = says.since
            && !(is_set(self.since.layer) && since < self.since.value)
        {
            self.since = from.set(since);
        }
        if let Some(until) = says.warn_only_until {
            if let Some(why) = release::too_far(until, release::today()) {
                return Err(("warn_only_until", why));
            }
            let longer = |set: &Sourced<Date>| is_set(set.layer) && until > set.value;
            if !self.warn_only_until.as_ref().is_some_and(longer) {
                self.warn_only_until = Some(from.set(until));
            }
        }
        Ok(())
    }

    /// Lays the path rules, allow entries and exceptions of a file over this configuration.
    pub(super) fn lay_entries(
        &mut self,
        place: Place<'_>,
        entries: Entries,
        text: &str,
    ) -> Result<(), (usize, String)> {
        let Place { layer, file, folder } = place;
        let (file, folder) = (file.map(str::to_owned), folder.to_owned());
        // A file may have very many entries: rules are looked up and lines counted in one pass.
        let mut known: HashSet<String> = HashSet::new();
        let mut check = |config: &Config, id: &String| -> Result<(), String> {
            if !known.contains(id) {
                config.known_rule(id)?;
                known.insert(id.clone());
            }
            Ok(())
        };
        for rule in entries.paths {
            let at = rule.span().start;
            let rule = rule.into_inner();
            for id in &rule.rules {
                check(self, id).map_err(|what| (at, what))?;
            }
            let rule = PathRule::new(rule, layer).map_err(|what| (at, what))?;
            self.spend(rule.cost()).map_err(|what| (at, what))?;
            self.paths.push(PathRule { file: file.clone(), folder: folder.clone(), ..rule });
        }
        let mut lines = LineCounter::new(text.as_bytes());
        for entry in entries.allow {
            let at = entry.span().start;
            let entry = entry.into_inner();
            // A fingerprint needs no rule; in other entries a mistyped rule would silently allow
            // nothing.
            if let (None, Some(id)) = (&entry.fingerprint, &entry.rule) {
                check(self, id).map_err(|what| (at, what))?;
            }
            let entry = AllowEntry::new(entry, layer, lines.line(at) as usize).map_err(|what| (at, what))?;
            self.spend(entry.cost()).map_err(|what| (at, what))?;
            self.allow.push(AllowEntry { file: file.clone(), folder: folder.clone(), ..entry });
        }
        let mut lines = LineCounter::new(text.as_bytes());
        for entry in entries.excepts {
            let at = entry.span().start;
            let entry = entry.into_inner();
            if let Some(id) = &entry.rule {
                check(self, id).map_err(|what| (at, what))?;
            }
            let entry = Except::new(entry, layer, lines.line(at) as usize).map_err(|what| (at, what))?;
            self.spend(entry.cost()).map_err(|what| (at, what))?;
            self.excepts.push(Except { file: file.clone(), folder: folder.clone(), ..entry });
        }
        Ok(())
    }

    fn spend(&mut self, cost: u64) -> Result<(), String> {
        self.spent = self.spent.saturating_add(cost);
        crate::rules::too_many(self.spent).map_or(Ok(()), Err)
    }

    /// The id of the rule with this name.
    fn known_rule(&self, id: &str) -> Result<&'static str, String> {
        let set = RuleSet::builtin();
        let own = self.own_rules.iter().map(|(_, r)| *r).find(|r| r.is_called(id));
        if let Some(rule) = set.get(id).or(own) {
            return Ok(rule.id);
        }
        let id_shown = crate::finding::printable(id.as_bytes());
        Err(match set.nearest(id) {
            Some(near) => format!("unknown rule `{id_shown}`; did you mean `{near}`?"),
            None => format!("unknown rule `{id_shown}`; `stanch rules list` has them all"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Severity};

    fn lay(text: &str) -> Result<Config, String> {
        let mut c = Config::default();
        c.lay(Layer::Repository, text, ".stanch.toml").map_err(|e| e.to_string())?;
        Ok(c)
    }

    #[test]
    fn a_later_layer_stands_over_an_earlier_one_and_the_setter_is_known() {
        let mut c = Config::default();
        c.lay(Layer::System, "[block]\nconfidence = 'certain'\nseverity = 'low'", "s").unwrap();
        c.lay(Layer::User, "[block]\nconfidence = 'medium'", "u").unwrap();
        assert_eq!((c.block.confidence.value, c.block.confidence.layer), (Confidence::Medium, Layer::User));
        assert_eq!((c.block.severity.value, c.block.severity.layer), (Severity::Low, Layer::System));
        assert_eq!(c.warn.severity.layer, Layer::Builtin);
    }

    #[test]
    fn an_allow_entry_without_a_reason_or_with_a_bad_fingerprint_is_refused_with_its_line() {
        let fp = "0123456789abcdef0123";
        assert!(
            lay(&format!("\n[[allow]]\nfingerprint = '{fp}'\n"))
                .unwrap_err()
                .contains(":2: an allow entry needs a reason")
        );
        assert!(
            lay("[[allow]]\nfingerprint = 'zz'\nreason = 'x'\n")
                .unwrap_err()
                .contains(":1: fingerprint is not")
        );
        assert!(lay("[[allow]]\nreason = 'x'\n").unwrap_err().contains("needs one of"));
        assert_eq!(
            lay(&format!("allow = [\n {{ fingerprint = '{fp}', reason = 'r', expires = 2030-01-02 }},\n]"))
                .unwrap()
                .allow
                .len(),
            1
        );
    }

    #[test]
    fn an_unknown_rule_is_refused_with_the_nearest() {
        let e = lay("[rules.klaviyo-private-api-kye]\nenabled = false\n").unwrap_err();
        assert!(e.contains("did you mean `klaviyo-private-api-key`"), "{e}");
    }

    #[test]
    fn a_repository_cannot_enforce() {
        assert!(lay("[enforce]\nbypass = true\n").unwrap_err().contains(":1: [enforce] counts in"));
    }
}
