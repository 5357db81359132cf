//! Summaries of samples.

use super::elementary::ln;

/// Arithmetic mean; zero for no numbers.
#[must_use]
pub fn mean(xs: &[f64]) -> f64 {
    if xs.is_empty() { 0.0 } else { xs.iter().sum::<f64>() / xs.len() as f64 }
}

/// Population standard deviation (divides by n); zero for no numbers.
#[must_use]
pub fn standard_deviation(xs: &[f64]) -> f64 {
    let m = mean(xs);
    mean(&xs.iter().map(|x| (x - m) * (x - m)).collect::<Vec<_>>()).sqrt()
}

/// Normalised mutual information of two labellings, I(A;B) / sqrt(H(A) H(B)), in 0..=1.
/// Zero where one of them is constant (nothing to be informed about).
///
/// `counts[a][b]` is how often labels `a` and `b` meet.
#[must_use]
pub fn normalised_mutual_information(counts: &[Vec<f64>]) -> f64 {
    let total: f64 = counts.iter().flatten().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let columns = counts.first().map_or(0, Vec::len);
    let row: Vec<f64> = counts.iter().map(|r| r.iter().sum::<f64>() / total).collect();
    let column: Vec<f64> = (0..columns).map(|c| counts.iter().map(|r| r[c]).sum::<f64>() / total).collect();
    let entropy = |p: &[f64]| -p.iter().filter(|x| **x > 0.0).map(|x| x * ln(*x)).sum::<f64>();
    let (ha, hb) = (entropy(&row), entropy(&column));
    if ha <= 1e-12 || hb <= 1e-12 {
        return 0.0;
    }
    let mut information = 0.0;
    for (r, pr) in counts.iter().zip(&row) {
        for (n, pc) in r.iter().zip(&column) {
            if *n > 0.0 {
                let p = n / total;
                information += p * ln(p / (pr * pc));
            }
        }
    }
    (information / (ha * hb).sqrt()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutual_information_knows_the_extremes() {
        let same = vec![vec![5.0, 0.0], vec![0.0, 5.0]];
        let independent = vec![vec![5.0, 5.0], vec![5.0, 5.0]];
        let constant = vec![vec![5.0, 0.0], vec![5.0, 0.0]];
        assert!((normalised_mutual_information(&same) - 1.0).abs() < 1e-12);
        assert!(normalised_mutual_information(&independent).abs() < 1e-12);
        assert_eq!(normalised_mutual_information(&constant), 0.0);
    }

    #[test]
    fn deviation_divides_by_n() {
        assert_eq!(standard_deviation(&[1.0, 3.0]), 1.0);
        assert_eq!(mean(&[]), 0.0);
    }
}
