//! Time that the frames of the page leave.

use crate::lab::run::batch::Batch;
use crate::web::dom;

/// How long it waits for time that nobody needs, ms: where there is none, it takes the least that moves.
const PATIENCE: u32 = 400;

/// Time taken at once where the browser does not say how much there is (Safari), ms.
const UNTOLD: f64 = 3.0;

/// Most time taken at once while something moves, and else, ms.
const AT_ONCE: [f64; 2] = [8.0, 40.0];

/// What is known of how long things take, ms.
pub struct Spare {
    build: f64,
    /// Steps between two looks at the clock.
    stride: u32,
    /// When something was done.
    moved: f64,
}

impl Spare {
    pub fn new() -> Self {
        Self { build: 0.0, stride: 1, moved: dom::now() }
    }

    /// Waits for time that nobody needs, in a page that can be seen: how much there is, ms.
    pub async fn next(&self, moves: bool) -> f64 {
        let told = loop {
            let told = dom::breathe(Some(PATIENCE)).await;
            if !dom::document().hidden() {
                break told;
            }
        };
        let most = AT_ONCE[usize::from(!moves)];
        told.unwrap_or(UNTOLD).min(most)
    }

    /// Makes runs for so long, a step at least. To build a simulation cannot be cut in pieces: one that
    /// would not fit waits until it does, but not for ever.
    pub fn work(&mut self, batch: &mut Batch, begun: f64, room: f64) {
        let mut any = false;
        while !batch.is_whole() {
            let now = dom::now();
            let left = begun + room - now;
            let builds = batch.builds_next();
            let waits = builds && self.build > left && now - self.moved < f64::from(PATIENCE);
            if waits || any && left <= 0.0 {
                return;
            }
            any = true;
            if builds {
                batch.advance_within(|| true);
                self.build = 0.5 * (self.build + dom::now() - now);
            } else {
                self.step(batch, now, begun + room);
            }
            self.moved = dom::now();
        }
    }

    /// Makes steps of one run until a moment. The clock is not looked at after each: of some simulations a
    /// step takes less time than that.
    fn step(&mut self, batch: &mut Batch, mut last: f64, until: f64) {
        let mut steps = 0;
        batch.advance_within(|| {
            steps += 1;
            if steps < self.stride {
                return false;
            }
            steps = 0;
            let now = dom::now();
            if now - last < 0.1 {
                self.stride = (self.stride * 2).min(1 << 20);
            } else if now - last > 0.4 {
                self.stride = (self.stride / 2).max(1);
            }
            last = now;
            now > until
        });
    }
}
