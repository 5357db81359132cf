//! The program of every page. See `tinkerable::web`.

fn main() {
    tinkerable::start();
}
