//! Few numbers for many: documents as points in the dimensions along which a table of words varies most
//! (latent semantic analysis), and the same for any table whose columns are centred (principal components).
//!
//! References: Deerwester et al. 1990, *Indexing by Latent Semantic Analysis*, JASIS 41(6), 391–407;
//! scikit-learn 1.6.1, `PCA` with all components computed.
//!
//! Glossary: X, terms by documents; U Σ Vᵀ its singular value decomposition; `rank` r, dimensions kept.
//!
//! Shapes: coordinates are [documents, r], each column scaled by its singular value; a query becomes
//! Uᵀq, [r], which is Σ times its folded-in coordinates.

use numerics::eigen;
use numerics::matrix::{Matrix, dot, norm};

/// Documents in latent dimensions.
#[derive(Clone, Debug)]
pub struct Latent {
    /// The table itself, [terms, documents].
    table: Matrix,
    /// Singular values, largest first, those above zero only.
    pub singular: Vec<f64>,
    /// Unit vectors of the documents, a row for each dimension.
    directions: Matrix,
}

impl Latent {
    /// Decomposes a table of terms by documents.
    #[must_use]
    pub fn new(table: Matrix) -> Self {
        // XᵀX is small, one row a document, and has the squares of the singular values.
        let (squares, directions) = eigen::symmetric(&table.transposed_times(&table));
        let least = 1e-10 * squares.first().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
        let singular = squares.into_iter().take_while(|s| *s > least).map(f64::sqrt).collect();
        Self { table, singular, directions }
    }

    /// Dimensions that there are.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.singular.len()
    }

    /// Where a document stands, in the first `rank` dimensions.
    #[must_use]
    pub fn document(&self, document: usize, rank: usize) -> Vec<f64> {
        self.singular.iter().take(rank).enumerate().map(|(d, s)| s * self.directions[(d, document)]).collect()
    }

    /// Where a query stands, of weights for the terms.
    #[must_use]
    pub fn query(&self, weights: &[f64], rank: usize) -> Vec<f64> {
        // Uᵀq = Σ⁻¹ Vᵀ Xᵀq: no U is needed.
        let products: Vec<f64> = (0..self.table.columns())
            .map(|d| (0..self.table.rows()).map(|t| self.table[(t, d)] * weights[t]).sum())
            .collect();
        self.singular
            .iter()
            .take(rank)
            .enumerate()
            .map(|(d, s)| dot(self.directions.row(d), &products) / s)
            .collect()
    }

    /// The cosine of the query with each document; 0 where one of the two stands at the origin.
    #[must_use]
    pub fn cosines(&self, weights: &[f64], rank: usize) -> Vec<f64> {
        let query = self.query(weights, rank);
        (0..self.table.columns())
            .map(|d| {
                let document = self.document(d, rank);
                let lengths = norm(&query) * norm(&document);
                if lengths > 1e-12 { dot(&query, &document) / lengths } else { 0.0 }
            })
            .collect()
    }
}

/// The directions in which the rows of a table vary most.
#[derive(Clone, Debug)]
pub struct Components {
    pub mean: Vec<f64>,
    /// Variances along the directions, largest first, of a sample.
    pub variances: Vec<f64>,
    /// A unit vector a row.
    pub directions: Matrix,
}

impl Components {
    #[must_use]
    pub fn new(rows: &Matrix) -> Self {
        let (n, width) = (rows.rows(), rows.columns());
        let mean: Vec<f64> =
            (0..width).map(|c| (0..n).map(|r| rows[(r, c)]).sum::<f64>() / n as f64).collect();
        let centred = Matrix::from_fn(n, width, |r, c| rows[(r, c)] - mean[c]);
        let (values, directions) = eigen::symmetric(&centred.transposed_times(&centred));
        let variances = values.into_iter().map(|v| v.max(0.0) / (n as f64 - 1.0)).collect();
        Self { mean, variances, directions }
    }

    /// A row with nothing left but its part along the first `rank` directions.
    #[must_use]
    pub fn restored(&self, row: &[f64], rank: usize) -> Vec<f64> {
        let centred: Vec<f64> = row.iter().zip(&self.mean).map(|(x, m)| x - m).collect();
        let mut out = self.mean.clone();
        for d in 0..rank.min(self.directions.rows()) {
            let along = dot(self.directions.row(d), &centred);
            out.iter_mut().zip(self.directions.row(d)).for_each(|(o, v)| *o += along * v);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [&str; 9] = [
        "human interface computer",
        "computer user system response time survey",
        "interface user system EPS",
        "human system system EPS",
        "user response time",
        "trees",
        "trees graph",
        "trees graph minors",
        "survey graph minors",
    ];

    fn titles() -> (Latent, Vec<f64>) {
        let mut terms: Vec<&str> = TITLES.iter().flat_map(|t| t.split(' ')).collect();
        terms.sort_unstable();
        terms.dedup();
        let count = |term: &str, text: &str| text.split(' ').filter(|w| *w == term).count() as f64;
        let table = Matrix::from_fn(terms.len(), TITLES.len(), |t, d| count(terms[t], TITLES[d]));
        let query = terms.iter().map(|t| count(t, "human computer")).collect();
        (Latent::new(table), query)
    }

    /// Known result: the nine titles of Deerwester et al., two dimensions. c3 and c5 share no word with the
    /// query.
    #[test]
    fn titles_without_a_common_word_are_found() {
        let (latent, query) = titles();
        assert!((latent.singular[0] - 3.3409).abs() < 5e-5 && (latent.singular[1] - 2.5417).abs() < 5e-5);
        let known = [0.998, 0.937, 0.998, 0.987, 0.908, -0.124, -0.106, -0.099, 0.050];
        for (cosine, known) in latent.cosines(&query, 2).iter().zip(known) {
            assert!((cosine - known).abs() < 6e-4, "{cosine} {known}");
        }
    }

    /// Known result: with all dimensions the order is that of plain cosines.
    #[test]
    fn all_dimensions_find_nothing_new() {
        let (latent, query) = titles();
        let cosines = latent.cosines(&query, 9);
        for (cosine, known) in cosines.iter().zip([0.883, 0.312, 0.0, 0.312, 0.0]) {
            assert!((cosine - known).abs() < 6e-4, "{cosine} {known}");
        }
        let sign: Vec<f64> = latent.cosines(&query, 1).iter().map(|c| c.abs()).collect();
        assert!(sign.iter().all(|c| (c - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_query_without_a_word_stands_nowhere() {
        let (latent, query) = titles();
        assert!(latent.cosines(&vec![0.0; query.len()], 2).iter().all(|c| *c == 0.0));
    }

    #[test]
    fn all_components_restore_a_row() {
        let rows = Matrix::from_vec(4, 2, vec![1.0, 2.0, 2.0, 1.0, 0.0, 0.5, 4.0, 3.0]);
        let components = Components::new(&rows);
        let back = components.restored(rows.row(3), 2);
        assert!((back[0] - 4.0).abs() < 1e-12 && (back[1] - 3.0).abs() < 1e-12);
        let total: f64 = components.variances.iter().sum();
        assert!((total - (35.0 / 12.0 + 3.6875 / 3.0)).abs() < 1e-9, "{total}");
    }
}
