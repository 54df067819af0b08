//! Reading in process, for every repository format that libgit2 knows: objects from their files (`store`), and what is
//! not found there, refs, settings and ranges through libgit2.

use super::backend::{Backend, Ref};
use super::object::{Found, Object};
use super::plumbing::Places;
use super::store::Store;
use super::{Blob, Delta, GitError, Kind, Oid, fast, tree};
use crate::finding::RepoPath;
use git2::{ErrorCode, ObjectType};
use std::path::{Path, PathBuf};

/// Index entries that only announce a file: bit 13 of the extended flags.
const INTENT_TO_ADD: u16 = 1 << 13;
/// The merge stage of an index entry: two bits of its flags.
const STAGE: u16 = 0x3000;

/// A repository that libgit2 opened.
pub(super) struct Libgit2 {
    inner: git2::Repository,
    store: Store,
}

impl Libgit2 {
    pub(super) fn new(inner: git2::Repository) -> Libgit2 {
        let store = Store::new(inner.commondir());
        Libgit2 { inner, store }
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

fn id_for(id: &Oid) -> Result<git2::Oid, GitError> {
    Ok(git2::Oid::from_bytes(id.as_bytes())?)
}

fn kind_of(kind: ObjectType, id: &Oid) -> Result<Kind, GitError> {
    match kind {
        ObjectType::Blob => Ok(Kind::Blob),
        ObjectType::Tree => Ok(Kind::Tree),
        ObjectType::Commit => Ok(Kind::Commit),
        ObjectType::Tag => Ok(Kind::Tag),
        ObjectType::Any => Err(GitError::object("object", id, "its kind is unknown")),
    }
}

impl Backend for Libgit2 {
    fn again(&self) -> Result<Box<dyn Backend + Send>, GitError> {
        let inner = git2::Repository::open_from_env().map_err(|e| GitError::Open(e.message().to_owned()))?;
        Ok(Box::new(Libgit2 { inner, store: self.store.again() }))
    }

    fn read(&self, id: &Oid) -> Result<Object, GitError> {
        if let Some(Found::Whole(object)) = self.store.read(id, u64::MAX)? {
            return Ok(object);
        }
        let odb = self.inner.odb()?;
        let object = odb.read(id_for(id)?).map_err(|e| match e.code() {
            ErrorCode::NotFound => GitError::Missing(vec![*id]),
            _ => GitError::object("object", id, e.message()),
        })?;
        Ok(Object { kind: kind_of(object.kind(), id)?, bytes: object.data().to_vec() })
    }

    fn read_within(&self, id: &Oid, most: u64) -> Result<Found, GitError> {
        if let Some(found) = self.store.read(id, most)? {
            return Ok(found);
        }
        match self.header(id)? {
            None => Err(GitError::Missing(vec![*id])),
            Some((kind, size)) if size > most => Ok(Found::Larger(kind, size)),
            Some(_) => Ok(Found::Whole(self.read(id)?)),
        }
    }

    fn header(&self, id: &Oid) -> Result<Option<(Kind, u64)>, GitError> {
        match self.store.read(id, 0)? {
            Some(Found::Larger(kind, size)) => return Ok(Some((kind, size))),
            Some(Found::Whole(object)) => return Ok(Some((object.kind, object.bytes.len() as u64))),
            None => {}
        }
        match self.inner.odb()?.read_header(id_for(id)?) {
            Ok((size, kind)) => Ok(Some((kind_of(kind, id)?, size as u64))),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(GitError::object("object", id, e.message())),
        }
    }

    fn index_against(&self, tree: Option<&Oid>) -> Result<Vec<Delta>, GitError> {
        if let Some(deltas) = fast::index_against(self, &self.index_file(), tree) {
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
        match self.inner.revparse_single(revision) {
            Ok(object) => Ok(Some(id_of(object.id()))),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(GitError::Other(format!("cannot read {revision}: {}", e.message()))),
        }
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

    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Option<Vec<Oid>>, GitError> {
        // An old way to give commits other parents, which libgit2 knows.
        if !self.inner.commondir().join("info/grafts").exists() {
            return Ok(None);
        }
        let mut walk = self.inner.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        for id in include {
            walk.push(id_for(id)?)?;
        }
        for id in hide {
            walk.hide(id_for(id)?)?;
        }
        walk.map(|id| Ok(id_of(id?))).collect::<Result<_, _>>().map(Some)
    }
}
