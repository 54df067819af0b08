//! Every repository format that libgit2 opens: refs and settings through libgit2, everything else through one of
//! the two readers.

use super::backend::{Backend, Ref};
use super::fast::Fast;
use super::plain::{Plain, id_of};
use super::plumbing::Places;
use super::reader::Reader;
use super::{GitError, Oid};
use crate::reader::ReaderKind;
use git2::{ErrorCode, Repository};
use std::cell::Cell;
use std::path::Path;

/// A repository that libgit2 opened.
pub(super) struct Libgit2 {
    kind: Cell<ReaderKind>,
    /// The fast reader, which contains the plain one.
    fast: Fast,
}

impl Libgit2 {
    pub(super) fn new(repository: Repository) -> Libgit2 {
        Libgit2 { kind: Cell::default(), fast: Fast::new(Plain::new(repository)) }
    }

    /// Opens what git's environment names: another index (`git commit -a`), another git directory, quarantined
    /// objects.
    pub(super) fn open() -> Result<Libgit2, git2::Error> {
        // Objects are read to be scanned, not trusted: hashing each again would double the time.
        git2::opts::strict_hash_verification(false);
        Ok(Libgit2::new(Repository::open_from_env()?))
    }

    pub(super) fn places(&self) -> Places {
        let repository = self.repository();
        Places {
            git_dir: repository.path().to_owned(),
            common_dir: repository.commondir().to_owned(),
            work_dir: repository.workdir().map(Path::to_owned),
        }
    }

    fn repository(&self) -> &Repository {
        &self.fast.plain.repository
    }
}

impl Backend for Libgit2 {
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError> {
        let repository = Repository::open_from_env().map_err(|e| GitError::Open(e.message().to_owned()))?;
        Ok(Box::new(Libgit2 { kind: self.kind.clone(), fast: self.fast.reopen(repository) }))
    }

    fn reader(&self) -> &dyn Reader {
        match self.kind.get() {
            ReaderKind::Plain => &self.fast.plain,
            ReaderKind::Fast => &self.fast,
        }
    }

    fn choose(&self, kind: ReaderKind) {
        self.kind.set(kind);
    }

    fn head(&self) -> Result<Option<Oid>, GitError> {
        match self.repository().head() {
            Ok(head) => Ok(head.target().map(id_of)),
            // Only a branch without commits legitimately has no head.
            Err(e) if e.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(e) => Err(GitError::Other(format!("cannot read HEAD: {}", e.message()))),
        }
    }

    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        if let Some(id) = Oid::from_hex(revision.as_bytes()) {
            return Ok(self.reader().header(&id)?.map(|_| id));
        }
        if let Ok(reference) = self.repository().resolve_reference_from_short_name(revision)
            && let Some(id) = reference.target()
        {
            return Ok(Some(id_of(id)));
        }
        // An expression, such as `HEAD~3` or a short id.
        self.fast.plain.git.resolve(revision)
    }

    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError> {
        let mut out = Vec::new();
        for reference in self.repository().references()? {
            let reference = reference?;
            let name = reference.name_bytes();
            // Symbolic refs (`refs/remotes/origin/HEAD`) name another ref, which is here itself.
            if let Some(id) = reference.target()
                && name.starts_with(prefix.as_bytes())
            {
                out.push((name.to_vec(), id_of(id)));
            }
        }
        out.sort();
        Ok(out)
    }

    fn config(&self) -> Result<Vec<(String, String)>, GitError> {
        let config = self.repository().config()?.snapshot()?;
        let mut out = Vec::new();
        let mut entries = config.entries(None)?;
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            if entry.has_value() {
                out.push((text(entry.name_bytes()), text(entry.value_bytes())));
            }
        }
        Ok(out)
    }

    fn walk(&self, _include: &[Oid], _hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError> {
        // Object by object, with the recorded parents: grafts and replacements are not sent.
        Ok(None)
    }
}
