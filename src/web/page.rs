//! What the program does with a page: it adopts the simulations that stand on it, and whatever else is live.

use super::figure_view::FigureView;
use super::session::Session;
use super::{bind, dom, present, share, theme, ticker};
use crate::lab::address::{self, Moment};
use crate::lab::share::lesson;
use crate::lab::{Runner, Spec, Value};
use crate::pieces::{Missing, piece};
use crate::topics;
use crate::words::days;
use crate::words::nearest::nearest;
use any_spawner::Executor;
use js_sys::{Promise, Reflect};
use reactive_graph::owner::{LocalStorage, Owner, StoredValue};
use reactive_graph::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CustomEvent, Element, Event, HtmlElement, IntersectionObserver, IntersectionObserverEntry, PointerEvent,
    ResizeObserver, VisibilityState,
};

/// Names in an address that belong to the page and not to a simulation.
const PAGE_NAMES: [&str; 8] = [
    "theme",
    "ask",
    present::NAME,
    present::TALK,
    present::SPEAKER,
    address::DEPEND,
    lesson::QUESTION,
    lesson::ANSWERS,
];

/// The same for the page that stands here.
pub fn page_names() -> &'static [&'static str] {
    if super::embed::is_here() { &address::OF_THE_FRAME } else { &PAGE_NAMES }
}

thread_local! {
    /// The visit to the page that is shown.
    static HERE: RefCell<Option<Visit>> = const { RefCell::new(None) };
}

/// Brings the page that stands here to life, whatever is on it, and each that takes its place. Called
/// once, when the program has loaded.
pub fn start() {
    console_error_panic_hook::set_once();
    // Effects run as tasks of the browser's own queue. Refused only if there is an executor already.
    let _ = Executor::init_wasm_bindgen();
    theme::follow_system();
    bind::help::follow();
    dom::listen::<Event>(&dom::document(), "visibilitychange", |_| ticker::wake());
    dom::listen::<CustomEvent>(&dom::window(), "tinkerable-leave", |event| leave(&event.detail()));
    dom::listen::<CustomEvent>(&dom::window(), "tinkerable-arrive", |event| {
        begin(Left::read(&event.detail()));
    });
    begin(None);
}

/// Begins the visit to the page that stands here, and ends the one before.
fn begin(left: Option<Left>) {
    let visit = Visit { owner: Owner::new(), calm: Rc::default() };
    if let Some(before) = HERE.replace(Some(visit.clone())) {
        before.end();
    }
    spawn_local(async move {
        // Nothing is left to do where the page is left before it is alive.
        let _ = arrive(&visit, left).await;
    });
}

/// Ends the visit to the page that stands here, and notes down how its simulations stand.
fn leave(note: &JsValue) {
    Left::write(note);
    if let Some(visit) = HERE.take() {
        visit.end();
    }
}

/// A visit to a page. What the page brings to life belongs to it, and is let go with it.
#[derive(Clone)]
struct Visit {
    owner: Owner,
    /// Whether something lives on the page already, and nothing else is in a hurry.
    calm: Rc<Cell<bool>>,
}

impl Visit {
    /// Lets the browser do what waits; nothing, if the page is left by then.
    async fn breathe(&self) -> Option<()> {
        self.room().await.map(|_| ())
    }

    /// The same, and how much time there is then, ms.
    async fn room(&self) -> Option<f64> {
        let calm = self.calm.get();
        let spare = dom::breathe(calm.then_some(PATIENCE)).await;
        self.lasts()?;
        Some(if calm { spare.unwrap_or(0.0).clamp(AT_LEAST, PIECE) } else { PIECE })
    }

    fn lasts(&self) -> Option<()> {
        HERE.with_borrow(|here| here.as_ref().is_some_and(|here| here.owner == self.owner)).then_some(())
    }

    fn end(self) {
        ticker::clear();
        share::forget();
        self.owner.cleanup();
    }
}

/// How the simulations of a page stood when it was left, as its entry in the history keeps it.
struct Left {
    query: String,
    /// Which of them ran: their ids, with commas.
    playing: String,
}

impl Left {
    /// Of a page that is not all alive, its address knows more.
    fn write(note: &JsValue) {
        if dom::first("html[data-live]").is_none() {
            return;
        }
        let sessions = ticker::sessions();
        let playing: Vec<_> =
            sessions.iter().filter(|s| s.playing.get_untracked()).map(|s| s.spec.id).collect();
        for (name, text) in [("query", share::left()), ("playing", playing.join(","))] {
            // A fresh object takes any field.
            let _ = Reflect::set(note, &name.into(), &text.into());
        }
    }

    fn read(note: &JsValue) -> Option<Self> {
        let field = |name: &str| Reflect::get(note, &name.into()).ok()?.as_string();
        Some(Self { query: field("query")?, playing: field("playing")? })
    }

    fn ran(&self, spec: &Spec) -> bool {
        self.playing.split(',').any(|id| id == spec.id)
    }
}

piece! { plain:
/// Adds to a page without simulations what only the browser knows: the address that was asked for, the
/// day that it is.
fn complete() {
    mark_stale();
    offer_nearest();
} }

/// On the page for wrong addresses, leads to those that may have been meant.
fn offer_nearest() {
    const MOST: usize = 3;
    let (Some(said), Some(page)) = (dom::first("[data-asked]"), dom::first("body")) else { return };
    let root = dom::document().document_element().and_then(|e| e.get_attribute("data-root"));
    let (Some(root), Ok(asked)) = (root, dom::window().location().pathname()) else { return };
    let asked = js_sys::decode_uri_component(&asked).map_or(asked, String::from);
    let Some(asked) = asked.strip_prefix(&*root) else { return };
    // The simulations alone are meant only where one was asked for.
    let inside = |path: &str| path.starts_with("embed/") == asked.starts_with("embed/");
    let links: Vec<(String, HtmlElement)> = dom::all(&page, "a[href]")
        .into_iter()
        .filter_map(|link| Some((link.get_attribute("href")?.strip_prefix(&*root)?.to_owned(), link)))
        .filter(|(path, _)| inside(path))
        .collect();
    let found = nearest(asked, links.iter().map(|(path, _)| &**path), MOST);
    let Ok(offer) = dom::document().create_element("p") else { return };
    dom::set(&offer, "data-nearest", "");
    for path in &found {
        let Some((_, link)) = links.iter().find(|(own, _)| own == path) else { continue };
        let words = if offer.child_element_count() == 0 { "Did you mean " } else { ", or " };
        let _ = offer.append_with_str_1(words);
        let Ok(own) = dom::document().create_element("a") else { continue };
        dom::set(&own, "href", &format!("{root}{path}"));
        dom::set_text(&own, &link.text_content().unwrap_or_default());
        let _ = offer.append_child(&own);
    }
    if !found.is_empty() {
        let _ = offer.append_with_str_1("?");
        let _ = said.insert_adjacent_element("afterend", &offer);
    }
}

/// Says so where a fact of the field guide was checked too long ago.
fn mark_stale() {
    let today = (js_sys::Date::now() / 86_400_000.0) as i64;
    let Some(page) = dom::first("main") else { return };
    for checked in dom::all(&page, "[data-checked]") {
        let day = checked.get_attribute("datetime").and_then(|text| days::of(&text));
        if day.is_some_and(|day| days::is_stale(day, today))
            && let Ok(mark) = dom::document().create_element("span")
        {
            dom::set(&mark, "class", "stale");
            dom::set_text(&mark, "may be stale");
            let _ = checked.insert_adjacent_element("afterend", &mark);
        }
    }
}

/// Adopts what stands on the page: its simulations, in pieces between which the page scrolls and
/// answers, and whatever other pages have. `None` if it is left before.
async fn arrive(visit: &Visit, left: Option<Left>) -> Option<()> {
    visit.owner.with(theme::bind_button);
    // The program has only now been compiled: what comes next is a task of its own.
    visit.breathe().await?;
    if dom::first("[data-asked], [data-checked]").is_some() {
        // What this adds to the page, the page can do without.
        let _ = complete().await;
    }
    if let Some(form) = dom::first("[data-embed-form]") {
        while super::form::bind(visit.owner.clone(), form.clone()).await.is_err() {
            ask_again(&form, std::slice::from_ref(&form)).await;
            visit.lasts()?;
        }
    }
    let page = dom::first("main")?;
    visit.breathe().await?;
    if let Some(lesson) = dom::first("[data-replays]") {
        while replay(&lesson).await.is_err() {
            ask_again(&lesson, &dom::all(&lesson, "[data-lesson-says]")).await;
            visit.lasts()?;
        }
    }
    let roots = loop {
        match simulations(&page).await {
            Ok(roots) => break roots,
            Err(Missing) => ask_again(&page, &dom::all(&page, "[data-messages]")).await,
        }
        visit.lasts()?;
    };
    visit.breathe().await?;
    let specs: Vec<_> = roots.iter().map(|(_, spec)| *spec).collect();
    let query = left.as_ref().map_or_else(asked, |left| left.query.clone());
    let (moments, refusals) = address::decode(&specs, &query, page_names());
    let mut refusals: Vec<String> = refusals.into_iter().map(|r| r.sentence).collect();
    for name in address::strange(&specs, &query, page_names()) {
        web_sys::console::info_1(&format!("“{name}” in the address names nothing here.").into());
    }
    let mut placed = Vec::new();
    let mut waiting: Vec<_> = (roots.into_iter().zip(moments).enumerate())
        .map(|(place, ((root, spec), moment))| Waiting { place, root, spec, moment, run: None })
        .collect();
    while !waiting.is_empty() {
        let (opened, runner) = opening(visit, &mut waiting, !placed.is_empty()).await?;
        let Waiting { place, root, spec, moment, .. } = opened;
        visit.breathe().await?;
        let session = visit.owner.with(|| Session::new(spec, runner));
        for bind in bind::PARTS {
            visit.owner.with(|| bind(&root, session));
            visit.breathe().await?;
        }
        // Bound, a control shows the session's value in place of what a reader has set.
        let mut touched = bind::controls::touched(&root, spec);
        visit.owner.with(|| bind::controls::bind(&root, session));
        visit.breathe().await?;
        if visit.owner.with(|| show(&root, session)).is_none() {
            continue;
        }
        visit.breathe().await?;
        for (id, text) in bind::controls::touched(&root, spec) {
            touched.retain(|(known, _)| *known != id);
            touched.push((id, text));
        }
        visit.owner.with(|| {
            session.begin_at(moment);
            if super::embed::stands_still(&query) {
                session.wait();
            }
            for (id, text) in touched {
                session.set_text(id, &text);
            }
        });
        if left.as_ref().is_some_and(|left| left.ran(spec)) {
            session.go_on();
        }
        if placed.is_empty() {
            tell_refusals(&[session], refusals.clone());
        }
        placed.push((place, session));
        // The first lives while the others are adopted: that waits for the time between two frames.
        ticker::add(session);
        visit.calm.set(true);
        visit.breathe().await?;
        visit.owner.with(|| bind::prose::bind(&page, &[session]));
        // In a frame its address is obeyed before.
        if !super::embed::is_here() {
            press_again(session);
        }
        visit.breathe().await?;
    }
    placed.sort_by_key(|(place, _)| *place);
    let sessions: Vec<Session> = placed.into_iter().map(|(_, session)| session).collect();
    let known = refusals.len();
    if let (true, [session]) = (super::embed::is_here(), &*sessions) {
        let begun = super::embed::begin(visit.owner.clone(), *session, query.clone()).await;
        refusals.extend(begun.unwrap_or_else(|_| vec![Missing::SENTENCE.to_owned()]));
        press_again(*session);
    }
    if address::value(&query, address::DEPEND).is_some() {
        let restored = super::depend::restore(visit.owner.clone(), sessions.clone(), query.clone()).await;
        refusals.extend(restored.unwrap_or_else(|_| vec![Missing::SENTENCE.to_owned()]));
    }
    visit.owner.with(|| await_guesses(&page, &specs));
    if let Some(list) = dom::find(&page, "[data-questions]") {
        visit.owner.with(|| await_questions(&list, &sessions, &query));
    }
    let stage = visit.owner.with(|| present::Stage::bind(&page, &sessions));
    if let Some(asked) = address::value(&query, present::NAME) {
        let opened = match present::of_two(&query) {
            Some((id, speaks)) => present::speaker::open(stage, asked, id, speaks).await,
            None => present::open(stage, asked).await,
        };
        refusals.extend(opened.unwrap_or_else(|_| Some(Missing::SENTENCE.to_owned())));
    }
    visit.lasts()?;
    if refusals.len() > known {
        tell_refusals(&sessions, refusals);
    }
    // A page is alive when what can be seen of it stands where its address asks. A frame far from what
    // is in sight is not observed at all.
    let begun = dom::now();
    while dom::document().visibility_state() == VisibilityState::Visible
        && sessions.iter().any(|s| s.is_on_its_way(dom::now() - begun < UNSEEN))
    {
        visit.breathe().await?;
    }
    if let Some(root) = dom::document().document_element() {
        dom::set(&root, "data-live", "");
    }
    Some(())
}

/// Has a sweep of the article take what is drawn in it, as soon as somebody turns to it.
fn await_guesses(page: &Element, specs: &[&'static Spec]) {
    for sweep in dom::all(page, "[data-curve]") {
        let (Some(figure), Some(owner)) = (dom::find(&sweep, ".figure"), Owner::current()) else { continue };
        dom::set(&figure, "tabindex", "0");
        dom::set(&figure, "role", "group");
        dom::set(&figure, "aria-label", super::guess::NAME);
        let asked = Rc::new(Cell::new(false));
        for kind in ["pointerover", "focusin"] {
            let (asked, owner, sweep, specs) =
                (Rc::clone(&asked), owner.clone(), sweep.clone(), specs.to_vec());
            dom::listen::<Event>(&sweep.clone(), kind, move |_| {
                if asked.replace(true) {
                    return;
                }
                let asked = Rc::clone(&asked);
                let begun = super::guess::begin(owner.clone(), sweep.clone(), specs.clone());
                spawn_local(async move { asked.set(begun.await.is_ok()) });
            });
        }
    }
}

/// Has the questions of an article follow their figures: once they are seen, or at once where the address
/// sets one of them.
fn await_questions(list: &HtmlElement, sessions: &[Session], query: &str) {
    let Some(owner) = Owner::current() else { return };
    let set = address::value(query, lesson::QUESTION).and_then(|number| number.parse().ok());
    let asked = Rc::new(Cell::new(false));
    let (sessions, own) = (sessions.to_vec(), list.clone());
    let follow = move || {
        if asked.replace(true) {
            return;
        }
        let asked = Rc::clone(&asked);
        let begun = super::lesson::follow(owner.clone(), own.clone(), sessions.clone(), set);
        spawn_local(async move { asked.set(begun.await.is_ok()) });
    };
    if set.is_some() {
        follow();
    }
    watch_sight(
        list,
        Box::new(move |seen| {
            if seen {
                follow();
            }
        }),
    );
}

/// Replays the answers of the address on the page of a topic's questions.
async fn replay(lesson: &HtmlElement) -> Result<(), Missing> {
    let slug = lesson.get_attribute("data-lesson").unwrap_or_default();
    let answers = address::value(&asked(), lesson::ANSWERS).unwrap_or_default();
    match topics::load(&slug).await? {
        Some(topic) => super::lesson::replay(lesson.clone(), topic, answers).await,
        None => Ok(()),
    }
}

/// The simulations of a page, in its order. One of a topic that is not on the list stays still.
async fn simulations(page: &HtmlElement) -> Result<Vec<(HtmlElement, &'static Spec)>, Missing> {
    let mut found = Vec::new();
    for root in dom::all(page, "[data-sim]") {
        let name = root.get_attribute("data-sim").unwrap_or_default();
        let Some((slug, id)) = name.split_once('/') else { continue };
        found.extend(topics::load(slug).await?.and_then(|topic| Some((root, topic.simulation(id)?))));
    }
    Ok(found)
}

/// Says at each of some places of the page that what belongs there could not be loaded, until the
/// reader has it tried again.
async fn ask_again(page: &Element, places: &[HtmlElement]) {
    let said: Vec<Element> = places
        .iter()
        .filter_map(|place| {
            let [sentence, button] = ["p", "button"].map(|name| dom::document().create_element(name).ok());
            let (sentence, button) = (sentence?, button?);
            dom::set(&sentence, "class", "message");
            dom::set(&sentence, "role", "status");
            sentence.append_with_str_1("What moves here could not be loaded. Check the connection. ").ok()?;
            dom::set(&button, "type", "button");
            dom::set(&button, "data-action", "load");
            dom::set_text(&button, "Try again");
            sentence.append_child(&button).ok()?;
            place.append_child(&sentence).ok()?;
            Some(sentence)
        })
        .collect();
    let asked = Promise::new(&mut |done, _| {
        for button in dom::all(page, "[data-action=load]") {
            let _ = button.add_event_listener_with_callback("click", &done);
        }
    });
    let _ = JsFuture::from(asked).await;
    for sentence in said {
        sentence.remove();
    }
}

/// Time for one piece of bringing the page to life, ms: on a machine of a quarter of the speed a piece that has
/// become four times as long is no delay yet.
const PIECE: f64 = 12.0;

/// The same where something lives already and leaves no time for it.
const AT_LEAST: f64 = 6.0;

/// A simulation of the page that is to come to life, and its run as far as that has come.
struct Waiting {
    place: usize,
    root: HtmlElement,
    spec: &'static Spec,
    moment: Moment,
    run: Option<Runner>,
}

/// [`Runner::opening`] of one of those that wait, in pieces, of which each is for the one that the reader sees then,
/// or would come to first. Where another simulation `lives`, only a reader who sees this one waits.
async fn opening(visit: &Visit, waiting: &mut Vec<Waiting>, lives: bool) -> Option<(Waiting, Runner)> {
    loop {
        let (next, away) = nearest_to_sight(waiting.iter().map(|w| &w.root))?;
        visit.calm.set(lives && away > 0.0);
        let room = visit.room().await?;
        let begun = dom::now();
        let Waiting { spec, run, .. } = &mut waiting[next];
        let runner = run.get_or_insert_with(|| Runner::new(spec, spec.defaults()));
        let left = spec.pace.opening.saturating_sub(runner.step());
        if runner.advance_within(left, || dom::now() - begun > room) == 0 {
            let mut opened = waiting.remove(next);
            let runner = opened.run.take()?;
            return Some((opened, runner));
        }
    }
}

/// How long it waits for time that nobody needs, ms.
const PATIENCE: u32 = 50;

/// How long a simulation that nothing says is in sight may be, ms.
const UNSEEN: f64 = 200.0;

/// The query of the address; of a file that stands alone, the one that it was made with.
fn asked() -> String {
    let query = dom::window().location().search().unwrap_or_default();
    let made_with = || dom::document().document_element()?.get_attribute("data-moment");
    if query.is_empty() { made_with().unwrap_or_default() } else { query }
}

/// Keeps something as long as the visit to the page lasts.
fn keep(thing: impl Any) {
    StoredValue::new_local(thing);
}

/// Which of some elements the reader sees, or would come to first, the first of those in sight; and how far it is
/// out of sight.
fn nearest_to_sight<'a>(elements: impl Iterator<Item = &'a HtmlElement>) -> Option<(usize, f64)> {
    elements.map(away).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// How far an element is out of sight, px; what is not laid out yet is farthest.
fn away(element: &HtmlElement) -> f64 {
    let height = dom::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let rect = element.get_bounding_client_rect();
    if rect.height() == 0.0 {
        return f64::INFINITY;
    }
    (rect.top() - height).max(-rect.bottom()).max(0.0)
}

/// Gives the static HTML of one simulation, whose controls are bound, its live picture.
fn show(root: &HtmlElement, session: Session) -> Option<()> {
    let holder: Element = dom::find(root, ".figure")?.into();
    session.attach(root.clone().into(), FigureView::new(holder.clone())?);
    watch_size(&holder, session);
    watch_sight(root, Box::new(move |seen| session.set_on_screen(seen)));
    bind_handles(&holder, session);
    Some(())
}

/// Has `first-screen.js` press again what was pressed before the program was there.
fn press_again(session: Session) {
    let Some(root) = session.root() else { return };
    dom::set(&root, "data-state", if session.playing.get_untracked() { "playing" } else { "paused" });
    let how = web_sys::CustomEventInit::new();
    how.set_bubbles(true);
    if let Ok(adopted) = CustomEvent::new_with_event_init_dict("tinkerable-adopted", &how) {
        let _ = root.dispatch_event(&adopted);
    }
}

/// Shows what was wrong with the address at the first simulation of the page.
fn tell_refusals(sessions: &[Session], sentences: Vec<String>) {
    if let (Some(first), false) = (sessions.first(), sentences.is_empty()) {
        first.messages.set(sentences);
    }
}

/// Tells whether something can be seen: what cannot be seen stands still.
fn watch_sight(root: &Element, tell: Box<dyn Fn(bool)>) {
    let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        for entry in entries.iter() {
            if let Ok(entry) = entry.dyn_into::<IntersectionObserverEntry>() {
                tell(entry.is_intersecting());
            }
        }
    });
    if let Ok(observer) = IntersectionObserver::new(callback.as_ref().unchecked_ref()) {
        observer.observe(root);
        keep(Observing(Box::new(move || observer.disconnect())));
    }
    keep(callback);
}

/// Draws again when the room for the picture changes.
fn watch_size(holder: &Element, session: Session) {
    let callback = Closure::<dyn FnMut()>::new(move || session.remeasure());
    if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
        observer.observe(holder);
        keep(Observing(Box::new(move || observer.disconnect())));
    }
    keep(callback);
}

/// Stops observing when the page lets go of it.
struct Observing(Box<dyn Fn()>);

impl Drop for Observing {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Dragging a handle of the picture sets the controls that it stands for.
fn bind_handles(holder: &Element, session: Session) {
    let held: StoredValue<Option<HandleTarget>, LocalStorage> = StoredValue::new_local(None);
    dom::listen::<PointerEvent>(holder, "pointerdown", move |event| {
        let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return };
        // Another button opens a menu, a second finger zooms.
        let meant = event.button() == 0 && event.is_primary();
        if meant && element.class_list().contains("handle") {
            event.prevent_default();
            let name = |attribute| element.get_attribute(attribute).filter(|v| !v.is_empty());
            held.set_value(Some(HandleTarget {
                panel: name("data-panel").unwrap_or_default(),
                controls: [name("data-x"), name("data-y")],
            }));
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    });
    dom::listen::<PointerEvent>(holder, "pointermove", move |event| {
        held.with_value(|held| {
            let Some(target) = held.as_ref().filter(|_| event.is_primary()) else { return };
            event.prevent_default();
            let pixel = [f64::from(event.client_x()), f64::from(event.client_y())];
            let Some(place) = session.value_at(&target.panel, pixel) else { return };
            for (id, number) in target.controls.iter().zip(place) {
                let control = id.as_ref().and_then(|id| session.spec.controls.iter().find(|c| c.id == id));
                if let Some(control) = control {
                    let value: Value = control.snap(number);
                    session.set_value(control.id, value);
                }
            }
        });
    });
    for end in ["pointerup", "pointercancel"] {
        dom::listen::<PointerEvent>(holder, end, move |_| held.set_value(None));
    }
}

/// A handle in the reader's hand.
#[derive(Clone)]
struct HandleTarget {
    panel: String,
    controls: [Option<String>; 2],
}
