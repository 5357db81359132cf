//! What must hold of every topic and every simulation, checked over the one list of topics.
//!
//! A topic that is added is tested here without a line being written.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use tinkerable::article::runs;
use tinkerable::lab::address::{Moment, decode, encode, encode_kept, is_own};
use tinkerable::lab::figure::svg;
use tinkerable::lab::figure::{Axis, Figure, Scale, Shape, scene, text_width};
use tinkerable::lab::run::Job;
use tinkerable::lab::schema::condition::{Bound, Clause, Facts};
use tinkerable::lab::schema::control::Beside;
use tinkerable::lab::schema::values::SEED;
use tinkerable::lab::why::Why;
use tinkerable::lab::why::formula::Formula;
use tinkerable::lab::{Control, Kind, Reading, Runner, Spec, Value, Values};
use tinkerable::topics::ALL;
use tinkerable::words::days;

/// Steps for which every corner must stay finite.
const STEPS: u64 = 200;

/// All of them; with `TINKERABLE_TOPIC=<slug>` those of one topic, which takes seconds.
fn simulations() -> impl Iterator<Item = (String, &'static Spec)> {
    let only = std::env::var("TINKERABLE_TOPIC").ok();
    let known = |slug: &String| ALL.iter().any(|t| t.slug == slug);
    assert!(only.as_ref().is_none_or(known), "TINKERABLE_TOPIC is {only:?}, and no topic has this slug");
    let chosen = move |slug: &str| only.as_ref().is_none_or(|only| only == slug);
    let topics = ALL.iter().filter(move |t| chosen(t.slug));
    topics.flat_map(|t| t.simulations.iter().map(move |s| (format!("{}/{}", t.slug, s.id), *s)))
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_snake(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn assert_unique<'a>(ids: impl IntoIterator<Item = &'a str>, what: &str) {
    let mut seen = BTreeSet::new();
    for id in ids {
        assert!(seen.insert(id), "{what}: {id} stands twice");
    }
}

#[test]
fn ids_are_unique_and_well_formed() {
    assert_unique(ALL.iter().map(|t| t.slug), "topics");
    for topic in ALL {
        assert!(is_kebab(topic.slug), "{}", topic.slug);
        assert!(topic.question.ends_with('?'), "{}: the question is a question", topic.slug);
        assert!(!topic.simulations.is_empty(), "{}", topic.slug);
        assert_unique(topic.simulations.iter().map(|s| s.id), topic.slug);
    }
    for (name, spec) in simulations() {
        assert!(is_kebab(spec.id), "{name}");
        assert_unique(spec.controls.iter().map(|c| c.id), &name);
        assert!(spec.controls.iter().all(|c| c.id != "at"), "{name}: “at” is the step in an address");
        assert_unique(spec.readouts.iter().map(|r| r.id), &name);
        assert_unique(spec.presets.iter().map(|p| p.id), &name);
        assert_unique(spec.challenges.iter().map(|c| c.id), &name);
        for control in spec.controls {
            assert!(
                is_snake(control.id) && !["at", "kept", "step"].contains(&control.id),
                "{name} {}",
                control.id
            );
            assert!(!control.help.is_empty(), "{name}: {} has no help", control.id);
        }
        assert!(spec.readouts.iter().all(|r| is_snake(r.id)), "{name}");
        assert!(spec.presets.iter().all(|p| is_kebab(p.id) && !p.look.is_empty()), "{name}");
        assert!(!spec.summary.is_empty() && !spec.title.is_empty(), "{name}");
        assert!(spec.pace.is_still() || spec.pace.steps_per_second > 0.0, "{name}");
    }
}

#[test]
fn days_are_days_and_nothing_changed_before_it_was_there() {
    for topic in ALL.iter().chain(tinkerable::guide::PAGES) {
        let [published, updated] = [topic.published, topic.updated]
            .map(|day| days::of(day).unwrap_or_else(|| panic!("{}: “{day}” is no day", topic.slug)));
        assert!(published <= updated, "{}", topic.slug);
    }
}

#[test]
fn schemas_and_defaults_are_legal() {
    for (name, spec) in simulations() {
        for control in spec.controls {
            let [min, max] = control.range();
            assert!(min.is_finite() && max.is_finite() && min < max, "{name} {}", control.id);
            let default = control.default();
            let written = control.written(&default);
            assert_eq!(control.parse(&written), Ok((default, None)), "{name} {}: default", control.id);
            if let Kind::Logarithmic { min, .. } = control.kind {
                assert!(min > 0.0, "{name} {}", control.id);
            }
            if let Kind::Choice { options, .. } = control.kind {
                for (_, label) in options {
                    let ems = text_width(label) / scene::SIZE;
                    assert!(ems < 13.0, "{name} {}: the field has no room for “{label}”", control.id);
                }
            }
            for place in control.places() {
                // What others hang on stands before them, so that it stays where it was set.
                let mut before = spec.controls.iter().take_while(|c| c.id != control.id);
                let Some(other) = before.find(|c| c.id == place.other) else {
                    panic!("{name} {}: no {} stands above it", control.id, place.other)
                };
                let legal = match place.beside {
                    Beside::AboveLeast => other.is_number() && other.id != SEED,
                    Beside::Only(options) | Beside::Unless(options) => {
                        let all: Vec<String> = other.corners().iter().map(|o| other.written(o)).collect();
                        let known = options.iter().all(|option| all.iter().any(|o| o == option));
                        known && !options.is_empty() && options.len() < all.len() && !other.is_number()
                    }
                };
                assert!(legal, "{name} {}: {place:?} is nothing of {}", control.id, other.id);
            }
        }
    }
}

#[test]
fn presets_predictions_and_solutions_name_legal_values() {
    for (name, spec) in simulations() {
        let pairs = spec
            .presets
            .iter()
            .map(|p| p.values)
            .chain(spec.challenges.iter().map(|c| c.solution))
            .chain(spec.prediction.iter().map(|p| p.values));
        for values in pairs {
            // Panics, naming the pair, where one is not legal.
            let values = std::panic::catch_unwind(|| Values::with(spec.controls, values));
            assert!(values.is_ok(), "{name}");
        }
    }
}

#[test]
fn conditions_speak_of_what_there_is() {
    for (name, spec) in simulations() {
        let control = |id: &str| spec.controls.iter().find(|c| c.id == id);
        let clauses = spec.challenges.iter().flat_map(|c| c.solved);
        let quantities = clauses.clone().map(|c| c.quantity).chain(spec.prediction.map(|p| p.quantity));
        for id in quantities.flat_map(|q| q.ids()) {
            let known = id == "step" || control(id).is_some() || spec.readout(id).is_some();
            assert!(known, "{name}: a condition speaks of {id}");
        }
        for clause in clauses {
            for id in clause.quantity.ids() {
                let control = control(id);
                if let Bound::Option(option) = clause.bound {
                    let options = match control.map(|c| c.kind) {
                        Some(Kind::Choice { options, .. }) => options.iter().map(|o| o.0).collect(),
                        Some(Kind::Toggle { .. }) => vec!["on", "off"],
                        _ => Vec::new(),
                    };
                    assert!(options.contains(&option), "{name}: {id} has no option {option}");
                }
            }
        }
    }
}

/// Checks everything that a simulation answers with.
fn assert_sound(name: &str, spec: &Spec, runner: &Runner) {
    let context = || {
        let set: Vec<String> =
            runner.values().iter().map(|(c, v)| format!("{}={}", c.id, c.on_a_line(v))).collect();
        format!("{name} at step {} with {}", runner.step(), set.join(" "))
    };
    assert_eq!(runner.readings().len(), spec.readouts.len(), "{}", context());
    for (reading, readout) in runner.readings().iter().zip(spec.readouts) {
        if let Reading::Number(x) = reading {
            assert!(x.is_finite(), "{}: {} is {x}", context(), readout.id);
        }
    }
    let figure = runner.simulation().figure();
    assert_figure(&figure, &context);
    for note in runner.simulation().notes() {
        assert!(note.ends_with(['.', '!', '?']), "{}: “{note}” is no sentence", context());
    }
}

fn assert_figure(figure: &Figure, context: &dyn Fn() -> String) {
    assert!(figure.alternative.len() > 20, "{}: the figure is not told in words", context());
    assert!(!figure.alternative.contains("NaN"), "{}: {}", context(), figure.alternative);
    assert_unique(figure.panels().map(|p| p.id), "panels");
    for panel in figure.panels() {
        assert_unique(panel.marks.iter().map(|m| m.id), panel.id);
        for Axis { domain: [a, b], scale, .. } in [&panel.x, &panel.y] {
            assert!(
                a.is_finite() && b.is_finite() && a != b,
                "{}: {} has the domain {a}..{b}",
                context(),
                panel.id
            );
            assert!(*scale != Scale::Logarithmic || (*a > 0.0 && *b > 0.0), "{}: {}", context(), panel.id);
        }
        for mark in &panel.marks {
            if let Shape::Cells { columns, rows, cells, .. } = &mark.shape {
                assert_eq!(cells.len(), columns * rows, "{}: {}", context(), mark.id);
            }
        }
    }
    for width in [328.0, 720.0] {
        let drawn = svg::inline(&scene::compose(figure, width), "");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf "), "{}", context());
    }
}

/// The values of a corner: each control at its lowest (0) or highest (1) value, by a bit; of texts and
/// drawings at the first or the last of their corners.
fn corner(spec: &'static Spec, bits: u64) -> Values {
    let mut values = spec.defaults();
    for (i, control) in spec.controls.iter().enumerate() {
        values.set(control.id, end(control, bits >> i & 1 == 1));
    }
    values
}

fn end(control: &Control, high: bool) -> Value {
    let all = control.corners();
    let end = if high { all.last() } else { all.first() };
    end.cloned().unwrap_or_else(|| control.default())
}

fn run_and_check(name: &str, spec: &'static Spec, values: Values) {
    let mut runner = Runner::new(spec, values);
    assert_sound(name, spec, &runner);
    runner.advance(STEPS / 4);
    assert_sound(name, spec, &runner);
    runner.advance(STEPS - STEPS / 4);
    assert_sound(name, spec, &runner);
}

#[test]
fn every_end_of_every_control_stays_finite() {
    for (name, spec) in simulations() {
        run_and_check(&name, spec, spec.defaults());
        for control in spec.controls {
            for value in control.corners() {
                let mut values = spec.defaults();
                values.set(control.id, value);
                run_and_check(&name, spec, values);
            }
        }
    }
}

#[test]
fn corners_of_the_box_stay_finite() {
    for (name, spec) in simulations() {
        let corners = 1u64 << spec.controls.len();
        // All corners of a small box; of a large one the two extremes and an even spread.
        let tried = corners.min(24);
        for i in 0..tried {
            let bits = if i + 1 == tried { corners - 1 } else { (i * (corners / tried)) ^ (i % 7) };
            run_and_check(&name, spec, corner(spec, bits % corners));
        }
    }
}

#[test]
fn equal_seeds_give_equal_bits_and_no_step_depends_on_the_one_who_asks() {
    for (name, spec) in simulations() {
        let mut once = Runner::new(spec, spec.defaults());
        once.advance(60);
        let mut watched = Runner::new(spec, spec.defaults());
        for _ in 0..60 {
            watched.advance(1);
            let _ = watched.simulation().figure();
        }
        let bits = |r: &Runner| r.readings().iter().map(Reading::exact).collect::<Vec<_>>();
        assert_eq!(bits(&once), bits(&watched), "{name}");
        assert!(once.simulation().figure() == watched.simulation().figure(), "{name}");
        once.restart();
        once.advance(60);
        assert_eq!(bits(&once), bits(&watched), "{name} after a restart");
    }
}

/// The defaults, each preset, and either of them with each control one step away or at an end.
fn around_each_preset(spec: &'static Spec) -> Vec<Values> {
    let presets = spec.presets.iter().map(|preset| Values::with(spec.controls, preset.values));
    let mut found = Vec::new();
    for values in std::iter::once(spec.defaults()).chain(presets) {
        let moved = Why::new(spec, values.clone(), 0, 0).neighbours().to_vec();
        let ends = spec.controls.iter().flat_map(|c| c.corners().into_iter().map(move |value| (c, value)));
        for (control, value) in moved.into_iter().map(|n| (n.control, n.value)).chain(ends) {
            let mut changed = values.clone();
            changed.set(control.id, value);
            found.push(changed);
        }
        found.push(values);
    }
    found
}

/// A number that nobody can work out again says at least what it was worked out from.
#[test]
fn every_readout_has_a_formula_or_says_over_what_it_is_measured() {
    let mut open = Vec::new();
    for (name, spec) in simulations() {
        for readout in spec.readouts {
            match (readout.formula, readout.basis) {
                ("", "") => open.push(format!("{name} {}", readout.id)),
                (_, basis) => assert!(
                    basis.is_empty() || basis.ends_with('.'),
                    "{name} {}: “{basis}” is no sentence",
                    readout.id
                ),
            }
        }
    }
    assert!(open.is_empty(), "no formula, and no sentence on what they are measured over: {open:#?}");
}

#[test]
fn formulas_give_what_is_read() {
    let mut declared = 0;
    // The first setting at which each of them fails: all are told at once.
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for (name, spec) in simulations() {
        let formulas: Vec<_> = (0..spec.readouts.len())
            .filter(|i| !spec.readouts[*i].formula.is_empty())
            .map(|i| {
                let id = spec.readouts[i].id;
                let formula = Formula::parse(spec, i, spec.readouts[i].formula);
                (i, formula.unwrap_or_else(|said| panic!("{name}, {id}: {said}")))
            })
            .collect();
        declared += formulas.len();
        if formulas.is_empty() {
            continue;
        }
        assert!(
            formulas.iter().all(|(i, f)| !f.readouts().contains(i)),
            "{name}: a formula speaks of itself"
        );
        // Formulas are those of what a simulation has or draws: where a reader's own data say another number, `Why`
        // tells none.
        let is_made =
            |values: &Values| spec.controls.iter().all(|c| !is_own(c) || values.text(c.id).is_empty());
        for values in around_each_preset(spec).into_iter().filter(is_made) {
            let mut run = Runner::new(spec, values);
            for _ in 0..2 {
                for (i, formula) in &formulas {
                    // A word in place of a number is the simulation's to choose.
                    let Some(read) = run.readings()[*i].number() else { continue };
                    let written = formula.written(&run.facts());
                    let close =
                        written.value.is_some_and(|x| (x - read).abs() <= 1e-9 * read.abs().max(1e-9));
                    let setting = encode(spec, &Moment::of(run.values().clone(), Some(run.step())), true);
                    let id = spec.readouts[*i].id;
                    if !close {
                        let said = || format!("{written:?} is not {read}, at {setting}");
                        wrong.entry(format!("{name}, {id}")).or_insert_with(said);
                    }
                }
                run.advance(3);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(declared > 0 || std::env::var("TINKERABLE_TOPIC").is_ok(), "none is declared");
}

#[test]
fn what_is_not_still_moves() {
    for (name, spec) in simulations() {
        let start = Runner::new(spec, spec.defaults());
        let later = Runner::after(spec, &[], spec.pace.opening.max(40));
        let moved = later.step() > 0
            && (start.readings() != later.readings()
                || start.simulation().figure() != later.simulation().figure());
        assert_eq!(moved, !spec.pace.is_still(), "{name}");
    }
}

/// A run that ends before would never show it.
#[test]
fn what_is_promised_comes() {
    for (name, spec) in simulations() {
        let runner = Runner::after(spec, &[], spec.pace.promised);
        assert_eq!(runner.step(), spec.pace.promised, "{name} ends before the step that it promises");
    }
}

#[test]
fn another_seed_gives_another_run() {
    for (name, spec) in
        simulations().filter(|(_, s)| s.controls.iter().any(|c| matches!(c.kind, Kind::Seed { .. })))
    {
        // Chance may only come in under some option: the seed must matter for one of them.
        let options = spec.controls.iter().flat_map(|c| match c.kind {
            Kind::Choice { options, .. } => (0..options.len()).map(|i| (c.id, Value::Choice(i))).collect(),
            _ => Vec::new(),
        });
        let settings = std::iter::once(None).chain(options.map(Some));
        let differs = |setting: Option<(&str, Value)>| {
            let [a, b] = [1, 2].map(|seed| {
                let mut values = spec.defaults();
                values.set("seed", Value::Integer(seed));
                if let Some((id, value)) = &setting {
                    values.set(id, value.clone());
                }
                let mut runner = Runner::new(spec, values);
                runner.advance(spec.pace.opening.max(40));
                runner.simulation().figure().rows
            });
            a != b
        };
        assert!(settings.into_iter().any(differs), "{name}: the seed changes nothing");
    }
}

#[test]
fn live_controls_apply_without_a_restart() {
    for (name, spec) in simulations() {
        for control in spec.controls.iter().filter(|c| c.live) {
            let mut runner = Runner::new(spec, spec.defaults());
            runner.advance(10);
            let step = runner.step();
            let mut values = spec.defaults();
            values.set(control.id, end(control, true));
            if control.default() == end(control, true) {
                values.set(control.id, end(control, false));
            }
            assert!(!runner.set_values(values), "{name} {}", control.id);
            assert_eq!(runner.step(), step, "{name} {}", control.id);
            runner.advance(10);
            assert_sound(&name, spec, &runner);
        }
    }
}

#[test]
fn challenges_are_open_at_first_and_their_solutions_solve_them() {
    for (name, spec) in simulations() {
        for challenge in spec.challenges {
            let solves = |pairs| Runner::solves(spec, challenge, pairs);
            assert!(!solves(&[]), "{name} {}: the defaults solve it", challenge.id);
            assert!(solves(challenge.solution), "{name} {}: its solution does not solve it", challenge.id);
        }
    }
}

#[test]
fn predictions_are_decided_by_the_run() {
    for (name, spec) in simulations() {
        let Some(prediction) = &spec.prediction else { continue };
        let runner = Runner::bet(spec);
        assert_eq!(runner.step(), prediction.settled_at, "{name} ends before its prediction is decided");
        assert!(runner.outcome().is_some(), "{name}: what is bet on is no number");
        assert!(!prediction.because.is_empty() && prediction.question.ends_with(['?', '…']), "{name}");
    }
}

/// Seeds on which bets and challenges are tried.
const TRIED: std::ops::RangeInclusive<i64> = 1..=10;

/// Whether four of five are so.
fn are_most(so: usize, of: usize) -> bool {
    5 * so >= 4 * of
}

/// The facts at a step, on each of the seeds, or once where no seed is drawn.
fn on_seeds<T>(
    spec: &'static Spec,
    changes: &[(&str, &str)],
    at: u64,
    seeds: impl Iterator<Item = i64>,
    look: impl Fn(&Facts) -> T,
) -> Vec<T> {
    let mut jobs: Vec<Job> = Vec::new();
    for seed in seeds {
        let mut values = Values::with(spec.controls, changes);
        if spec.has_seed() {
            values.set("seed", Value::Integer(seed));
        } else if !jobs.is_empty() {
            break;
        }
        jobs.push(Job { spec, values, at });
    }
    let runs = runs::make(&jobs, &|_, _| {});
    // A run that ends by itself is taken to stand at the step that is named.
    let facts = |(job, readings): (&Job, &Vec<Reading>)| {
        look(&Facts { values: &job.values, readouts: spec.readouts, readings, step: at })
    };
    jobs.iter().zip(&runs).map(facts).collect()
}

#[test]
fn a_bet_is_decided_alike_by_four_seeds_of_five() {
    for (name, spec) in simulations() {
        let Some(bet) = &spec.prediction else { continue };
        let outcomes = on_seeds(spec, bet.values, bet.settled_at, TRIED, |facts| bet.outcome(facts));
        let own = bet.outcome(&Runner::bet(spec).facts());
        let alike = outcomes.iter().filter(|outcome| **outcome == own).count();
        assert!(are_most(alike, outcomes.len()), "{name}: the bet comes out {outcomes:?} on seeds {TRIED:?}");
    }
}

#[test]
fn a_challenge_is_solved_for_four_seeds_of_five_and_not_by_waiting() {
    let mut wrong = Vec::new();
    for (name, spec) in simulations() {
        for challenge in spec.challenges {
            let (steps, id) = (challenge.solution_steps, challenge.id);
            let mut tell = |what: String| wrong.push(format!("{name} {id}: {what}"));
            let solved = on_seeds(spec, challenge.solution, steps, TRIED, |f| challenge.is_solved(f));
            let often = solved.iter().filter(|solved| **solved).count();
            if !are_most(often, solved.len()) {
                tell(format!("solved on {often} of seeds {TRIED:?}"));
            }
            for clause in challenge.solved {
                let Bound::Number(bound) = clause.bound else { continue };
                let measured = |id: &&str| spec.readout(id).is_some();
                if !clause.quantity.ids().iter().any(measured) {
                    continue;
                }
                let found = on_seeds(spec, challenge.solution, steps, TRIED, |f| clause.quantity.number(f));
                // What is counted or follows from the controls is the same on each seed: it may stand at the limit.
                if found.iter().all(|x| *x == found[0]) {
                    continue;
                }
                let room = room(spec, clause, bound);
                let wide =
                    found.iter().flatten().filter(|x| (**x - bound).abs() >= 0.1 * room - 1e-9).count();
                if !are_most(wide, found.len()) {
                    tell(format!("{found:?} stand too near to {bound}"));
                }
            }
            // Whether it is solved is asked at every frame; here, at the end of three times the time.
            let waited = on_seeds(spec, &[], 3 * steps, 1..=3, |facts| challenge.is_solved(facts));
            if waited.contains(&true) {
                tell(format!("solved by waiting, on seeds 1 to 3: {waited:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the tenth is of: the bound, or how far it stands from the end of what a share or a ratio can be.
fn room(spec: &Spec, clause: &Clause, bound: f64) -> f64 {
    let units = clause.quantity.ids().into_iter().filter_map(|id| spec.readout(id));
    let percent = units.map(|i| spec.readouts[i].unit).any(|unit| unit == "%");
    match bound.abs() {
        x if percent && x > 50.0 && x < 100.0 => 100.0 - x,
        x if x > 0.5 && x < 1.0 => 1.0 - x,
        // How many times as much, which is once at the least.
        x if x > 1.0 && x < 1.5 => x - 1.0,
        x => x,
    }
}

#[test]
fn figures_keep_their_height_while_they_run() {
    for (name, spec) in simulations() {
        let mut runner = Runner::opening(spec);
        let before: Vec<f64> = runner.simulation().figure().panels().map(|p| p.height).collect();
        runner.advance(50);
        let after: Vec<f64> = runner.simulation().figure().panels().map(|p| p.height).collect();
        assert_eq!(before, after, "{name}");
        assert!((200.0..=520.0).contains(&scene::height(&runner.simulation().figure(), 720.0)), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any legal values, as an address and back.
    #[test]
    fn every_address_reads_back(places in proptest::collection::vec(0.0f64..=1.0, 40), step in proptest::option::of(0u64..100_000)) {
        for (name, spec) in simulations() {
            let mut values = spec.defaults();
            for (control, place) in spec.controls.iter().zip(&places) {
                values.set(control.id, at(control, *place));
            }
            let mut kept = spec.defaults();
            for (control, place) in spec.controls.iter().zip(places.iter().rev()) {
                kept.set(control.id, at(control, *place));
            }
            if let Some(seed) = values.get("seed") {
                kept.set("seed", seed.clone());
            }
            let moment = Moment { kept: step.map(|_| kept), ..Moment::of(values, step) };
            for prefix in [false, true] {
                let (read, refusals) = decode(&[spec], &encode(spec, &moment, prefix), &[]);
                prop_assert_eq!(&read[0], &moment, "{}", name);
                prop_assert!(refusals.is_empty(), "{}: {:?}", name, refusals);
            }
        }
    }

    /// Any text at all for any control: a sentence or a value, and never a crash.
    #[test]
    fn hostile_values_leave_legal_ones(text in "\\PC{0,40}") {
        for (_, spec) in simulations() {
            for control in spec.controls {
                let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(control.id, &text).finish();
                let (read, refusals) = decode(&[spec], &query, &[]);
                let value = read[0].values.get(control.id).expect("the control is there");
                prop_assert_eq!(control.admit(value.clone()), Some(value.clone()));
                if *value == control.default() && control.parse(&text).is_err() {
                    prop_assert_eq!(refusals.len(), 1);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a reader may type or draw, the simulation runs on it.
    #[test]
    fn what_can_be_typed_or_drawn_can_be_run(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (name, spec) in simulations() {
            for control in spec.controls {
                let value = match control.kind {
                    Kind::Text(text) => {
                        let letters: Vec<char> = (' '..='~').chain(['\n']).filter(|c| *c == '\n' || (text.alphabet.has)(*c)).collect();
                        let typed: String = bytes.iter().take(text.longest).map(|b| letters[usize::from(*b) % letters.len()]).collect();
                        Value::Text(typed.into())
                    }
                    Kind::Drawing(drawing) => {
                        let level = |cell| bytes.get(cell).map_or(0, |b| b % drawing.levels() as u8);
                        Value::Drawing((0..drawing.cells()).map(level).collect())
                    }
                    _ => continue,
                };
                let mut values = spec.defaults();
                values.set(control.id, value);
                let mut runner = Runner::new(spec, values);
                assert_sound(&name, spec, &runner);
                runner.advance(20);
                assert_sound(&name, spec, &runner);
            }
        }
    }
}

/// The value at a place of a control, 0 to 1; of a text or a drawing one of its corners.
fn at(control: &Control, place: f64) -> Value {
    let corners = if control.is_free() { control.corners() } else { Vec::new() };
    let index = (place * corners.len() as f64) as usize;
    corners
        .get(index.min(corners.len().saturating_sub(1)))
        .cloned()
        .unwrap_or_else(|| control.at_position(place))
}

#[test]
fn wrong_names_in_an_address_are_named() {
    for topic in ALL {
        // What others hang on an address is none of the reader's mistakes; a name with a point is ours.
        let misspelt = format!("{}x", topic.simulations[0].controls[0].id);
        let query = format!("nonsense.x=1&{misspelt}=2&whatever=3");
        let (_, refusals) = decode(topic.simulations, &query, &[]);
        let near = usize::from(topic.simulations[0].controls[0].id.len() > 2);
        assert_eq!(refusals.len(), 1 + near, "{}", topic.slug);
        assert!(refusals[0].sentence.contains(topic.simulations[0].id), "{}", refusals[0].sentence);
    }
}

/// What readers see of a simulation's runs, each looked at once.
struct Views {
    spec: &'static Spec,
    known: HashMap<(String, u64), u64>,
}

impl Views {
    /// A mark of what is seen of a run at a step.
    fn at(&mut self, values: &Values, step: u64) -> u64 {
        *self.known.entry((encode_kept(values), step)).or_insert_with(|| {
            let mut runner = Runner::new(self.spec, values.clone());
            runner.advance(step);
            let mut mark = DefaultHasher::new();
            format!("{:?}{:?}", runner.readings(), runner.simulation().figure()).hash(&mut mark);
            mark.finish()
        })
    }

    /// Whether an end of a control changes what is seen at one of these steps.
    fn show(&mut self, values: &Values, control: &Control, steps: [u64; 2]) -> bool {
        let others =
            control.corners().into_iter().filter(|v| Some(v) != values.get(control.id)).map(|value| {
                let mut other = values.clone();
                other.set(control.id, value);
                other
            });
        let others: Vec<Values> = others.collect();
        steps.into_iter().any(|step| {
            let before = self.at(values, step);
            others.iter().any(|other| self.at(other, step) != before)
        })
    }

    /// Whether a control has a say later, where one other is at an end, too.
    fn show_in_time(&mut self, values: &Values, choice: &Control, control: &Control) -> bool {
        let others = self.spec.controls.iter().filter(|c| ![choice.id, control.id, SEED].contains(&c.id));
        let steps = [self.spec.pace.promised, 10 * self.spec.pace.promised];
        others.filter(|c| values.counts(c)).any(|other| {
            other.corners().into_iter().any(|value| {
                let mut values = values.clone();
                values.set(other.id, value);
                values.counts(control) && self.show(&values, control, steps)
            })
        })
    }
}

/// Options that hide nothing: a network that does not learn is to go on with what is set meanwhile, and a hand
/// without an answer is one of a few.
const HIDES_NOTHING: [(&str, &str); 2] = [("train", "off"), ("hand", "1111")];

/// What others may hang on, and its values to be tried: a choice, a toggle, and a number of which there is nothing at
/// first. Elsewhere it is the reader who takes a number to its end, and sees what falls silent.
fn hung_on(control: &Control) -> Vec<Value> {
    let none_at_first = control.number(&control.default()) <= control.range()[0];
    match control.kind {
        Kind::Choice { .. } | Kind::Toggle { .. } => control.corners(),
        _ if control.is_number() && control.id != SEED && none_at_first => {
            [0.0, 0.1, 1.0].map(|position| control.at_position(position)).into()
        }
        _ => Vec::new(),
    }
}

/// A control that has no say beside an option of a choice, and one beside another, stands beside that one only: see
/// `Control::only`, `Control::unless` and `Control::above_least`. What is dragged in a picture has a say, too.
#[test]
fn a_control_that_is_shown_has_a_say() {
    let mut found = Vec::new();
    for (name, spec) in simulations() {
        let mut views = Views { spec, known: HashMap::new() };
        for choice in spec.controls {
            let beside: Vec<(String, Values, Vec<&Control>)> = hung_on(choice)
                .into_iter()
                .map(|option| {
                    let written = choice.written(&option);
                    let mut values = spec.defaults();
                    values.set(choice.id, option);
                    let shown = spec.controls.iter().filter(|c| c.id != SEED && values.counts(c));
                    let steps = [spec.pace.opening.max(40), spec.pace.promised.max(40)];
                    let mute = shown.filter(|c| !views.show(&values, c, steps)).collect();
                    (written, values, mute)
                })
                .collect();
            for (option, values, mute) in &beside {
                let above_least = choice.is_number() && *option != choice.written(&choice.default());
                if above_least || HIDES_NOTHING.contains(&(choice.id, option)) {
                    continue;
                }
                for control in mute {
                    let speaks = |(_, values, mute): &(String, Values, Vec<&Control>)| {
                        values.counts(control) && mute.iter().all(|c| c.id != control.id)
                    };
                    if beside.iter().any(speaks) && !views.show_in_time(values, choice, control) {
                        found.push(format!("{name}: {}, beside {} {option}", control.id, choice.id));
                    }
                }
                let figure = {
                    let mut runner = Runner::new(spec, values.clone());
                    runner.advance(spec.pace.opening);
                    runner.simulation().figure()
                };
                for mark in figure.rows.iter().flatten().flat_map(|panel| &panel.marks) {
                    let Shape::Handle { x, y, .. } = mark.shape else { continue };
                    for id in [x, y].into_iter().flatten() {
                        if spec.controls.iter().any(|c| c.id == id && !values.counts(c)) {
                            found.push(format!("{name}: a handle for {id}, beside {} {option}", choice.id));
                        }
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
