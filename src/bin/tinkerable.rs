//! The command line. See [`tinkerable::cli`].

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    tinkerable::cli::main(std::env::args_os().skip(1))
}

/// A browser has no command line; this binary exists there only so that the whole package compiles.
#[cfg(target_arch = "wasm32")]
fn main() {}
