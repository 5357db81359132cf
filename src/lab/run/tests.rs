use super::*;
use crate::lab::Runner;
use crate::sample::SPEC;
use proptest::prelude::*;

fn run(name: &str) -> Run {
    Run::parse(name, &[&SPEC]).unwrap_or_else(|sentence| panic!("{name}: {sentence}"))
}

fn refused(name: &str) -> String {
    Run::parse(name, &[&SPEC]).map(|run| run.to_string()).unwrap_err()
}

/// Makes the run here and now.
fn made(name: &str) -> Result<Answer, String> {
    let run = run(name);
    let readings: Vec<Vec<Reading>> = run
        .jobs()
        .into_iter()
        .map(|job| {
            let mut runner = Runner::new(job.spec, job.values);
            runner.advance(job.at);
            runner.readings().to_vec()
        })
        .collect();
    run.answer(&readings)
}

#[test]
fn a_name_is_read_and_written_the_same_way() {
    for name in [
        "count#total",
        "count?stride=5&order=down&at=7#mean",
        "count?seed=9#total",
        "count?stride=5&at=1000&seeds=1..40#mean:total",
        "count?seeds=1..4,11#range:total",
        "count?seeds=2..3#count:total>=3,mean<2.5",
        "count?seeds=2..3#share:mean!=-0.5",
        "count?kept=stride:2,order:down&seeds=1..4#median:change:total",
        "count?word=a,+b:+5%25+%231&sketch=f00a..1#total",
        "count?kept=word:%28a%252C+b%29#change:total",
        "count?stride=5&kept=defaults#difference:total",
    ] {
        assert_eq!(run(name).to_string(), name);
    }
    // Defaults and the opening step are left out, and the parts have one order.
    assert_eq!(
        run("?at=12&seeds=3,1,2&stride=3&order=down#min:total").to_string(),
        "count?order=down&seeds=1..3#min:total"
    );
    assert_eq!(run("count?seeds=1..2#count:total≥3").to_string(), "count?seeds=1..2#count:total>=3");
}

#[test]
fn a_wrong_name_is_told_what_would_be_right() {
    for (name, pieces) in [
        ("cuont#total", &["no simulation “cuont”, perhaps count is meant"][..]),
        ("count?strde=2#total", &["no control “strde”, perhaps stride is meant", "order, loud, seed"]),
        ("count?stride=99#total", &["a whole number from 1 to 10"]),
        ("count?stride=2.5#total", &["Stride cannot be 2.5"]),
        ("count", &["as in #total", "total, mean"]),
        ("count#totl", &["no readout “totl”, perhaps total is meant: the readouts are total, mean"]),
        ("count?at=never#total", &["“never” is no step", "from 0 to"]),
        ("count?seeds=1..4#total", &["#mean:total", "median"]),
        ("count#mean:total", &["“mean” sums up several seeds", "seeds=1..40"]),
        ("count?seeds=4#mean:total", &["at least two"]),
        ("count?seeds=4..1#mean:total", &["1..40"]),
        ("count?seeds=1..99999#mean:total", &["1..40"]),
        ("count?seeds=0..1000#mean:total", &["1..40"]),
        ("count?seed=3&seeds=1..4#mean:total", &["leave one out"]),
        ("count?seeds=1..4#count:total", &["write a condition"]),
        ("count?seeds=1..4#mean:total>3", &["#count:"]),
        ("count?seeds=1..4#count:total>many", &["“many” is no bound"]),
        ("count#change:total", &["kept=defaults"]),
        ("count?kept=stride:2#total", &["difference, ratio, change"]),
        ("count?kept=strid:2#change:total", &["“strid”"]),
        ("count#average:total", &["“average” is no way to read a run", "mean, median", "difference"]),
        ("count?loud=maybe#total", &["on or off"]),
    ] {
        let sentence = refused(name);
        for piece in pieces {
            assert!(sentence.contains(piece), "{name}: {sentence}");
        }
    }
}

#[test]
fn one_run_says_its_readout() {
    assert_eq!(made("count?stride=5&at=7#total").map(|a| a.numbers), Ok(vec![35.0]));
    assert_eq!(
        made("count?at=0#mean").unwrap_err(),
        "count has no number for “mean” at step 0: it says “–”."
    );
}

#[test]
fn two_runs_are_compared() {
    let numbers =
        |asked: &str| made(&format!("count?stride=5&kept=stride:2&at=4#{asked}")).map(|a| a.numbers);
    assert_eq!(numbers("difference:total"), Ok(vec![12.0]));
    assert_eq!(numbers("ratio:total"), Ok(vec![2.5]));
    assert_eq!(numbers("change:total"), Ok(vec![1.5]));
    assert!(made("count?kept=stride:2&at=0#ratio:total").unwrap_err().contains("no number"));
}

#[test]
fn several_seeds_are_summed_up() {
    let numbers = [4.0, 1.0, 7.0, 2.0];
    for (summary, wanted) in [
        (Summary::Mean, vec![3.5]),
        (Summary::Median, vec![3.0]),
        (Summary::Least, vec![1.0]),
        (Summary::Most, vec![7.0]),
        (Summary::Range, vec![1.0, 7.0]),
        (Summary::Deviation, vec![7.0_f64.sqrt()]),
    ] {
        let found = summary.of(&numbers);
        assert!(found.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{summary:?}: {found:?}");
        assert_eq!(found.len(), wanted.len());
    }
    assert_eq!(Summary::Median.of(&[3.0, 1.0, 2.0]), [2.0]);
}

#[test]
fn seeds_are_counted_for_which_all_conditions_hold() {
    // The sample's answer knows no seed: all of them or none.
    let counted = |asked: &str| made(&format!("count?at=2&seeds=1..8#{asked}")).map(|a| a.numbers);
    assert_eq!(counted("count:total>=6,mean<4"), Ok(vec![8.0]));
    assert_eq!(counted("share:total>6"), Ok(vec![0.0]));
    // What is no number meets no bound.
    assert_eq!(made("count?at=0&seeds=1..8#count:mean>0").map(|a| a.numbers), Ok(vec![0.0]));
}

#[test]
fn the_seed_that_is_shown_is_the_one_nearest_to_the_answer() {
    let answer = Answer { numbers: vec![3.0], each: vec![(Some(4), 1.0), (Some(5), 3.5), (Some(6), 2.5)] };
    let shown = run("count?kept=stride:2&seeds=4..6&at=9#mean:change:total").moment(&answer);
    assert_eq!((shown.values.seed(), shown.at), (5, Some(9)));
    assert_eq!(shown.kept.map(|kept| (kept.seed(), kept.integer("stride"))), Some((5, 2)));
    let counted = Answer { numbers: vec![2.0], each: vec![(Some(4), 0.0), (Some(5), 1.0), (Some(6), 1.0)] };
    assert_eq!(run("count?seeds=4..6#count:total>1").moment(&counted).values.seed(), 5);
}

#[test]
fn a_run_is_told_in_words() {
    assert_eq!(
        run("count?stride=5&at=1000&seeds=1..40#mean:total").words(),
        "Total, mean of seeds 1 to 40, at step 1,000, with Stride 5"
    );
    assert_eq!(
        run("count?kept=order:down#change:total").words(),
        "Total, change, at step 12, with the defaults, against Order Downwards"
    );
    assert_eq!(
        run("count?seeds=1..2,9#count:total>3").words(),
        "Total > 3, count of seeds 1 to 2, 9, at step 12, with the defaults"
    );
}

#[test]
fn jobs_are_seed_by_seed_the_run_and_the_one_beside_it() {
    let jobs = run("count?stride=4&kept=stride:2&seeds=1..2&at=5#mean:ratio:total").jobs();
    let told: Vec<(u64, usize, u64)> =
        jobs.iter().map(|j| (j.values.seed(), j.values.integer("stride"), j.at)).collect();
    assert_eq!(told, [(1, 4, 5), (1, 2, 5), (2, 4, 5), (2, 2, 5)]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Err(sentence) = Run::parse(&text, &[&SPEC]) {
            prop_assert!(sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn any_run_is_named_so_that_it_is_read_back(
        stride in 1..=10_u32, down in any::<bool>(), at in 0..2000_u64, first in 0..500_u64, more in 1..400_u64,
        summary in 0..6_usize,
    ) {
        let order = if down { "down" } else { "up" };
        let word = Summary::ALL[summary].word();
        let last = first + more;
        let name = format!("count?order={order}&at={at}&stride={stride}&seeds={first}..{last}#{word}:total");
        let read = run(&name);
        let again = run(&read.to_string());
        prop_assert_eq!(again.to_string(), read.to_string());
        prop_assert_eq!(again.jobs(), read.jobs());
    }
}
