//! The program of the page `/neuromorphic-computing/`.

fn main() {
    tinkerable::start(&tinkerable::topics::neuromorphic_computing::TOPIC);
}
