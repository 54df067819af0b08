//! Aliases in git's configuration: a command that uses one is judged by what it stands for.

use crate::agent::shell::flow::{Field, Flow};
use crate::agent::shell::machine::{ARGUMENT, Machine, PROGRAM};
use crate::agent::shell::programs::{git_command, top_of};
use crate::agent::shell::run::Call;

/// Git's own commands: an alias of such a name counts for nothing.
const OWN: &str = " add am annotate apply archive bisect blame branch bundle cat-file check-attr check-ignore \
     check-ref-format checkout cherry cherry-pick clean clone column commit commit-graph commit-tree config \
     count-objects credential describe diff diff-files diff-index diff-tree difftool fast-export fast-import fetch \
     for-each-ref for-each-repo format-patch fsck gc grep hash-object help index-pack init interpret-trailers log \
     ls-files ls-remote ls-tree maintenance merge merge-base merge-file merge-tree mergetool mktag mktree mv name-rev \
     notes pack-objects pack-refs patch-id prune pull push range-diff read-tree rebase reflog remote repack replace \
     rerere reset restore rev-list rev-parse revert rm send-pack shortlog show show-branch show-index show-ref \
     sparse-checkout stage stash status stripspace submodule switch symbolic-ref tag unpack-objects update-index \
     update-ref var verify-commit verify-pack verify-tag version whatchanged worktree write-tree ";

impl Machine<'_> {
    /// Runs the alias that a git command names; `None` if it names none.
    pub(in crate::agent::shell) fn git_alias(&mut self, call: &Call) -> Option<Flow> {
        if !matches!(call.name.as_str(), "git" | "hub") {
            return None;
        }
        let (words, _) = git_command(&call.args);
        let (command, rest) = words.split_first()?;
        let name = command.text.as_str();
        if !command.known || name.is_empty() || OWN.contains(&format!(" {name} ")) {
            return None;
        }
        let dir = self.git_dir(call);
        let before = &call.args[..call.args.len() - words.len()];
        let value = match self.alias_of_command(before, name) {
            Some(value) => value,
            None => match (self.place.alias)(&dir, name) {
                Ok(value) => value?,
                Err(why) => {
                    self.limit(why);
                    return None;
                }
            },
        };
        if !self.work(PROGRAM + value.len() + ARGUMENT * rest.len()) {
            return None;
        }
        if let Some(script) = value.trim_start().strip_prefix('!') {
            let script = format!("{script} \"$@\"");
            return Some(self.deeper(|m| {
                m.forked(|m| {
                    // Git runs it at the top of the work tree.
                    m.dir = top_of(&dir).unwrap_or(dir);
                    m.script_file(&script, rest, &call.stdin)
                })
            }));
        }
        let words = split(&value).into_iter().map(Field::known);
        let args = before.iter().cloned().chain(words).chain(rest.iter().cloned()).collect();
        let call = Call { name: call.name.clone(), args, stdin: call.stdin.clone() };
        // An alias of an alias of itself ends at the limit of depth.
        Some(self.deeper(|m| m.program(&call)))
    }

    /// The alias that the command line itself sets: with `-c`, or by variables of git's configuration.
    fn alias_of_command(&self, before: &[Field], name: &str) -> Option<String> {
        let is_it = |key: &str| {
            let key = key.to_ascii_lowercase();
            key.strip_prefix("alias.")
                .is_some_and(|alias| alias.trim_end_matches(".command").eq_ignore_ascii_case(name))
        };
        let given = before.windows(2).rev().filter(|two| two[0].text == "-c").find_map(|two| {
            let (key, value) = two[1].text.split_once('=')?;
            is_it(key).then(|| value.to_owned())
        });
        given.or_else(|| {
            let keys = self
                .variables
                .iter()
                .filter_map(|(name, values)| Some((name.strip_prefix("GIT_CONFIG_KEY_")?, values.first()?)));
            let number = keys.filter(|(_, key)| is_it(&key.text)).map(|(number, _)| number).next()?;
            let value = self.variables.get(&format!("GIT_CONFIG_VALUE_{number}"))?.first()?;
            Some(value.text.clone())
        })
    }
}

/// The words of an alias, as git splits them: quotes and backslashes count, nothing else does.
fn split(value: &str) -> Vec<String> {
    let (mut out, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(mark)) if c == mark => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_ascii_whitespace() => out.extend(word.take()),
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_alias_is_split_as_git_splits_it() {
        for (value, words) in [
            ("commit --no-verify", &["commit", "--no-verify"][..]),
            ("  log  --format='%h; %s' ", &["log", "--format=%h; %s"]),
            (r#"commit -m "a \" b" ''"#, &["commit", "-m", "a \" b", ""]),
            (r"a\ b '\' ; $(c)", &["a b", "\\", ";", "$(c)"]),
            ("", &[]),
        ] {
            assert_eq!(split(value), words, "{value}");
        }
    }
}
