//! The program of the page `/test-time-compute/`.

fn main() {
    tinkerable::start(&tinkerable::topics::test_time_compute::TOPIC);
}
