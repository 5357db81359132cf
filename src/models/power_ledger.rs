//! Energy of whole machines: what training took, what an answer takes, and what that weighs.
//!
//! References: Patterson et al. 2021, arXiv:2104.10350 (hours times machines times power times PUE); Schwartz et al.
//! 2019, *Green AI*, arXiv:1907.10597.
//!
//! Units: kilowatts (kW) for one accelerator and whatever of its host is counted, hours, megawatt-hours (MWh),
//! watt-hours (Wh), tokens per second, grams of CO₂ equivalent for a kilowatt-hour. PUE is the energy of the whole building over
//! that of its computers, at least 1.
//!
//! Departures: power is one constant; idle hours, failed runs, and making the chips are left out.

/// A run of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Training {
    pub accelerators: f64,
    pub hours: f64,
    /// For each accelerator.
    pub kilowatts: f64,
    pub pue: f64,
}

impl Training {
    #[must_use]
    pub fn megawatt_hours(&self) -> f64 {
        self.accelerators * self.hours * self.kilowatts * self.pue / 1e3
    }

    /// Tonnes of CO₂ equivalent, where a kilowatt-hour stands for `grid` grams.
    #[must_use]
    pub fn tonnes(&self, grid: f64) -> f64 {
        self.megawatt_hours() * grid / 1e3
    }
}

/// Joules for 1,000 tokens of a machine that draws `watts` and makes so many tokens a second.
#[must_use]
pub fn joules_per_thousand(watts: f64, pue: f64, tokens_per_second: f64) -> f64 {
    1e3 * watts * pue / tokens_per_second
}

#[must_use]
pub fn watt_hours(joules: f64) -> f64 {
    joules / 3600.0
}

/// Grams of CO₂ equivalent.
#[must_use]
pub fn grams(joules: f64, grid: f64) -> f64 {
    joules / 3.6e6 * grid
}

/// Days of so many tokens until serving them has taken as much energy as training: none where serving takes
/// nothing.
#[must_use]
pub fn days_until_even(megawatt_hours: f64, wh_per_thousand: f64, tokens_per_day: f64) -> Option<f64> {
    let daily = wh_per_thousand * tokens_per_day / 1e3 / 1e6;
    (daily > 0.0).then(|| megawatt_hours / daily)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known result: the anchors of the article.
    #[test]
    fn anchors_are_exact() {
        let mwh = |accelerators, hours, kilowatts, pue| {
            Training { accelerators, hours, kilowatts, pue }.megawatt_hours()
        };
        assert!((mwh(25_000.0, 2280.0, 0.4, 1.0) - 22_800.0).abs() < 1e-9);
        assert!((mwh(25_000.0, 2160.0, 0.8125, 1.0) - 43_875.0).abs() < 1e-9);
        assert!((mwh(25_000.0, 2400.0, 0.8125, 1.18) - 57_525.0).abs() < 1e-9);
        assert!((mwh(16_384.0, 30.84e6 / 16_384.0, 0.7, 1.0) - 21_588.0).abs() < 1e-6);
        assert!((mwh(2048.0, 2.788e6 / 2048.0, 0.7, 1.0) - 1951.6).abs() < 1e-6);
    }

    #[test]
    fn ten_kilowatts_at_five_thousand_tokens() {
        let wh = watt_hours(joules_per_thousand(1e4, 1.0, 5e3));
        assert!((wh - 0.5556).abs() < 1e-4);
        assert!((watt_hours(joules_per_thousand(1e4, 1.0, 32e3)) - 0.0868).abs() < 1e-4);
        assert!((days_until_even(22_800.0, wh, 1e9).unwrap() - 41_040.0).abs() < 1e-6);
        assert_eq!(days_until_even(1.0, wh, 0.0), None);
        assert!((grams(3.6e6, 400.0) - 400.0).abs() < 1e-12);
    }

    /// Known result: a reply of 500 tokens as modelled by Epoch AI.
    #[test]
    fn a_modelled_reply_takes_three_tenths_of_a_watt_hour() {
        let seconds = 1e14 / (9.89e14 * 0.1);
        assert!((watt_hours(seconds * 1071.0) - 0.3008).abs() < 1e-4);
    }
}
