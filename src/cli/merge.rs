//! `stanch merge`: merges the reports of all shards into one. A missing shard must not look clean.

use super::out;
use super::reports::write_file;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::shown_path;
use crate::report::MAX_RESULTS;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Most bytes of a report.
const LARGEST: u64 = 1 << 30;

/// Arguments of `stanch merge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch scan --history --shard 1/2 --format sarif -o shard-1.sarif
  stanch scan --history --shard 2/2 --format sarif -o shard-2.sarif
  stanch merge shard-1.sarif shard-2.sarif -o stanch.sarif

Every shard must be there, and all must be of one scan: otherwise nothing is written. A shard that was run twice counts once.

Exit status: 0 nothing blocked, 1 a secret is blocked, 2 a shard is missing, or did not read everything.")]
pub(super) struct Args {
    /// SARIF reports of `stanch scan --shard`
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit with 0 if secrets are blocked; what could not be checked still is 2
    #[arg(long)]
    exit_zero: bool,
}

/// A report of one shard.
struct Report {
    number: u64,
    of: u64,
    /// What all shards of one scan share: the list of commits or repositories, and the program.
    scan: (String, String),
    run: Value,
    log: Value,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let mut reports = args.reports.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    complete(&reports, &args.reports)?;
    reports.sort_by_key(|r| r.number);
    let merged = merge(reports);
    let mut bytes = serde_json::to_vec_pretty(&merged.log)
        .map_err(|e| Error::io("cannot make the report")(std::io::Error::other(e)))?;
    bytes.push(b'\n');
    match &args.output {
        Some(file) => write_file(file, &bytes)?,
        None => out::stdout().write_all(&bytes).map_err(Error::io("standard output"))?,
    }
    let Merged { shards, blocked, warned, is_whole, .. } = merged;
    let end = if is_whole { "" } else { "; not everything was read" };
    // A lost line on standard error changes no decision.
    let _ = writeln!(out::stderr(), "stanch: {shards} shards: {blocked} blocked, {warned} warned of{end}");
    Ok(if !is_whole { 2 } else { u8::from(blocked > 0 && !args.exit_zero) })
}

fn read(file: &Path) -> Result<Report, Error> {
    let name = shown_path(file);
    let text = disk::read(file, Links::Follow, LARGEST)
        .map_err(Error::io(format!("cannot read the report {name}")))?;
    let unusable = |what: &str| {
        Error::Usage(format!(
            "{name}: {what}; write it with stanch scan --shard I/N --format sarif --output FILE"
        ))
    };
    let mut log: Value =
        serde_json::from_slice(&text).map_err(|e| unusable(&format!("it is no JSON (line {})", e.line())))?;
    let run =
        log.pointer_mut("/runs/0").map(Value::take).filter(|run| run["tool"]["driver"]["name"] == "stanch");
    let run = run.ok_or_else(|| unusable("it is no SARIF report of stanch"))?;
    let shard = &run["properties"]["shard"];
    let (Some(number), Some(of), Some(list)) =
        (shard["number"].as_u64(), shard["of"].as_u64(), shard["list"].as_str())
    else {
        return Err(unusable("it is the report of no shard"));
    };
    if !(1..=of).contains(&number) || !run["results"].is_array() {
        return Err(unusable("what it says about its shard makes no sense"));
    }
    let version = run["tool"]["driver"]["semanticVersion"].as_str().unwrap_or_default().to_owned();
    Ok(Report { number, of, scan: (list.to_owned(), version), run, log })
}

/// Refuses reports that are not all from one scan.
fn complete(reports: &[Report], files: &[PathBuf]) -> Result<(), Error> {
    let first = &reports[0];
    for (report, file) in reports.iter().zip(files) {
        if report.of != first.of || report.scan != first.scan {
            let (a, b) = (shown_path(&files[0]), shown_path(file));
            let what = if report.of != first.of {
                format!("{a} is one of {} shards, {b} one of {}", first.of, report.of)
            } else if report.scan.1 != first.scan.1 {
                format!("{a} is of stanch {}, {b} of {}", first.scan.1, report.scan.1)
            } else {
                format!("{a} and {b} are of different commits or repositories")
            };
            return Err(Error::Usage(format!("{what}: run all shards again, over the same")));
        }
    }
    let here: BTreeSet<u64> = reports.iter().map(|r| r.number).collect();
    if here.len() as u64 == first.of {
        return Ok(());
    }
    let missing: Vec<String> =
        (1..=first.of).filter(|n| !here.contains(n)).take(20).map(|n| n.to_string()).collect();
    let (count, missing) = (first.of - here.len() as u64, missing.join(", "));
    let of = first.of;
    Err(Error::Usage(format!(
        "{count} of {of} shards missing ({missing}): what they read is not known to be clean; run \
         stanch scan --shard I/{of} for each"
    )))
}

struct Merged {
    log: Value,
    shards: u64,
    blocked: usize,
    warned: usize,
    is_whole: bool,
}

fn merge(reports: Vec<Report>) -> Merged {
    let shards = reports[0].of;
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    let (mut results, mut notices) = (Vec::new(), Vec::new());
    let (mut known, mut noticed, mut counted) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut read = Map::new();
    let mut is_whole = true;
    let mut shell = None;
    for Report { number, mut run, log, .. } in reports {
        for rule in taken(&mut run, "/tool/driver/rules") {
            rules.entry(rule["id"].as_str().unwrap_or_default().to_owned()).or_insert(rule);
        }
        for mut result in taken(&mut run, "/results") {
            result.as_object_mut().map(|r| r.remove("ruleIndex"));
            if known.insert(result.to_string()) {
                results.push(result);
            }
        }
        is_whole &= run["invocations"][0]["executionSuccessful"] == true;
        for notice in taken(&mut run, "/invocations/0/toolExecutionNotifications") {
            if noticed.insert(notice.to_string()) {
                notices.push(notice);
            }
        }
        if counted.insert(number) {
            for (what, count) in run["properties"]["read"].as_object().into_iter().flatten() {
                let sum = read.get(what).and_then(Value::as_u64).unwrap_or(0) + count.as_u64().unwrap_or(0);
                read.insert(what.clone(), sum.into());
            }
        }
        shell.get_or_insert((log, run));
    }
    let count = |results: &[Value], what: &str| {
        results.iter().filter(|r| r["properties"]["decision"] == what).count()
    };
    let (blocked, warned) = (count(&results, "block"), count(&results, "warn"));
    results.sort_by_cached_key(order);
    if results.len() > MAX_RESULTS {
        let text = format!("{} more findings were left out", results.len() - MAX_RESULTS);
        notices.push(json!({ "level": "warning", "message": { "text": text } }));
        results.truncate(MAX_RESULTS);
    }
    tell_apart(&mut results);
    let index: BTreeMap<&String, usize> = rules.keys().zip(0..).collect();
    for result in &mut results {
        let at = result["ruleId"].as_str().and_then(|id| index.get(&id.to_owned()).copied());
        result["ruleIndex"] = at.map_or(Value::from(-1), Value::from);
    }
    let (mut log, mut run) = shell.unwrap_or_default();
    run["tool"]["driver"]["rules"] = rules.into_values().collect();
    run["results"] = results.into();
    run["invocations"] = json!([{ "executionSuccessful": is_whole, "toolExecutionNotifications": notices }]);
    run["properties"] = json!({ "read": read });
    log["runs"] = json!([run]);
    Merged { log, shards, blocked, warned, is_whole }
}

/// Gives results with the same hash in two shards, such as one secret in two versions of a file, different hashes:
/// GitHub treats results with one hash as the same.
fn tell_apart(results: &mut [Value]) {
    let mut used: HashSet<String> = HashSet::new();
    for hash in
        results.iter_mut().filter_map(|r| r.pointer_mut("/partialFingerprints/primaryLocationLineHash"))
    {
        let first = hash.as_str().unwrap_or_default().to_owned();
        let mut own = first.clone();
        for number in 2.. {
            if used.insert(own.clone()) {
                break;
            }
            let digest = data_encoding::HEXLOWER.encode(&Sha1::digest(format!("{first}\0{number}")));
            own = format!("{}:1", &digest[..16]);
        }
        *hash = own.into();
    }
}

/// The elements of an array of a report; empty if there is no array.
fn taken(run: &mut Value, pointer: &str) -> Vec<Value> {
    match run.pointer_mut(pointer).map(Value::take) {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    }
}

/// Sort key: blocked results first, then by place.
fn order(result: &Value) -> (bool, String, u64, String) {
    let place = &result["locations"][0]["physicalLocation"];
    (
        result["properties"]["decision"] != "block",
        place["artifactLocation"]["uri"].as_str().unwrap_or_default().to_owned(),
        place["region"]["startLine"].as_u64().unwrap_or(0),
        result["properties"]["commit"].as_str().unwrap_or_default().to_owned(),
    )
}
