//! Continuous integration: which system runs stanch, and which commits to scan.
//!
//! A system's variables become an [`Event`]: a head, and the commits to compare it with, best first. `range` turns
//! it into commits with git, and fetches what a shallow clone lacks. It calls no CI service and needs no token.

mod event;
mod github;
pub(crate) mod init;
pub(crate) mod range;
mod systems;
mod vars;

pub(crate) use event::{Event, Kind, Trust};
pub(crate) use vars::Vars;

use crate::error::Error;

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "their names")]
pub(crate) enum System {
    GitHub,
    GitLab,
    CircleCi,
    Travis,
    Jenkins,
    Azure,
    Bitbucket,
    Buildkite,
    Drone,
    Woodpecker,
    TeamCity,
    AppVeyor,
}

/// Facts about a system.
struct About {
    system: System,
    name: &'static str,
    /// The variable that identifies it, and its value; "" for any value.
    sign: (&'static str, &'static str),
    /// How its configuration fetches the whole history.
    whole_history: &'static str,
}

/// In the order of detection: agents of the last ones run inside others, and Woodpecker also sets GitLab's
/// variables.
const SYSTEMS: &[About] = &[
    About {
        system: System::Woodpecker,
        name: "Woodpecker",
        sign: ("CI", "woodpecker"),
        whole_history: "clone: [{ name: git, image: woodpeckerci/plugin-git, settings: { depth: 0, partial: false } }]",
    },
    About {
        system: System::Drone,
        name: "Drone",
        sign: ("DRONE", "true"),
        whole_history: "clone: { depth: 0 }",
    },
    About {
        system: System::GitHub,
        name: "GitHub Actions",
        sign: ("GITHUB_ACTIONS", "true"),
        whole_history: "with: { fetch-depth: 0 }   (of actions/checkout)",
    },
    About {
        system: System::GitLab,
        name: "GitLab CI",
        sign: ("GITLAB_CI", ""),
        whole_history: "variables: { GIT_DEPTH: \"0\" }",
    },
    About {
        system: System::CircleCi,
        name: "CircleCI",
        sign: ("CIRCLECI", "true"),
        whole_history: "- checkout: { method: full }",
    },
    About {
        system: System::Travis,
        name: "Travis CI",
        sign: ("TRAVIS", "true"),
        whole_history: "git: { depth: false }",
    },
    About {
        system: System::Azure,
        name: "Azure Pipelines",
        sign: ("TF_BUILD", ""),
        whole_history: "- { checkout: self, fetchDepth: 0, persistCredentials: true }",
    },
    About {
        system: System::Bitbucket,
        name: "Bitbucket Pipelines",
        sign: ("BITBUCKET_BUILD_NUMBER", ""),
        whole_history: "clone: { depth: full }",
    },
    About {
        system: System::Buildkite,
        name: "Buildkite",
        sign: ("BUILDKITE", "true"),
        whole_history: "env: { BUILDKITE_GIT_CLONE_FLAGS: \"-v\", BUILDKITE_GIT_FETCH_FLAGS: \"-v --prune\" }",
    },
    About {
        system: System::AppVeyor,
        name: "AppVeyor",
        sign: ("APPVEYOR", "true"),
        whole_history: "shallow_clone: false   (and no clone_depth)",
    },
    About {
        system: System::TeamCity,
        name: "TeamCity",
        sign: ("TEAMCITY_VERSION", ""),
        whole_history: "teamcity.git.shallowClone=false   (a parameter of the build configuration)",
    },
    About {
        system: System::Jenkins,
        name: "Jenkins",
        sign: ("JENKINS_URL", ""),
        whole_history: "checkout scmGit(..., extensions: [cloneOption(shallow: false, honorRefspec: false)])",
    },
];

impl System {
    /// Returns the system that these variables belong to.
    pub(crate) fn detect(vars: Vars<'_>) -> Option<System> {
        let is = |(name, value): (&str, &str)| {
            if value.is_empty() { vars.has(name) } else { vars.is(name, value) }
        };
        SYSTEMS.iter().find(|about| is(about.sign)).map(|about| about.system)
    }

    fn about(self) -> &'static About {
        SYSTEMS.iter().find(|about| about.system == self).expect("internal: every system is in the table")
    }

    /// Its name, as its vendor writes it.
    pub(crate) fn name(self) -> &'static str {
        self.about().name
    }

    /// The line of its configuration that fetches the whole history.
    pub(crate) fn whole_history(self) -> &'static str {
        self.about().whole_history
    }

    /// Reads the variables of this run.
    ///
    /// # Errors
    /// If a value that names a commit or a branch is neither, or the event file cannot be read.
    pub(crate) fn event(self, vars: Vars<'_>) -> Result<Event, Error> {
        systems::event(self, vars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specific_sign_goes_before_a_general_one() {
        let detect = |pairs: &[(&str, &str)]| {
            let get = |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into());
            System::detect(Vars(&get))
        };
        assert_eq!(detect(&[("CI", "true")]), None);
        assert_eq!(detect(&[("CI", "woodpecker"), ("GITLAB_CI", "true")]), Some(System::Woodpecker));
        assert_eq!(detect(&[("JENKINS_URL", "x"), ("GITHUB_ACTIONS", "true")]), Some(System::GitHub));
        assert_eq!(detect(&[("TF_BUILD", "True")]), Some(System::Azure));
        assert_eq!(detect(&[("GITHUB_ACTIONS", "")]), None);
    }
}
