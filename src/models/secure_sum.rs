//! A sum whose terms nobody sees: masks that cancel.
//!
//! Reference: Bonawitz et al. 2017, *Practical Secure Aggregation for Privacy-Preserving Machine Learning*,
//! CCS, eprint 2017/281.
//!
//! Names and letters: `counted` q_k = round(2^16 v_k) mod 2^32 for a client's numbers v_k, `mask` PRG(s_kj),
//! `masked` y_k = q_k + Σ_{j>k} PRG(s_kj) − Σ_{j<k} PRG(s_jk), all mod 2^32.
//!
//! Departures: the masking alone. How two clients agree on a seed, and the shares from which the masks of one
//! that left are recovered, are not here; and the generator is no cryptographic one, so nothing here is secret.

use numerics::random::Stream;

/// Steps of a counted number in one unit.
pub const SCALE: f64 = 65_536.0;

/// Numbers as counts of 1/65,536, round the clock of 32 bits.
#[must_use]
pub fn counted(values: &[f64]) -> Vec<u32> {
    values.iter().map(|x| (x * SCALE).round() as i64 as u32).collect()
}

/// What counts mean: up to half the clock they are positive.
#[must_use]
pub fn decoded(counts: &[u32]) -> Vec<f64> {
    counts.iter().map(|count| f64::from(count.cast_signed()) / SCALE).collect()
}

/// Whether a sum of such sizes stays within half the clock.
#[must_use]
pub fn fits(values: &[Vec<f64>]) -> bool {
    let width = values.first().map_or(0, Vec::len);
    (0..width).all(|i| values.iter().map(|v| v[i].abs()).sum::<f64>() * SCALE < f64::from(i32::MAX))
}

/// The sum, round the clock.
#[must_use]
pub fn sum(parts: &[Vec<u32>]) -> Vec<u32> {
    let width = parts.first().map_or(0, Vec::len);
    (0..width).map(|i| parts.iter().fold(0, |sum: u32, part| sum.wrapping_add(part[i]))).collect()
}

/// What each client sends: its counts under the masks that it shares with each of the others.
#[must_use]
pub fn masked(counts: &[Vec<u32>], seed: u64, round: u64) -> Vec<Vec<u32>> {
    let mut sent = counts.to_vec();
    for k in 1..sent.len() {
        let (before, rest) = sent.split_at_mut(k);
        for (j, first) in before.iter_mut().enumerate() {
            let mut mask = Stream::new(seed, &format!("mask {round} {j} {k}"));
            for (first, second) in first.iter_mut().zip(&mut rest[0]) {
                // The upper 32 of its 53 bits.
                let drawn = (mask.uniform() * 4_294_967_296.0) as u32;
                *first = first.wrapping_add(drawn);
                *second = second.wrapping_sub(drawn);
            }
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Vec<f64>> {
        let mut stream = Stream::new(4, "values");
        (0..10).map(|_| (0..116).map(|_| 60.0 * stream.normal()).collect()).collect()
    }

    /// Known result: masks cancel bit for bit, and rounding costs at most half a count a client.
    #[test]
    fn masks_cancel_bit_for_bit() {
        let values = values();
        assert!(fits(&values));
        let counts: Vec<Vec<u32>> = values.iter().map(|v| counted(v)).collect();
        let sent = masked(&counts, 1, 0);
        let total = sum(&sent);
        assert_eq!(total, sum(&counts));
        for (i, decoded) in decoded(&total).into_iter().enumerate() {
            let exact: f64 = values.iter().map(|v| v[i]).sum();
            assert!((decoded - exact).abs() <= 10.0 / 131_072.0 + 1e-9, "{decoded} {exact}");
        }
    }

    /// Known result: without one client nothing cancels.
    #[test]
    fn one_missing_leaves_garbage() {
        let counts: Vec<Vec<u32>> = values().iter().map(|v| counted(v)).collect();
        let sent = masked(&counts, 1, 0);
        let (without, wanted) = (sum(&sent[1..]), sum(&counts[1..]));
        assert!(without.iter().zip(&wanted).filter(|(a, b)| a == b).count() <= 1);
        // Garbage is spread over the whole clock.
        let high = without.iter().filter(|count| **count >= 1 << 31).count();
        assert!((35..82).contains(&high), "{high}");
    }

    #[test]
    fn one_alone_has_no_mask_and_a_large_sum_does_not_fit() {
        let counts = vec![counted(&[1.5, -2.0])];
        assert_eq!(masked(&counts, 1, 0), counts);
        assert_eq!(decoded(&counts[0]), [1.5, -2.0]);
        assert!(!fits(&[vec![30_000.0], vec![30_000.0]]));
    }
}
