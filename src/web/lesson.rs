//! Questions that a teacher can set: what a reader finds is noted beside the question, goes out as one
//! address, and is replayed by the page of the questions.

use super::depend::spare::Spare;
use super::dom;
use super::session::Session;
use super::share;
use crate::lab::Runner;
use crate::lab::address::{self, Moment};
use crate::lab::figure::svg;
use crate::lab::run::question::Question;
use crate::lab::share::lesson;
use crate::pieces::piece;
use crate::topics::Topic;
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, MouseEvent};

/// What a question has on this device: `lesson::written`, which `web/remember.js` keeps.
const ANSWER: &str = "data-answer";

piece! { lesson:
/// Has the questions of an article follow their figures. `set` is the number of the one that the address
/// sets.
pub fn follow(owner: Owner, list: HtmlElement, sessions: Vec<Session>, set: Option<usize>) {
    owner.with(|| bind(&list, &sessions, set));
} }

piece! { lesson:
/// Replays the answers of an address beside their questions.
pub fn replay(page: HtmlElement, topic: &'static Topic, answers: String) {
    begin(&page, topic, &answers);
} }

/// A question of an article with the figure that answers it.
struct Asking {
    item: HtmlElement,
    question: Question,
    session: Session,
    /// Whether the figure has stood where the question starts, and not met its check since.
    fresh: Cell<bool>,
}

fn bind(list: &HtmlElement, sessions: &[Session], set: Option<usize>) {
    let specs: Vec<_> = sessions.iter().map(|session| session.spec).collect();
    let questions: Option<Vec<Rc<Asking>>> = dom::all(list, "[data-question]")
        .into_iter()
        .enumerate()
        .map(|(i, item)| {
            let question = Question::parse(&item.get_attribute("data-question")?, &specs).ok()?;
            let session = *sessions.iter().find(|session| *session.spec == *question.spec)?;
            let fresh = Cell::new(set == Some(i + 1));
            Some(Rc::new(Asking { item, question, session, fresh }))
        })
        .collect();
    // A page whose program is of another version has questions that this one cannot read.
    let Some(questions) = questions else { return };
    let questions = Rc::new(questions);
    let ways = list.next_element_sibling().and_then(|ways| dom::find(&ways, "[data-answers-share]"));
    for asking in &*questions {
        asking.recall();
        let (own, ways) = (Rc::clone(asking), ways.clone());
        let noted = move || {
            if let Some(button) = &ways {
                dom::unset(button, "disabled");
            }
        };
        if asking.item.has_attribute(ANSWER) {
            noted();
        }
        if let Some(button) = dom::find(&asking.item, "[data-answer-now]") {
            dom::unset(&button, "disabled");
            dom::listen::<MouseEvent>(&button, "click", move |_| {
                own.note("Noted");
                noted();
            });
        } else {
            dom::follow(move || {
                if own.is_solved() {
                    own.note("Solved");
                    noted();
                }
            });
        }
    }
    if let Some(button) = ways {
        dom::listen::<MouseEvent>(&button.clone(), "click", move |_| give(&button, &questions));
    }
}

impl Asking {
    /// What this device has of an earlier visit, if the question still takes it.
    fn recall(&self) {
        let Some(text) = self.item.get_attribute(ANSWER) else { return };
        match lesson::read_one(self.question.spec, &text) {
            Ok(moment) => {
                let word = if self.question.check.is_some() { "Solved" } else { "Noted" };
                let at = self.question.step(&moment);
                self.say(&format!("{word} before, at step {at}. {}", self.question.changes(&moment)));
            }
            Err(_) => dom::unset(&self.item, ANSWER),
        }
    }

    /// Whether the figure has come to meet the check, from where the question starts, by some change.
    fn is_solved(&self) -> bool {
        let session = self.session;
        session.values.track();
        session.readings.track();
        session.step.track();
        let Some(check) = &self.question.check else { return false };
        session.with_run(|run| {
            if *run.values() == self.question.start.values {
                self.fresh.set(true);
                return false;
            }
            self.fresh.get() && check.holds(&run.facts())
        })
    }

    /// Notes the figure as it stands as the answer.
    fn note(&self, word: &str) {
        self.fresh.set(false);
        let moment = share::moment(self.session, Some(self.session.stands_at()));
        dom::set(&self.item, ANSWER, &lesson::written(self.question.spec, &moment));
        let told = self.session.with_run(|run| match &self.question.check {
            Some(check) => format!("{}.", check.told(&run.facts())),
            None => format!("step {}. {}", run.step(), self.question.changes(&moment)),
        });
        self.say(&format!("{word}: {told}"));
    }

    fn say(&self, words: &str) {
        if let Some(says) = dom::find(&self.item, "[data-answer-says]") {
            dom::set_text(&says, words);
        }
        dom::mark(&self.item, "answered", true);
    }

    fn answer(&self) -> Option<Moment> {
        lesson::read_one(self.question.spec, &self.item.get_attribute(ANSWER)?).ok()
    }
}

/// Copies the address of the answers, and leads to it.
fn give(button: &HtmlElement, questions: &[Rc<Asking>]) {
    let Some(ways) = button.parent_element() else { return };
    let answers: Vec<Option<Moment>> = questions.iter().map(|asking| asking.answer()).collect();
    let pairs = questions.iter().zip(&answers);
    let named: Vec<_> =
        pairs.map(|(asking, answer)| Some((asking.question.spec, answer.as_ref()?))).collect();
    let name = questions.first().and_then(|asking| asking.session.address()).unwrap_or_default();
    let slug = name.split('/').next().unwrap_or_default();
    let address = format!("{}{slug}/questions/?{}", share::site(), lesson::encode(&named));
    if let Some(link) = dom::find(&ways, "[data-answers-link]") {
        dom::set(&link, "href", &address);
        dom::unset(&link, "hidden");
    }
    let [some, all] = [answers.iter().flatten().count(), questions.len()];
    let promise = dom::window().navigator().clipboard().write_text(&address);
    let says = dom::find(&ways, "[data-answers-say]");
    spawn_local(async move {
        let end = match JsFuture::from(promise).await {
            Ok(_) => "The address is copied.",
            // Without the clipboard (a sandboxed frame, plain http) the link has it.
            Err(_) => "The link has the address.",
        };
        if let Some(says) = says {
            dom::set_text(&says, &format!("{some} of {all} questions answered. {end}"));
        }
    });
}

/// A question of its own page, with the answer that the address has for it.
struct Replay {
    item: HtmlElement,
    question: Question,
    moment: Moment,
}

fn begin(page: &HtmlElement, topic: &'static Topic, answers: &str) {
    let asked: Option<Vec<(HtmlElement, Question)>> = dom::all(page, "[data-question]")
        .into_iter()
        .map(|item| {
            let question = Question::parse(&item.get_attribute("data-question")?, topic.simulations).ok()?;
            Some((item, question))
        })
        .collect();
    let Some(asked) = asked else { return };
    let specs: Vec<_> = asked.iter().map(|(_, question)| question.spec).collect();
    let (moments, wrong) = lesson::decode(&specs, answers);
    if let Some(says) = dom::find(page, "[data-lesson-says]") {
        dom::set_text(&says, &wrong.join(" "));
    }
    let mut replays = Vec::new();
    for ((item, question), moment) in asked.into_iter().zip(moments) {
        match moment {
            Some(moment) => replays.push(Replay { item, question, moment }),
            None => tell(&item, "The address has no answer to this one."),
        }
    }
    for replay in &replays {
        tell(&replay.item, "Its run waits for its turn.");
    }
    spawn_local(async move {
        for replay in replays {
            let Some(runner) = replay.run().await else { return };
            replay.show(&runner);
        }
    });
}

impl Replay {
    /// Makes the run again, in time that nobody needs. `None` if the page is left before.
    async fn run(&self) -> Option<Runner> {
        let spare = Spare::new();
        let at = self.question.step(&self.moment);
        let room = spare.next(false).await;
        let mut runner = Runner::new(self.question.spec, self.moment.values.clone());
        let mut until = dom::now() + room;
        while self.item.is_connected() {
            let left = at.saturating_sub(runner.step());
            if runner.advance_within(left, || dom::now() > until) == 0 {
                return Some(runner);
            }
            tell(&self.item, &format!("On its way: step {} of {at}.", runner.step()));
            until = spare.next(false).await;
            until += dom::now();
        }
        None
    }

    /// Draws the figure as it stood, and says what it comes to.
    fn show(&self, runner: &Runner) {
        let (question, facts) = (&self.question, runner.facts());
        if let Some(check) = &question.check {
            dom::mark(&self.item, if check.holds(&facts) { "holds" } else { "fails" }, true);
        }
        tell(&self.item, &format!("{} {}", question.verdict(&facts), question.changes(&self.moment)));
        if let Some(link) = dom::find(&self.item, "[data-there]") {
            let query = address::encode(question.spec, &self.moment, true);
            dom::set(&link, "href", &format!("../?{query}#sim-{}", question.spec.id));
            dom::unset(&link, "hidden");
        }
        // As the page itself draws still figures: theme, width and paper are the style sheet's business.
        if let Some(holder) = dom::find(&self.item, ".figure") {
            holder.set_inner_html(&svg::at_widths(&runner.simulation().figure()));
        }
    }
}

fn tell(item: &HtmlElement, words: &str) {
    if let Some(place) = dom::find(item, "[data-verdict]") {
        dom::set_text(&place, words);
    }
}
