//! What pictures, films and sounds cost in tokens, and what a film loses between two frames.
//!
//! References: Dosovitskiy et al. 2020, arXiv:2010.11929 (patches); the documentation of Gemini 2.0 (258
//! tokens for a picture of up to 384 px or a tile of 768 px, 32 a second of sound), of GPT-4o (85 and 170
//! for each tile of 512 px) and of Claude 3 and 4 (width × height / 750); Shannon 1949 (sampling).
//!
//! Glossary: p, side of a patch in px; f, frames a second; d, seconds that something lasts; ν, turns a
//! second. Rates are dated: services change them without notice.

/// Tokens of a second of sound.
pub const SOUND: f64 = 32.0;

/// Whole patches of side `p` in a picture.
#[must_use]
pub fn patches([width, height]: [usize; 2], p: usize) -> usize {
    (width / p.max(1)) * (height / p.max(1))
}

/// GPT-4o, high detail: into a square of 2,048, the shorter side to 768 at the most, then tiles of 512.
#[must_use]
pub fn tiled(size: [f64; 2]) -> usize {
    let shrink = |size: [f64; 2], factor: f64| size.map(|side| side * factor.min(1.0));
    let size = shrink(size, 2048.0 / size[0].max(size[1]));
    let size = shrink(size, 768.0 / size[0].min(size[1]));
    let tiles = size.map(|side| (side / 512.0).ceil() as usize);
    85 + 170 * tiles[0] * tiles[1]
}

/// Claude 3 and 4: pixels over 750.
#[must_use]
pub fn by_area([width, height]: [f64; 2]) -> f64 {
    width * height / 750.0
}

/// A film that is looked at in frames and heard, or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    pub seconds: f64,
    /// f.
    pub rate: f64,
    /// Tokens of a frame.
    pub frame: f64,
    pub audible: bool,
}

impl Film {
    /// Tokens of frames, and of sound.
    #[must_use]
    pub fn tokens(&self) -> [f64; 2] {
        let sound = if self.audible { SOUND } else { 0.0 };
        [self.rate * self.frame, sound].map(|a_second| self.seconds * a_second)
    }

    /// Seconds of it that fit into so many tokens.
    #[must_use]
    pub fn fits(&self, window: f64) -> f64 {
        let [frames, sound] = self.tokens();
        self.seconds * window / (frames + sound)
    }
}

/// The chance that a frame falls into something that lasts `d` seconds.
#[must_use]
pub fn seen(d: f64, rate: f64) -> f64 {
    (d * rate).min(1.0)
}

/// The turns a second that frames show of a wheel that makes ν: negative where it seems to go back.
#[must_use]
pub fn apparent(turns: f64, rate: f64) -> f64 {
    turns - rate * (turns / rate).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_counts_of_tokens_hold() {
        for (side, p, want) in [(224, 16, 196), (224, 14, 256), (336, 14, 576)] {
            assert_eq!(patches([side, side], p), want);
        }
        assert_eq!(tiled([1024.0, 1024.0]), 765);
        assert!((by_area([1092.0, 1092.0]) - 1589.95).abs() < 0.01);
        // The limit that is documented, about 1,600, to a percent.
        assert!((by_area([1092.0, 1092.0]) / 1600.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn an_hour_fits_into_a_binary_million_and_not_into_a_round_one() {
        let hour = Film { seconds: 3600.0, rate: 1.0, frame: 258.0, audible: true };
        let total: f64 = hour.tokens().iter().sum();
        assert_eq!(total, 1_044_000.0);
        assert!(total < 1_048_576.0 && total > 1e6);
        assert!((hour.fits(1e6) / 60.0 - 57.47).abs() < 0.01);
    }

    #[test]
    fn short_things_slip_between_frames() {
        for (d, rate, want) in [(0.2, 1.0, 0.2), (0.5, 1.0, 0.5), (0.2, 5.0, 1.0)] {
            assert_eq!(seen(d, rate), want);
        }
    }

    #[test]
    fn a_wheel_just_slower_than_the_frames_goes_back() {
        assert!((apparent(0.9, 1.0) + 0.1).abs() < 1e-12);
        assert!((apparent(0.3, 1.0) - 0.3).abs() < 1e-12);
    }
}
