//! An open repository.

use super::backend::Backend;
use super::libgit2::Libgit2;
use super::object::{Commit, Found, Object, ObjectKind, Tag};
use super::plumbing::{Places, Plumbing};
use super::reader::Reader;
use super::{Blob, GitError, Oid, Version, tree};
use crate::finding::RepoPath;
use crate::reader::ReaderKind;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open repository. Opened in one place only, from git's environment, so that the index that git names is the
/// one that is read.
pub struct Repo {
    backend: Box<dyn Backend + Send>,
    git_dir: PathBuf,
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    shallow: OnceCell<HashSet<Oid>>,
    head: OnceCell<Option<Oid>>,
    /// The root tree of the commit whose file was read last.
    pub(super) root: RefCell<Option<tree::Root>>,
}

/// A blob's content.
#[derive(Debug)]
pub enum Content {
    /// All of it.
    Whole(Arc<Vec<u8>>),
    /// It is larger than the limit; its size in bytes.
    Larger(u64),
}

impl Repo {
    /// Opens the repository that git's environment or the current folder names: with libgit2 if possible,
    /// otherwise through git itself, which `STANCH_GIT_BACKEND=git` also forces.
    ///
    /// # Errors
    /// [`GitError::Open`] if no repository is there or it cannot be opened, [`GitError::Owner`] if it belongs to another
    /// user.
    pub fn open_from_env() -> Result<Repo, GitError> {
        let refused = if std::env::var_os("STANCH_GIT_BACKEND").is_some_and(|v| v == "git") {
            None
        } else {
            match Libgit2::open() {
                Ok(backend) => {
                    let places = backend.places();
                    return Ok(Repo::new(Box::new(backend), places));
                }
                Err(e) => Some(e),
            }
        };
        // Git decides whose repository may be read: it has settings that libgit2 does not know.
        let likely = refused.as_ref().is_none_or(|e| e.code() != git2::ErrorCode::NotFound);
        match (Plumbing::open(likely), refused) {
            (Ok((backend, places)), _) => Ok(Repo::new(Box::new(backend), places)),
            (Err(_), Some(e)) if e.code() == git2::ErrorCode::Owner => Err(GitError::owner(e.message())),
            (Err(_), Some(e)) if e.code() == git2::ErrorCode::NotFound => {
                Err(GitError::Open(e.message().to_owned()))
            }
            (Err(said), Some(e)) => Err(GitError::Open(format!("{}; {said}", e.message()))),
            (Err(said), None) => Err(GitError::Open(said.to_string())),
        }
    }

    fn new(backend: Box<dyn Backend + Send>, places: Places) -> Repo {
        let Places { git_dir, common_dir, work_dir } = places;
        // libgit2's folders end in a slash, git's do not: collected from their parts they are equal.
        let work_dir = work_dir.map(|top| top.components().collect());
        Repo {
            backend,
            git_dir,
            common_dir,
            work_dir,
            shallow: OnceCell::new(),
            head: OnceCell::new(),
            root: RefCell::default(),
        }
    }

    /// Opens another handle of the same repository, for another thread.
    ///
    /// # Errors
    /// If it cannot be opened again.
    pub fn reopen(&self) -> Result<Repo, GitError> {
        Ok(Repo {
            backend: self.backend.reopen()?,
            git_dir: self.git_dir.clone(),
            common_dir: self.common_dir.clone(),
            work_dir: self.work_dir.clone(),
            shallow: self.shallow.clone(),
            head: self.head.clone(),
            root: RefCell::default(),
        })
    }

    /// The git directory (of a linked worktree: its own).
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The git directory that all worktrees share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top of the work tree; `None` in a bare repository.
    pub fn work_dir(&self) -> Option<PathBuf> {
        self.work_dir.clone()
    }

    /// Selects the reader of objects, trees and the index. Both give the same answer.
    pub fn choose(&self, kind: ReaderKind) {
        self.backend.choose(kind);
    }

    pub(super) fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    pub(super) fn reader(&self) -> &dyn Reader {
        self.backend.reader()
    }

    /// The commit that HEAD names; `None` before the first.
    ///
    /// # Errors
    /// If HEAD is broken.
    pub fn head(&self) -> Result<Option<Oid>, GitError> {
        if let Some(known) = self.head.get() {
            return Ok(*known);
        }
        let head = self.backend.head()?;
        Ok(*self.head.get_or_init(|| head))
    }

    /// The full name of the branch that HEAD names, even before its first commit; `None` if it names a commit,
    /// or if refs have another format.
    pub fn head_name(&self) -> Option<Vec<u8>> {
        let text = std::fs::read(self.git_dir.join("HEAD")).ok()?;
        text.strip_prefix(b"ref: ").map(|name| name.trim_ascii().to_vec())
    }

    /// A blob's bytes.
    ///
    /// # Errors
    /// [`GitError::Missing`] if it is not here, [`GitError::Object`] if it is broken or not a blob.
    pub fn blob(&self, id: &Oid) -> Result<Vec<u8>, GitError> {
        self.of_kind(id, ObjectKind::Blob).map(Arc::unwrap_or_clone)
    }

    /// A blob's bytes, if there are at most `most`.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn blob_within(&self, id: &Oid, most: u64) -> Result<Content, GitError> {
        match self.reader().read_within(id, most)? {
            Found::Whole(object) => Ok(Content::Whole(bytes_of(object, id, ObjectKind::Blob)?)),
            Found::Larger(ObjectKind::Blob, size) => Ok(Content::Larger(size)),
            Found::Larger(kind, _) => Err(GitError::object("blob", id, format!("it is a {}", kind.word()))),
        }
    }

    /// A blob of at most `most` bytes, and what its pack made it of, if that is at hand: after [`Repo::expect_all`], for a
    /// blob that is read after that. `None` for a larger blob. `place` is where it is packed ([`Repo::place`]), if that is known.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn version(
        &self,
        id: &Oid,
        place: Option<(usize, u64)>,
        most: u64,
    ) -> Result<Option<Version>, GitError> {
        let found = match place {
            Some(place) => self.reader().read_packed(id, place, most)?,
            None => self.reader().read_within(id, most)?,
        };
        let Found::Whole(mut object) = found else { return Ok(None) };
        let base = object.base.take();
        Ok(Some(Version { bytes: bytes_of(object, id, ObjectKind::Blob)?, base }))
    }

    /// Says that most objects are going to be read by this handle, each soon after the one that it is a delta of: it
    /// keeps more of them.
    pub fn expect_all(&self) {
        self.reader().expect_all();
    }

    /// Where an object is packed, to be compared with other places; `None` if that is not known.
    pub fn place(&self, id: &Oid) -> Option<(usize, u64)> {
        self.reader().place(id)
    }

    /// Where the object is packed that the one at a place is a delta of; `None` if it is whole, or that is not known.
    pub fn base(&self, place: (usize, u64)) -> Option<(usize, u64)> {
        self.reader().base(place)
    }

    /// The size of a blob in bytes, from its header; the blob is not read.
    ///
    /// # Errors
    /// [`GitError::Missing`] if it is not here, [`GitError::Object`] if it is broken.
    pub fn blob_size(&self, id: &Oid) -> Result<u64, GitError> {
        let (_, size) = self.reader().header(id)?.ok_or_else(|| GitError::Missing(vec![*id]))?;
        Ok(size)
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn tree_of(&self, commit: &Oid) -> Result<Oid, GitError> {
        Commit::tree_in(commit, &self.of_kind(commit, ObjectKind::Commit)?)
    }

    /// A commit.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn commit(&self, id: &Oid) -> Result<Commit, GitError> {
        Commit::parse(*id, &self.of_kind(id, ObjectKind::Commit)?)
    }

    /// An annotated tag.
    ///
    /// # Errors
    /// As for [`Repo::blob`].
    pub fn tag(&self, id: &Oid) -> Result<Tag, GitError> {
        Tag::parse(*id, &self.of_kind(id, ObjectKind::Tag)?)
    }

    /// The kind of an object; `None` if it is not here.
    ///
    /// # Errors
    /// If the object is broken.
    pub fn kind(&self, id: &Oid) -> Result<Option<ObjectKind>, GitError> {
        Ok(self.reader().header(id)?.map(|(kind, _)| kind))
    }

    /// The entry at a path of a tree: a file, a gitlink or a folder.
    ///
    /// # Errors
    /// If a tree on the way cannot be read.
    pub fn at_path(&self, tree: &Oid, path: &RepoPath) -> Result<Option<Blob>, GitError> {
        tree::lookup(self.reader(), tree, path.as_bytes())
    }

    /// The object that a revision names; `None` if it names nothing.
    ///
    /// # Errors
    /// If the name is ambiguous or an object is broken.
    pub fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        self.backend.resolve(revision)
    }

    /// The value of a key of git's configuration, `section.key` in lower case; the last one counts.
    ///
    /// # Errors
    /// If the configuration cannot be read.
    pub fn config_value(&self, key: &str) -> Result<Option<String>, GitError> {
        Ok(self.backend.config()?.into_iter().rev().find(|(k, _)| k == key).map(|(_, v)| v))
    }

    /// The commits at which a shallow clone's history ends.
    pub(super) fn shallow(&self) -> Result<&HashSet<Oid>, GitError> {
        if let Some(known) = self.shallow.get() {
            return Ok(known);
        }
        let path = std::env::var_os("GIT_SHALLOW_FILE")
            .map_or_else(|| self.common_dir.join("shallow"), PathBuf::from);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(GitError::Other(format!("cannot read {}: {e}", path.display()))),
        };
        let ids = text.split(|b| *b == b'\n').filter_map(|line| Oid::from_hex(line.trim_ascii())).collect();
        Ok(self.shallow.get_or_init(|| ids))
    }

    pub(super) fn of_kind(&self, id: &Oid, kind: ObjectKind) -> Result<Arc<Vec<u8>>, GitError> {
        bytes_of(self.reader().read(id)?, id, kind)
    }
}

fn bytes_of(object: Object, id: &Oid, kind: ObjectKind) -> Result<Arc<Vec<u8>>, GitError> {
    if object.kind != kind {
        return Err(GitError::object(kind.word(), id, format!("it is a {}", object.kind.word())));
    }
    Ok(object.bytes)
}
