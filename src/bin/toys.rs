//! Steps a second of the toys that PyTorch runs as well: `cargo xtask peers` (benches/peers/).
//!
//! Natively it prints a line for each, `toy <tab> steps a second`; in a browser it offers [`toys`] and
//! [`steps`]. No page loads it.

use core::hint::black_box;
use tinkerable::lab::run::speed::steps_per_second;
use tinkerable::models::attention::{Logits, attend, standard_scale};
use tinkerable::models::spiking::{Leaky, Reset};
use tinkerable::numerics::matrix::{Matrix, sum};
use tinkerable::numerics::random::Stream;
use tinkerable::topics;

/// Simulations with their defaults; then kernels; then the yardstick of the second to last.
const TOYS: [&str; 8] = [
    "mixture-of-experts/moe-train",
    "neuromorphic-computing/snn-train",
    "mechanistic-interpretability/sae",
    "efficient-fine-tuning/lora-live",
    "state-space-models/selective",
    "neurons",
    "attention",
    "arithmetic",
];

/// Steps between two looks at the clock.
const STRIDE: u32 = 64;

/// Steps a second of a toy, over about `milliseconds`; of the arithmetic, pairs of a product and a sum.
fn speed(toy: &str, milliseconds: f64, now: fn() -> f64) -> f64 {
    if let Ok((_, spec)) = topics::find(toy) {
        return steps_per_second(spec, milliseconds, now);
    }
    let mut step = match toy {
        "neurons" => neurons(),
        "attention" => attention(),
        _ => return repeated(milliseconds, now, arithmetic) * PAIRS as f64,
    };
    repeated(milliseconds, now, &mut *step)
}

fn repeated(milliseconds: f64, now: fn() -> f64, mut step: impl FnMut()) -> f64 {
    // Compiled for good before it counts.
    (0..STRIDE).for_each(|_| step());
    let (begun, mut made) = (now(), 0);
    loop {
        (0..STRIDE).for_each(|_| step());
        made += STRIDE;
        let elapsed = now() - begun;
        if elapsed >= milliseconds {
            return f64::from(made) * 1000.0 / elapsed;
        }
    }
}

/// 1,000 leaky neurons with a current each.
fn neurons() -> Box<dyn FnMut()> {
    const COUNT: usize = 1000;
    let neuron = Leaky { beta: 0.9, threshold: 1.0, reset: Reset::Subtract, delayed: true };
    let mut stream = Stream::new(1, "currents");
    let currents: Vec<f64> = (0..COUNT).map(|_| stream.between(0.0, 0.5)).collect();
    let (mut before, mut after, mut spikes) = (vec![0.0; COUNT], vec![0.0; COUNT], vec![0.0; COUNT]);
    Box::new(move || {
        neuron.step_layer(&before, &currents, &mut after, &mut spikes);
        core::mem::swap(&mut before, &mut after);
        black_box(sum(&spikes));
    })
}

/// One head of 128 queries, keys and values of 32 numbers.
fn attention() -> Box<dyn FnMut()> {
    let draw = |purpose| {
        let mut x = Matrix::zeros(128, 32);
        Stream::new(1, purpose).fill_normal(x.as_mut_slice());
        x
    };
    let (q, k, v) = (draw("queries"), draw("keys"), draw("values"));
    let logits = Logits { scale: standard_scale(32), causal: false, bias: None };
    Box::new(move || {
        black_box(attend(&q, &k, &v, logits));
    })
}

/// Rounds of one call of [`arithmetic`], and pairs of a product and a sum that it makes.
const ROUNDS: u64 = 4096;
const PAIRS: u64 = ROUNDS * 12;

/// What registers of 128 bits can do without a fused multiplication: six chains of products and six of
/// sums, two numbers each. Nothing comes from memory, and no chain waits for another.
fn arithmetic() {
    let (mut products, mut sums) = ([black_box(1.0); 12], [black_box(0.0); 12]);
    let (factor, addend) = (black_box(1.000_000_1), black_box(0.1));
    for _ in 0..ROUNDS {
        for (p, s) in products.iter_mut().zip(&mut sums) {
            *p *= factor;
            *s += addend;
        }
    }
    black_box((products, sums));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    static BEGUN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    for toy in TOYS {
        println!("{toy}\t{}", speed(toy, 1000.0, || BEGUN.elapsed().as_secs_f64() * 1000.0));
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::prelude::wasm_bindgen;

    /// The names of all toys.
    #[wasm_bindgen]
    pub fn toys() -> Vec<String> {
        super::TOYS.map(str::to_owned).to_vec()
    }

    /// Steps a second of a toy, over about a second.
    #[wasm_bindgen]
    pub fn steps(toy: &str) -> f64 {
        let clock = || web_sys::window().and_then(|w| w.performance()).map_or(0.0, |clock| clock.now());
        super::speed(toy, 1000.0, clock)
    }
}
