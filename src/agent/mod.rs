//! The gate for coding assistants: what they are asked, read, run and write.

pub mod shell;
