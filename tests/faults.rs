//! Faults of the system and of the disk. Nothing is lost, nothing hangs, and the message names the file.

mod disk;
mod packs;
