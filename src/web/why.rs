//! *Why did that change?*, under the readouts: a panel that answers for one of them, from runs that are made
//! beside the live one, in time that the frames leave. All of it is a piece of the program, which comes when
//! it is asked for.

use super::depend::spare::Spare;
use super::figure_view::FigureView;
use super::session::Session;
use super::{dom, share};
use crate::lab::address::Moment;
use crate::lab::figure::svg::escape;
use crate::lab::run::narration;
use crate::lab::share::record::address;
use crate::lab::why::{Making, Reasons, Why};
use crate::lab::{Reading, Values};
use crate::pieces::piece;
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

thread_local! {
    /// The panels of the page that were opened, each with its place.
    static OPENED: RefCell<Vec<(HtmlElement, Rc<Panel>)>> = const { RefCell::new(Vec::new()) };
}

piece! { why:
/// Answers for the readout of a button, or closes the answer that it has.
pub fn open(owner: Owner, button: HtmlElement, session: Session) {
    if let Some(panel) = owner.with(|| Panel::of(session)) {
        panel.toggle(&button);
    }
} }

piece! { why:
/// Makes the runs that an answer takes, then hands it on as JSON, as the terminal writes it.
pub fn tell(session: Session, readout: usize, tell: Box<dyn FnOnce(String)>) {
    let why = asked(session, readout);
    spawn_local(async move {
        let (mut making, mut spare) = (Making::new(why), Spare::new());
        while !making.is_whole() {
            let room = spare.next(session.playing.try_get_untracked().unwrap_or(false)).await;
            if !session.lasts() {
                return;
            }
            work(&mut making, &mut spare, room);
        }
        let name = session.address().unwrap_or_default();
        if let Some(reasons) = making.reasons() {
            let why = making.why();
            let moment = Moment::of(why.values.clone(), Some(reasons.step));
            tell(why.json(&reasons, &name, &address(why.spec, &moment, &name, &share::site())));
        }
    });
} }

/// The question about a readout, as the run stands. The page has what the program has not: its formula, and
/// what it means.
fn asked(session: Session, readout: usize) -> Why {
    let why = Why::new(session.spec, session.values.get_untracked(), readout, session.stands_at());
    let selector = format!("[data-why='{}']", why.asked().id);
    let Some(button) = session.root().and_then(|root| dom::find(&root, &selector)) else { return why };
    let formula = button.get_attribute("data-formula").unwrap_or_default();
    why.saying(&formula, &session.meaning(session.spec.readouts[readout].id))
}

/// Makes runs for so long: first the run itself, then the others.
fn work(making: &mut Making, spare: &mut Spare, room: f64) {
    let begun = dom::now();
    if making.is_recorded() {
        spare.work(making.batch(), begun, room);
    } else {
        making.record_within(|| dom::now() > begun + room);
    }
}

/// The answer under one simulation.
struct Panel {
    session: Session,
    holder: HtmlElement,
    /// The button that it answers for, while it is open.
    button: RefCell<Option<HtmlElement>>,
    making: RefCell<Option<Making>>,
    /// What was on screen when it was asked.
    seen: RefCell<Reading>,
    view: RefCell<Option<FigureView>>,
    /// Which of the answers that were begun is on its way.
    turn: Cell<u32>,
    /// What the panel says: nothing before the run itself is recorded.
    reasons: RefCell<Option<Reasons>>,
}

impl Panel {
    /// The panel of a simulation, made at the first question.
    fn of(session: Session) -> Option<Rc<Self>> {
        let holder = dom::find(&session.root()?, "[data-why-panel]")?;
        OPENED.with_borrow_mut(|opened| {
            // Those of pages that were left go.
            opened.retain(|(_, panel)| panel.session.lasts());
            if let Some((_, panel)) = opened.iter().find(|(own, _)| *own == holder) {
                return Some(Rc::clone(panel));
            }
            let panel = Rc::new(Self {
                session,
                holder: holder.clone(),
                button: RefCell::new(None),
                making: RefCell::new(None),
                seen: RefCell::new(Reading::Absent),
                view: RefCell::new(None),
                turn: Cell::new(0),
                reasons: RefCell::new(None),
            });
            panel.bind();
            opened.push((holder, Rc::clone(&panel)));
            Some(panel)
        })
    }

    fn bind(self: &Rc<Self>) {
        let own = Rc::clone(self);
        dom::listen::<MouseEvent>(&self.holder, "click", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(button) = target.and_then(|t| t.closest("button").ok().flatten()) {
                own.pressed(&button);
            }
        });
        let own = Rc::clone(self);
        dom::listen::<KeyboardEvent>(&self.holder, "keydown", move |event| {
            if event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                own.close();
            }
        });
        let own = Rc::clone(self);
        dom::listen::<Event>(&dom::window(), "resize", move |_| {
            if let Some(view) = own.view.borrow_mut().as_mut() {
                view.remeasure();
            }
            own.draw();
        });
        let own = Rc::clone(self);
        dom::follow(move || {
            own.session.values.track();
            own.state();
        });
    }

    fn toggle(self: &Rc<Self>, button: &HtmlElement) {
        if self.button.borrow().as_ref() == Some(button) {
            self.close();
        } else {
            self.ask(button);
        }
    }

    /// Begins an answer for the readout of a button, as the run stands now.
    fn ask(self: &Rc<Self>, button: &HtmlElement) {
        let id = button.get_attribute("data-why").unwrap_or_default();
        let Some(readout) = self.session.spec.readout(&id) else { return };
        if let Some(other) = self.button.replace(Some(button.clone())) {
            dom::set(&other, "aria-expanded", "false");
        }
        dom::set(button, "aria-expanded", "true");
        let why = asked(self.session, readout);
        let reading = self.session.with_run(|run| run.readings()[readout].clone());
        let title = format!("Why is {} {}?", why.asked().label, why.asked().shown(&reading));
        dom::set(&self.holder, "aria-label", &title);
        dom::unset(&self.holder, "data-runs");
        dom::unset(&self.holder, "hidden");
        self.holder.set_inner_html(&html(&why, &title));
        let figure = dom::find(&self.holder, "[data-why-figure]");
        self.view.replace(figure.and_then(|figure| FigureView::new(figure.into())));
        self.seen.replace(reading);
        self.reasons.replace(None);
        self.making.replace(Some(Making::new(why)));
        self.state();
        let _ = self.holder.focus();
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let own = Rc::clone(self);
        spawn_local(async move { own.run(turn).await });
    }

    /// Makes runs in spare time until all are made, or it is closed.
    async fn run(&self, turn: u32) {
        let mut spare = Spare::new();
        loop {
            let room = spare.next(self.session.playing.try_get_untracked().unwrap_or(false)).await;
            if !self.session.lasts() || self.turn.get() != turn {
                return;
            }
            let (made, whole) = {
                let mut making = self.making.borrow_mut();
                let Some(making) = making.as_mut() else { return };
                work(making, &mut spare, room);
                (making.made(), making.is_whole())
            };
            let told = self.reasons.borrow().as_ref().map(|reasons| reasons.runs[0]);
            if made != told {
                self.tell();
            }
            if whole {
                return self.sum_up();
            }
        }
    }

    /// Writes what has become known.
    fn tell(&self) {
        let making = self.making.borrow();
        let Some((reasons, why)) = making.as_ref().and_then(|m| Some((m.reasons()?, m.why()))) else {
            return;
        };
        self.write("says", &why.sentences(&reasons).join(" "));
        if let Some(lines) = why.equation_in_lines(&reasons) {
            self.write("formula", &lines.join("\n"));
        }
        for effect in &reasons.effects {
            let Some(row) = dom::find(&self.holder, &format!("[data-why-row='{}']", effect.place)) else {
                continue;
            };
            dom::set(&row, "data-value", &effect.reading.exact());
            let cells = [
                ("[data-why-reading]", why.asked().shown(&effect.reading)),
                ("[data-why-by]", why.difference(effect, &reasons.reading)),
            ];
            for (name, text) in cells {
                if let Some(cell) = dom::find(&row, name) {
                    dom::set_text(&cell, &text);
                }
            }
        }
        let [made, all] = reasons.runs;
        dom::set(&self.holder, "data-runs", &format!("{made}/{all}"));
        let is_drawn = made == 0 || reasons.is_whole();
        self.reasons.replace(Some(reasons));
        if is_drawn {
            self.draw();
        }
        self.state();
    }

    /// All is known: rows in the order of their effects, and the whole answer said.
    fn sum_up(&self) {
        let (making, reasons) = (self.making.borrow(), self.reasons.borrow());
        let (Some(making), Some(reasons)) = (making.as_ref(), reasons.as_ref()) else { return };
        let rows = dom::all(&self.holder, "[data-why-row]");
        let focused = dom::document().active_element();
        for effect in &reasons.effects {
            let Some(row) = rows.get(effect.place) else { continue };
            if let Some(body) = row.parent_element() {
                let _ = body.append_child(row);
            }
            // The sentence names what leaves the readout as it is.
            let reader_is_here = focused.as_ref().is_some_and(|focused| row.contains(Some(focused)));
            if effect.is_none(&reasons.reading) && !reader_is_here {
                dom::set(row, "hidden", "");
            }
        }
        // What is moved loses the focus.
        if let Some(focused) = focused
            && self.holder.contains(Some(&focused))
            && let Ok(focused) = focused.dyn_into::<HtmlElement>()
        {
            let _ = focused.focus();
        }
        self.session.spoken.set(making.why().sentences(reasons).join(" "));
    }

    /// The way of the readout, once it is recorded.
    fn draw(&self) {
        let (making, reasons) = (self.making.borrow(), self.reasons.borrow());
        let (Some(making), Some(reasons)) = (making.as_ref(), reasons.as_ref()) else { return };
        if let (Some(figure), Some(view)) = (making.why().figure(reasons), self.view.borrow_mut().as_mut()) {
            view.draw(&figure, None, true);
        }
    }

    /// Says how far it is, and whether it still speaks of the run that is on screen.
    fn state(&self) {
        let making = self.making.borrow();
        let Some(making) = making.as_ref() else { return };
        let mut said = match self.reasons.borrow().as_ref() {
            None => "The same run is made again.".to_owned(),
            Some(reasons) => {
                let [made, all] = reasons.runs;
                let said = if made == all {
                    format!("{all} runs are made.")
                } else {
                    format!("{made} of {all} runs are made.")
                };
                if reasons.reading == *self.seen.borrow() {
                    said
                } else {
                    format!(
                        "{said} On screen a control was changed on the way: this is a run with these values from the \
                         start."
                    )
                }
            }
        };
        let moved = |now: &Values| narration::changes(&making.why().values, now);
        let moved = self.session.values.with_untracked(moved);
        if !moved.is_empty() {
            said.push_str(&format!(" The controls have moved on: {moved} Ask again to know why then."));
        }
        self.write("state", &said);
    }

    fn write(&self, name: &str, text: &str) {
        if let Some(place) = dom::find(&self.holder, &format!("[data-why-{name}]")) {
            dom::set_text(&place, text);
        }
    }

    /// What a button of the panel does.
    fn pressed(self: &Rc<Self>, button: &Element) {
        if button.has_attribute("data-why-close") {
            self.close();
        } else if button.has_attribute("data-why-again") {
            let asked = self.button.borrow().clone();
            if let Some(asked) = asked {
                self.ask(&asked);
            }
        } else if let Some(i) = button.get_attribute("data-why-set").and_then(|i| i.parse::<usize>().ok()) {
            let neighbour = self.making.borrow().as_ref().and_then(|m| m.why().neighbours().get(i).cloned());
            // What the change does is said by the simulation itself.
            if let Some(neighbour) = neighbour {
                self.session.set_value(neighbour.control.id, neighbour.value);
            }
        }
    }

    /// Makes no further run, and gives the focus back.
    fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        self.making.replace(None);
        self.reasons.replace(None);
        self.view.replace(None);
        dom::set(&self.holder, "hidden", "");
        self.holder.set_inner_html("");
        if let Some(button) = self.button.take() {
            dom::set(&button, "aria-expanded", "false");
            let _ = button.focus();
        }
    }
}

/// What stands in the panel before any run is made.
fn html(why: &Why, title: &str) -> String {
    let rows: String = why
        .neighbours()
        .iter()
        .enumerate()
        .map(|(i, neighbour)| {
            format!(
                "<tr data-why-row=\"{i}\"><th scope=\"row\"><button type=\"button\" data-why-set=\"{i}\">{}</button></th>\
                 <td data-why-reading>…</td><td data-why-by>…</td></tr>",
                escape(&neighbour.words())
            )
        })
        .collect();
    let table = if rows.is_empty() {
        String::new()
    } else {
        format!(
            "<table><thead><tr><th scope=\"col\">One step away</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">Difference</th></tr></thead><tbody>{rows}</tbody></table>",
            escape(why.asked().label)
        )
    };
    let formula = if why.formula.is_none() { "" } else { "<p class=\"why-formula\" data-why-formula></p>" };
    let help = if why.help.is_empty() { String::new() } else { format!("<p>{}</p>", escape(&why.help)) };
    let figure = if why.spec.pace.is_still() || why.at == 0 {
        ""
    } else {
        "<div class=\"figure\" data-why-figure></div>"
    };
    format!(
        "<div class=\"why-head\"><p class=\"why-title\">{}</p>\
         <button type=\"button\" data-why-again>Ask again</button>\
         <button type=\"button\" data-why-close>Close</button></div>\
         <p data-why-says></p>{help}{formula}{figure}{table}\
         <p class=\"why-state\" data-why-state></p>",
        escape(title)
    )
}
