//! A rule's remediation, unpacked when it is first read.
//!
//! The catalogue's advice is long and only a message or a page needs it. `codegen` compresses it, so that the program
//! is smaller by two thirds of a megabyte and a hook that blocks nothing never touches it.

use super::Remediation;
use super::remediation::{BLOCK, FIELD, GROUP, ITEM};
use crate::packed;
use std::sync::OnceLock;
use std::{fmt, ops::Deref};

include!(concat!(env!("OUT_DIR"), "/advice.rs"));

/// Stands for a [`Remediation`].
#[derive(Clone, Copy)]
pub struct Advice(Source);

#[derive(Clone, Copy)]
enum Source {
    /// The index of a block of the catalogue.
    Packed(u16),
    Own(&'static Remediation),
}

impl Advice {
    pub(super) const fn packed(index: u16) -> Advice {
        Advice(Source::Packed(index))
    }

    pub(super) const fn own(remediation: &'static Remediation) -> Advice {
        Advice(Source::Own(remediation))
    }
}

impl Deref for Advice {
    type Target = Remediation;

    fn deref(&self) -> &Remediation {
        static UNPACKED: [OnceLock<Vec<Remediation>>; GROUPS] = [const { OnceLock::new() }; GROUPS];
        match self.0 {
            Source::Own(remediation) => remediation,
            Source::Packed(index) => {
                let (group, place) = (usize::from(index) / GROUP, usize::from(index) % GROUP);
                &UNPACKED[group].get_or_init(|| unpack(REMEDIATIONS[group]))[place]
            }
        }
    }
}

impl PartialEq for Advice {
    fn eq(&self, other: &Advice) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

fn unpack(group: &[u8]) -> Vec<Remediation> {
    packed::unpack(group).leak().split(BLOCK).map(block).collect()
}

/// Reads the fields in the order in which `codegen` writes them.
fn block(text: &'static str) -> Remediation {
    let mut fields = text.split(FIELD);
    let mut next = || fields.next().unwrap_or_default();
    Remediation {
        short_revoke: one(next()),
        short_check: one(next()),
        short_breaks: one(next()),
        short_new_key: one(next()),
        ended: one(next()),
        impact: one(next()),
        revoke_url: one(next()),
        steps: list(next()),
        commands: list(next()),
        zero_downtime: one(next()).map(|text| text == "true"),
        rotation: one(next()),
        audit: one(next()),
        audit_url: one(next()),
        breaks: one(next()),
        create: list(next()),
        limits: one(next()),
        auto_revoked: one(next()),
        public_by_design: one(next()),
        notes: one(next()),
        docs_url: one(next()),
        read: list(next()),
        read_in: one(next()),
        sources: list(next()),
    }
}

fn one(text: &'static str) -> Option<&'static str> {
    Some(text).filter(|text| !text.is_empty())
}

fn list(text: &'static str) -> &'static [&'static str] {
    match text {
        "" => &[],
        text => Vec::leak(text.split(ITEM).collect()),
    }
}
