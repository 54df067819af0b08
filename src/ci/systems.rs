//! Systems whose variables have everything that is needed.

use super::System;
use super::event::{Base, DEFAULT, Event, Kind, Need, Trust, What};
use super::vars::{self, Vars};
use crate::error::Error;
use crate::finding::printable;

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

/// Variables as one system uses them.
struct Read<'a> {
    vars: Vars<'a>,
}

/// The head of an event, with the variable that named it.
type Head = Option<(crate::git::Oid, String)>;

impl Read<'_> {
    /// The commit in the first variable that names one.
    fn head(&self, names: &[&str]) -> Result<Head, Error> {
        for name in names {
            if let Some(id) = self.vars.id(name)? {
                return Ok(Some((id, (*name).to_owned())));
            }
        }
        Ok(None)
    }

    /// A commit to compare with.
    fn base(&self, name: &str, need: Need) -> Result<Option<Base>, Error> {
        Ok(self.vars.id(name)?.map(|id| Base::new(What::Id(id), need, name)))
    }

    /// The previous commit that the variable names; empty for all zeros.
    fn before(&self, name: &str) -> Result<Vec<Base>, Error> {
        Ok(self.base(name, Need::Else)?.into_iter().collect())
    }

    /// A request to merge into the branch that a variable names, or into the default branch if it names none.
    fn request(
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

    fn tag(&self, name: &str, head: Head) -> Result<Option<Event>, Error> {
        let tag = self
            .vars
            .text(name)
            .map(|tag| vars::branch(tag.strip_prefix("refs/tags/").unwrap_or(&tag), name));
        Ok(tag.transpose()?.map(|tag| Event::tag(&tag, head)))
    }

    /// A push for which the system does not give the previous commit.
    fn push(&self, branch: &str, head: Head) -> Result<Event, Error> {
        Ok(Event::push(self.vars.branch(branch)?, head, Vec::new()))
    }

    /// The author of a request, by two variables that name the repository of each side.
    fn same(&self, of_head: &str, of_base: &str) -> Trust {
        match (self.vars.text(of_head), self.vars.text(of_base)) {
            (Some(a), Some(b)) if repository(&a) == repository(&b) => Trust::Same,
            (Some(_), Some(_)) => Trust::Fork,
            _ => Trust::Unknown,
        }
    }

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
        if before.is_empty() && branch.is_some() && branch == default {
            let title = format!("first push of {}", branch.clone().unwrap_or_default());
            return Ok(Event { title, bases: Vec::new(), ..Event::push(branch, head, Vec::new()) });
        }
        Ok(Event::push(branch, head, before).with_default(default))
    }

    /// A push on a system that gives the previous commit, except for a new branch.
    fn branch_push(&self, branch: &str, head: Head, before: Vec<Base>) -> Result<Event, Error> {
        Ok(Event::push(self.vars.branch(branch)?, head, before))
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
        self.branch_push("CIRCLE_BRANCH", head, self.before("STANCH_BASE")?)
    }

    fn travis(&self) -> Result<Event, Error> {
        let vars = self.vars;
        let number = "TRAVIS_PULL_REQUEST";
        if vars.has(number) && !vars.is(number, "false") {
            let head = self.head(&["TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"])?;
            let trust = self.same("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG");
            let merge = Base::new(What::MergeParent, Need::IfHere, "the merge commit that is checked out");
            return self.request(number, "TRAVIS_BRANCH", head, trust, vec![merge]);
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
        Ok(Event::push(vars.branch("TRAVIS_BRANCH")?, head, is_id.then(|| base(from)).into_iter().collect()))
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
            let merge = Base::new(What::MergeParent, Need::IfHere, "the merge commit that is checked out");
            return self.request(number, "SYSTEM_PULLREQUEST_TARGETBRANCH", head, trust, vec![merge]);
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
        self.push("BUILD_SOURCEBRANCH", head)
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
        self.push("BITBUCKET_BRANCH", head)
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
        Ok(self.push("BUILDKITE_BRANCH", head)?.with_default(default))
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
            "push" | "" => self.branch_push("DRONE_BRANCH", head, self.before("DRONE_COMMIT_BEFORE")?)?,
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
            "push" | "" => self.branch_push("CI_COMMIT_BRANCH", head, self.before("CI_PREV_COMMIT_SHA")?)?,
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
        self.push("APPVEYOR_REPO_BRANCH", head)
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
