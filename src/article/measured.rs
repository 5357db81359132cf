//! Numbers and sweeps that come from runs: makes the runs that an article and its simulations name,
//! and tells where a text and its run differ.

use std::path::{Path, PathBuf};

use super::block::{self, Block, BlockKind, Inline, InlineKind, TalkStep, plain, walk, walk_blocks};
use super::problem::Problem;
use super::runs;
use crate::lab::address::{self, Moment};
use crate::lab::run::measured::{Piece, agrees, numbers, pieces};
use crate::lab::run::question::{Check, Question};
use crate::lab::run::sweep::{Curve, Sweep};
use crate::lab::run::{Answer, Job, Run};
use crate::lab::schema::condition::Facts;
use crate::lab::{Reading, Spec};
use crate::topics::{self, Topic};

mod given;
mod prose;
pub mod published;

pub use prose::unmeasured;

/// Makes all runs that a topic names, at once, so that no core waits for the next number.
pub fn make(topic: &Topic, blocks: &[Block]) {
    let mut all: Vec<Run> = Vec::new();
    let mut jobs = Vec::new();
    walk_blocks(blocks, &mut |block| {
        match &block.kind {
            BlockKind::Sweep(placement) => {
                jobs.extend(sweep_of(topic, &placement.name).iter().flat_map(Sweep::jobs));
            }
            BlockKind::Talk(steps) => {
                all.extend(steps.iter().flat_map(|s| asked_at(topic, s)).filter_map(Result::ok));
            }
            BlockKind::Questions(questions) => {
                let known = questions.iter().filter_map(|asked| question_of(topic, asked).ok());
                jobs.extend(
                    known.filter_map(|(question, answer)| Some(tried(&question, &answer?))).flatten(),
                );
            }
            _ => {}
        }
        for sentence in block.sentences() {
            walk(sentence, &mut |inline| {
                if let InlineKind::Measured { run, .. } = &inline.kind {
                    all.extend(run_of(topic, run));
                }
            });
        }
    });
    for spec in topic.simulations {
        for text in texts(spec) {
            all.extend(runs_in(spec, text.text).into_iter().filter_map(|(_, run)| run.ok()));
        }
    }
    jobs.extend(all.iter().flat_map(Run::jobs));
    let _ = runs::make(&jobs, &|_, _| {});
}

/// The run that a name in a topic's article stands for; with its slug, one of another topic.
///
/// # Errors
/// A sentence on what is wrong, and what would be right.
pub fn run_of(topic: &Topic, name: &str) -> Result<Run, String> {
    let (specs, rest) = home(topic, name)?;
    Run::parse(rest, &specs)
}

/// The same for a sweep.
///
/// # Errors
/// As [`run_of`].
pub fn sweep_of(topic: &Topic, name: &str) -> Result<Sweep, String> {
    let (specs, rest) = home(topic, name)?;
    Sweep::parse(rest, &specs)
}

/// The simulations that a name may be about, and the name without a slug.
fn home<'n>(topic: &Topic, name: &'n str) -> Result<(Vec<&'static Spec>, &'n str), String> {
    let simulation = name.split(['?', '#']).next().unwrap_or(name);
    match simulation.split_once('/') {
        None => Ok((topic.simulations.to_vec(), name)),
        Some((slug, _)) => {
            let (_, spec) = topics::find(simulation)?;
            Ok((vec![spec], &name[slug.len() + 1..]))
        }
    }
}

/// A number in the prose, held against its run: the run and what it says.
///
/// # Errors
/// A sentence on what is wrong with its name, or where the two differ.
pub fn number(topic: &Topic, shown: &str, name: &str) -> Result<(Run, Answer), String> {
    let run = run_of(topic, name)?;
    let answer = runs::answer(&run)?;
    agrees(shown, &run, &answer)?;
    Ok((run, answer))
}

/// The curve of a sweep.
#[must_use]
pub fn curve(sweep: &Sweep) -> Curve {
    sweep.curve(&runs::make(&sweep.jobs(), &|_, _| {}))
}

/// The runs that a step of the talk names behind its moment, `#cache_gb;tokens_per_s`.
fn asked_at(topic: &Topic, step: &TalkStep) -> Vec<Result<Run, String>> {
    let named = step.asked.split(';').filter(|asked| !asked.is_empty());
    named.map(|asked| run_of(topic, &format!("{}?{}#{asked}", step.simulation, step.query))).collect()
}

/// What is wrong with the numbers in the sentence of a step: each readout that it names stands in it.
pub fn step(topic: &Topic, step: &TalkStep) -> Vec<String> {
    let sentence = plain(&step.sentence);
    let mut wrong = Vec::new();
    for run in asked_at(topic, step) {
        match run.and_then(|run| runs::answer(&run).map(|answer| (run, answer))) {
            Err(sentence) => wrong.push(sentence),
            Ok((run, answer)) => {
                // The number stands anywhere in the sentence, with its unit behind it.
                let stands = |part: &&str| agrees(part, &run, &answer).is_ok();
                if !parts(&sentence).iter().any(|part| stands(&part.as_str())) {
                    let said: Vec<String> = answer.numbers.iter().map(f64::to_string).collect();
                    wrong.push(format!(
                        "The step says “{sentence}”, where {run} gives {}: no number in it agrees.",
                        said.join(" and ")
                    ));
                }
            }
        }
    }
    wrong
}

/// A question of an article, and the moment of its answer, if it names one.
///
/// # Errors
/// A sentence on what is wrong with one of the two.
pub fn question_of(topic: &Topic, asked: &block::Question) -> Result<(Question, Option<Moment>), String> {
    let question = Question::parse(&asked.name, topic.simulations)?;
    let answer = asked.answer.as_ref().map(|answer| question.answer(&answer.query)).transpose()?;
    Ok((question, answer))
}

/// The runs that show what a question's answer does: with it, where the question starts, and from there
/// after as many steps.
fn tried(question: &Question, answer: &Moment) -> Vec<Job> {
    let job = |moment: &Moment, at| Job { spec: question.spec, values: moment.values.clone(), at };
    let step = question.step(answer);
    let start = &question.start;
    vec![job(answer, step), job(start, question.step(start)), job(start, step)]
}

/// What is wrong with a question: its name or its answer, or an answer that does not meet its check, or is
/// not needed to meet it.
pub fn question(topic: &Topic, asked: &block::Question) -> Vec<String> {
    let (question, answer) = match question_of(topic, asked) {
        Ok(read) => read,
        Err(sentence) => return vec![sentence],
    };
    let (check, answer) = match (&question.check, &answer) {
        (None, _) => return Vec::new(),
        (Some(check), None) => {
            return vec![format!(
                "“{}” can be checked, so its answer names what meets it: [In words.](answer:control=value&at=600)",
                check.words()
            )];
        }
        (Some(check), Some(answer)) => (check, answer),
    };
    let jobs = tried(&question, answer);
    let readings = runs::make(&jobs, &|_, _| {});
    // A run that ends by itself is taken to stand at the step that is named.
    let facts = |(job, readings): (&Job, &Vec<Reading>)| {
        let step = if job.spec.pace.is_still() { 0 } else { job.at };
        let facts = Facts { values: &job.values, readouts: job.spec.readouts, readings, step };
        (check.holds(&facts), check.told(&facts))
    };
    let tried: Vec<(bool, String)> = jobs.iter().zip(&readings).map(facts).collect();
    let [(solves, solved), starts @ ..] = &tried[..] else { return Vec::new() };
    let mut wrong = Vec::new();
    if !solves {
        wrong.push(format!("The answer does not meet “{}”: {solved}.", check.words()));
    }
    if let Some((_, told)) = starts.iter().find(|(holds, _)| *holds) {
        wrong.push(format!(
            "What the question starts with meets “{}” without any answer: {told}.",
            check.words()
        ));
    }
    wrong
}

/// Each number of a sentence with the word behind it.
fn parts(sentence: &str) -> Vec<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| ".,;:()".contains(c)).to_owned();
    let mut parts = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if !numbers(word).is_empty() {
            parts.push(bare(word));
            parts.extend(words.get(i + 1).map(|next| format!("{} {}", bare(word), bare(next))));
        }
    }
    parts
}

/// A text of a simulation's declaration in which numbers of runs may stand.
struct Text {
    /// Where it stands: "preset left-alone", "bet".
    place: String,
    text: &'static str,
}

/// The texts of a simulation that may quote its runs.
fn texts(spec: &'static Spec) -> Vec<Text> {
    let text = |place: String, text| Text { place, text };
    let presets = spec.presets.iter().map(|p| text(format!("preset {}", p.id), p.look));
    let challenges = spec.challenges.iter().map(|c| text(format!("challenge {}", c.id), c.task));
    let bets = spec
        .prediction
        .iter()
        .flat_map(|p| [text("bet".to_owned(), p.question), text("bet".to_owned(), p.because)]);
    presets.chain(challenges).chain(bets).collect()
}

/// The numbers in a text of a simulation, each with its run. The name may leave the simulation out.
fn runs_in<'t>(spec: &'static Spec, text: &'t str) -> Vec<(&'t str, Result<Run, String>)> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Number { shown, run } => Some((shown, Run::parse(run, &[spec]))),
            Piece::Words(_) => None,
        })
        .collect()
}

/// What is wrong with the numbers in the texts of a topic's simulations.
#[must_use]
pub fn declarations(topic: &'static Topic) -> Vec<Problem> {
    let mut problems = Vec::new();
    for spec in topic.simulations {
        for Text { place, text } in texts(spec) {
            for (shown, run) in runs_in(spec, text) {
                let checked = run.and_then(|run| {
                    let answer = runs::answer(&run)?;
                    agrees(shown, &run, &answer)
                });
                if let Err(sentence) = checked {
                    let (file, line) = found(topic, shown).unwrap_or_default();
                    let sentence = format!("{}, {place}: {sentence}", spec.id);
                    problems.push(Problem { file, ..Problem::new(line, sentence) });
                }
            }
        }
    }
    problems
}

/// The Rust file of a topic, and the line, in which a number stands as `[shown](run:`.
fn found(topic: &Topic, shown: &str) -> Option<(Option<String>, usize)> {
    let folder = format!("src/topics/{}", topic.slug);
    let wanted = format!("[{shown}](run:");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files(&root.join(folder)) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some(at) = text.lines().position(|line| line.contains(&wanted)) {
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            return Some((Some(name), at + 1));
        }
    }
    None
}

/// The Rust files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The moment of a run as the page sets it: the name without what is read.
#[must_use]
pub fn moment(run: &Run, answer: &Answer) -> (String, String) {
    let moment = run.moment(answer);
    let query = |prefix| address::encode(run.spec, &moment, prefix);
    (format!("{}?{}", run.spec.id, query(false)), format!("?{}#sim-{}", query(true), run.spec.id))
}

/// The sentences of a block in which a number may be measured, each with the numbers that stand in it and
/// are no result: a question itself measures nothing, and why its answer is right speaks of both.
fn inlines<'b>(topic: &Topic, block: &'b Block) -> Vec<(&'b [Inline], Vec<f64>)> {
    let BlockKind::Questions(questions) = &block.kind else {
        return block.sentences().into_iter().map(|sentence| (sentence, Vec::new())).collect();
    };
    let numbers = |asked: &block::Question| {
        let (question, answer) = question_of(topic, asked).ok()?;
        let mut own: Vec<f64> = question.check.iter().flat_map(Check::bounds).collect();
        for moment in std::iter::once(&question.start).chain(&answer) {
            own.push(question.step(moment) as f64);
            own.extend(moment.values.iter().map(|(control, value)| control.number(value)));
        }
        Some(own)
    };
    questions.iter().map(|q| (q.because.as_slice(), numbers(q).unwrap_or_default())).collect()
}
