//! The program of the page `/state-space-models/`.

fn main() {
    tinkerable::start(&tinkerable::topics::state_space_models::TOPIC);
}
