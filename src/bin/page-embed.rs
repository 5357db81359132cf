//! The program of the page `/embed/`, whose form puts simulations on other pages.

fn main() {
    tinkerable::start_form();
}
