use super::*;
use crate::lab::Runner;
use crate::lab::figure::Shape;

fn after(pairs: &[(&str, &str)]) -> Runner {
    Runner::after(&SPEC, pairs, 0)
}

fn number(pairs: &[(&str, &str)], readout: &str) -> f64 {
    after(pairs).number(readout).unwrap()
}

/// Known result: the page shows what the model reckons.
#[test]
fn presets_are_billed_as_the_table_says() {
    for (id, joules, speed) in [
        ("mixtral", 5519.4, 257.08),
        ("guessing", 4568.1, 311.50),
        ("llama", 30_043.9, 47.23),
        ("house", 1019.4, 141.48),
        ("qwen3", 1473.6, 483.23),
        ("hundredfold", 134.8, 88.28),
        ("jamba", 2689.6, 263.57),
        ("deepseek", 5977.7, 967.86),
    ] {
        let run = Runner::preset(&SPEC, id, 0);
        for (readout, want) in [("joules_1k", joules), ("tok_s", speed)] {
            let ours = run.number(readout).unwrap();
            assert!((ours / want - 1.0).abs() < 3e-4, "{id} {readout}: {ours}");
        }
        for challenge in SPEC.challenges {
            assert!(!challenge.is_solved(&run.facts()), "{id} solves {}", challenge.id);
        }
    }
}

#[test]
fn the_bet_is_lost_by_those_who_multiply() {
    assert_eq!(Runner::bet(&SPEC).outcome(), Some("About 4.3"));
    let plain = after(&[]);
    assert!((plain.number("promised").unwrap() - plain.number("billed").unwrap()).abs() < 1e-9);
    let guessing = after(&[("spec", "4")]);
    assert!((guessing.number("promised").unwrap() - 11.7).abs() < 0.06);
    assert!((guessing.number("billed").unwrap() - 4.34).abs() < 0.005);
}

/// Both challenges have room to spare.
#[test]
fn solutions_have_a_margin() {
    let book = Runner::after(&SPEC, SPEC.challenges[0].solution, 0);
    assert!((book.number("resident_gb").unwrap() - 61.08).abs() < 0.01);
    assert!((book.number("tok_s").unwrap() - 54.9).abs() < 0.05);
    let near = |changes: &[(&str, &str)]| {
        let base =
            [("model", "llama"), ("devices", "1"), ("prompt", "131072"), ("wbits", "4"), ("kvbits", "8")];
        number(&[&base[..], changes].concat(), "resident_gb")
    };
    assert!((near(&[("kvbits", "16")]) - 82.6).abs() < 0.05);
    assert!((near(&[("wbits", "8"), ("kvbits", "4")]) - 83.4).abs() < 0.05);
    let halved = SPEC.challenges[1].solution;
    assert!(number(halved, "joules_1k") < 0.9 * 2760.0, "{}", number(halved, "joules_1k"));
    // No saving alone will do, whatever it sells.
    for alone in [&[("wbits", "8")][..], &[("wbits", "4")], &[("batch", "8")], &[("spec", "8")]] {
        assert!(!Runner::solves(&SPEC, &SPEC.challenges[1], alone), "{alone:?}");
    }
}

#[test]
fn what_cannot_be_is_said() {
    for (pairs, words) in [
        (&[("model", "own"), ("experts", "4"), ("top_k", "9")][..], "it uses all"),
        (&[("kv_heads", "7")], "next smaller divisor"),
        (&[("model", "deepseek"), ("kv_heads", "4")], "changes nothing"),
        (&[("prompt", "0")], "No prompt"),
        (&[("model", "llama"), ("devices", "1")], "It does not fit: 141.9 of 72.0 GB"),
        (&[("model", "own"), ("window_share", "0.6"), ("ssm_share", "0.5")], "they get the rest"),
        (&[("model", "jamba"), ("window_share", "0.5")], "Only 4 layers attend"),
        (&[("spec", "2")], "Guesses are free"),
        (&[("wbits", "4")], "unpacked for nothing"),
    ] {
        let notes = after(pairs).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    }
    assert_eq!(number(&[("prompt", "0")], "prefill_s"), 0.0);
    assert_eq!(number(&[("model", "llama"), ("devices", "1")], "fits"), 0.0);
    let states = after(&[("model", "own"), ("ssm_share", "1")]);
    assert_eq!(states.number("longest"), None);
}

#[test]
fn your_own_model_begins_with_mixtral() {
    for readout in ["owned", "active", "joules_1k", "longest"] {
        assert_eq!(after(&[("model", "own")]).number(readout), after(&[]).number(readout), "{readout}");
    }
    let device = number(&[("device", "own")], "tok_s");
    assert!((device / number(&[], "tok_s") - 1.0).abs() < 1e-9);
}

#[test]
fn an_answer_ends_when_its_time_is_over() {
    let mut run = after(&[("spec", "4")]);
    let seconds = run.number("prefill_s").unwrap() + run.number("decode_s").unwrap();
    let made = run.advance(100_000);
    assert!((made as f64 / TICKS - seconds).abs() <= 1.0 / TICKS, "{made} ticks for {seconds} s");
}

#[test]
fn a_change_leaves_a_trail() {
    let mut run = Runner::opening(&SPEC);
    let trail = |run: &Runner| {
        let figure = run.simulation().figure();
        let mark = figure.panels().flat_map(|p| &p.marks).find(|m| m.id == "trail").unwrap().clone();
        let Shape::Dots { dots, .. } = mark.shape else { panic!("dots") };
        dots.len()
    };
    assert_eq!(trail(&run), 0);
    for i in 1..20 {
        run.set_values(Values::with(SPEC.controls, &[("batch", &(1 + i).to_string())]));
    }
    assert_eq!(trail(&run), TRAIL);
}

/// The terms of a sum stand with the largest first, and sum up.
#[test]
fn the_sheet_sums_up_with_the_largest_first() {
    for preset in SPEC.presets {
        let run = Runner::preset(&SPEC, preset.id, 0);
        let figure = run.simulation().figure();
        let boxes = figure.panels().filter(|p| p.id == "ledger").flat_map(|p| &p.marks).filter_map(|m| {
            let Shape::Boxes { boxes } = &m.shape else { return None };
            Some(boxes)
        });
        let mut tiles: Vec<[f64; 4]> = boxes.flatten().map(|b| b.corners).collect();
        tiles.sort_by(|a, b| a[0].total_cmp(&b[0]));
        for (row, readout) in ["resident_gb", "read_gb"].into_iter().enumerate() {
            let tiles: Vec<_> = tiles.iter().filter(|t| (t[1] - row as f64).abs() < 0.5).collect();
            assert!(tiles.windows(2).all(|w| (w[0][2] - w[1][0]).abs() < 1e-9), "{}: a gap", preset.id);
            let widths: Vec<f64> = tiles.iter().map(|t| t[2] - t[0]).collect();
            assert!(widths.is_sorted_by(|a, b| a >= b), "{}: {widths:?}", preset.id);
            let sum: f64 = widths.iter().sum();
            assert!((sum / run.number(readout).unwrap() - 1.0).abs() < 1e-9, "{}", preset.id);
        }
    }
}

/// Any shape of your own and any levers, where [`formulas`] and the model must agree on every term.
#[test]
fn formulas_hold_for_any_setting() {
    use crate::lab::why::formula::Formula;
    use crate::numerics::random::Stream;
    let formulas: Vec<(usize, Formula)> = (0..SPEC.readouts.len())
        .filter(|i| !SPEC.readouts[*i].formula.is_empty())
        .map(|i| (i, Formula::parse(&SPEC, i, SPEC.readouts[i].formula).expect("a formula")))
        .collect();
    let mut stream = Stream::new(1, "settings");
    for i in 0..400 {
        let mut values = SPEC.defaults();
        for control in SPEC.controls {
            // Half of them as they stand, so that no lever hides all others.
            if stream.chance(0.5) {
                values.set(control.id, control.at_position(stream.uniform()));
            }
        }
        if i % 2 == 0 {
            values.set("model", crate::lab::Value::Choice(5));
        }
        let run = Runner::new(&SPEC, values);
        for (i, formula) in &formulas {
            let Some(read) = run.readings()[*i].number() else { continue };
            let value = formula.value(&run.facts()).unwrap_or(f64::NAN);
            // Where a count is rounded down, another order of the same sum may come to a whole number less.
            let within = if SPEC.readouts[*i].id == "longest" { 1.0 } else { 0.0 };
            let set: Vec<String> =
                run.values().iter().map(|(c, v)| format!("{}={}", c.id, c.on_a_line(v))).collect();
            assert!(
                (value - read).abs() <= 1e-9 * read.abs().max(1e-9) + within,
                "{}: {value} is not {read}, with {}",
                SPEC.readouts[*i].id,
                set.join(" ")
            );
        }
    }
}
