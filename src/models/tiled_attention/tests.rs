use super::*;

fn run(tiling: Tiling, algorithm: Algorithm, precision: Precision, scale: f64) -> TiledAttention {
    let mut model = TiledAttention::new(tiling, algorithm, precision, scale, 1);
    while !model.finished() {
        model.step();
    }
    model
}

/// Known result: tiled = full softmax to 1e-6 in f32 at scale 1, 1e-5 at scale 16.
#[test]
fn tiled_equals_full_softmax_for_every_tile_size() {
    for n in [8, 40, 64, 128] {
        for br in [1, 2, 16, 64] {
            for bc in [1, 8, 32, 64] {
                for causal in [false, true] {
                    let tiling = Tiling { n, d: 16, br: br.min(n), bc: bc.min(n), causal };
                    let at = |scale| run(tiling, Algorithm::Tiled, Precision::Single, scale);
                    let (mild, sharp) = (at(1.0), at(16.0));
                    assert!(mild.worst_error().unwrap() <= 1e-6, "{tiling:?} {:?}", mild.worst_error());
                    assert!(sharp.worst_error().unwrap() <= 1e-5, "{tiling:?} {:?}", sharp.worst_error());
                }
            }
        }
    }
}

/// Known result: emulated fp16 stays near 1e-3.
#[test]
fn half_precision_errs_by_about_a_thousandth() {
    let tiling = Tiling { n: 64, d: 16, br: 16, bc: 8, causal: true };
    let error = run(tiling, Algorithm::Tiled, Precision::Half, 1.0).worst_error().unwrap();
    assert!((2e-4..5e-3).contains(&error), "{error}");
}

#[test]
fn counted_elements_are_those_of_the_formulas() {
    for (n, br, bc) in [(64, 16, 8), (40, 16, 32), (24, 1, 1)] {
        for algorithm in [Algorithm::Tiled, Algorithm::Safe] {
            let tiling = Tiling { n, d: 8, br, bc, causal: false };
            let model = run(tiling, algorithm, Precision::Single, 1.0);
            let (nn, d) = (n as u64, 8);
            let blocks = tiling.block_rows() as u64;
            let wanted = Tally { standard: 4 * nn * nn + 4 * nn * d, tiled: 2 * nn * d * (1 + blocks) };
            assert_eq!(model.traffic(), wanted);
            assert_eq!(tiling.total_traffic(), wanted);
            assert_eq!(model.storage(), tiling.total_storage());
        }
    }
}

#[test]
fn causal_tiles_above_the_diagonal_are_skipped_by_the_tiled_algorithm_alone() {
    let tiling = Tiling { n: 64, d: 16, br: 16, bc: 8, causal: true };
    assert_eq!(tiling.skipped(), 12);
    assert_eq!(run(tiling, Algorithm::Tiled, Precision::Single, 1.0).progress(), (20, 20));
    let standard = run(tiling, Algorithm::Safe, Precision::Single, 1.0);
    assert_eq!(standard.progress(), (32, 32));
    assert_eq!(standard.traffic(), tiling.total_traffic());
}

#[test]
fn naive_half_precision_overflows_and_the_maximum_saves_it() {
    let tiling = Tiling { n: 64, d: 16, br: 16, bc: 8, causal: true };
    let lost = |model: &TiledAttention| (0..64).filter(|&r| model.is_lost(r)).count();
    let naive = run(tiling, Algorithm::Naive, Precision::Half, 16.0);
    assert!(lost(&naive) > 20, "{}", lost(&naive));
    for algorithm in [Algorithm::Safe, Algorithm::Tiled] {
        assert_eq!(lost(&run(tiling, algorithm, Precision::Half, 16.0)), 0);
    }
    assert!((Precision::Half.largest_exponent() - 11.09).abs() < 0.001);
    assert!((Precision::Single.largest_exponent() - 88.72).abs() < 0.01);
}

#[test]
fn the_history_ends_where_the_row_ends() {
    let tiling = Tiling { n: 64, d: 16, br: 16, bc: 8, causal: true };
    let model = run(tiling, Algorithm::Tiled, Precision::Single, 1.0);
    let history = model.history(60);
    assert_eq!(history.len(), 8);
    let last = history.last().unwrap();
    assert_eq!(last.keys, 61);
    assert!(last.error < 1e-6 && history[6].error > 1e-3);
    assert!((last.max + ln(last.sum) - model.log_sum(60).unwrap()).abs() < 1e-6);
    assert!(history.windows(2).all(|w| w[1].max >= w[0].max));
}
