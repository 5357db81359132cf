//! A small row-major matrix of f64.

use core::ops::{Index, IndexMut};

/// `rows` x `columns`, stored row after row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, data: vec![0.0; rows * columns] }
    }

    /// Filled by `f(row, column)`, row by row: the order in which a random stream is drawn.
    pub fn from_fn(rows: usize, columns: usize, mut f: impl FnMut(usize, usize) -> f64) -> Self {
        let mut data = Vec::with_capacity(rows * columns);
        for r in 0..rows {
            for c in 0..columns {
                data.push(f(r, c));
            }
        }
        Self { rows, columns, data }
    }

    /// Takes `rows * columns` numbers in row-major order.
    ///
    /// # Panics
    /// If the length differs.
    #[must_use]
    pub fn from_vec(rows: usize, columns: usize, data: Vec<f64>) -> Self {
        assert_eq!(data.len(), rows * columns, "a {rows} x {columns} matrix");
        Self { rows, columns, data }
    }

    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    #[must_use]
    pub fn row(&self, r: usize) -> &[f64] {
        &self.data[r * self.columns..(r + 1) * self.columns]
    }

    pub fn row_mut(&mut self, r: usize) -> &mut [f64] {
        &mut self.data[r * self.columns..(r + 1) * self.columns]
    }

    /// Row-major numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.data
    }

    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.data
    }

    /// `self * x` for a column vector of length `columns`.
    #[must_use]
    pub fn times_vector(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|r| dot(self.row(r), x)).collect()
    }

    /// `self * other`.
    ///
    /// # Panics
    /// If the inner sizes differ.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.rows, "inner sizes of a product");
        let mut out = Self::zeros(self.rows, other.columns);
        let left = Left { numbers: &self.data, rows: self.rows, stride: self.columns, along: 1 };
        product(left, &other.data, &mut out.data, 0.0);
        out
    }

    /// `self * other^T`: rows of one against rows of the other.
    ///
    /// # Panics
    /// If the row lengths differ.
    #[must_use]
    pub fn times_transposed(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.columns, "row lengths of a product with a transpose");
        let mut out = Self::zeros(self.rows, other.rows);
        let left = Left { numbers: &self.data, rows: self.rows, stride: self.columns, along: 1 };
        // Turned round, so that neighbouring results lie in neighbouring lanes. A sum of floats
        // begins at minus zero.
        product(left, &other.transposed().data, &mut out.data, -0.0);
        out
    }

    /// `self^T * other`: columns of one against columns of the other.
    ///
    /// # Panics
    /// If the numbers of rows differ.
    #[must_use]
    pub fn transposed_times(&self, other: &Self) -> Self {
        assert_eq!(self.rows, other.rows, "column lengths of a product with a transpose");
        let mut out = Self::zeros(self.columns, other.columns);
        let left = Left { numbers: &self.data, rows: self.columns, stride: 1, along: self.columns };
        product(left, &other.data, &mut out.data, 0.0);
        out
    }

    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |r, c| self[(c, r)])
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (r, c): (usize, usize)) -> &f64 {
        debug_assert!(c < self.columns);
        &self.data[r * self.columns + c]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (r, c): (usize, usize)) -> &mut f64 {
        debug_assert!(c < self.columns);
        &mut self.data[r * self.columns + c]
    }
}

/// The left side of a product: its row r has the numbers at r · stride, then one every `along`.
#[derive(Clone, Copy)]
struct Left<'a> {
    numbers: &'a [f64],
    rows: usize,
    stride: usize,
    along: usize,
}

/// `left * right` into `out`. Each result is one sum in the order of the inner index, from `start`,
/// whatever the blocks: neighbouring results share the processor's lanes, no sum is split.
fn product(left: Left, right: &[f64], out: &mut [f64], start: f64) {
    let columns = out.len() / left.rows.max(1);
    let mut column = 0;
    // Two rows by eight columns are as many sums as the registers of 128 bits have room for; where there are fewer
    // columns, more rows, since a sum alone waits for itself.
    while column + 8 <= columns {
        stripe::<2, 8>(left, right, out, [column, columns], start);
        column += 8;
    }
    while column + 4 <= columns {
        stripe::<2, 4>(left, right, out, [column, columns], start);
        column += 4;
    }
    while column + 2 <= columns {
        stripe::<4, 2>(left, right, out, [column, columns], start);
        column += 2;
    }
    if column < columns {
        stripe::<8, 1>(left, right, out, [column, columns], start);
    }
}

/// The results of `WIDTH` columns from `column` on, of all `columns`, `HEIGHT` rows at a time.
#[inline]
fn stripe<const HEIGHT: usize, const WIDTH: usize>(
    left: Left,
    right: &[f64],
    out: &mut [f64],
    [column, columns]: [usize; 2],
    start: f64,
) {
    let mut row = 0;
    while row + HEIGHT <= left.rows {
        block::<HEIGHT, WIDTH>(left, row, right, out, [column, columns], start);
        row += HEIGHT;
    }
    while row < left.rows {
        block::<1, WIDTH>(left, row, right, out, [column, columns], start);
        row += 1;
    }
}

#[inline]
fn block<const HEIGHT: usize, const WIDTH: usize>(
    left: Left,
    row: usize,
    right: &[f64],
    out: &mut [f64],
    [column, columns]: [usize; 2],
    start: f64,
) {
    let mut sums = [[start; WIDTH]; HEIGHT];
    let mut at = row * left.stride;
    for line in right.chunks_exact(columns) {
        let line: &[f64; WIDTH] = line[column..].first_chunk().expect("a stripe inside the matrix");
        let factors: [f64; HEIGHT] = core::array::from_fn(|r| left.numbers[at + r * left.stride]);
        for (sums, factor) in sums.iter_mut().zip(factors) {
            for (sum, x) in sums.iter_mut().zip(line) {
                *sum += factor * x;
            }
        }
        at += left.along;
    }
    for (r, sums) in sums.iter().enumerate() {
        out[(row + r) * columns + column..][..WIDTH].copy_from_slice(sums);
    }
}

/// Lanes of a long sum. Four go side by side in two registers, on every machine in the same order.
const LANES: usize = 4;

/// Below this length a sum goes from the left.
const LONG: usize = 2 * LANES;

/// The square of the distance between two points, from the left.
#[inline]
#[must_use]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Inner product, of the length of the shorter one: from the left, or in [`LANES`] if it is long.
#[inline]
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    if length < LONG {
        return a.iter().zip(b).map(|(x, y)| x * y).sum();
    }
    let (blocks_a, rest_a) = a.as_chunks::<LANES>();
    let (blocks_b, rest_b) = b.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (x, y) in blocks_a.iter().zip(blocks_b) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane += x * y;
        }
    }
    rest_a.iter().zip(rest_b).fold(gathered(lanes), |sum, (x, y)| sum + x * y)
}

/// Sum, in the order of [`dot`].
#[inline]
#[must_use]
pub fn sum(xs: &[f64]) -> f64 {
    if xs.len() < LONG {
        return xs.iter().sum();
    }
    let (blocks, rest) = xs.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for block in blocks {
        for (lane, x) in lanes.iter_mut().zip(block) {
            *lane += x;
        }
    }
    rest.iter().fold(gathered(lanes), |sum, x| sum + x)
}

#[inline]
fn gathered([a, b, c, d]: [f64; LANES]) -> f64 {
    (a + c) + (b + d)
}

/// Euclidean length.
#[must_use]
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Scales to length 1; what is shorter than 1e-12 stays as it is.
pub fn normalise(a: &mut [f64]) {
    let length = norm(a);
    if length > 1e-12 {
        a.iter_mut().for_each(|x| *x /= length);
    }
}

/// The singular values of a matrix, largest first, by one-sided Jacobi rotations of its columns
/// (Hestenes 1958); to about 1e-12 of the largest.
#[must_use]
pub fn singular_values(a: &Matrix) -> Vec<f64> {
    let mut values: Vec<f64> = turned_apart(a, None).iter().map(|c| norm(c)).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// A matrix as a sum of columns times rows: A = Σ s_i u_i v_iᵀ.
#[derive(Clone, Debug)]
pub struct Directions {
    /// s, largest first; as many as A has columns.
    pub sizes: Vec<f64>,
    /// u_i in row i, each of length 1, or 0 where s_i is 0.
    pub columns: Matrix,
    /// v_i in row i, each of length 1.
    pub rows: Matrix,
}

/// The singular value decomposition, by the rotations of [`singular_values`]. Of a pair of signs the one in
/// which the largest entry of u_i is positive.
#[must_use]
pub fn directions(a: &Matrix) -> Directions {
    let inputs = a.columns();
    let mut turns: Vec<Vec<f64>> =
        (0..inputs).map(|i| (0..inputs).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let scaled = turned_apart(a, Some(&mut turns));
    let mut order: Vec<(f64, usize)> = scaled.iter().map(|c| norm(c)).zip(0..).collect();
    order.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    let mut columns = Matrix::zeros(inputs, a.rows());
    let mut rows = Matrix::zeros(inputs, inputs);
    for (place, (size, from)) in order.iter().enumerate() {
        let largest =
            scaled[*from].iter().fold(0.0_f64, |most, x| if x.abs() > most.abs() { *x } else { most });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        let divisor = if *size > 0.0 { sign * size } else { 1.0 };
        columns.row_mut(place).iter_mut().zip(&scaled[*from]).for_each(|(u, x)| *u = x / divisor);
        rows.row_mut(place).iter_mut().zip(&turns[*from]).for_each(|(v, x)| *v = sign * x);
    }
    Directions { sizes: order.into_iter().map(|(size, _)| size).collect(), columns, rows }
}

/// The columns of `a`, turned until they are at right angles; `turns` gets the same rotations.
fn turned_apart(a: &Matrix, mut turns: Option<&mut Vec<Vec<f64>>>) -> Vec<Vec<f64>> {
    let rotate = |rows: &mut [Vec<f64>], i: usize, j: usize, c: f64, s: f64| {
        let (head, tail) = rows.split_at_mut(j);
        for (p, q) in head[i].iter_mut().zip(tail[0].iter_mut()) {
            (*p, *q) = (c * *p - s * *q, s * *p + c * *q);
        }
    };
    // Columns as rows, so that a rotation runs over two slices.
    let mut columns: Vec<Vec<f64>> = {
        let across = a.transposed();
        (0..across.rows()).map(|r| across.row(r).to_vec()).collect()
    };
    for _ in 0..30 {
        let mut turned = false;
        for i in 0..columns.len() {
            for j in i + 1..columns.len() {
                let (x, y) = (&columns[i], &columns[j]);
                let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
                if xy.abs() <= 1e-13 * (xx * yy).sqrt() || xy == 0.0 {
                    continue;
                }
                turned = true;
                let zeta = (yy - xx) / (2.0 * xy);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = c * t;
                rotate(&mut columns, i, j, c, s);
                if let Some(turns) = turns.as_deref_mut() {
                    rotate(turns, i, j, c, s);
                }
            }
        }
        if !turned {
            break;
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_agree_with_each_other() {
        let a = Matrix::from_vec(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = Matrix::from_vec(3, 2, vec![7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        let c = a.times(&b);
        assert_eq!(c.as_slice(), &[58.0, 64.0, 139.0, 154.0]);
        assert_eq!(a.times_transposed(&b.transposed()), c);
        assert_eq!(a.transposed().transposed_times(&b), c);
        assert_eq!(a.times_vector(&[1.0, 0.0, -1.0]), vec![-2.0, -2.0]);
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
    }

    /// Known result: the sums of the definition, in its order. Odd sizes leave rests on every side.
    #[test]
    fn no_block_changes_a_bit_of_a_product() {
        let mut stream = crate::random::Stream::new(1, "products");
        for [rows, inner, columns] in
            [[1, 1, 1], [2, 3, 8], [5, 7, 13], [3, 0, 4], [0, 2, 3], [9, 32, 31], [13, 4, 3]]
        {
            let a = Matrix::from_fn(rows, inner, |_, _| stream.normal());
            let b = Matrix::from_fn(inner, columns, |_, _| stream.normal());
            let plain = Matrix::from_fn(rows, columns, |r, c| {
                (0..inner).fold(0.0, |sum, k| sum + a[(r, k)] * b[(k, c)])
            });
            for product in
                [a.times(&b), a.times_transposed(&b.transposed()), a.transposed().transposed_times(&b)]
            {
                assert_eq!(product, plain, "{rows} x {inner} x {columns}");
            }
        }
    }

    #[test]
    fn long_sums_go_in_four_lanes_and_a_rest() {
        let x: Vec<f64> = (1..=11).map(f64::from).collect();
        assert_eq!(dot(&x, &x), 506.0);
        assert_eq!(sum(&x), 66.0);
        assert_eq!((dot(&x, &x[..2]), sum(&x[..3]), sum(&[])), (5.0, 6.0, 0.0));
        // The order is part of the promise: from the left each half of a unit would be lost beside the 1.
        let half = f64::EPSILON / 2.0;
        let small = [1.0, half, 0.0, half, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(sum(&small), 1.0 + f64::EPSILON);
        assert_eq!(dot(&small, &[1.0; 8]), 1.0 + f64::EPSILON);
    }

    #[test]
    fn columns_times_rows_add_up_to_the_matrix() {
        let mut stream = crate::random::Stream::new(1, "directions");
        for [rows, inputs] in [[5, 5], [7, 3], [3, 6]] {
            let a = Matrix::from_fn(rows, inputs, |_, _| stream.normal());
            let Directions { sizes, columns, rows: across } = directions(&a);
            assert_eq!(sizes, singular_values(&a));
            for (i, size) in sizes.iter().enumerate() {
                let length = norm(columns.row(i));
                assert!((length - 1.0).abs() < 1e-12 || *size < 1e-9, "{length}");
                for j in 0..i {
                    assert!(dot(across.row(i), across.row(j)).abs() < 1e-12);
                }
            }
            let back = Matrix::from_fn(rows, inputs, |r, c| {
                (0..inputs).map(|i| sizes[i] * columns[(i, r)] * across[(i, c)]).sum()
            });
            assert!(a.as_slice().iter().zip(back.as_slice()).all(|(x, y)| (x - y).abs() < 1e-10));
        }
        assert_eq!(directions(&Matrix::zeros(2, 3)).sizes, vec![0.0; 3]);
    }

    #[test]
    fn singular_values_of_known_matrices_come_out() {
        let a = Matrix::from_vec(2, 2, vec![3.0, 0.0, 4.0, 5.0]);
        let s = singular_values(&a);
        assert!((s[0] - 45f64.sqrt()).abs() < 1e-12 && (s[1] - 5f64.sqrt()).abs() < 1e-12, "{s:?}");
        let rank_one = Matrix::from_fn(4, 3, |r, c| (r + 1) as f64 * (c + 1) as f64);
        let s = singular_values(&rank_one);
        assert!((s[0] - (30.0f64 * 14.0).sqrt()).abs() < 1e-12 && s[1].abs() < 1e-12, "{s:?}");
        assert_eq!(singular_values(&Matrix::zeros(2, 2)), [0.0, 0.0]);
    }
}
