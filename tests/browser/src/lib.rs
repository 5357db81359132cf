//! What the test suite and the measurements share: a server for the site, a browser, and the list
//! of what there is to look at.

pub mod catalogue;
pub mod fonts;
pub mod server;
pub mod session;

/// What went wrong, in a sentence.
pub type Outcome<T = ()> = Result<T, Failure>;

/// A test's failure, from a broken promise of the page or from the browser itself.
#[derive(Debug)]
pub struct Failure(pub String);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        // The driver adds addresses of its own code, which help nobody.
        let words = error.to_string();
        Self(words.split("Stacktrace").next().unwrap_or_default().trim().to_owned())
    }
}

/// The failure with this sentence.
///
/// # Errors
/// Always.
pub fn fail<T>(sentence: impl Into<String>) -> Outcome<T> {
    Err(Failure(sentence.into()))
}

/// A promise of the page; the sentence tells how it was broken.
///
/// # Errors
/// If it does not hold.
pub fn hold(promise: bool, broken: impl FnOnce() -> String) -> Outcome {
    if promise { Ok(()) } else { fail(broken()) }
}

/// A variable of the environment that `cargo xtask` sets.
///
/// # Errors
/// If it is not set.
pub fn setting(name: &str) -> Outcome<String> {
    std::env::var(name)
        .map_err(|_| Failure(format!("{name} is not set: start this with cargo xtask test or measure.")))
}
