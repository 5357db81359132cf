//! The program of the page `/attention/`.

fn main() {
    tinkerable::start(&tinkerable::topics::attention::TOPIC);
}
