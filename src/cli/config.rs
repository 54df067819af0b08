//! `stanch config`: shows the configuration in force, and checks files.

mod lock;

use crate::cli::args::OwnRules;
use crate::cli::union;
use crate::config::allow_file::AllowFile;
use crate::config::file::Enforce;
use crate::config::{
    self, ALLOW_FILE, AgentEvent, AllowWhat, Config, ConfigError, FILE_NAME, Layer, MAX_BYTES, Release,
    Sourced,
};
use crate::error::Error;
use crate::finding::{Confidence, Severity, printable};
use crate::git::Repo;
use crate::packed;
use crate::policy::rule_files::Files;
use crate::policy::{Policy, Screen};
use crate::policy::{files, load};
use clap::Subcommand;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `stanch config`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch config show                 every effective setting, and its layer
  stanch config check .stanch.toml   check a file
  generate | stanch config check -   check standard input
  stanch config update               read what .stanch.toml extends
  stanch config schema               the JSON schema for editors")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show every effective setting, and the layer that set it.
    Show {
        #[command(flatten)]
        own: OwnRules,
    },
    /// Check a configuration file.
    Check {
        /// The file; `-` is standard input
        file: PathBuf,
        /// Check it as a system file, which may have [enforce], wherever it is
        ///
        /// The machine's and your own file are known by their places.
        #[arg(long)]
        enforcing: bool,
    },
    /// Read what .stanch.toml extends from elsewhere into .stanch.lock.
    ///
    /// Git fetches those of other repositories; nothing else of stanch does. Review the lock and commit it.
    Update {
        /// Write nothing; fail if the lock is not what it would be
        #[arg(long)]
        check: bool,
    },
    /// Print the JSON schema of the file, for editors.
    Schema,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let mut out = io::BufWriter::new(super::out::stdout());
    match &args.what {
        What::Show { own } => {
            let repo = Repo::open_from_env().ok();
            let policy = load::policy(repo.as_ref(), own.files())?;
            show(&policy.config, &mut out).map_err(Error::io("standard output"))?;
            rollout(&policy, &mut out).map_err(Error::io("standard output"))?;
            protection(&policy, &mut out).map_err(Error::io("standard output"))?;
            if repo.as_ref().and_then(Repo::work_dir).is_some_and(|top| union::tears_configuration(&top)) {
                writeln!(
                    out,
                    "\n# .gitattributes merges .stanch.toml by union, which tears tables apart: take that line out"
                )
                .map_err(Error::io("standard output"))?;
            }
            if policy.committed.is_some() {
                writeln!(
                    out,
                    "\n# {FILE_NAME}, or a file that counts with it, differs from the committed one: what it loosens counts once \
                     it is committed"
                )
                .map_err(Error::io("standard output"))?;
            }
        }
        What::Check { file, enforcing } => {
            let (name, text) = match file.to_str() {
                Some("-") => {
                    let name = "standard input".to_owned();
                    let text = load::read_stdin(&name)?;
                    (name, text)
                }
                _ => {
                    let name = printable(file.to_string_lossy().as_bytes());
                    let text = load::read_named(file, &name, MAX_BYTES)?;
                    (name, text)
                }
            };
            if file.file_name().is_some_and(|name| name == ALLOW_FILE) {
                if let Some((line, what)) = AllowFile::parse(&text, &name).faults.into_iter().next() {
                    return Err(ConfigError { file: name, line, what }.into());
                }
                writeln!(out, "{name}: right").map_err(Error::io("standard output"))?;
                return out.flush().map_err(Error::io("standard output")).map(|()| 0);
            }
            if let Some(folder) = folder_of(file) {
                let keys = Config::default().lay_folder(&text, &name, &folder)?;
                let keys = if keys.is_empty() {
                    String::new()
                } else {
                    format!("; not counted in a folder: {}", keys.join(", "))
                };
                writeln!(out, "{name}: right, as the file of a folder{keys}")
                    .map_err(Error::io("standard output"))?;
                return out.flush().map_err(Error::io("standard output")).map(|()| 0);
            }
            let layer = if *enforcing { Layer::System } else { layer_of(file) };
            let beside = |path: &str| file.with_file_name(path);
            let shown = |path: &str| printable(beside(path).to_string_lossy().as_bytes());
            Files::read(layer, Some(text), &name, &[], &|path| files::read(&beside(path), &shown(path)))?
                .lay(&mut Config::default(), layer, &shown, &name)?;
            writeln!(out, "{name}: right, as a {} file", layer.name())
                .map_err(Error::io("standard output"))?;
        }
        What::Update { check } => {
            out.write_all(lock::update(*check)?.as_bytes()).map_err(Error::io("standard output"))?;
        }
        What::Schema => {
            out.write_all(packed::unpack(packed::SCHEMA).as_bytes()).map_err(Error::io("standard output"))?;
        }
    }
    out.flush().map_err(Error::io("standard output"))?;
    Ok(0)
}

/// The folder below the top of a repository whose configuration this file is, if it is one.
fn folder_of(file: &Path) -> Option<String> {
    let place =
        file.canonicalize().ok().filter(|_| file.file_name().is_some_and(|name| name == FILE_NAME))?;
    let top = Repo::open_from_env().ok()?.work_dir()?.canonicalize().ok()?;
    let folder = place.parent()?.strip_prefix(top).ok().filter(|f| !f.as_os_str().is_empty())?;
    Some(format!("{}/", folder.to_str()?.replace('\\', "/")))
}

/// The layer whose file this is: the machine's and the person's are known by their places.
fn layer_of(file: &Path) -> Layer {
    let place = |path: &Path| path.canonicalize().ok();
    let is = |known: Option<PathBuf>| place(file).is_some() && known.and_then(|k| place(&k)) == place(file);
    match () {
        () if is(config::system_file()) => Layer::System,
        () if is(config::user_file()) => Layer::User,
        () => Layer::Repository,
    }
}

/// The layer that set a value, and its file if it is not the layer's own.
struct By(Layer, Option<String>);

impl By {
    fn of<T>(s: &Sourced<T>) -> By {
        By(s.layer, s.file.map(str::to_owned))
    }
}

fn show(c: &Config, out: &mut dyn Write) -> io::Result<()> {
    let screen = Screen::builtin();
    let quoted = |s: &str| format!("{:?}", screen.text(s));
    let mut rows: Vec<(String, String, By)> = Vec::new();
    let mut row = |key: &str, value: String, by: By| rows.push((key.to_owned(), value, by));
    fn plain<T: Display>(s: &Sourced<T>) -> (String, By) {
        (s.value.to_string(), By::of(s))
    }
    row("policy.since", quoted(c.since.value.name()), By::of(&c.since));
    if let Some(until) = &c.warn_only_until {
        row("policy.warn_only_until", quoted(&until.value.to_string()), By::of(until));
    }
    for (name, bar) in [("block", &c.block), ("warn", &c.warn)] {
        row(&format!("{name}.severity"), quoted(bar.severity.value.slug()), By::of(&bar.severity));
        row(&format!("{name}.confidence"), quoted(bar.confidence.value.slug()), By::of(&bar.confidence));
        let generic = &bar.generic_confidence;
        row(&format!("{name}.generic_confidence"), quoted(generic.value.slug()), By::of(generic));
    }
    for (key, (value, by)) in [
        ("block.unread", plain(&c.block_unread)),
        ("block.tests", plain(&c.block_tests)),
        ("limits.max_blob_mb", plain(&c.max_blob_mb)),
        ("limits.decode_depth", plain(&c.decode_depth)),
        ("limits.archive_mb", plain(&c.archive_mb)),
        ("limits.archive_hook_mb", plain(&c.archive_hook_mb)),
        ("limits.archive_entries", plain(&c.archive_entries)),
        ("limits.archive_ratio", plain(&c.archive_ratio)),
        ("limits.archive_depth", plain(&c.archive_depth)),
        ("inline.enabled", plain(&c.inline)),
        ("inline.foreign", plain(&c.foreign_markers)),
        ("bypass.allowed", plain(&c.bypass_allowed)),
        ("audit.enabled", plain(&c.audit_enabled)),
        ("audit.remind_days", plain(&c.remind_days)),
    ] {
        row(key, value, by);
    }
    row("engine.reader", quoted(c.reader.value.name()), By::of(&c.reader));
    for (key, (value, by)) in
        [("verify.allow", plain(&c.verify_allow)), ("verify.private", plain(&c.verify_private))]
    {
        row(key, value, by);
    }
    for (provider, s) in &c.verify_hosts {
        row(&format!("verify.hosts.{provider}"), quoted(&s.value), By::of(s));
    }
    for event in AgentEvent::ALL {
        let set = c.agent.of(event);
        row(&format!("agent.{}", event.key()), quoted(set.value.slug()), By::of(&set));
    }
    row("baseline", quoted(&c.baseline.value), By::of(&c.baseline));
    for (key, set) in [("audit.path", &c.audit_path), ("contact", &c.contact), ("link", &c.link)] {
        if let Some(s) = set {
            row(key, quoted(&s.value), By::of(s));
        }
    }
    for (id, s) in &c.rules {
        let mut parts = Vec::new();
        if let Some(e) = s.value.enabled {
            parts.push(format!("enabled = {e}"));
        }
        if let Some(v) = s.value.severity {
            parts.push(format!("severity = \"{}\"", v.slug()));
        }
        if let Some(v) = s.value.confidence {
            parts.push(format!("confidence = \"{}\"", v.slug()));
        }
        row(&format!("rules.{id}"), format!("{{ {} }}", parts.join(", ")), By::of(s));
    }
    for p in &c.paths {
        row(
            "path",
            format!("{} {:?}: {}", quoted(&p.shown()), p.mode, quoted(&p.reason)),
            By(p.layer, p.file.clone()),
        );
    }
    for glob in &c.loosen {
        row("folders.loosen", quoted(glob.value.as_str()), By::of(glob));
    }
    for a in c.allow.iter() {
        let what = match &a.what {
            AllowWhat::Fingerprint(f) => f.to_string(),
            AllowWhat::Blob(id) => format!("blob {id}"),
            AllowWhat::Regex(_) => "regex".to_owned(),
            AllowWhat::Path => "path".to_owned(),
        };
        row("allow", format!("{what} (line {}): {}", a.line, quoted(&a.reason)), By(a.layer, a.file.clone()));
    }
    for e in &c.excepts {
        row(
            "except",
            format!("{} (line {}): {}", e.shown(), e.at, quoted(&e.reason)),
            By(e.layer, e.file.clone()),
        );
    }
    for (layer, r) in &c.own_rules {
        row("rule", quoted(r.id), By(*layer, None));
    }
    for f in &c.enforce {
        for (key, value) in enforced(&f.says) {
            row(&format!("enforce.{key}"), value, By(f.layer, None));
        }
    }
    let width = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
    for (key, value, By(layer, file)) in rows {
        let file = file.map_or(String::new(), |file| format!(", {}", screen.text(&file)));
        writeln!(out, "{key:<width$} = {value}  # {}{file}", layer.name())?;
    }
    Ok(())
}

/// Prints whether a rollout turns blocks into warnings, and whether an earlier version decides.
fn rollout(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let c = &policy.config;
    if let Some(until) = &c.warn_only_until {
        let state = match policy.today <= until.value {
            _ if c.enforce.iter().any(|f| f.says.warn_only == Some(false)) => {
                "[enforce] forbids it: what blocks blocks"
            }
            true => "a rollout: what would block only warns until then",
            false => "over: what blocks blocks; remove the key",
        };
        writeln!(out, "\n# policy.warn_only_until = {}: {state}", until.value)?;
    }
    let floors = c.enforce.iter().filter_map(|f| f.says.since).max();
    let since = floors.map_or(c.since.value, |floor| floor.max(c.since.value));
    if since < Release::NEWEST {
        let (is, newest) = (since.name(), Release::NEWEST.name());
        writeln!(
            out,
            "\n# policy.since = \"{is}\": what {is} did not block only warns. What {newest} changes: stanch trial"
        )?;
    }
    Ok(())
}

/// Prints the settings that no floor covers.
fn protection(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let open = policy.unprotected();
    if open.is_empty() {
        return writeln!(out, "\n# protected by [enforce]: everything that a repository could loosen");
    }
    writeln!(out, "\n# not protected by [enforce]; a repository can loosen:")?;
    for what in open {
        writeln!(out, "#   {what}")?;
    }
    let closed = policy.config.enforce.iter().any(|f| f.says.is_closed());
    match closed {
        true => Ok(()),
        false => writeln!(
            out,
            "# [enforce] default = \"closed\" protects most of it: the page \"policy\" of the guide"
        ),
    }
}

/// The settings of a floor.
fn enforced(says: &Enforce) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if says.is_closed() {
        out.push(("default".to_owned(), "\"closed\"".to_owned()));
    }
    for (name, t) in [("block", &says.block.threshold()), ("warn", &says.warn)] {
        let slugs = [
            ("severity", t.severity.map(Severity::slug)),
            ("confidence", t.confidence.map(Confidence::slug)),
            ("generic_confidence", t.generic_confidence.map(Confidence::slug)),
        ];
        for (key, slug) in slugs {
            out.extend(slug.map(|s| (format!("{name}.{key}"), format!("{s:?}"))));
        }
    }
    let switches = [
        ("block.unread", says.block.unread),
        ("block.tests", says.block.tests),
        ("inline", says.inline),
        ("allow", says.allow),
        ("baseline", says.baseline),
        ("bypass", says.bypass),
        ("verify", says.verify),
        ("audit", says.audit),
        ("warn_only", says.warn_only),
    ];
    out.extend(switches.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?.to_string()))));
    for event in AgentEvent::ALL {
        let action = says.agent.get(event);
        out.extend(action.map(|a| (format!("agent.{}", event.key()), format!("{:?}", a.slug()))));
    }
    out.extend(says.since.map(|v| ("since".to_owned(), format!("{:?}", v.name()))));
    out.extend(says.limits.max_blob_mb.map(|v| ("limits.max_blob_mb".to_owned(), v.to_string())));
    out.extend(says.limits.decode_depth.map(|v| ("limits.decode_depth".to_owned(), v.to_string())));
    out.extend(says.limits.archive_mb.map(|v| ("limits.archive_mb".to_owned(), v.to_string())));
    out.extend(says.limits.archive_hook_mb.map(|v| ("limits.archive_hook_mb".to_owned(), v.to_string())));
    out.extend(says.limits.archive_entries.map(|v| ("limits.archive_entries".to_owned(), v.to_string())));
    out.extend(says.limits.archive_ratio.map(|v| ("limits.archive_ratio".to_owned(), v.to_string())));
    out.extend(says.limits.archive_depth.map(|v| ("limits.archive_depth".to_owned(), v.to_string())));
    out
}
