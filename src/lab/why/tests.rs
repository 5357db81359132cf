use super::*;
use crate::lab::share::record::Recorder;
use crate::lab::{Control, Figure, Named, Pace, Readout, Runner, Simulation, reading};

/// A readout that depends on some controls and not on others; a word where the rate is zero.
struct Sum {
    total: f64,
    add: f64,
    seed: f64,
    steps: u64,
}

impl Simulation for Sum {
    fn step(&mut self) {
        self.steps += 1;
        self.total += self.add;
    }

    fn readings(&self) -> Vec<Named> {
        let rate = if self.add > 0.0 { Reading::Number(self.add) } else { Reading::Text("none".to_owned()) };
        vec![reading("sum", self.total), reading("noisy", self.total + self.seed), reading("added", rate)]
    }

    fn figure(&self) -> Figure {
        Figure::new(Vec::new(), "Nothing is drawn.".to_owned())
    }

    fn finished(&self) -> bool {
        self.steps >= 20
    }
}

static SPEC: Spec = Spec::new("sum", "Sum", "Adds.", Pace::new(10.0, 4, "step"), |values| {
    let twice = if values.toggle("twice") { 2.0 } else { 1.0 };
    let way = if values.integer("way") == 2 { -1.0 } else { 1.0 };
    let add = values.real("rate") * twice * way;
    Box::new(Sum { total: 0.0, add, seed: values.seed() as f64, steps: 0 })
})
.controls(&[
    Control::integer("idle", "Idle", 0, 3, 0),
    Control::integer("rate", "Rate", 1, 9, 2).unit("units"),
    Control::toggle("twice", "Twice", false),
    Control::choice("way", "Way", &[("up", "Upwards"), ("level", "Level"), ("down", "Downwards")]),
    Control::integer("deep", "Deep", 0, 9, 4).only("way", &["down"]),
    Control::text("word", "Word", 8, "go"),
    Control::seed(3),
])
.readouts(&[
    Readout::new("sum", "Sum", 1)
        .unit("units")
        .formula("rate * if(twice = on, 2, 1) * if(way = down, -1, 1) * step"),
    Readout::new("noisy", "Noisy", 1).help("The sum and the seed.").basis("Of all steps so far."),
    Readout::new("added", "Added", 0),
]);

fn why(pairs: &[(&str, &str)], readout: &str, at: u64) -> Why {
    Why::new(&SPEC, Values::with(SPEC.controls, pairs), SPEC.readout(readout).expect("a readout"), at)
}

fn reasons(why: &Why) -> Reasons {
    let readings: Vec<_> = why
        .jobs()
        .into_iter()
        .map(|job| {
            let mut run = Runner::new(job.spec, job.values);
            run.advance(job.at);
            run.readings().to_vec()
        })
        .collect();
    why.reasons(&Recorder::new(why.spec, why.values.clone(), why.at).finish(), &readings)
}

#[test]
fn every_control_that_has_a_say_is_moved_by_one_step() {
    let told = |pairs| {
        let found = why(pairs, "sum", 4).neighbours().to_vec().into_iter();
        found.map(|n| format!("{} {}", n.control.id, n.control.written(&n.value))).collect::<Vec<_>>()
    };
    // At a bound there is one way only; what has no say, is typed, or is the seed stays.
    assert_eq!(told(&[]), ["idle 1", "rate 1", "rate 3", "twice on", "way level"]);
    assert_eq!(
        told(&[("way", "down"), ("rate", "9"), ("twice", "on"), ("idle", "3")]),
        ["idle 2", "rate 8", "twice off", "way level", "deep 3", "deep 5"]
    );
    assert_eq!(told(&[("way", "level")])[4..], ["way up", "way down"]);
}

#[test]
fn the_largest_effect_comes_first() {
    let why = why(&[], "sum", 5);
    let reasons = reasons(&why);
    assert_eq!((reasons.step, &reasons.reading), (5, &Reading::Number(10.0)));
    let told: Vec<_> =
        reasons.effects.iter().map(|e| (e.neighbour.control.id, e.neighbour.way, e.difference)).collect();
    assert_eq!(
        told,
        [
            ("twice", Way::Other, Some(10.0)),
            ("rate", Way::Down, Some(-5.0)),
            ("rate", Way::Up, Some(5.0)),
            ("idle", Way::Up, Some(0.0)),
            ("way", Way::Other, Some(0.0)),
        ]
    );
    assert_eq!(why.difference(&reasons.effects[1], &reasons.reading), "−5.0\u{a0}units");
    assert_eq!(why.difference(&reasons.effects[3], &reasons.reading), "none");
    assert_eq!(
        why.sentences(&reasons),
        [
            "Sum is 10.0 units at step 5.",
            "At step 4 it was 8.0 units.",
            "Of the controls, Twice on would move it most: to 20.0 units. One step of Idle or Way leaves it as it is.",
            "8 other seeds leave it as it is.",
        ]
    );
}

#[test]
fn a_word_in_place_of_a_number_is_the_largest_effect() {
    let reasons = reasons(&why(&[("way", "level")], "added", 1));
    let first = &reasons.effects[0];
    assert_eq!((first.neighbour.control.id, &first.reading), ("way", &Reading::Text("none".to_owned())));
    assert_eq!(first.difference, None);
}

#[test]
fn what_rounding_does_is_no_effect() {
    let neighbour = why(&[], "sum", 1).neighbours()[0].clone();
    let effect = |x: f64| Effect::new(neighbour.clone(), 0, &Reading::Number(3.0), Reading::Number(x));
    assert!(effect(3.0 + 1e-15).is_none(&Reading::Number(3.0)));
    assert!(!effect(3.0 + 1e-9).is_none(&Reading::Number(3.0)));
}

#[test]
fn other_seeds_are_the_first_ones_without_the_own() {
    let why = why(&[], "noisy", 1);
    assert_eq!(why.seeds(), [1, 2, 4, 5, 6, 7, 8, 9]);
    let reasons = reasons(&why);
    let spread = reasons.spread().expect("numbers");
    assert_eq!((spread.least, spread.most, spread.mean), (3.0, 11.0, 7.25));
    // Of 1, 2, 4 to 9: squares about 5.25 sum up to 55.5.
    assert!((spread.deviation - (55.5_f64 / 7.0).sqrt()).abs() < 1e-12);
    let said = why.sentences(&reasons).join(" ");
    assert!(said.ends_with("8 other seeds make it 3.0 to 11.0."), "{said}");
}

#[test]
fn a_formula_is_written_and_holds() {
    let why_it = why(&[("twice", "on")], "sum", 3);
    let whole = reasons(&why_it);
    let lines = why_it.equation_in_lines(&whole).expect("a formula").join("\n");
    assert_eq!(
        lines,
        "Sum = Rate × 2 × 1 × step\nfor Twice on and Way Upwards\n= 2 × 2 × 1 × 3 = 12.0\u{a0}units"
    );
    let written = whole.formula.expect("a formula");
    assert_eq!(written.sentence(), "Rate × 2 × 1 × step, for Twice on and Way Upwards");
    assert_eq!((written.numbers.as_str(), written.value), ("2 × 2 × 1 × 3", Some(12.0)));
    assert_eq!(reasons(&why(&[], "added", 3)).formula, None);
}

#[test]
fn in_slices_it_comes_out_the_same() {
    let why = why(&[("rate", "3")], "noisy", 12);
    let mut making = Making::new(why.clone());
    assert_eq!(making.reasons(), None);
    while !making.record_within(|| true) {}
    let begun = making.reasons().expect("the run itself");
    assert!(begun.effects.is_empty() && !begun.is_whole() && begun.history.len() == 13);
    assert_eq!(why.sentences(&begun).len(), 2, "what is not known is not said");
    while !making.batch().advance_within(|| true) {
        assert!(!making.is_whole());
    }
    assert!(making.is_whole());
    assert_eq!(making.reasons(), Some(reasons(&why)));
}

#[test]
fn a_run_that_ends_by_itself_is_read_at_its_end() {
    let why = why(&[], "sum", 50);
    let reasons = reasons(&why);
    assert_eq!((reasons.step, reasons.reading.number()), (20, Some(40.0)));
    assert_eq!(reasons.formula.and_then(|written| written.value), Some(40.0));
}

#[test]
fn the_table_and_the_file_have_the_same_numbers() {
    let why = why(&[], "noisy", 4);
    let reasons = reasons(&why);
    let table = why.table(&reasons, "sums/sum");
    assert!(table.starts_with("sums/sum noisy at step 4\nidle=0 rate=2"), "{table}");
    for line in
        ["Noisy: The sum and the seed.", "4     11", "twice=on       other  19     +8.0", "9           17"]
    {
        assert!(table.contains(line), "{line}: {table}");
    }
    let json = why.json(&reasons, "sums/sum", "https://example.org/");
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["reading"], 11.0);
    assert_eq!(read["history"][4], serde_json::json!([4, 11]));
    assert_eq!(read["neighbours"][0]["control"], "twice");
    assert_eq!(read["neighbours"][0]["difference"], 8.0);
    let twice = read["neighbours"].as_array().into_iter().flatten().find(|n| n["control"] == "twice");
    assert_eq!(
        twice.map(|n| &n["value"]),
        Some(&serde_json::json!(true)),
        "a switch is as a run's record has it"
    );
    assert_eq!(read["seeds"]["each"][7], serde_json::json!({ "seed": 9, "reading": 17 }));
    assert_eq!(read["formula"], serde_json::Value::Null);
}

#[test]
fn the_picture_has_the_way_and_its_end() {
    let asked = why(&[], "sum", 6);
    assert!(asked.figure(&reasons(&asked)).is_some());
    let still = why(&[], "sum", 0);
    assert!(still.figure(&reasons(&still)).is_none(), "no way, no picture");
}
