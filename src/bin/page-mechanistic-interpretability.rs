//! The program of the page `/mechanistic-interpretability/`.

fn main() {
    tinkerable::start(&tinkerable::topics::mechanistic_interpretability::TOPIC);
}
