//! Faults of the system and of the disk. Nothing is lost, nothing hangs, a decision stays what it is, and the message names
//! the file.

mod kept;
mod killed;
mod output;
mod packs;
