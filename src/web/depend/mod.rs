//! *How does it depend?*, under a simulation: a sweep that is made beside the live run, in time that the
//! frames leave. All of it is a piece of the program, which comes when it is asked for.

mod fields;
mod pointing;
pub mod spare;

use super::figure_view::FigureView;
use super::session::Session;
use super::{dom, share, theme};
use crate::lab::address::{self, DEPEND};
use crate::lab::figure::palette::Theme;
use crate::lab::figure::svg;
use crate::lab::run::narration;
use crate::lab::run::sweep::{Here, Making, Sweep};
use crate::lab::schema::control::{group_thousands, shorten};
use crate::lab::share::record;
use crate::pieces::piece;
use fields::Fields;
use js_sys::{Object, Reflect};
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit, Element, Event, HtmlElement, MouseEvent};

/// Most runs of a sweep in the page: what takes hours is the terminal's.
const MOST_RUNS: usize = 10_000;

/// Time between two drawings of the curve, in units of the time that one takes, and in ms.
const DRAWING_SHARE: f64 = 10.0;
const DRAWING_PAUSE: f64 = 150.0;

/// Width in px of a saved figure.
const WIDTH: f64 = 760.0;

piece! { depend:
/// Fills the fold under a simulation when it is opened for the first time.
pub fn open(owner: Owner, holder: HtmlElement, session: Session) {
    owner.with(|| Depend::at(&holder, session));
} }

piece! { depend:
/// Makes the sweeps that an address asks for. What it has wrong is returned.
pub fn restore(owner: Owner, sessions: Vec<Session>, query: String) -> Vec<String> {
    let specs: Vec<_> = sessions.iter().map(|s| s.spec).collect();
    let asked = address::pairs(&query).into_iter().filter(|(name, _)| name == DEPEND);
    let mut refusals = Vec::new();
    for (_, text) in asked {
        let sweep = match Sweep::parse(&text, &specs).and_then(affordable) {
            Ok(sweep) => sweep,
            Err(sentence) => {
                refusals.push(format!("“{}” in “{DEPEND}”: {sentence}", shorten(&text)));
                continue;
            }
        };
        let session = sessions.iter().find(|s| s.spec == sweep.run.spec);
        let found = session.and_then(|s| Some((*s, dom::find(&s.root()?, "[data-depend]")?)));
        if let Some((session, holder)) = found
            && let Some(depend) = owner.with(|| Depend::at(&holder, session))
        {
            dom::set(&holder, "open", "");
            depend.fields.show(&sweep);
            depend.begin(sweep);
        }
    }
    refusals
} }

fn affordable(sweep: Sweep) -> Result<Sweep, String> {
    let runs = sweep.values.len() * sweep.seeds();
    if runs <= MOST_RUNS {
        return Ok(sweep);
    }
    Err(format!(
        "{} runs are more than a page makes ({}): take fewer seeds or values, or `tinkerable sweep` in a terminal.",
        group_thousands(&runs.to_string()),
        group_thousands(&MOST_RUNS.to_string())
    ))
}

/// The sweep under one simulation.
struct Depend {
    session: Session,
    holder: HtmlElement,
    fields: Fields,
    figure: HtmlElement,
    view: RefCell<FigureView>,
    making: RefCell<Option<Making>>,
    /// Which of the sweeps that were begun is on its way: none that was stopped.
    running: Cell<Option<u32>>,
    begun: Cell<u32>,
    /// Time that it took so far, ms.
    spent: Cell<f64>,
    /// Whether the curve has more points than are drawn.
    grown: Cell<bool>,
    /// When the curve was drawn, and how long that takes, ms.
    drawn: Cell<[f64; 2]>,
    /// The place that the reader points at.
    pointed: Cell<Option<usize>>,
}

impl Depend {
    /// Fills the fold, unless it is filled.
    fn at(holder: &HtmlElement, session: Session) -> Option<Rc<Self>> {
        let panel = dom::find(holder, "[data-depend-panel]")?;
        if panel.has_attribute("data-filled") {
            return None;
        }
        dom::set(&panel, "data-filled", "");
        panel.set_inner_html(&fields::html(session.spec));
        let figure = dom::find(&panel, "[data-depend-figure]")?;
        let depend = Rc::new(Self {
            session,
            holder: holder.clone(),
            fields: Fields::at(&panel)?,
            view: RefCell::new(FigureView::new(figure.clone().into())?),
            figure,
            making: RefCell::new(None),
            running: Cell::new(None),
            begun: Cell::new(0),
            spent: Cell::new(0.0),
            grown: Cell::new(false),
            drawn: Cell::new([0.0; 2]),
            pointed: Cell::new(None),
        });
        depend.fields.stand_at(session);
        depend.offer();
        depend.bind(&panel);
        Some(depend)
    }

    fn bind(self: &Rc<Self>, panel: &Element) {
        let own = Rc::clone(self);
        dom::listen::<MouseEvent>(&self.fields.go, "click", move |_| own.go());
        let own = Rc::clone(self);
        dom::listen::<Event>(panel, "change", move |_| own.choose());
        let own = Rc::clone(self);
        dom::listen::<Event>(&self.holder, "toggle", move |_| own.fold());
        for button in dom::all(panel, "[data-depend-save]") {
            let own = Rc::clone(self);
            let kind = button.get_attribute("data-depend-save").unwrap_or_default();
            dom::listen::<MouseEvent>(&button, "click", move |_| own.save(&kind));
        }
        let own = Rc::clone(self);
        dom::listen::<CustomEvent>(&self.holder, "tinkerable-saved", move |event| {
            let sentence = Reflect::get(&event.detail(), &"sentence".into());
            own.say(&sentence.ok().and_then(|s| s.as_string()).unwrap_or_default());
        });
        let own = Rc::clone(self);
        dom::listen::<Event>(&dom::window(), "resize", move |_| {
            own.view.borrow_mut().remeasure();
            own.draw();
        });
        pointing::bind(self);
        // The value that the simulation has now is marked, wherever it is set.
        let own = Rc::clone(self);
        dom::follow(move || {
            own.session.values.track();
            own.draw();
            own.tell();
        });
    }

    /// What the fields ask for, before it is begun: an empty frame, and what it takes.
    fn offer(&self) {
        match self.fields.sweep(self.session).and_then(affordable) {
            Ok(sweep) => {
                let runs = sweep.values.len() * sweep.seeds();
                self.say(&format!("Draw makes {}.", runs_of(runs, &sweep)));
                self.making.replace(Some(Making::new(sweep)));
            }
            Err(sentence) => self.say(&sentence),
        }
    }

    /// The button: begins, stops, goes on.
    fn go(self: &Rc<Self>) {
        if self.running.get().is_some() {
            self.running.set(None);
            let [made, all] = self.runs();
            self.session.spoken.set(format!("Stopped after {made} of {all} runs."));
            self.tell();
        } else if self.is_stopped() {
            self.run();
        } else {
            self.begin_as_chosen();
        }
    }

    /// Other fields: the same runs may answer them, or others are made.
    fn choose(self: &Rc<Self>) {
        self.point(None);
        let begun = self.begun.get() > 0;
        if begun {
            self.fields.give_say(self.session);
        }
        let sweep = match self.fields.sweep(self.session).and_then(affordable) {
            Ok(sweep) => sweep,
            Err(sentence) => {
                self.running.set(None);
                return self.refuse(&sentence);
            }
        };
        let asked = begun && self.making.borrow_mut().as_mut().is_some_and(|making| making.ask(&sweep));
        if asked {
            self.remember(Some(&sweep));
            self.draw();
            self.tell();
            if self.running.get().is_none() {
                self.sum_up();
            }
        } else if begun {
            self.begin(sweep);
        } else {
            self.offer();
            self.draw();
        }
    }

    fn begin_as_chosen(self: &Rc<Self>) {
        self.fields.give_say(self.session);
        match self.fields.sweep(self.session).and_then(affordable) {
            Ok(sweep) => self.begin(sweep),
            Err(sentence) => self.refuse(&sentence),
        }
    }

    fn begin(self: &Rc<Self>, sweep: Sweep) {
        self.remember(Some(&sweep));
        let runs = runs_of(sweep.values.len() * sweep.seeds(), &sweep);
        self.session.spoken.set(format!(
            "Drawing how {} depends on {}: {runs}.",
            sweep.measured().0,
            sweep.control.label
        ));
        self.point(None);
        self.spent.set(0.0);
        self.making.replace(Some(Making::new(sweep)));
        self.draw();
        self.run();
    }

    /// Makes runs in spare time until all are made, or somebody stops it.
    fn run(self: &Rc<Self>) {
        let turn = self.begun.get() + 1;
        self.begun.set(turn);
        self.running.set(Some(turn));
        self.tell();
        let own = Rc::clone(self);
        spawn_local(async move {
            let mut spare = spare::Spare::new();
            loop {
                let room = spare.next(own.session.playing.try_get_untracked().unwrap_or(false)).await;
                // The page may be another by now.
                if !own.session.lasts() || own.running.get() != Some(turn) {
                    return;
                }
                if own.slice(&mut spare, room) {
                    return own.end();
                }
            }
        });
    }

    /// Makes runs for as long as there is room; whether all are made.
    fn slice(&self, spare: &mut spare::Spare, room: f64) -> bool {
        let begun = dom::now();
        let grown = {
            let mut making = self.making.borrow_mut();
            let Some(making) = making.as_mut() else { return true };
            let before = making.places();
            spare.work(making.batch(), begun, room);
            making.places() > before
        };
        let now = dom::now();
        self.spent.set(self.spent.get() + now - begun);
        let [at, cost] = self.drawn.get();
        let rested = now - at > (DRAWING_SHARE * cost).max(DRAWING_PAUSE);
        self.grown.set(self.grown.get() || grown);
        if rested && (now + cost < begun + room || now - at > 1000.0) {
            self.tell();
            if self.grown.replace(false) {
                self.draw();
            }
        }
        self.making.borrow().as_ref().is_none_or(Making::is_whole)
    }

    fn end(&self) {
        self.running.set(None);
        self.draw();
        self.tell();
        self.sum_up();
    }

    /// Says the whole curve.
    fn sum_up(&self) {
        if let Some(making) = &*self.making.borrow()
            && making.is_whole()
        {
            self.session.spoken.set(making.sweep().figure(&making.curve()).alternative);
        }
    }

    fn runs(&self) -> [usize; 2] {
        self.making.borrow().as_ref().map_or([0; 2], Making::runs)
    }

    fn is_stopped(&self) -> bool {
        let [made, all] = self.runs();
        self.begun.get() > 0 && self.running.get().is_none() && made < all
    }

    /// Draws the curve as far as it is known, with the value marked that the simulation has now.
    fn draw(&self) {
        let begun = dom::now();
        let making = self.making.borrow();
        let Some(making) = making.as_ref() else { return };
        let sweep = making.sweep();
        let here = Here { value: self.session.value(sweep.control), word: "now" };
        let figure = sweep.figure_at(&making.curve(), &here);
        self.view.borrow_mut().draw(&figure, None, true);
        let now = dom::now();
        self.drawn.set([now, now - begun]);
    }

    /// Says how far it is.
    fn tell(&self) {
        let running = self.running.get().is_some();
        let [made, all] = self.runs();
        self.fields.tell(running, self.is_stopped(), made > 0);
        if self.begun.get() == 0 {
            return;
        }
        let making = self.making.borrow();
        let Some(making) = making.as_ref() else { return };
        let sweep = making.sweep();
        let mut said = if running {
            format!("{made} of {} are made.", runs_of(all, sweep))
        } else if made < all {
            format!("Stopped after {made} of {}.", runs_of(all, sweep))
        } else {
            format!("{}, {:.1} s.", runs_of(all, sweep), self.spent.get() / 1000.0)
        };
        dom::set(&self.holder, "data-runs", &format!("{made}/{all}"));
        let now = self.session.values.get_untracked();
        let others = narration::changes(&sweep.beside(&now), &now);
        if !others.is_empty() {
            said.push_str(&format!(" The controls have moved on: {others} Draw again to sweep around them."));
        }
        self.say(&said);
    }

    fn say(&self, sentence: &str) {
        dom::set_text(&self.fields.state, sentence);
    }

    fn refuse(&self, sentence: &str) {
        self.say(sentence);
        self.session.spoken.set(sentence.to_owned());
        self.fields.tell(false, false, false);
    }

    /// Closed, it does nothing, and has no place in the address.
    fn fold(self: &Rc<Self>) {
        if self.holder.has_attribute("open") {
            self.view.borrow_mut().remeasure();
            self.draw();
            return;
        }
        if self.running.replace(None).is_some() {
            self.tell();
        }
        self.remember(None);
    }

    /// Keeps the sweep in the address bar.
    fn remember(&self, sweep: Option<&Sweep>) {
        let asked = dom::window().location().search().unwrap_or_default();
        let own = format!("{}?", self.session.spec.id);
        let others = address::pairs(&asked).into_iter();
        let others = others.filter(|(name, text)| name != DEPEND || !text.starts_with(&own));
        let now = sweep.map(|sweep| (DEPEND.to_owned(), sweep.to_string()));
        share::replace_query(&address::join(others.chain(now)));
    }

    /// Gives the browser the sweep as a file, as the terminal writes it.
    fn save(&self, kind: &str) {
        let Some(name) = self.session.address() else { return };
        let making = self.making.borrow();
        let Some(making) = making.as_ref() else { return };
        let (sweep, curve) = (making.sweep(), making.curve());
        let source = record::sweep_address(sweep, &name, &share::site());
        let (content, media) = match kind {
            "csv" => (sweep.csv(&curve, &source), "text/csv"),
            "json" => (sweep.json(&curve, &name, &source), "application/json"),
            _ => {
                let theme = if theme::is_dark() { Theme::Dark } else { Theme::Light };
                (svg::standalone(&sweep.figure(&curve), WIDTH, theme, &source), "image/svg+xml")
            }
        };
        let file = format!("{}-sweep.{kind}", name.replace('/', "-"));
        let detail = Object::new();
        for (field, text) in
            [("kind", kind), ("name", &file), ("type", media), ("content", &content), ("source", &source)]
        {
            // A fresh object takes any field.
            let _ = Reflect::set(&detail, &field.into(), &JsValue::from(text));
        }
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_detail(&detail);
        if let Ok(event) = CustomEvent::new_with_event_init_dict("tinkerable-save", &init) {
            let _ = self.holder.dispatch_event(&event);
        }
    }
}

/// "65 runs of 400 steps".
fn runs_of(runs: usize, sweep: &Sweep) -> String {
    let many = |n: u64, word: &str| {
        format!("{} {word}{}", group_thousands(&n.to_string()), if n == 1 { "" } else { "s" })
    };
    let length = if sweep.run.spec.pace.is_still() {
        String::new()
    } else {
        format!(" of {}", many(sweep.run.at, "step"))
    };
    format!("{}{length}", many(runs as u64, "run"))
}
