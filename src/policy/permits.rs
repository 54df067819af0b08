//! What may suppress a finding, under the floors.

use crate::config::{AllowEntry, Floor, Layer, Release};

/// What may allow a finding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Permits {
    pub(super) inline: bool,
    pub(super) foreign: bool,
    pub(super) baseline: bool,
    /// Allow entries of the layers up to this one.
    pub(super) allow: Layer,
    /// The decisions of this version or a newer one.
    pub(super) since: Release,
    pub(super) warn_only: bool,
}

pub(super) const ALL: Permits = Permits {
    inline: true,
    foreign: true,
    baseline: true,
    allow: Layer::Repository,
    since: Release::V0_1,
    warn_only: true,
};

impl Permits {
    pub(super) fn of(floor: &Floor) -> Permits {
        let says = &floor.says;
        Permits {
            inline: floor.permits_inline(),
            foreign: floor.permits_foreign(),
            baseline: says.baseline != Some(false),
            allow: if says.allow == Some(false) { floor.layer } else { Layer::Repository },
            since: says.since.unwrap_or(ALL.since),
            warn_only: says.warn_only != Some(false),
        }
    }
}

pub(super) fn describe(entry: &AllowEntry) -> String {
    let who = entry.who.as_deref().map_or(String::new(), |w| format!(" ({w})"));
    let text = format!("allowed in {}, line {}: {}{who}", entry.place(), entry.line, entry.reason);
    crate::finding::printable(text.as_bytes())
}
