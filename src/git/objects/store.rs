//! Objects by their ids: from a pack or a loose file.

use super::files::{self, Files};
use super::idx::Id;
use super::loose;
use super::pack::Pack;
use super::tools::Tools;
use crate::git::object::{Found, Lookup};
use crate::git::{GitError, Oid};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The objects of a repository. A handle belongs to one thread; all handles share the open files.
pub(in crate::git) struct Store {
    common_dir: PathBuf,
    files: Arc<OnceLock<Files>>,
    tools: RefCell<Option<Tools>>,
}

impl Store {
    pub(in crate::git) fn new(common_dir: &Path) -> Store {
        Store { common_dir: common_dir.to_owned(), files: Arc::default(), tools: RefCell::new(None) }
    }

    /// Opens another handle, for another thread.
    pub(in crate::git) fn reopen(&self) -> Store {
        Store {
            common_dir: self.common_dir.clone(),
            files: Arc::clone(&self.files),
            tools: RefCell::new(None),
        }
    }

    /// Keeps more of what is read from now on: most objects are going to be read, in the order of their places.
    pub(in crate::git) fn expect_all(&self) {
        *self.tools.borrow_mut() = Some(Tools::for_all());
        self.files().packs.iter().for_each(Pack::keep_index);
    }

    /// Drops what is kept of objects; the indexes of packs stay.
    pub(in crate::git) fn expect_few(&self) {
        *self.tools.borrow_mut() = None;
    }

    /// Where an object is packed: the number of the pack, and the place in it. `None` if it is in no pack that is read here.
    pub(in crate::git) fn place(&self, oid: &Oid) -> Option<(usize, u64)> {
        let id = Id::try_from(oid.as_bytes()).ok()?;
        let last = self.tools.borrow().as_ref().map_or(0, |tools| tools.last);
        self.files().find(&id, last)
    }

    /// The place of the object that the one at a place is a delta of.
    pub(in crate::git) fn base(&self, (number, offset): (usize, u64)) -> Option<(usize, u64)> {
        let mut tools = self.tools.borrow_mut();
        let inflater = &mut tools.get_or_insert_with(Tools::new).inflater;
        let base = self.files().packs.get(number)?.base(offset, inflater)?;
        Some((number, base))
    }

    /// Reads an object of at most `most` bytes.
    ///
    /// # Errors
    /// On circular deltas, and on an object that is not found while a pack is damaged.
    pub(in crate::git) fn read(&self, oid: &Oid, most: u64) -> Result<Lookup, GitError> {
        let Ok(id) = Id::try_from(oid.as_bytes()) else { return Ok(Lookup::Unknown) };
        let files = self.files();
        let mut tools = self.tools.borrow_mut();
        match read(files, oid, &id, most, tools.get_or_insert_with(Tools::new))? {
            Lookup::Absent => {}
            other => return Ok(other),
        }
        // New packs may have replaced loose objects and other packs meanwhile.
        if files.are_current() {
            return Ok(Lookup::Absent);
        }
        read(&Files::open(&self.common_dir), oid, &id, most, &mut Tools::new())
    }

    /// Reads an object that is packed at this place ([`Store::place`]); `None` if it cannot be read there.
    ///
    /// # Errors
    /// On circular deltas.
    pub(in crate::git) fn read_packed(
        &self,
        oid: &Oid,
        (number, offset): (usize, u64),
        most: u64,
    ) -> Result<Option<Found>, GitError> {
        let mut tools = self.tools.borrow_mut();
        let Some(pack) = self.files().packs.get(number) else { return Ok(None) };
        let found = pack.read(number, offset, most, tools.get_or_insert_with(Tools::new));
        found.transpose().map_err(|_| files::endless(oid))
    }

    /// The error for a missing object that must be here.
    pub(in crate::git) fn missing(&self, oid: &Oid) -> GitError {
        self.files().missing(oid)
    }

    fn files(&self) -> &Files {
        self.files.get_or_init(|| Files::open(&self.common_dir))
    }
}

fn read(files: &Files, oid: &Oid, id: &Id, most: u64, tools: &mut Tools) -> Result<Lookup, GitError> {
    if let Some((number, offset)) = files.find(id, tools.last) {
        tools.last = number;
        return match files.packs[number].read(number, offset, most, tools).transpose() {
            Ok(found) => Ok(found.map_or(Lookup::Unreadable, Lookup::Found)),
            Err(_) => Err(files::endless(oid)),
        };
    }
    if let Some(found) = files.dirs.iter().find_map(|dir| loose::read(dir, id, most, &mut tools.inflater)) {
        return Ok(found);
    }
    files.none_damaged()?;
    Ok(if files.partly { Lookup::Unknown } else { Lookup::Absent })
}
