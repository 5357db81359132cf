//! Steps of every simulation natively, with the defaults: `cargo bench --bench simulations`.

use divan::Bencher;
use divan::counter::ItemsCount;
use tinkerable::lab::Runner;
use tinkerable::topics;

/// Steps of one sample.
const STEPS: u64 = 100;

fn main() {
    divan::main();
}

fn addresses() -> Vec<String> {
    topics::ALL
        .iter()
        .flat_map(|topic| topic.simulations.iter().map(|spec| format!("{}/{}", topic.slug, spec.id)))
        .collect()
}

#[divan::bench(args = addresses())]
fn steps(bencher: Bencher, address: &str) {
    let (_, spec) = topics::find(address).expect("the address comes from the list");
    bencher
        .counter(ItemsCount::new(STEPS))
        .with_inputs(|| Runner::new(spec, spec.defaults()))
        .bench_local_refs(|runner| runner.advance(STEPS));
}
