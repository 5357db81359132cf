//! The page: widgets around simulations, links between prose and models, navigation, theme.
//!
//! Leptos lives here and nowhere else. The same views are drawn twice: natively, into the static
//! page (cargo feature `site`), and in the browser, where they adopt that page's HTML as it
//! stands.

// Natively only the drawing half of the room runs.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

#[cfg(target_arch = "wasm32")]
mod benchmark;
mod controls;
mod dom;
mod extras;
mod figure_view;
#[cfg(target_arch = "wasm32")]
mod navigation;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod prose;
mod session;
mod share;
mod stage;
mod theme;
mod ticker;
mod widget;

#[cfg(target_arch = "wasm32")]
pub use page::start;
#[cfg(not(target_arch = "wasm32"))]
pub use widget::widget_html;
