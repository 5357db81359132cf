//! Steps a second of every simulation, for `cargo xtask measure`: `<slug>/<simulation> <tab> speed`.

use std::time::Instant;

use tinkerable::lab::run::speed::steps_per_second;
use tinkerable::topics;

fn main() {
    let start = Instant::now();
    for topic in topics::ALL {
        for spec in topic.simulations {
            let speed = steps_per_second(spec, 1000.0, || start.elapsed().as_secs_f64() * 1000.0);
            println!("{}/{}\t{speed}", topic.slug, spec.id);
        }
    }
}
