//! Finding and reading the configuration's layers and the baseline.

use crate::config::{self, Config, ConfigError, FILE_NAME, Layer, MAX_BYTES};
use crate::error::Error;
use crate::git::Repo;
use crate::policy::{Baseline, Policy};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The policy in force for a repository, or outside of any.
///
/// The repository's file is read from the work tree; what it loosens counts only as far as the version at HEAD says
/// the same. The baseline is read at HEAD, or from the work tree before there is a HEAD.
pub(super) fn policy(repo: Option<&Repo>) -> Result<Policy, Error> {
    let base = machine_layers()?;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let Some(repo) = repo else {
        return Ok(Policy::new(base, today));
    };
    let mut config = base.clone();
    let here = match repo.work_dir() {
        Some(top) => read(&top.join(FILE_NAME), FILE_NAME)?,
        None => None,
    };
    if let Some(text) = &here {
        config.lay(Layer::Repository, text, FILE_NAME)?;
    }
    let mut policy = Policy::new(config, today);
    if repo.head()?.is_some() {
        let committed =
            repo.file_at_head(FILE_NAME)?.map(|b| utf8(b, &format!("HEAD:{FILE_NAME}"))).transpose()?;
        if committed != here {
            let mut strict = base;
            if let Some(text) = &committed {
                // A broken file at HEAD is mended by the one in the work tree: it loosens nothing then.
                let before = strict.clone();
                strict = strict.lay(Layer::Repository, text, FILE_NAME).map_or(before, |()| strict);
            }
            policy.committed = Some(strict);
        }
    }
    policy.baseline = baseline(repo, &policy.config.baseline.value)?;
    Ok(policy)
}

/// The built-in configuration with the system's and the person's files over it.
pub(super) fn machine_layers() -> Result<Config, Error> {
    let mut config = Config::default();
    for (layer, path) in [(Layer::System, config::system_file()), (Layer::User, config::user_file())] {
        let Some(path) = path else { continue };
        let name = crate::finding::printable(path.to_string_lossy().as_bytes());
        if let Some(text) = read(&path, &name)? {
            config.lay(layer, &text, &name)?;
        }
    }
    Ok(config)
}

/// The baseline as committed; as it is in the work tree before the first commit.
pub(super) fn baseline(repo: &Repo, name: &str) -> Result<Baseline, Error> {
    let text = if repo.head()?.is_some() {
        repo.file_at_head(name)?
    } else {
        match repo.work_dir() {
            Some(top) => read(&top.join(name), name)?.map(String::into_bytes),
            None => None,
        }
    };
    let fail = |(line, what)| ConfigError { file: crate::finding::printable(name.as_bytes()), line, what };
    Ok(Baseline::parse(&text.unwrap_or_default()).map_err(fail)?)
}

/// A configuration file's text; `None` when there is none. A symbolic link, a huge file and bytes that are no UTF-8
/// are refused: a repository could point one at anything.
fn read(path: &Path, name: &str) -> Result<Option<String>, Error> {
    let fail = |what: &str| ConfigError { file: name.to_owned(), line: 0, what: what.to_owned() };
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(Error::io(format!("cannot read {name}"))(e)),
    };
    let own = path.file_name().is_some_and(|n| n == FILE_NAME);
    if meta.is_symlink() && own {
        return Err(fail("is a symbolic link; put the file itself there").into());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|f| f.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(Error::io(format!("cannot read {name}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(fail("is too large for a configuration").into());
    }
    utf8(bytes, name).map(Some)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count();
        ConfigError { file: name.to_owned(), line, what: "is not UTF-8".to_owned() }.into()
    })
}
