//! Entry point.

use std::process::ExitCode;

/// musl's own allocator has one lock for all threads, which scan side by side.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stanch::cli::main()
}
