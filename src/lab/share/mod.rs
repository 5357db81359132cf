//! What leaves the page, and what comes back: addresses, files, frames and the messages to them.

pub mod embed;
pub mod film;
pub mod lesson;
pub mod message;
pub mod record;
pub mod slides;
pub mod snippet;
pub mod standalone;
pub mod step;
pub mod windows;
