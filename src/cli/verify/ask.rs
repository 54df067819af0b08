//! The way from secrets to answers: permission, what is sent where, a person's yes, the requests, the cache.

use super::outcome::{Outcome, named};
use super::plan::{MOST_IDS, Question, To};
use super::targets::Target;
use crate::caller;
use crate::check::{Checker, workers};
use crate::error::Error;
use crate::git::Repo;
use crate::policy::Policy;
use crate::rules::LiveCheck;
use crate::sort;
use crate::text::plural::count;
use crate::verify::cache::Cache;
use crate::verify::{self, Answer, State};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Component, PathBuf};

/// Most bytes of a typed answer.
const MAX_TYPED: u64 = 256;

/// Variables that only a push that is received has: nobody is at its terminal.
const OF_SERVERS: [&str; 2] = ["GIT_QUARANTINE_PATH", "GIT_PUSH_OPTION_COUNT"];

/// Arguments of commands that ask.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct Sending {
    /// Send without asking, for scripts
    #[arg(long)]
    pub(super) yes: bool,
    #[command(flatten)]
    to: To,
    /// Ask again what was answered within the last hour
    #[arg(long)]
    fresh: bool,
}

/// Refuses where nothing may be sent.
pub(in crate::cli) fn permitted(policy: &Policy) -> Result<(), Error> {
    if let Some(name) = caller::assistant() {
        return Err(Error::Usage(format!(
            "this sends secrets, and a person has to run it in their own terminal: here the coding assistant {name} does"
        )));
    }
    let is_of_commit = is_by_git() && env::var_os("GIT_INDEX_FILE").is_some();
    if is_of_commit || OF_SERVERS.iter().any(|name| env::var_os(name).is_some()) {
        return Err(Error::Usage(
            "this sends secrets, and is never run by a hook of git: run it yourself in a terminal".to_owned(),
        ));
    }
    if policy.config.enforce.iter().any(|f| f.says.verify == Some(false)) {
        return Err(Error::Usage(
            "[enforce] verify = false: your organisation lets no secret be sent to its provider; stanch explain RULE \
             shows where to look by hand"
                .to_owned(),
        ));
    }
    if !policy.may_verify() {
        return Err(Error::Usage(
            "this sends secrets to their providers, and is off until your own file allows it: write into \
             ~/.config/stanch/config.toml the line [verify], and below it the line allow = true; the page \"verify\" of the guide says what is sent"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Returns whether git started this process: for a hook, a filter or an alias. All of them get this variable, whatever they
/// do with the others.
fn is_by_git() -> bool {
    env::var_os("GIT_EXEC_PATH").is_some()
}

/// The answers about one secret, each with its age if it was kept.
type Answers = Vec<(Answer, Option<i64>)>;

impl Sending {
    /// Asks without a question to a person, if `yes`.
    pub(super) fn with_yes(yes: bool) -> Sending {
        Sending { yes, ..Sending::default() }
    }

    /// Asks about each secret, once a person has said yes.
    pub(in crate::cli) fn ask<'a>(
        &self,
        targets: &'a [Target],
        repo: Option<&Repo>,
        checker: &Checker,
    ) -> Result<Vec<Outcome<'a>>, Error> {
        let checks: Vec<&LiveCheck> =
            targets.iter().filter_map(|target| LiveCheck::of(target.finding.rule.id)).collect();
        let plan = self.to.plan(&checker.policy, &checks)?;
        let mut cache = repo.and_then(kept_in).map(|file| Cache::read(&file));
        // An answer about the id or the instance that one call names counts for that call alone.
        let is_of_call = self.to.is_of_call();
        let again = self.fresh || is_of_call;
        let key = |q: &Question<'_>| {
            Cache::key(&q.target.finding.fingerprint.to_string(), q.id, &q.requests, q.is_of_host)
        };
        let mut answers: Vec<Answers> = vec![Vec::new(); targets.len()];
        let mut to_ask = Vec::new();
        for (at, target) in targets.iter().enumerate() {
            let questions = match plan.questions(target) {
                Ok(questions) => questions,
                Err(why) => {
                    answers[at].push((Answer::of(State::NotChecked(why)), None));
                    continue;
                }
            };
            let n = questions.first().map_or(0, |q| plan.ids(target, q.check).len());
            if n > MOST_IDS {
                let why = format!("{n} ids stand near it, and {MOST_IDS} are asked about");
                answers[at].push((Answer::of(State::Unsure(why)), None));
            }
            for question in questions {
                let kept = cache.as_ref().filter(|_| !again).and_then(|c| c.get(&key(&question), plan.now));
                match kept {
                    Some((answer, age)) => answers[at].push((answer, Some(age))),
                    None => to_ask.push((at, question)),
                }
            }
        }
        to_ask.retain(|(at, _)| !is_live(&answers[*at]));
        if !to_ask.is_empty() {
            announce(&to_ask).map_err(Error::io("standard error"))?;
            if !self.yes || is_by_git() {
                confirmed("Send to these addresses? [y/N] ", &["y", "yes"], "--yes")?;
            }
        }
        let bar = workers::counted(to_ask.len(), "secrets asked about");
        for (at, question) in &to_ask {
            bar.inc(1);
            let (target, check) = (question.target, question.check);
            if is_live(&answers[*at]) {
                continue;
            }
            let answer = verify::check(&plan.client, check, &plan.given(target, check, question.id));
            if let Some(cache) = &mut cache {
                match is_of_call {
                    true => cache.forget(&target.finding.fingerprint.to_string()),
                    false => cache.put(&key(question), &answer, Timestamp::now()),
                }
                // The answers are worth more than the file; each is kept at once, so that an interrupt loses none.
                let _ = cache.write(Timestamp::now());
            }
            answers[*at].push((answer, None));
        }
        bar.finish_and_clear();
        let mut outcomes: Vec<Outcome<'_>> = targets
            .iter()
            .zip(answers)
            .map(|(target, answers)| {
                let (answers, ages): (Vec<Answer>, Vec<Option<i64>>) = answers.into_iter().unzip();
                let age = ages.into_iter().min().flatten();
                let check = LiveCheck::of(target.finding.rule.id);
                let ids = check.map_or(0, |c| plan.ids(target, c).len());
                let mut answer = verify::together(answers);
                if answer.state == State::Dead && ids > 0 && !target.has_own_id() {
                    let word = check.and_then(LiveCheck::id_word).unwrap_or("ID");
                    let why = format!("refused with what stands near it, which may not be its own id; --with {word}=... names the right one");
                    answer.state = State::Unsure(why);
                }
                let host = check.and_then(|check| plan.origin(check)).map(|own| own.as_str().to_owned());
                Outcome { target, answer, age, ids, host }
            })
            .collect();
        sort::by_key(&mut outcomes, |o| {
            let rank = match o.answer.state {
                State::Live => 0,
                State::Unsure(_) => 1,
                State::NotChecked(_) => 2,
                State::Dead => 3,
            };
            (rank, Reverse(o.target.finding.severity))
        });
        Ok(outcomes)
    }
}

fn is_live(answers: &Answers) -> bool {
    answers.iter().any(|(answer, _)| answer.state == State::Live)
}

/// Shows what will be sent where.
fn announce(all: &[(usize, Question<'_>)]) -> io::Result<()> {
    let mut err = super::super::out::stderr();
    let n = all.chunk_by(|(a, _), (b, _)| a == b).count();
    let hosts = match count(n, "secret") {
        one if n == 1 => format!("{one} to its provider"),
        many => format!("{many} to their providers"),
    };
    writeln!(err, "stanch: verify sends {hosts}:")?;
    for of_one in all.chunk_by(|(a, _), (b, _)| a == b) {
        for (n, (_, Question { target, check, id, requests, .. })) in of_one.iter().enumerate() {
            if n == 0 {
                writeln!(err, "  {}", named(target))?;
                writeln!(err, "      {}", leaves(check))?;
            }
            for request in requests {
                let with = id.map_or_else(String::new, |id| format!(" with the id {}", id.masked()));
                writeln!(err, "      {} {}{with}", request.method, request.shown)?;
            }
        }
    }
    Ok(())
}

/// The file of a repository's answers; none where its git directory may be a checked out folder: git writes no name `.git`.
pub(in crate::cli) fn kept_in(repo: &Repo) -> Option<PathBuf> {
    let git_dir = repo.git_dir().canonicalize().ok()?;
    let is_git = |part: Component<'_>| part.as_os_str() == ".git";
    git_dir.components().any(is_git).then(|| git_dir.join("stanch").join("verified.json"))
}

/// What a call leaves behind, and what is not sent.
fn leaves(check: &LiveCheck) -> String {
    let sent = match check.sign {
        Some(_) if !check.sends_value() => "signed with it, which is not sent itself; ",
        _ => "",
    };
    let trace = check.trace.as_deref().map_or_else(String::new, |trace| format!("; and {trace}"));
    format!("{sent}may show in its owner's log of requests or last use{trace}")
}

/// Waits for a person's word; without a terminal nothing is sent. `option` says it in a script.
pub(in crate::cli) fn confirmed(question: &str, words: &[&str], option: &str) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::Usage(match is_by_git() {
            true => format!(
                "nothing was sent: git started this, and in a hook {option} does not count; run it in a terminal"
            ),
            false => {
                format!("nothing was sent: there is no terminal to ask a person; in a script give {option}")
            }
        }));
    }
    // What was typed before the question does not answer it.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
    let mut err = super::super::out::stderr();
    write!(err, "{question}").and_then(|()| err.flush()).map_err(Error::io("standard error"))?;
    let mut typed = String::new();
    io::Read::take(io::stdin().lock(), MAX_TYPED)
        .read_line(&mut typed)
        .map_err(Error::io("standard input"))?;
    match typed.ends_with('\n') && is_one_of(&typed, words) {
        true => Ok(()),
        false => Err(Error::Usage("nothing was sent".to_owned())),
    }
}

/// Confirms by a word on the command line, or typed. One that git gave may be a hook's.
pub(in crate::cli) fn named_by_person(given: Option<&str>, word: &str, question: &str) -> Result<(), Error> {
    match given.filter(|_| !is_by_git()) {
        Some(typed) if is_one_of(typed, &[word]) => Ok(()),
        Some(_) => Err(Error::Usage(format!("nothing was sent: --confirm does not name {word}"))),
        None => confirmed(question, &[word], &format!("--confirm {word}")),
    }
}

/// Returns whether a text is one of these words, in any case.
fn is_one_of(typed: &str, words: &[&str]) -> bool {
    words.iter().any(|word| typed.trim().eq_ignore_ascii_case(word))
}
