//! What a remote is known to have: its tracking refs, if they can be trusted for the address that is pushed to.

use super::backend::Ref;
use super::{GitError, Repo};

/// Where a push goes, as git tells pre-push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destination {
    /// The remote's name; the address itself when the push names an address.
    pub name: String,
    /// The address, after rewriting.
    pub url: String,
}

/// The configured remotes, as far as this module needs them.
struct Remotes {
    /// Name, addresses to fetch from, addresses to push to.
    all: Vec<(String, Vec<String>, Vec<String>)>,
    /// Base and prefix of `url.BASE.insteadOf` and `url.BASE.pushInsteadOf`.
    rewrites: Vec<(String, String)>,
}

impl Remotes {
    fn read(config: &[(String, String)]) -> Remotes {
        let mut all: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        let mut rewrites = Vec::new();
        for (key, value) in config {
            if let Some((name, last)) = key.strip_prefix("remote.").and_then(|k| k.rsplit_once('.')) {
                let at = all.iter().position(|r| r.0 == name).unwrap_or_else(|| {
                    all.push((name.to_owned(), Vec::new(), Vec::new()));
                    all.len() - 1
                });
                match last {
                    "url" => all[at].1.push(value.clone()),
                    "pushurl" => all[at].2.push(value.clone()),
                    _ => {}
                }
            } else if let Some(base) = key
                .strip_prefix("url.")
                .and_then(|k| k.strip_suffix(".insteadof").or_else(|| k.strip_suffix(".pushinsteadof")))
            {
                rewrites.push((base.to_owned(), value.clone()));
            }
        }
        Remotes { all, rewrites }
    }

    /// Is this configured address the one that git told, as it stands or rewritten?
    fn is(&self, configured: &str, told: &str) -> bool {
        let same = |a: &str| trimmed(a) == trimmed(told);
        same(configured)
            || self.rewrites.iter().any(|(base, prefix)| {
                configured.strip_prefix(prefix.as_str()).is_some_and(|rest| same(&format!("{base}{rest}")))
            })
    }
}

/// An address without what makes no other repository of it.
fn trimmed(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url).trim_end_matches('/')
}

impl Repo {
    /// The refs that tell what the destination has, and a note when they are none of its own.
    ///
    /// A push to a remote's name is answered by `refs/remotes/NAME/`. With several push addresses those refs speak
    /// of the first only: another may lack what the first has. A push to an address is matched to a remote; an
    /// address of no remote is known by nothing but what it told git about the refs that are pushed.
    ///
    /// # Errors
    /// When configuration or refs cannot be read.
    pub(super) fn tracking(&self, to: &Destination) -> Result<(Vec<Ref>, Option<String>), GitError> {
        let remotes = Remotes::read(&self.backend().config()?);
        let by_name = remotes.all.iter().find(|r| r.0 == to.name);
        let found = by_name.or_else(|| {
            remotes.all.iter().find(|r| r.1.iter().chain(&r.2).any(|url| remotes.is(url, &to.url)))
        });
        let Some((name, fetch, push)) = found else {
            let note = "this address is no configured remote: all that it did not name counts as new there";
            return Ok((Vec::new(), Some(note.to_owned())));
        };
        let addresses = if push.is_empty() { fetch } else { push };
        if addresses.len() > 1
            && !fetch.first().is_some_and(|url| remotes.is(url, &to.url))
            && !addresses.first().is_some_and(|url| remotes.is(url, &to.url))
        {
            let note = format!("{name} has several addresses: what this one has is not known here");
            return Ok((Vec::new(), Some(note)));
        }
        let prefix = format!("refs/remotes/{name}/");
        let mut refs = self.backend().refs(&prefix)?;
        // `refs/remotes/a/b/main` belongs to a remote called `a/b`, if there is one.
        for (other, _, _) in remotes.all.iter().filter(|r| r.0.starts_with(&prefix["refs/remotes/".len()..]))
        {
            let inner = format!("refs/remotes/{other}/");
            refs.retain(|(full, _)| !full.starts_with(inner.as_bytes()));
        }
        Ok((refs, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_rewritten_form() {
        let config = [
            ("remote.origin.url", "gh:me/x"),
            ("remote.origin.pushurl", "git@host:me/x.git"),
            ("url.https://host/.insteadof", "gh:"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
        let remotes = Remotes::read(&config);
        assert!(remotes.is(&remotes.all[0].1[0], "https://host/me/x"));
        assert!(remotes.is(&remotes.all[0].2[0], "git@host:me/x"));
        assert!(!remotes.is(&remotes.all[0].1[0], "https://host/me/y"));
    }
}
