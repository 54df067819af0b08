//! Reads the variables of a system into the parts of an event.

use crate::ci::event::{Base, DEFAULT, Event, Kind, Need, Trust, What};
use crate::ci::vars::{self, Vars};
use crate::error::Error;
use crate::finding::printable;
use crate::git::Oid;

/// Variables as one system uses them.
pub(super) struct Read<'a> {
    pub(super) vars: Vars<'a>,
}

/// The head of an event, with the variable that named it.
pub(super) type Head = Option<(Oid, String)>;

impl Read<'_> {
    /// The commit in the first variable that names one.
    pub(super) fn head(&self, names: &[&str]) -> Result<Head, Error> {
        for name in names {
            if let Some(id) = self.vars.id(name)? {
                return Ok(Some((id, (*name).to_owned())));
            }
        }
        Ok(None)
    }

    /// A commit to compare with.
    pub(super) fn base(&self, name: &str, need: Need) -> Result<Option<Base>, Error> {
        Ok(self.vars.id(name)?.map(|id| Base::new(What::Id(id), need, name)))
    }

    /// The previous commit that the variable names; empty for all zeros.
    pub(super) fn before(&self, name: &str) -> Result<Vec<Base>, Error> {
        Ok(self.base(name, Need::Else)?.into_iter().collect())
    }

    /// A request to merge into the branch that a variable names, or into the default branch if it names none.
    pub(super) fn request(
        &self,
        number: &str,
        target: &str,
        head: Head,
        trust: Trust,
        more: Vec<Base>,
    ) -> Result<Event, Error> {
        let number =
            self.vars.text(number).map_or_else(String::new, |n| format!(" {}", printable(n.as_bytes())));
        let (base, into) = match self.vars.branch(target)? {
            Some(name) => (Base::new(What::Branch(name.clone()), Need::Ask, target), name),
            None => (Base::new(What::Default, Need::Ask, DEFAULT), DEFAULT.to_owned()),
        };
        let title = format!("pull request{number} into {into}");
        let bases = std::iter::once(base).chain(more).collect();
        Ok(Event { title, kind: Kind::Request(trust), head, bases, default: None })
    }

    /// A pushed tag, if the variable names one.
    pub(super) fn tag(&self, name: &str, head: Head) -> Result<Option<Event>, Error> {
        let tag = self
            .vars
            .text(name)
            .map(|tag| vars::branch(tag.strip_prefix("refs/tags/").unwrap_or(&tag), name));
        Ok(tag.transpose()?.map(|tag| Event::tag(&tag, head)))
    }

    /// A push to the branch that a variable names; `before` has its previous commit if the system gives that.
    pub(super) fn pushed(&self, branch: &str, head: Head, before: Vec<Base>) -> Result<Event, Error> {
        Ok(Event::push(self.vars.branch(branch)?, head, before))
    }

    /// The author of a request, by two variables that name the repository of each side.
    pub(super) fn same(&self, of_head: &str, of_base: &str) -> Trust {
        match (self.vars.text(of_head), self.vars.text(of_base)) {
            (Some(a), Some(b)) if repository(&a) == repository(&b) => Trust::Same,
            (Some(_), Some(_)) => Trust::Fork,
            _ => Trust::Unknown,
        }
    }
}

/// The identity of a repository, from an address, a slug or an id.
fn repository(address: &str) -> String {
    let address = address.trim_end_matches('/').to_ascii_lowercase();
    let address = address.strip_suffix(".git").unwrap_or(&address);
    let mut parts = address.rsplit(['/', ':']);
    match (parts.next(), parts.next()) {
        (Some(name), Some(owner)) => format!("{owner}/{name}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn addresses_of_one_repository_are_one() {
        for address in ["git://host/me/x.git", "git@host:me/x.git", "https://host/Me/X", "me/x"] {
            assert_eq!(repository(address), "me/x");
        }
        assert_eq!(repository("12"), "12");
    }
}
