//! The program of the search, which a page fetches when somebody searches.

/// Takes the index and the way to the root of the site, and answers from then on in the page's dialog.
// Exported from here and not from the library: the other programs do not carry it.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn open(entries: &js_sys::Array, root: &str) {
    tinkerable::open_search(entries, root);
}

fn main() {
    // Nothing happens before `open` is called.
    #[cfg(not(target_arch = "wasm32"))]
    tinkerable::start_plain();
}
