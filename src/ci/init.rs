//! The configuration that runs `stanch ci` on each system, as `stanch ci init` prints it.

use super::System;

/// The file for a system.
pub(crate) fn file(system: System) -> &'static str {
    match system {
        System::GitHub => include_str!("init/github.yml"),
        System::GitLab => include_str!("init/gitlab.yml"),
        System::CircleCi => include_str!("init/circleci.yml"),
        System::Travis => include_str!("init/travis.yml"),
        System::Jenkins => include_str!("init/Jenkinsfile"),
        System::Azure => include_str!("init/azure.yml"),
        System::Bitbucket => include_str!("init/bitbucket.yml"),
        System::Buildkite => include_str!("init/buildkite.yml"),
        System::Drone => include_str!("init/drone.yml"),
        System::Woodpecker => include_str!("init/woodpecker.yml"),
        System::TeamCity => include_str!("init/teamcity.yml"),
        System::AppVeyor => include_str!("init/appveyor.yml"),
    }
}
