use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::kmeans::lloyd;
use tinkerable::models::latent::Components;
use tinkerable::models::ranking::{Bm25, Index, Rarity};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("bm25", bm25), ("kmeans", kmeans), ("pca", pca)];

fn bm25(case: &Case) -> Outputs {
    let corpus = case.words_of_each("corpus")?;
    let (query, vocab) = (case.words("query")?, case.words("vocab")?);
    let index = Index::new(&corpus);
    let score = Bm25 {
        saturation: case.number("k1")?,
        length_share: case.number("b")?,
        rarity: Rarity::Okapi { floor: case.number("epsilon")? },
    };
    Ok(vec![
        ("idf", Tensor::vector(vocab.iter().map(|word| score.rarity(&index, word)).collect())),
        ("average_idf", Tensor::number(score.mean_rarity(&index))),
        ("scores", Tensor::vector(score.scores(&index, &query))),
    ])
}

fn kmeans(case: &Case) -> Outputs {
    let (points, centres) = (case.matrix("x")?, case.matrix("init")?);
    let k = case.whole("k")?;
    if centres.rows() != k {
        return Err(format!("init has {} centres, k is {k}", centres.rows()));
    }
    let done = lloyd(&points, centres, case.whole("max_iter")?);
    Ok(vec![
        ("centers", Tensor::matrix(&done.centres)),
        ("labels", Tensor::vector(done.labels.iter().map(|label| *label as f64).collect())),
        ("inertia", Tensor::number(done.inertia)),
    ])
}

fn pca(case: &Case) -> Outputs {
    let (x, k) = (case.matrix("x")?, case.whole("k")?);
    let components = Components::new(&x);
    let total: f64 = components.variances.iter().sum();
    let kept = &components.variances[..k];
    let width = x.columns();
    let directions = &components.directions;
    let projector =
        Matrix::from_fn(width, width, |i, j| (0..k).map(|d| directions[(d, i)] * directions[(d, j)]).sum());
    let restored = (0..x.rows()).flat_map(|r| components.restored(x.row(r), k)).collect();
    Ok(vec![
        ("mean", Tensor::vector(components.mean.clone())),
        ("explained_variance", Tensor::vector(kept.to_vec())),
        ("explained_variance_ratio", Tensor::vector(kept.iter().map(|v| v / total).collect())),
        ("projector", Tensor::matrix(&projector)),
        ("reconstruction", Tensor::matrix(&Matrix::from_vec(x.rows(), width, restored))),
    ])
}
