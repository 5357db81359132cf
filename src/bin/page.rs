//! The page's program: Trunk compiles it to WebAssembly.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    tinkerable::web::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is the page's program. `cargo xtask serve` builds it for the browser and serves it.");
    std::process::exit(2);
}
