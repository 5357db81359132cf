//! The program of the page `/mixture-of-experts/`.

fn main() {
    tinkerable::start(&tinkerable::topics::mixture_of_experts::TOPIC);
}
