//! Systems whose variables have everything that is needed.

mod read;

use super::System;
use super::event::{Base, Event, Need, Trust, What};
use super::vars::Vars;
use crate::error::Error;
use crate::finding::printable;
use read::Read;

pub(super) fn event(system: System, vars: Vars<'_>) -> Result<Event, Error> {
    let read = Read { vars };
    match system {
        System::GitHub => super::github::event(vars),
        System::GitLab => read.gitlab(),
        System::CircleCi => read.circleci(),
        System::Travis => read.travis(),
        System::Jenkins => read.jenkins(),
        System::Azure => read.azure(),
        System::Bitbucket => read.bitbucket(),
        System::Buildkite => read.buildkite(),
        System::Drone => read.drone(),
        System::Woodpecker => read.woodpecker(),
        System::TeamCity => read.teamcity(),
        System::AppVeyor => read.appveyor(),
    }
}

impl Read<'_> {
    fn gitlab(&self) -> Result<Event, Error> {
        let vars = self.vars;
        let default = vars.branch("CI_DEFAULT_BRANCH")?;
        if vars.has("CI_MERGE_REQUEST_IID") {
            let head = self.head(&["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"])?;
            let trust = self.same("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID");
            let mut more = Vec::new();
            more.extend(self.base("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", Need::Else)?);
            more.extend(self.base("CI_MERGE_REQUEST_DIFF_BASE_SHA", Need::Else)?);
            let mut event = self.request(
                "CI_MERGE_REQUEST_IID",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
                head,
                trust,
                more,
            )?;
            event.title = event.title.replacen("pull request", "merge request", 1);
            if self.same("CI_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID") == Trust::Fork {
                // The pipeline runs in the fork: its remote's branches are the fork's, not the
                // target's.
                event.bases.remove(0);
            }
            return Ok(event);
        }
        if vars.has("CI_EXTERNAL_PULL_REQUEST_IID") {
            let head = self.head(&["CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"])?;
            let trust = self.same(
                "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY",
                "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
            );
            let more = self.base("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", Need::Else)?;
            let target = "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME";
            return self.request(
                "CI_EXTERNAL_PULL_REQUEST_IID",
                target,
                head,
                trust,
                more.into_iter().collect(),
            );
        }
        let head = self.head(&["CI_COMMIT_SHA"])?;
        if let Some(event) = self.tag("CI_COMMIT_TAG", head.clone())? {
            return Ok(event.with_default(default));
        }
        let before = self.before("CI_COMMIT_BEFORE_SHA")?;
        let branch = vars.branch("CI_COMMIT_BRANCH")?;
        let source = vars.text("CI_PIPELINE_SOURCE").unwrap_or_else(|| "push".to_owned());
        if before.is_empty() && source != "push" {
            return Ok(Event { head, ..Event::whole(printable(source.as_bytes())) }.with_default(default));
        }
        if let Some(name) = branch.as_ref().filter(|_| before.is_empty() && branch == default) {
            return Ok(Event::first_push(name.clone(), head));
        }
        Ok(Event::push(branch, head, before).with_default(default))
    }

    fn circleci(&self) -> Result<Event, Error> {
        let head = self.head(&["CIRCLE_SHA1"])?;
        if let Some(event) = self.tag("CIRCLE_TAG", head.clone())? {
            return Ok(event);
        }
        let of_fork = self.vars.has("CIRCLE_PR_REPONAME") || self.vars.has("CIRCLE_PR_USERNAME");
        let by_name = self.vars.text("CIRCLE_BRANCH").is_some_and(|name| name.starts_with("pull/"));
        if self.vars.has("CIRCLE_PULL_REQUEST") || of_fork || by_name {
            let trust = if of_fork || by_name { Trust::Fork } else { Trust::Same };
            return self.request("CIRCLE_PR_NUMBER", "", head, trust, Vec::new());
        }
        // CircleCI gives the branch's previous commit to its configuration; ours passes it on.
        self.pushed("CIRCLE_BRANCH", head, self.before("STANCH_BASE")?)
    }

    fn travis(&self) -> Result<Event, Error> {
        let vars = self.vars;
        let number = "TRAVIS_PULL_REQUEST";
        if vars.has(number) && !vars.is(number, "false") {
            let head = self.head(&["TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"])?;
            let trust = self.same("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG");
            return self.request(number, "TRAVIS_BRANCH", head, trust, vec![Base::merge_parent()]);
        }
        let head = self.head(&["TRAVIS_COMMIT"])?;
        if let Some(event) = self.tag("TRAVIS_TAG", head.clone())? {
            return Ok(event);
        }
        if let Some(kind) = vars.text("TRAVIS_EVENT_TYPE").filter(|kind| kind == "cron" || kind == "api") {
            return Ok(Event { head, ..Event::whole(kind) });
        }
        // `A...B` with short ids; `A^...B` for a new branch, whose earlier commits belong to another
        // branch.
        let range = vars.text("TRAVIS_COMMIT_RANGE").unwrap_or_default();
        let from = range.split_once("..").map_or("", |(from, _)| from);
        let is_id = from.len() >= 7 && from.bytes().all(|b| b.is_ascii_hexdigit());
        let base = |from: &str| Base::new(What::Revision(from.to_owned()), Need::Else, "TRAVIS_COMMIT_RANGE");
        self.pushed("TRAVIS_BRANCH", head, is_id.then(|| base(from)).into_iter().collect())
    }

    fn jenkins(&self) -> Result<Event, Error> {
        let vars = self.vars;
        if vars.has("CHANGE_ID") {
            let trust = if vars.has("CHANGE_FORK") { Trust::Fork } else { Trust::Same };
            return self.request(
                "CHANGE_ID",
                "CHANGE_TARGET",
                self.head(&["GIT_COMMIT"])?,
                trust,
                Vec::new(),
            );
        }
        if vars.has("ghprbPullId") {
            let head = self.head(&["ghprbActualCommit", "GIT_COMMIT"])?;
            return self.request("ghprbPullId", "ghprbTargetBranch", head, Trust::Unknown, Vec::new());
        }
        if vars.has("gitlabMergeRequestIid") || vars.has("gitlabMergeRequestId") {
            let head = self.head(&["gitlabMergeRequestLastCommit", "GIT_COMMIT"])?;
            let trust = self.same("gitlabSourceRepoHttpUrl", "gitlabTargetRepoHttpUrl");
            return self.request("gitlabMergeRequestIid", "gitlabTargetBranch", head, trust, Vec::new());
        }
        let head = self.head(&["GIT_COMMIT"])?;
        if let Some(event) = self.tag("TAG_NAME", head.clone())? {
            return Ok(event);
        }
        // Not GIT_PREVIOUS_COMMIT: that is the last build's. If that build found a secret, the next one
        // would skip it.
        let before = self.before("GIT_PREVIOUS_SUCCESSFUL_COMMIT")?;
        let branch = match vars.branch("BRANCH_NAME")? {
            Some(name) => Some(name),
            // `detached` does not name a branch: the job builds a commit.
            None => vars
                .branch("GIT_BRANCH")?
                .filter(|name| name != "detached")
                .map(|name| name.strip_prefix("refs/remotes/").unwrap_or(&name).to_owned())
                .map(|name| name.strip_prefix("origin/").unwrap_or(&name).to_owned()),
        };
        Ok(Event::push(branch, head, before))
    }

    fn azure(&self) -> Result<Event, Error> {
        let vars = self.vars;
        let reason = vars.text("BUILD_REASON").unwrap_or_default();
        if reason == "PullRequest" {
            let head = self.head(&["SYSTEM_PULLREQUEST_SOURCECOMMITID"])?;
            let trust = match vars.text("SYSTEM_PULLREQUEST_ISFORK") {
                Some(says) if says.eq_ignore_ascii_case("false") => Trust::Same,
                Some(_) => Trust::Fork,
                None => Trust::Unknown,
            };
            let number = if vars.has("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER") {
                "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"
            } else {
                "SYSTEM_PULLREQUEST_PULLREQUESTID"
            };
            return self.request(
                number,
                "SYSTEM_PULLREQUEST_TARGETBRANCH",
                head,
                trust,
                vec![Base::merge_parent()],
            );
        }
        let head = self.head(&["BUILD_SOURCEVERSION"])?;
        let source = vars.text("BUILD_SOURCEBRANCH").unwrap_or_default();
        if source.starts_with("refs/tags/")
            && let Some(event) = self.tag("BUILD_SOURCEBRANCH", head.clone())?
        {
            return Ok(event);
        }
        if !reason.is_empty() && !reason.ends_with("CI") {
            return Ok(Event { head, ..Event::whole(printable(reason.as_bytes())) });
        }
        self.pushed("BUILD_SOURCEBRANCH", head, Vec::new())
    }

    fn bitbucket(&self) -> Result<Event, Error> {
        let vars = self.vars;
        // Full ids in pushes; a pull request's may be short, and HEAD is the same commit.
        let head = self.vars.text("BITBUCKET_COMMIT").filter(|id| id.len() >= 40);
        let head = if head.is_some() { self.head(&["BITBUCKET_COMMIT"])? } else { None };
        if vars.has("BITBUCKET_PR_ID") {
            let short = vars.text("BITBUCKET_PR_DESTINATION_COMMIT");
            let short = short.filter(|id| id.len() >= 7 && id.bytes().all(|b| b.is_ascii_hexdigit()));
            let more = short.map(|id| {
                let what = crate::git::Oid::from_hex(id.as_bytes()).map_or(What::Revision(id), What::Id);
                Base::new(what, Need::Else, "BITBUCKET_PR_DESTINATION_COMMIT")
            });
            // Forks run no pipelines of the repository.
            let more = more.into_iter().collect();
            return self.request(
                "BITBUCKET_PR_ID",
                "BITBUCKET_PR_DESTINATION_BRANCH",
                head,
                Trust::Same,
                more,
            );
        }
        if let Some(event) = self.tag("BITBUCKET_TAG", head.clone())? {
            return Ok(event);
        }
        self.pushed("BITBUCKET_BRANCH", head, Vec::new())
    }

    fn buildkite(&self) -> Result<Event, Error> {
        let vars = self.vars;
        // A build that was started by hand may have `HEAD`.
        let head = if vars.is("BUILDKITE_COMMIT", "HEAD") { None } else { self.head(&["BUILDKITE_COMMIT"])? };
        let default = vars.branch("BUILDKITE_PIPELINE_DEFAULT_BRANCH")?;
        let number = "BUILDKITE_PULL_REQUEST";
        if vars.has(number) && !vars.is(number, "false") {
            let trust = self.same("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO");
            let event =
                self.request(number, "BUILDKITE_PULL_REQUEST_BASE_BRANCH", head, trust, Vec::new())?;
            return Ok(event.with_default(default));
        }
        if let Some(event) = self.tag("BUILDKITE_TAG", head.clone())? {
            return Ok(event.with_default(default));
        }
        if vars.is("BUILDKITE_SOURCE", "schedule") {
            return Ok(Event { head, ..Event::whole("schedule") }.with_default(default));
        }
        Ok(self.pushed("BUILDKITE_BRANCH", head, Vec::new())?.with_default(default))
    }

    fn drone(&self) -> Result<Event, Error> {
        let default = self.vars.branch("DRONE_REPO_BRANCH")?;
        let kind = self.vars.text("DRONE_BUILD_EVENT").unwrap_or_default();
        let head = self.head(&["DRONE_COMMIT_SHA", "DRONE_COMMIT_AFTER", "DRONE_COMMIT"])?;
        let event = match kind.as_str() {
            "pull_request" => {
                let before = self.before("DRONE_COMMIT_BEFORE")?;
                self.request("DRONE_PULL_REQUEST", "DRONE_TARGET_BRANCH", head, Trust::Unknown, before)?
            }
            "tag" => match self.tag("DRONE_TAG", head.clone())? {
                Some(event) => event,
                None => Event { head, ..Event::whole("tag") },
            },
            "push" | "" => self.pushed("DRONE_BRANCH", head, self.before("DRONE_COMMIT_BEFORE")?)?,
            other => Event { head, ..Event::whole(printable(other.as_bytes())) },
        };
        Ok(event.with_default(default))
    }

    fn woodpecker(&self) -> Result<Event, Error> {
        let default = self.vars.branch("CI_REPO_DEFAULT_BRANCH")?;
        let kind = self.vars.text("CI_PIPELINE_EVENT").unwrap_or_default();
        let head = self.head(&["CI_COMMIT_SHA"])?;
        let event = match kind.as_str() {
            kind if kind.starts_with("pull_request") => {
                let own = self.vars.is("CI_COMMIT_PULL_REQUEST_FROM_FORK", "false");
                let trust = if own { Trust::Same } else { Trust::Unknown };
                self.request("CI_COMMIT_PULL_REQUEST", "CI_COMMIT_TARGET_BRANCH", head, trust, Vec::new())?
            }
            "tag" | "release" => match self.tag("CI_COMMIT_TAG", head.clone())? {
                Some(event) => event,
                None => Event { head, ..Event::whole("tag") },
            },
            "push" | "" => self.pushed("CI_COMMIT_BRANCH", head, self.before("CI_PREV_COMMIT_SHA")?)?,
            other => Event { head, ..Event::whole(printable(other.as_bytes())) },
        };
        Ok(event.with_default(default))
    }

    fn teamcity(&self) -> Result<Event, Error> {
        let head = self.head(&["BUILD_VCS_NUMBER"])?;
        // Parameters reach the environment only if the build configuration maps them.
        if self.vars.has("TEAMCITY_PULLREQUEST_TARGET_BRANCH") {
            let (number, target) = ("TEAMCITY_PULLREQUEST_NUMBER", "TEAMCITY_PULLREQUEST_TARGET_BRANCH");
            return self.request(number, target, head, Trust::Unknown, Vec::new());
        }
        // `<default>` is the branch that the build configuration names, whichever that is.
        let branch = self.vars.branch("TEAMCITY_BUILD_BRANCH")?.filter(|name| name != "<default>");
        Ok(Event::push(branch, head, Vec::new()))
    }

    fn appveyor(&self) -> Result<Event, Error> {
        let vars = self.vars;
        if vars.has("APPVEYOR_PULL_REQUEST_NUMBER") {
            let head = self.head(&["APPVEYOR_PULL_REQUEST_HEAD_COMMIT"])?;
            let trust = self.same("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "APPVEYOR_REPO_NAME");
            return self.request(
                "APPVEYOR_PULL_REQUEST_NUMBER",
                "APPVEYOR_REPO_BRANCH",
                head,
                trust,
                Vec::new(),
            );
        }
        let head = self.head(&["APPVEYOR_REPO_COMMIT"])?;
        if vars.is("APPVEYOR_REPO_TAG", "true")
            && let Some(event) = self.tag("APPVEYOR_REPO_TAG_NAME", head.clone())?
        {
            return Ok(event);
        }
        if vars.is("APPVEYOR_SCHEDULED_BUILD", "true") {
            return Ok(Event { head, ..Event::whole("schedule") });
        }
        self.pushed("APPVEYOR_REPO_BRANCH", head, Vec::new())
    }
}
