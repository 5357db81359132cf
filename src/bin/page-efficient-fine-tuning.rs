//! The program of the page `/efficient-fine-tuning/`.

fn main() {
    tinkerable::start(&tinkerable::topics::efficient_fine_tuning::TOPIC);
}
