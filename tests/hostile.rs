//! Hostile repositories: what a repository may hold to get a secret past the gate, or to hang or break the program.

mod configuration;
mod names;
mod refs;
