//! The page: widgets around simulations, links between prose and models, navigation, theme.
//!
//! [`views`] says once what HTML a simulation is; Leptos draws it natively, into the static page
//! (cargo feature `site`). In the browser nothing is drawn a second time: [`bind`] finds the
//! elements that change by their data attributes and lets Leptos' reactive graph keep them up to
//! date. So the program carries no markup, and a page is whole before it arrives.

// Of the words that both halves use, each writes some alone.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

#[cfg(target_arch = "wasm32")]
mod benchmark;
#[cfg(target_arch = "wasm32")]
mod bind;
#[cfg(target_arch = "wasm32")]
mod depend;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
mod embed;
#[cfg(target_arch = "wasm32")]
mod figure_view;
#[cfg(target_arch = "wasm32")]
mod film;
#[cfg(target_arch = "wasm32")]
mod form;
#[cfg(target_arch = "wasm32")]
mod guess;
#[cfg(target_arch = "wasm32")]
mod lesson;
#[cfg(target_arch = "wasm32")]
mod luck;
#[cfg(target_arch = "wasm32")]
mod making;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod present;
#[cfg(target_arch = "wasm32")]
mod raster;
#[cfg(target_arch = "wasm32")]
mod save;
#[cfg(target_arch = "wasm32")]
mod search;
#[cfg(target_arch = "wasm32")]
mod session;
#[cfg(target_arch = "wasm32")]
mod share;
#[cfg(target_arch = "wasm32")]
mod slides;
#[cfg(target_arch = "wasm32")]
mod theme;
#[cfg(target_arch = "wasm32")]
mod ticker;
#[cfg(not(target_arch = "wasm32"))]
mod views;
#[cfg(target_arch = "wasm32")]
mod why;
mod words;

#[cfg(target_arch = "wasm32")]
pub use page::start;
#[cfg(not(target_arch = "wasm32"))]
pub use views::{glimpse_html, widget_html};
