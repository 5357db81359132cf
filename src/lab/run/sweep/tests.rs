use super::*;
use crate::lab::Runner;
use crate::lab::figure::Shape;
use crate::sample::SPEC;

fn sweep(name: &str) -> Sweep {
    Sweep::parse(name, &[&SPEC]).unwrap_or_else(|sentence| panic!("{name}: {sentence}"))
}

fn refused(name: &str) -> String {
    Sweep::parse(name, &[&SPEC]).map(|sweep| sweep.to_string()).unwrap_err()
}

fn curve(sweep: &Sweep) -> Curve {
    let readings: Vec<Vec<Reading>> = sweep
        .jobs()
        .into_iter()
        .map(|job| {
            let mut runner = Runner::new(job.spec, job.values);
            runner.advance(job.at);
            runner.readings().to_vec()
        })
        .collect();
    sweep.curve(&readings)
}

fn places_of(id: &str, range: &str) -> Vec<String> {
    let (_, spec) = crate::topics::find("mixture-of-experts/moe-train").expect("a simulation");
    let control = spec.controls.iter().find(|c| c.id == id).expect("a control");
    let values = places(control, range).unwrap_or_else(|sentence| panic!("{sentence}"));
    values.into_iter().map(|value| control.written(&value)).collect()
}

#[test]
fn a_name_is_read_and_written_the_same_way() {
    for name in [
        "count?stride=2..5&at=9&seeds=1..4#total",
        "count?stride=..:4#total",
        "count?stride=1,5,10#mean",
        "count?order=..&seeds=1..4#share:total>3",
        "count?seed=1..40#total",
        "count?stride=2..5&kept=order:down&at=9&seeds=1..4#change:total",
    ] {
        assert_eq!(sweep(name).to_string(), name);
    }
}

#[test]
fn a_wrong_name_is_told_what_would_be_right() {
    for (name, piece) in [
        ("count#total", "as in stride=..: the controls are stride, order, loud, seed, word, sketch"),
        ("count?sketch=f00a..1#total", "one control with several values"),
        ("count?stride=1..3&seed=1..4#total", "one control with several values"),
        ("count?stide=1..3#total", "no control “stide”, perhaps stride"),
        ("count?stride=5..2#total", "a..b:n"),
        ("count?stride=1..5:1#total", "n from 2 to 200"),
        ("count?stride=1..99#total", "a whole number from 1 to 10"),
        ("count?order=left,up#total", "one of up, down"),
        ("count?seed=1..4&seeds=1..4#total", "leave “seeds” out"),
        ("count?stride=1..4&seeds=1..4#mean:total", "write the readout alone"),
        ("count?stride=1..4#share:total>1", "seeds=1..20"),
        ("count?stride=1..4&kept=defaults#total", "Nothing is compared"),
        ("count?stride=1..4#totl", "perhaps total is meant"),
    ] {
        let sentence = refused(name);
        assert!(sentence.contains(piece), "{name}: {sentence}");
    }
}

#[test]
fn what_has_no_say_is_told_where_it_has_one() {
    let (_, spec) = crate::topics::find("mixture-of-experts/moe-train").expect("a simulation");
    let refused = Sweep::parse("moe-train?alpha=..&at=9#loss", &[spec]).unwrap_err();
    assert!(refused.ends_with("it has one beside balance=aux."), "{refused}");
    assert!(Sweep::parse("moe-train?balance=aux&alpha=..&at=9#loss", &[spec]).is_ok());

    let alpha = spec.controls.iter().position(|c| c.id == "alpha").expect("a control");
    let around = Sweep::around(spec, &spec.defaults(), [alpha, 0], 1, 9).expect("a sweep");
    assert!(around.to_string().contains("balance=aux"), "{around}");
}

#[test]
fn places_lie_on_the_track_of_the_control() {
    assert_eq!(places_of("top_k", "2..5"), ["2", "3", "4", "5"]);
    assert_eq!(places_of("n_experts", "..:3"), ["1", "65", "128"]);
    assert_eq!(places_of("n_experts", "1..128").len(), 13);
    assert_eq!(places_of("alpha", "0.01..1:3"), ["0.01", "0.1", "1"]);
    assert_eq!(places_of("alpha", "..").len(), 13);
    assert_eq!(places_of("balance", ".."), ["none", "aux", "bias"]);
    assert_eq!(places_of("balance", "none,bias"), ["none", "bias"]);
    assert_eq!(places_of("skew", "0..0.5"), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
    assert_eq!(places_of("seed", "1..300").len(), 300);
}

#[test]
fn a_curve_has_each_seed_their_mean_and_its_interval() {
    let sweep = sweep("count?stride=2..4&at=5&seeds=1..3#total");
    assert_eq!(sweep.jobs().len(), 9);
    let curve = curve(&sweep);
    let means: Vec<_> = curve.points.iter().map(|p| p.mean).collect();
    assert_eq!(means, [Some(10.0), Some(15.0), Some(20.0)]);
    // All seeds count alike, so the interval has no width.
    assert_eq!(curve.points[0].interval, Some([10.0, 10.0]));
    assert_eq!(curve.points[0].each, [(Some(1), Some(10.0)), (Some(2), Some(10.0)), (Some(3), Some(10.0))]);
}

#[test]
fn intervals_are_those_of_the_tables() {
    // t for 4 degrees of freedom is 2.776; the standard error of 1..5 is the root of 1/2.
    let [low, high] = interval(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("an interval");
    assert!((low - (3.0 - 2.776_445 * 0.5_f64.sqrt())).abs() < 1e-5, "{low}");
    assert!((low + high - 6.0).abs() < 1e-12);
    assert_eq!(interval(&[1.0]), None);
    // Wilson's interval of 8 in 10.
    let [low, high] = share(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]).expect("an interval");
    assert!((low - 0.490_162).abs() < 1e-6 && (high - 0.943_318).abs() < 1e-6, "{low} {high}");
}

#[test]
fn what_is_no_number_leaves_a_gap() {
    let sweep = sweep("count?stride=2..3&at=0#mean");
    let curve = curve(&sweep);
    assert_eq!((curve.points[0].mean, curve.points[0].interval), (None, None));
    assert!(sweep.csv(&curve, "").contains("\n2,,,,Mean stride,0,"));
    assert!(sweep.json(&curve, "counting/count", "").contains("\"mean\": null, \"interval\": null"));
    assert!(sweep.figure(&curve).alternative.contains("no number at 2"));
}

#[test]
fn a_number_is_drawn_as_a_curve_with_its_default_marked() {
    let sweep = sweep("count?stride=..&at=5&seeds=1..3#total");
    let figure = sweep.figure(&curve(&sweep));
    let panel = figure.panels().next().expect("a panel");
    let ids: Vec<&str> = panel.marks.iter().map(|m| m.id).collect();
    assert_eq!(ids, ["seeds", "interval", "mean", "places", "default"]);
    assert_eq!((panel.x.domain, panel.y.domain), ([1.0, 10.0], [0.0, 50.0]));
    let Shape::Line { points, .. } = &panel.marks[0].shape else { panic!("seeds are lines") };
    assert_eq!(points.iter().filter(|p| p[0].is_nan()).count(), 3);
    assert_eq!(panel.title, "Total (units), mean of 3 seeds, at step 5");
    assert!(
        figure.alternative.contains("against Stride: 5 at 1, 30 at 6, 50 at 10."),
        "{}",
        figure.alternative
    );
}

#[test]
fn choices_are_columns_and_seeds_a_histogram() {
    let columns = sweep("count?order=..&seeds=1..3#total");
    let figure = columns.figure(&curve(&columns));
    let panel = figure.panels().next().expect("a panel");
    let crate::lab::figure::Ticks::At(ticks) = &panel.x.ticks else { panic!("names") };
    assert_eq!(ticks[0].1, "Upwards (default)");
    let Shape::Dots { dots, .. } = &panel.marks[1].shape else { panic!("seeds are dots") };
    assert_eq!(dots.len(), 6);

    let seeds = sweep("count?seed=1..20&at=4#total");
    let figure = seeds.figure(&curve(&seeds));
    let panel = figure.panels().next().expect("a panel");
    let Shape::Bars { bars, .. } = &panel.marks[0].shape else { panic!("bars") };
    assert_eq!((bars.len(), bars[0].at, bars[0].to), (1, 12.0, 20.0));
    assert_eq!(panel.marks[2].label, "seed 1");
    assert!(figure.alternative.contains("from 12 to 12, mean 12, 20 seeds"), "{}", figure.alternative);
}

#[test]
fn files_say_what_was_run() {
    let sweep = sweep("count?stride=2..3&order=down&at=5&seeds=1..2#total");
    let curve = curve(&sweep);
    assert_eq!(
        sweep.csv(&curve, "https://example.org/embed/counting/count/?order=down"),
        "stride (units),mean,low,high,seed 1,seed 2,measured,step,order,loud,sweep,address\n\
         2,10,10,10,10,10,Total (units),5,down,off,\
         count?stride=2..3&order=down&at=5&seeds=1..2#total,https://example.org/embed/counting/count/?order=down\n\
         3,15,15,15,15,15,Total (units),5,down,off,,\n"
    );
    let json = sweep.json(&curve, "counting/count", "https://example.org/");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["address"], &json["control_unit"]), (&"https://example.org/".into(), &"units".into()));
    assert_eq!(json["points"][1]["stride"], 3);
    assert_eq!(json["points"][1]["each"][1], serde_json::json!({ "seed": 2, "value": 15 }));
}

#[test]
fn a_place_has_a_moment() {
    let moment = sweep("count?stride=2..5&at=9&seeds=4..6#total").moment(&Value::Integer(4));
    assert_eq!((moment.values.integer("stride"), moment.values.seed(), moment.at), (4, 4, Some(9)));
}

#[test]
fn a_sweep_in_slices_is_the_sweep_in_one() {
    for name in [
        "count?stride=2..5&at=9&seeds=1..4#total",
        "count?seed=1..9&at=30#mean",
        "count?order=..&kept=stride:5&at=7&seeds=1..3#change:total",
        "count?stride=..&at=900#total",
    ] {
        let whole = curve(&sweep(name));
        for patience in [1, 2, 7, 100_000] {
            let mut making = Making::new(sweep(name));
            let (mut slices, mut grown) = (0, Vec::new());
            loop {
                let mut left = patience;
                let done = making.batch().advance_within(|| {
                    left -= 1;
                    left == 0
                });
                grown.push(making.curve().points.len());
                slices += 1;
                if done {
                    break;
                }
            }
            assert_eq!(making.curve(), whole, "{name} in {slices} slices");
            assert!(grown.is_sorted(), "point by point: {grown:?}");
            assert_eq!(making.runs(), [making.sweep().jobs().len(); 2]);
            if patience == 1 {
                let places = 1 + whole.points.len();
                grown.dedup();
                assert_eq!(grown, (0..places).collect::<Vec<_>>(), "each point is seen");
            }
        }
    }
}

#[test]
fn the_same_runs_answer_another_question() {
    let mut making = Making::new(sweep("count?stride=..&at=9&seeds=1..3#total"));
    while !making.batch().advance_within(|| true) {}
    let other = sweep("count?stride=..&at=9&seeds=1..3#mean");
    assert!(making.ask(&other));
    assert_eq!(making.curve(), curve(&other));
    assert!(!making.ask(&sweep("count?stride=..&at=8&seeds=1..3#mean")));
    assert!(!making.ask(&sweep("count?stride=..&at=9&seeds=1..4#mean")));
}

#[test]
fn a_sweep_around_the_values_of_the_page_has_a_name() {
    let values = Values::with(SPEC.controls, &[("stride", "5"), ("seed", "9"), ("loud", "on")]);
    let at = |id: &str| SPEC.controls.iter().position(|c| c.id == id).expect("a control");
    let name = |control: &str, seeds: u64| {
        let sweep = Sweep::around(&SPEC, &values, [at(control), 0], seeds, 9);
        let name = sweep.unwrap_or_else(|sentence| panic!("{sentence}")).to_string();
        assert_eq!(Sweep::parse(&name, &[&SPEC]).expect("a sweep").to_string(), name);
        name
    };
    let readout = SPEC.readouts[0].id;
    assert_eq!(name("stride", 5), format!("count?stride=..&loud=on&at=9&seeds=1..5#{readout}"));
    assert_eq!(name("stride", 1), format!("count?stride=..&loud=on&seed=9&at=9#{readout}"));
    assert_eq!(name("seed", 20), format!("count?stride=5&loud=on&seed=1..20&at=9#{readout}"));
    let word = Sweep::around(&SPEC, &values, [at("word"), 0], 5, 9).unwrap_err();
    assert!(word.contains("no order"), "{word}");
}

#[test]
fn every_place_has_its_spot_and_its_words() {
    let sweep = sweep("count?stride=2..4&at=9&seeds=1..3#total");
    let whole = curve(&sweep);
    let means: Vec<[f64; 2]> =
        whole.points.iter().map(|p| [sweep.control.number(&p.value), p.mean.expect("a mean")]).collect();
    assert_eq!(sweep.spots(&whole), means);
    let said = sweep.says(&whole.points[1]);
    assert!(said.starts_with("Stride 3 units: Total 27 units, 95 % interval "), "{said}");
    // A curve that grows keeps its frame, and shows where the reader is.
    let here = Here { value: sweep.values[1].clone(), word: "now" };
    let frame = |curve: &Curve| {
        let figure = sweep.figure_at(curve, &here);
        let panel = figure.panels().next().expect("a panel").clone();
        (panel.x, panel.marks.iter().any(|m| m.id == "now"))
    };
    let begun = Curve { points: whole.points[..1].to_vec() };
    assert_eq!(frame(&begun), frame(&whole));
    assert!(frame(&Curve { points: vec![] }).1);
}

#[test]
fn the_numbers_of_a_curve_come_back_to_the_same_bits() {
    for name in
        ["count?stride=2..5&at=9&seeds=1..4#mean", "count?order=..&at=7#total", "count?stride=..:3#mean"]
    {
        let sweep = sweep(name);
        let whole = curve(&sweep);
        assert_eq!(sweep.with_numbers(&Sweep::numbers(&whole)), Some(whole), "{name}");
        assert_eq!(sweep.with_numbers("1;2;3;4;5;6;7"), None, "{name}");
    }
    let gap = sweep("count?stride=2..3&seeds=1..2#total");
    let points = gap.with_numbers("1,-;-,-").expect("a curve").points;
    assert_eq!((points[0].mean, points[1].mean), (Some(1.0), None));
}

#[test]
fn a_drawing_is_told_how_far_off_it_is_and_where() {
    let sweep = sweep("count?stride=..:4&at=10#total");
    let whole = sweep.with_numbers("10;40;70;100").expect("a curve");
    let mut guess = Guess::none(&sweep, &whole);
    assert_eq!(sweep.verdict(&whole, &guess), "Nothing is drawn where the runs have a number.");
    // A stroke that skips places goes through them.
    guess.draw(None, (0, 10.0));
    guess.draw(Some((0, 10.0)), (3, 70.0));
    assert_eq!([0, 1, 2, 3].map(|i| guess.at(i)), [10.0, 30.0, 50.0, 70.0].map(Some));
    assert_eq!(
        sweep.verdict(&whole, &guess),
        "Your curve is 15 units off on average, 15 % of the scale, and furthest at Stride 10 units, where you \
         drew 70 and the run is 100 units."
    );
    // Backwards as well, and never off the scale.
    guess.draw(Some((3, 1e9)), (2, -1e9));
    assert_eq!((guess.at(3), guess.at(2)), (Some(100.0), Some(0.0)));
    let mut part = Guess::none(&sweep, &whole);
    part.draw(None, (1, 40.0));
    assert_eq!(part.places(), [1, 4]);
    let said = sweep.verdict(&whole, &part);
    assert!(said.starts_with("What you drew, 1 of 4 places, is 0 units off"), "{said}");
    let figure = sweep.figure_guessed(&whole, &part, true);
    let mark = figure.panels().flat_map(|p| &p.marks).find(|m| m.id == "guess").expect("what was drawn");
    assert_eq!(mark.label, "you");
}

#[test]
fn over_seeds_a_drawing_is_held_against_the_interval() {
    let sweep = sweep("count?stride=1..3&at=9&seeds=1..3#total");
    let whole = sweep.with_numbers("9,10,11;19,20,21;29,30,31").expect("a curve");
    let mut guess = Guess::none(&sweep, &whole);
    guess.draw(None, (0, 10.5));
    guess.draw(None, (1, 20.5));
    guess.draw(None, (2, 20.0));
    let said = sweep.verdict(&whole, &guess);
    assert!(
        said.contains("at Stride 3 units, where you drew 20 and the mean is 30 units; 2 of 3 places"),
        "{said}"
    );
    assert!(sweep.says_drawn(2, 20.0).starts_with("Stride 3 units: Total 20 units"));
}
