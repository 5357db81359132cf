//! One live simulation of a page: its runs, the signals that its widgets read, and its picture.

use super::{dom, figure_view::FigureView, ticker};
use crate::lab::address::Moment;
use crate::lab::figure::Figure;
use crate::lab::figure::scene::{compose, height};
use crate::lab::run::compare;
use crate::lab::run::inspect::{self, Direction, Spot};
use crate::lab::run::narration;
use crate::lab::run::pair::Progress;
use crate::lab::simulation::Prediction;
use crate::lab::{Control, Pair, Reading, Runner, Spec, Value, Values};
use crate::pieces::Missing;
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::prelude::*;
use reactive_graph::signal::RwSignal;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// How long the reader must rest before a change is told, ms.
const SETTLED: f64 = 900.0;

/// Time between drawings, in units of the time that one takes.
const DRAWING_SHARE: f64 = 8.0;

/// Steps of a frame that leave no room for anything else in it, ms.
const LONG_STEPS: f64 = 3.0;

/// A drawing that leaves no room for anything else in a frame, ms: the browser lays out and paints what
/// came of it, which takes several times as long.
const LONG_DRAWING: f64 = 2.0;

/// Steps that have a frame for themselves may take this much more of it.
const ALONE: f64 = 1.4;

/// What a frame is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    All,
    Steps,
    Numbers,
    Picture,
}

/// A simulation on the page. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub struct Session {
    pub spec: &'static Spec,
    pub values: RwSignal<Values>,
    pub readings: RwSignal<Vec<Reading>>,
    pub step: RwSignal<u64>,
    pub playing: RwSignal<bool>,
    /// What the model says.
    pub notes: RwSignal<Vec<String>>,
    /// What was wrong with something the reader, or the address, asked for.
    pub messages: RwSignal<Vec<String>>,
    /// The last sentence for the live region.
    pub spoken: RwSignal<String>,
    pub preset: RwSignal<Option<&'static str>>,
    /// Whether the run has stopped for a bet.
    pub asks: RwSignal<bool>,
    /// The option of the prediction that the reader bet on.
    pub bet: RwSignal<Option<usize>>,
    /// The option that the run showed to be right.
    pub outcome: RwSignal<Option<usize>>,
    /// Which challenges were solved, as bits.
    pub solved: RwSignal<u64>,
    /// Steps a second that the run reaches.
    pub rate: RwSignal<f64>,
    /// The mark that the prose lights.
    pub lit: RwSignal<Option<String>>,
    /// The values of the run that this one is compared with.
    pub kept: RwSignal<Option<Values>>,
    pub kept_readings: RwSignal<Vec<Reading>>,
    /// The run itself, and the one that was kept. Its state is told by the signals above.
    pair: StoredValue<Pair, LocalStorage>,
    inner: StoredValue<Inner, LocalStorage>,
}

/// What only the ticker needs.
struct Inner {
    root: Option<Element>,
    /// Whether the page has room for the first panel of the picture only.
    glimpse: bool,
    view: Option<FigureView>,
    /// Where the kept run is drawn, and what the two differ in.
    rivals: Option<[FigureView; 2]>,
    /// Unknown until it is observed.
    on_screen: Option<bool>,
    dirty: bool,
    published: f64,
    /// Whether steps were made since then.
    unread: bool,
    /// Time that passed since the last steps, and how long they took, ms.
    waited: f64,
    stepped: f64,
    /// Steps counted for the rate, since when.
    counted: (u64, f64),
    told: Option<Told>,
    /// What solved each challenge, and at which step.
    solutions: Vec<Option<(Values, u64)>>,
    /// Smoothed time that a drawing takes, ms.
    draw_cost: f64,
    drawn_at: f64,
    /// When the figure was last told in words.
    told_figure: f64,
    pointed: Option<Pointed>,
}

/// What the reader points at.
struct Pointed {
    spot: Spot,
    /// When its words were written.
    at: f64,
    /// Writes them again: in the piece of the program that found the thing.
    renew: fn(Session),
}

/// A change that waits to be told.
struct Told {
    before: Values,
    readings: Vec<Reading>,
    step: u64,
    due: f64,
}

impl Inner {
    /// What comes next while a simulation runs. On a slow machine steps, numbers and drawing may each fill a
    /// frame: then they take turns.
    fn turn(&self, now: f64) -> Turn {
        if self.stepped < LONG_STEPS && self.draw_cost < LONG_DRAWING {
            Turn::All
        } else if self.unread && self.are_numbers_due(now) {
            Turn::Numbers
        } else if self.dirty && self.on_screen == Some(true) && self.may_draw(now) {
            Turn::Picture
        } else {
            Turn::Steps
        }
    }

    /// Numbers that change faster than ten times a second cannot be read.
    fn are_numbers_due(&self, now: f64) -> bool {
        now - self.published > 100.0
    }

    /// Whether a running simulation draws again. On a slow machine fewer frames draw: the rest stay free for
    /// the reader's hand, and for long steps.
    fn may_draw(&self, now: f64) -> bool {
        let since = now - self.drawn_at;
        since >= DRAWING_SHARE * self.draw_cost && (self.stepped < LONG_STEPS || since > 50.0)
    }
}

impl Session {
    /// A session at the opening moment; nothing runs until [`Session::attach`].
    pub fn new(spec: &'static Spec, runner: Runner) -> Self {
        Self {
            spec,
            values: RwSignal::new(runner.values().clone()),
            readings: RwSignal::new(runner.readings().to_vec()),
            step: RwSignal::new(runner.step()),
            playing: RwSignal::new(false),
            notes: RwSignal::new(runner.simulation().notes()),
            messages: RwSignal::new(Vec::new()),
            spoken: RwSignal::new(String::new()),
            preset: RwSignal::new(None),
            bet: RwSignal::new(None),
            asks: RwSignal::new(false),
            outcome: RwSignal::new(None),
            solved: RwSignal::new(0),
            rate: RwSignal::new(0.0),
            lit: RwSignal::new(None),
            kept: RwSignal::new(None),
            kept_readings: RwSignal::new(Vec::new()),
            pair: StoredValue::new_local(Pair::new(runner)),
            inner: StoredValue::new_local(Inner {
                root: None,
                glimpse: false,
                view: None,
                rivals: None,
                // Until the page says so, its drawing stands there as it came.
                on_screen: None,
                dirty: true,
                published: 0.0,
                unread: false,
                waited: 0.0,
                stepped: 0.0,
                counted: (0, 0.0),
                told: None,
                solutions: vec![None; spec.challenges.len()],
                draw_cost: 0.0,
                drawn_at: 0.0,
                told_figure: 0.0,
                pointed: None,
            }),
        }
    }

    /// Binds the session to its place in the page and makes it live.
    pub fn attach(self, root: Element, view: FigureView) {
        dom::set(&root, "data-live", "");
        self.inner.update_value(|i| {
            i.glimpse = root.has_attribute("data-glimpse");
            i.root = Some(root);
            i.view = Some(view);
        });
        self.redraw();
    }

    /// Whether the visit lasts that it belongs to.
    pub fn lasts(self) -> bool {
        self.inner.try_with_value(|_| ()).is_some()
    }

    /// `<slug>/<simulation>`.
    pub fn address(self) -> Option<String> {
        self.root()?.get_attribute("data-sim")
    }

    pub fn root(self) -> Option<Element> {
        self.inner.try_with_value(|i| i.root.clone()).flatten()
    }

    /// Looks at the run that goes on.
    pub fn with_run<T>(self, look: impl FnOnce(&Runner) -> T) -> T {
        self.pair.with_value(|pair| look(pair.run()))
    }

    /// The steps that were made, shown or not.
    pub fn stands_at(self) -> u64 {
        self.with_run(Runner::step)
    }

    /// Drives the runs; whether they go on by themselves is told then.
    fn drive<T>(self, act: impl FnOnce(&mut Pair) -> T) -> Option<T> {
        let (answer, playing) = self.pair.try_update_value(|pair| (act(pair), pair.playing()))?;
        if self.playing.get_untracked() != playing {
            self.playing.set(playing);
        }
        Some(answer)
    }

    /// Stands at a moment that an address gave: paused at its step, or running from the start.
    pub fn begin_at(self, moment: Moment) {
        if self.drive(|pair| pair.stand_at(&moment.values, moment.at)) == Some(true) {
            self.values.set(moment.values);
            self.preset.set(None);
        }
        self.keep(moment.kept);
        let still = moment.at.is_some() || dom::media("(prefers-reduced-motion: reduce)");
        // A glimpse and a frame show no bet, or need not.
        let may_ask = || {
            !super::embed::is_here() && self.root().is_some_and(|root| !root.has_attribute("data-glimpse"))
        };
        self.drive(match still {
            true => Pair::wait,
            false if may_ask() => Pair::go_on_unasked,
            false => Pair::go_on,
        });
        self.refresh();
    }

    /// Keeps a run with these values to compare with, or none any more.
    pub fn keep(self, values: Option<Values>) {
        let views = self.root().filter(|_| values.is_some()).and_then(|root| {
            let view = |name| FigureView::new(dom::find(&root, name)?.into());
            Some([view("[data-kept-figure]")?, view("[data-difference-figure]")?])
        });
        self.inner.update_value(|i| i.rivals = views);
        self.drive(|pair| pair.keep(values));
        self.tell_kept();
        // There may be half as much room for the picture, or twice as much.
        self.remeasure();
    }

    /// Tells the values of the kept run, and its readings.
    fn tell_kept(self) {
        self.kept.set(self.pair.with_value(|pair| pair.kept().map(|kept| kept.values().clone())));
        self.publish_kept();
    }

    /// Keeps the run as it stands, or lets go of the one that is kept.
    pub fn toggle_kept(self) {
        let kept = self.kept.get_untracked().is_none().then(|| self.values.get_untracked());
        self.spoken.set(
            if kept.is_some() {
                "This run is kept: change something to compare."
            } else {
                "Only one run again."
            }
            .to_owned(),
        );
        self.keep(kept);
        super::share::remember(self);
    }

    fn publish_kept(self) {
        let readings = self.pair.with_value(|pair| pair.kept().map(|kept| kept.readings().to_vec()));
        self.kept_readings.set(readings.unwrap_or_default());
    }

    pub fn set_on_screen(self, on_screen: bool) {
        if self.inner.try_update_value(|i| i.on_screen = Some(on_screen)).is_some() {
            ticker::wake();
        }
    }

    pub fn play(self) {
        self.drive(|pair| {
            if pair.run().finished() {
                self.outcome.set(None);
            }
            pair.play();
        });
        self.refresh();
    }

    /// Runs by itself from where it stands, or is on its way to.
    pub fn go_on(self) {
        self.drive(Pair::go_on);
        self.refresh();
    }

    /// Does not run by itself; what an address asks for is still reached.
    pub fn wait(self) {
        self.drive(Pair::wait);
        self.refresh();
    }

    pub fn pause(self) {
        self.drive(Pair::pause);
        self.refresh();
    }

    pub fn toggle_play(self) {
        if self.playing.get_untracked() { self.pause() } else { self.play() }
    }

    /// So many steps, paused.
    pub fn make_steps(self, steps: u64) {
        self.drive(|pair| pair.step(steps));
        self.refresh();
    }

    /// Whether it can be seen, and has not reached the step that it was asked for, or still shows the picture
    /// that came with the page. What has not been observed yet may be taken to be `seen`.
    pub fn is_on_its_way(self, seen: bool) -> bool {
        let seeking = self.pair.try_with_value(Pair::seeking).unwrap_or(false);
        let waits = |i: &Inner| i.on_screen.unwrap_or(seen) && (seeking || i.drawn_at == 0.0);
        self.inner.try_with_value(waits).unwrap_or(false)
    }

    /// Runs so many times its normal pace.
    pub fn set_speed(self, speed: f64) {
        self.drive(|pair| pair.set_speed(speed));
    }

    /// How many times its normal pace it runs.
    pub fn speed(self) -> f64 {
        self.pair.with_value(Pair::speed)
    }

    /// The step that it stands at, or is on its way to.
    pub fn heading(self) -> u64 {
        self.pair.with_value(Pair::heading)
    }

    /// Does what a session of the same values does in another window.
    pub fn join(self, step: u64, playing: bool, again: bool) {
        self.drive(|pair| pair.join(step, playing, again));
        self.refresh();
    }

    /// Back to step 0 with the same values.
    pub fn reset(self) {
        self.restart();
        self.spoken.set("Reset to the start.".to_owned());
    }

    fn restart(self) {
        self.drive(Pair::restart);
        self.outcome.set(None);
        self.refresh();
    }

    /// Takes new values, from whatever side they come.
    pub fn set_values(self, values: Values) {
        let (before, readings) = (self.values.get_untracked(), self.readings.get_untracked());
        if before == values {
            return;
        }
        let stood_at = self.step.get_untracked();
        let restarted = self.drive(|pair| pair.set_values(values.clone())) == Some(true);
        if self.kept.with_untracked(Option::is_some) {
            self.tell_kept();
        }
        self.values.set(values);
        if restarted {
            self.outcome.set(None);
        }
        self.inner.update_value(|i| {
            let told = i.told.get_or_insert(Told { before, readings, step: stood_at, due: 0.0 });
            told.due = dom::now() + SETTLED;
        });
        super::share::remember(self);
        self.refresh();
    }

    /// Sets one control, and gives it a say if it has none: a number in a sentence stands far from the choice that
    /// it hangs on.
    pub fn set_value(self, id: &str, value: Value) {
        let mut values = self.values.get_untracked();
        values.set(id, value);
        values.give_say(id);
        self.preset.set(None);
        self.messages.set(Vec::new());
        self.set_values(values);
    }

    /// Reads a text into one control; what is wrong with it becomes a message.
    pub fn set_text(self, id: &str, text: &str) {
        let mut values = self.values.get_untracked();
        let message = match values.set_text(id, text) {
            Ok(None) => None,
            Ok(Some(refusal)) | Err(refusal) => Some(refusal.sentence),
        };
        self.preset.set(None);
        self.set_values(values);
        // A status of its own: screen readers say it when it is shown.
        self.messages.set(message.into_iter().collect());
    }

    /// Applies a preset and starts it.
    pub fn apply_preset(self, id: &str) {
        let Some(preset) = self.spec.preset(id) else { return };
        self.messages.set(Vec::new());
        self.set_values(Values::with(self.spec.controls, preset.values));
        self.preset.set(Some(preset.id));
        self.spoken.set(format!("{}. {}", preset.label, self.look(id)));
        self.play();
    }

    /// What to look at in a preset, as the page says it.
    fn look(self, preset: &str) -> String {
        let button = self.root().and_then(|r| dom::find(&r, &format!("[data-preset-button='{preset}']")));
        button.map_or_else(String::new, |b| b.title())
    }

    /// Back to the values of a fresh page.
    pub fn restore_defaults(self) {
        self.messages.set(Vec::new());
        self.preset.set(None);
        self.set_values(self.spec.defaults());
    }

    /// Places a bet and runs what it is about.
    pub fn place_bet(self, prediction: &Prediction, option: usize) {
        self.messages.set(Vec::new());
        self.preset.set(None);
        self.set_values(Values::with(self.spec.controls, prediction.values));
        self.bet.set(Some(option));
        self.restart();
        self.spoken.set(format!("Your bet: {}. The run decides.", prediction.answers[option].label));
        self.play();
    }

    /// The values that solved a challenge, and the step at which they did.
    pub fn solution(self, challenge: usize) -> Option<(Values, u64)> {
        self.inner.with_value(|i| i.solutions.get(challenge)?.clone())
    }

    /// Draws on the next frame.
    pub fn redraw(self) {
        if self.inner.try_update_value(|i| i.dirty = true).is_some() {
            ticker::wake();
        }
    }

    /// Draws on the next frame, in the room that there is then.
    pub fn remeasure(self) {
        self.inner.try_update_value(|i| {
            let rivals = i.rivals.iter_mut().flatten();
            i.view.iter_mut().chain(rivals).for_each(FigureView::remeasure);
        });
        self.redraw();
    }

    /// Publishes readings and draws on the next frame.
    fn refresh(self) {
        self.publish(dom::now());
        self.redraw();
    }

    fn publish(self, now: f64) {
        let asks = self.pair.with_value(Pair::asks);
        if asks != self.asks.get_untracked() {
            self.asks.set(asks);
            if asks {
                self.spoken.set(super::words::ASKS.to_owned());
            }
        }
        self.with_run(|r| {
            self.step.set(r.step());
            self.readings.set(r.readings().to_vec());
            let notes = r.simulation().notes();
            if self.notes.with_untracked(|n| *n != notes) {
                self.notes.set(notes);
            }
            let facts = r.facts();
            let mut solved = self.solved.get_untracked();
            for (i, challenge) in self.spec.challenges.iter().enumerate() {
                if solved >> i & 1 == 0 && challenge.is_solved(&facts) {
                    solved |= 1 << i;
                    self.inner.update_value(|own| own.solutions[i] = Some((r.values().clone(), r.step())));
                    self.spoken.set(format!("Challenge solved: {}.", challenge.title));
                }
            }
            if solved != self.solved.get_untracked() {
                self.solved.set(solved);
            }
            if let Some(prediction) = &self.spec.prediction
                && self.bet.get_untracked().is_some()
                && self.outcome.get_untracked().is_none()
                && let Some(right) = prediction.outcome(&facts)
            {
                self.spoken.set(format!("The run decided: {}.", prediction.answers[right].label));
                self.outcome.set(Some(right));
            }
        });
        self.inner.update_value(|i| {
            i.published = now;
            i.unread = false;
            if let Some(root) = &i.root {
                dom::set(root, "data-step", &self.step.get_untracked().to_string());
                dom::set(root, "data-state", if self.playing.get_untracked() { "playing" } else { "paused" });
            }
        });
        if self.kept.with_untracked(Option::is_some) {
            self.publish_kept();
        }
    }

    /// Whether the ticker has something to do here.
    pub fn is_active(self) -> bool {
        let known = self.pair.try_with_value(|p| (p.seeking(), p.playing() || p.is_apart()));
        let (seeking, moves) = known.unwrap_or_default();
        self.inner
            .try_with_value(|i| {
                let seen = i.on_screen == Some(true) && (moves || i.dirty);
                i.root.is_some() && (seeking || seen || i.told.is_some())
            })
            .unwrap_or(false)
    }

    /// One animation frame: steps for `elapsed` ms of the pace within `budget` ms, then draws.
    pub fn tick(self, elapsed: f64, budget: f64) {
        let begun = dom::now();
        let takes_turns = self.pair.try_with_value(|p| p.playing() && !p.seeking() && !p.is_apart());
        let known = self.inner.try_update_value(|i| {
            i.waited += elapsed;
            if takes_turns == Some(true) { i.turn(begun) } else { Turn::All }
        });
        match known {
            None => {}
            Some(Turn::Numbers) => self.publish(begun),
            Some(Turn::Picture) => self.draw(),
            Some(turn) => self.advance(turn, budget, begun),
        }
    }

    /// Steps for the time that passed since the last ones, and what else the frame is for.
    fn advance(self, turn: Turn, budget: f64, begun: f64) {
        let (on_screen, waited, draw_cost) =
            self.inner.with_value(|i| (i.on_screen == Some(true), i.waited, i.draw_cost));
        let alone = turn == Turn::Steps;
        let room = if alone { ALONE * budget } else { (budget - draw_cost).max(2.0) };
        let mut last = begun;
        // Alone, a step is not begun that would not end in time.
        let spent = || {
            let now = dom::now();
            let next = if alone { now - last } else { 0.0 };
            last = now;
            now - begun + next > room
        };
        let Some(progress) = self.drive(|pair| pair.advance(waited, on_screen, spent)) else { return };
        self.inner.update_value(|i| (i.waited, i.stepped) = (0.0, dom::now() - begun));
        if progress.ended {
            self.publish(begun);
        }
        self.after_steps(progress, alone && !progress.ended, begun);
    }

    /// Shows what the frame brought, unless it is for steps `alone`. Until the two runs stand together
    /// nothing is shown, for it would be no comparison.
    fn after_steps(self, progress: Progress, alone: bool, now: f64) {
        let Progress { made, followed, together, .. } = progress;
        let (playing, seeking) = self.pair.with_value(|p| (p.playing(), p.seeking()));
        let (due, draw) = self
            .inner
            .try_update_value(|i| {
                let moved = made + followed > 0;
                i.dirty |= moved;
                i.unread |= moved;
                i.counted.0 += made;
                if now - i.counted.1 > 1000.0 {
                    self.rate.set(i.counted.0 as f64 * 1000.0 / (now - i.counted.1));
                    i.counted = (0, now);
                }
                let due = moved && together && (i.are_numbers_due(now) || !seeking && !playing);
                let draw = i.dirty && together && i.on_screen == Some(true) && !seeking;
                (due && !alone, draw && !alone && (!playing || i.may_draw(now)))
            })
            .unwrap_or((false, false));
        if due {
            self.publish(now);
        }
        if draw {
            self.draw();
        }
        // On the way to a step the readings are those of no moment that the reader asked for.
        let told = self.inner.try_update_value(|i| i.told.take_if(|t| now > t.due && !seeking)).flatten();
        if let Some(told) = told {
            self.tell(&told);
        }
    }

    /// Says what was changed, what that did, and what the readout means that shows it.
    fn tell(self, told: &Told) {
        let mut said = self.values.with_untracked(|after| narration::changes(&told.before, after));
        let step = self.step.get_untracked();
        if step < told.step {
            said.push_str(&format!(" The run starts again and is at step {step}."));
        }
        let answer = self
            .readings
            .with_untracked(|after| narration::response(self.spec.readouts, &told.readings, after));
        said.push(' ');
        if let Some((index, sentence)) = answer {
            said.push_str(&sentence);
            said.push(' ');
            said.push_str(&self.meaning(self.spec.readouts[index].id));
        } else {
            said.push_str("No readout changes.");
        }
        self.spoken.set(said);
    }

    /// What a readout means, as the page says it.
    pub fn meaning(self, readout: &str) -> String {
        let reading = self.root().and_then(|r| dom::find(&r, &format!("[data-readout='{readout}']")));
        let titled = reading.and_then(|r| r.closest("[title]").ok().flatten());
        titled.and_then(|t| t.get_attribute("title")).unwrap_or_default()
    }

    /// Draws now, in or out of sight.
    pub fn draw(self) {
        let begun = dom::now();
        let figure = self.with_run(|r| self.shown(r));
        let lit = self.lit.get_untracked();
        self.inner.update_value(|i| {
            i.dirty = false;
            if let Some(root) = &i.root {
                dom::set(root, "data-step", &self.stands_at().to_string());
            }
            if let Some(view) = &mut i.view {
                // While it runs, two words a second are as many as anyone can follow.
                let tell = begun - i.told_figure > 500.0 || !self.playing.get_untracked();
                if tell {
                    i.told_figure = begun;
                    if let Some(now) = i.root.as_ref().and_then(|root| dom::find(root, "[data-now]")) {
                        let told =
                            self.with_run(|r| narration::now(self.spec.readouts, r.readings(), r.step()));
                        dom::set_text(&now, &told);
                    }
                }
                view.draw(&figure, lit.as_deref(), tell);
            }
            if let (Some([kept, difference]), Some(before)) = (&mut i.rivals, self.kept_figure()) {
                kept.draw(&before, lit.as_deref(), true);
                match compare::figure(&before, &figure) {
                    Some(figure) => difference.draw(&figure, lit.as_deref(), true),
                    None => difference.clear(),
                }
            }
            let cost = dom::now() - begun;
            i.draw_cost = 0.8 * i.draw_cost + 0.2 * cost;
            i.drawn_at = begun;
        });
        let now = dom::now();
        let due =
            self.inner.with_value(|i| i.pointed.as_ref().filter(|p| now - p.at > 150.0).map(|p| p.renew));
        if let Some(renew) = due {
            renew(self);
        }
    }

    /// Does what takes a piece of the program, and says so where that could not be had.
    pub fn when_there(self, act: impl Future<Output = Result<(), Missing>> + 'static) {
        spawn_local(async move {
            if act.await.is_err() {
                self.messages.set(vec![Missing::SENTENCE.to_owned()]);
            }
        });
    }

    /// What is to be seen now: with a kept run both, and what they differ in.
    pub fn figure(self) -> Figure {
        self.pair.with_value(Pair::figure)
    }

    fn kept_figure(self) -> Option<Figure> {
        self.pair.with_value(|pair| pair.kept().map(|kept| kept.simulation().figure()))
    }

    /// The picture of a run, as far as the page has room for it.
    fn shown(self, run: &Runner) -> Figure {
        let figure = run.simulation().figure();
        if self.inner.with_value(|i| i.glimpse) { figure.first_panel() } else { figure }
    }

    /// Names what stands at a pixel of the window.
    pub fn point_at(self, pixel: [f64; 2]) {
        let Some(pixel) = self.inner.try_with_value(|i| Some(i.view.as_ref()?.local(pixel))).flatten() else {
            return;
        };
        let found = self.look_at(|spots, says| inspect::at(spots, pixel, says));
        self.show_pointed(found);
    }

    /// Names what comes next in a direction, aloud.
    pub fn point_toward(self, direction: Direction) {
        let from = self.inner.with_value(|i| i.pointed.as_ref().map(|p| p.spot));
        // At the edge it stays where it is.
        let found = self.look_at(|spots, says| {
            let here = from.and_then(|from| spots.iter().find(|s| s.is(&from)).copied());
            inspect::toward(spots, here.as_ref(), direction, says)
        });
        if let Some((_, words)) = &found {
            self.spoken.set(words.clone());
            self.show_pointed(found);
        }
    }

    /// Names nothing any more.
    pub fn point_away(self) {
        self.inner.try_update_value(|i| {
            if let (Some(view), Some(_)) = (&mut i.view, i.pointed.take()) {
                view.point(None);
            }
        });
    }

    /// Looks for a thing in the picture as it stands.
    fn look_at(
        self,
        find: impl FnOnce(&[Spot], &dyn Fn(&Spot) -> Option<String>) -> Option<(Spot, String)>,
    ) -> Option<(Spot, String)> {
        let width = self.inner.with_value(|i| i.view.as_ref().map(FigureView::width))?;
        self.with_run(|r| {
            let figure = self.shown(r);
            let spots = inspect::spots(&figure, &compose(&figure, width));
            find(&spots, &|spot| inspect::says(r.simulation(), &figure, spot))
        })
    }

    fn show_pointed(self, found: Option<(Spot, String)>) {
        self.inner.update_value(|i| {
            if let Some(view) = &mut i.view {
                view.point(found.as_ref().map(|(spot, words)| (spot.area, words.as_str())));
            }
            i.pointed = found.map(|(spot, _)| Pointed { spot, at: dom::now(), renew: Self::renew_pointed });
        });
    }

    /// What is pointed at may have moved and changed its value.
    fn renew_pointed(self) {
        let Some(pointed) = self.inner.with_value(|i| i.pointed.as_ref().map(|p| p.spot)) else { return };
        let found = self.look_at(|spots, says| {
            let spot = spots.iter().find(|s| s.is(&pointed))?;
            Some((*spot, says(spot)?))
        });
        self.show_pointed(found);
    }

    /// The values at a place of the picture, for a handle that is dragged there.
    pub fn value_at(self, panel: &str, pixel: [f64; 2]) -> Option<[f64; 2]> {
        self.inner.try_with_value(|i| i.view.as_ref()?.value_at(panel, pixel)).flatten()
    }

    /// How high the picture is at a width, px.
    pub fn height_at(self, width: f64) -> f64 {
        self.with_run(|r| height(&self.shown(r), width))
    }

    /// The value of a control.
    pub fn value(self, control: &Control) -> Value {
        self.values.with_untracked(|v| v.get(control.id).cloned().unwrap_or_else(|| control.default()))
    }

    /// The value of a control, tracked.
    pub fn tracked_value(self, control: &Control) -> Value {
        self.values.track();
        self.value(control)
    }

    /// The reading of a readout, tracked.
    pub fn reading(self, index: usize) -> Reading {
        self.readings.with(|r| r.get(index).cloned().unwrap_or(Reading::Absent))
    }
}
