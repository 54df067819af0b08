//! Reading in process, for every repository format that libgit2 knows: objects from their files (`store`), the index,
//! refs and settings through libgit2. Objects that `store` does not read are git's: libgit2's own reader of packs crashes
//! on a damaged one.

use super::backend::{Backend, Ref};
use super::object::{Found, Object};
use super::objects::{Lookup, Store};
use super::plumbing::{Places, Plumbing};
use super::{Blob, Delta, GitError, ObjectKind, Oid, index_diff, tree};
use crate::finding::RepoPath;
use git2::ErrorCode;
use std::path::{Path, PathBuf};

/// Index entries that only announce a file: bit 13 of the extended flags.
const INTENT_TO_ADD: u16 = 1 << 13;
/// The merge stage of an index entry: two bits of its flags.
const STAGE: u16 = 0x3000;

/// A repository that libgit2 opened.
pub(super) struct Libgit2 {
    inner: git2::Repository,
    store: Store,
    /// For what is not read in process; nothing runs before it is needed.
    git: Plumbing,
}

impl Libgit2 {
    pub(super) fn new(inner: git2::Repository) -> Libgit2 {
        let (store, git) = (Store::new(inner.commondir()), Plumbing::at(inner.path()));
        Libgit2 { inner, store, git }
    }

    /// The index that git means: `git commit -a` and `git commit PATH` name another one.
    pub(super) fn index_file(&self) -> PathBuf {
        std::env::var_os("GIT_INDEX_FILE").map_or_else(|| self.inner.path().join("index"), PathBuf::from)
    }

    /// Opens what git's own environment names: another index (`git commit -a`), another git directory, quarantined
    /// objects.
    pub(super) fn open() -> Result<Libgit2, git2::Error> {
        // Objects are read to be scanned, not to be trusted: hashing each again would double the time.
        git2::opts::strict_hash_verification(false);
        Ok(Libgit2::new(git2::Repository::open_from_env()?))
    }
}

impl Libgit2 {
    pub(super) fn places(&self) -> Places {
        Places {
            git_dir: self.inner.path().to_owned(),
            common_dir: self.inner.commondir().to_owned(),
            work_dir: self.inner.workdir().map(Path::to_owned),
        }
    }
}

fn id_of(id: git2::Oid) -> Oid {
    Oid::from_bytes(id.as_bytes()).expect("internal: libgit2's ids have 20 or 32 bytes")
}

/// What git could not read either.
fn unread(id: &Oid) -> impl FnOnce(GitError) -> GitError {
    let id = *id;
    move |e| match e {
        // It is here: git calls missing what it cannot read.
        GitError::Missing(_) => GitError::object("object", &id, "it is damaged"),
        e => GitError::object("object", &id, format!("it is damaged, or of a form that only git reads; {e}")),
    }
}

impl Backend for Libgit2 {
    fn reopen(&self) -> Result<Box<dyn Backend + Send>, GitError> {
        let inner = git2::Repository::open_from_env().map_err(|e| GitError::Open(e.message().to_owned()))?;
        let git = Plumbing::at(inner.path());
        Ok(Box::new(Libgit2 { inner, store: self.store.reopen(), git }))
    }

    fn read(&self, id: &Oid) -> Result<Object, GitError> {
        match self.store.read(id, u64::MAX)? {
            Lookup::Found(Found::Whole(object)) => Ok(object),
            Lookup::Absent => Err(self.store.missing(id)),
            Lookup::Found(Found::Larger(..)) | Lookup::Unreadable => self.git.read(id).map_err(unread(id)),
            Lookup::Unknown => self.git.read(id),
        }
    }

    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        match self.store.read(id, most)? {
            Lookup::Found(found) => Ok(found),
            Lookup::Absent => Err(self.store.missing(id)),
            Lookup::Unreadable => self.git.read_within(id, most).map_err(unread(id)),
            Lookup::Unknown => self.git.read_within(id, most),
        }
    }

    fn header(&self, id: &Oid) -> Result<Option<(ObjectKind, u64)>, GitError> {
        match self.store.read(id, 0)? {
            Lookup::Found(Found::Larger(kind, size)) => Ok(Some((kind, size))),
            Lookup::Found(Found::Whole(object)) => Ok(Some((object.kind, object.bytes.len() as u64))),
            Lookup::Absent => Ok(None),
            Lookup::Unreadable => {
                let header = self.git.header(id).map_err(unread(id))?;
                header.map(Some).ok_or_else(|| unread(id)(GitError::Missing(vec![*id])))
            }
            Lookup::Unknown => self.git.header(id),
        }
    }

    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
        if let Some(deltas) = index_diff::index_against(self, &self.index_file(), tree) {
            return Ok(deltas);
        }
        let index = self.inner.index().map_err(|e| GitError::Index(e.message().to_owned()))?;
        let mut new = Vec::with_capacity(index.len());
        for entry in index.iter() {
            if entry.flags & STAGE != 0 {
                return Err(GitError::Unmerged(RepoPath::new(entry.path)));
            }
            if entry.flags_extended & INTENT_TO_ADD == 0 {
                new.push((entry.path, Blob { id: id_of(entry.id), mode: entry.mode }));
            }
        }
        let old = tree.map_or_else(|| Ok(Vec::new()), |t| tree::flatten(self, t))?;
        Ok(tree::compare_lists(old, new))
    }

    fn head(&self) -> Result<Option<Oid>, GitError> {
        match self.inner.head() {
            Ok(head) => Ok(head.target().map(id_of)),
            // A branch without a commit is the only state in which there is rightly none.
            Err(e) if e.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(e) => Err(GitError::Other(format!("cannot read HEAD: {}", e.message()))),
        }
    }

    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        if let Some(id) = Oid::from_hex(revision.as_bytes()) {
            return Ok(self.header(&id)?.map(|_| id));
        }
        if let Ok(reference) = self.inner.resolve_reference_from_short_name(revision)
            && let Some(id) = reference.target()
        {
            return Ok(Some(id_of(id)));
        }
        // An expression, such as `HEAD~3` or a short id.
        self.git.resolve(revision)
    }

    fn refs(&self, prefix: &str) -> Result<Vec<Ref>, GitError> {
        let mut out = Vec::new();
        for reference in self.inner.references()? {
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
        let config = self.inner.config()?.snapshot()?;
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
        // Object by object, with the parents that are recorded: grafts and replacements are not sent.
        Ok(None)
    }
}
