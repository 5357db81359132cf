//! Pieces of the program, which come when they are asked for: a topic when its page is read, what is
//! needed only on request when somebody requests it.
//!
//! A release is linked as one program; the build then cuts it where a function is declared by [`piece!`]
//! (`wasm_split_helpers` marks the places, `cargo xtask draw` cuts). While the site is worked on nothing
//! is cut, and a piece is there at once.

/// Declares a function whose code, with all that only it needs, is a piece of its own by this name.
/// Called, it first fetches the piece. Functions may share a piece.
macro_rules! piece {
    ($piece:ident: $(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),*) $body:block) => {
        $crate::pieces::piece! { $piece: $(#[$doc])* $vis fn $name($($argument: $type),*) -> () $body }
    };
    ($piece:ident: $(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty $body:block) => {
        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        $vis async fn $name($($argument: $type),*) -> Result<$output, $crate::pieces::Missing> {
            let output = $body;
            Ok(output)
        }

        $(#[$doc])*
        #[cfg(feature = "split")]
        #[wasm_split_helpers::wasm_split($piece, fallible)]
        $vis fn $name($($argument: $type),*) -> Result<$output, $crate::pieces::Missing> {
            let output = $body;
            Ok(output)
        }
    };
}
pub(crate) use piece;

/// A piece of the program that could not be fetched. Asked for once more, it is fetched once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

impl Missing {
    /// What a reader is told where something did not happen.
    pub const SENTENCE: &str = "This takes a part of the program that could not be loaded. Check the \
                                connection and try it again.";
}
