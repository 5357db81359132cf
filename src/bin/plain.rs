//! The program of the pages without simulations.

fn main() {
    tinkerable::start_plain();
}
