//! The search in its dialog, which every page has drawn already and opens by itself.

use super::dom;
use crate::lab::schema::control::shorten;
use crate::pieces::{Missing, piece};
use crate::words::search::{Answer, Count, Entry, Index, Kind, Query};
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, Node,
    ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// So many results are listed: who looks for more types another letter.
const LISTED: usize = 40;

const OPTION: &str = "[role=option]";

const KINDS: &str = "topics, pages, headings, simulations, controls, terms of the glossary and sources";

/// The dialog, and what can be found with it.
struct Search {
    index: Index,
    /// The way to the root of the site.
    root: String,
    dialog: HtmlDialogElement,
    input: HtmlInputElement,
    list: HtmlElement,
    state: HtmlElement,
    /// The option that Enter goes to.
    chosen: Cell<Option<usize>>,
}

/// Makes the dialog of the page answer, and answers what was typed before it could.
/// `rows` is what `search.json` holds, `root` the way to the root of the site.
///
/// # Errors
/// A sentence, if it takes a part of the program that cannot be had now.
#[wasm_bindgen]
pub async fn search(rows: Array, root: String) -> Result<(), String> {
    begin(rows, root).await.map_err(|_| Missing::SENTENCE.to_owned())
}

piece! { search: fn begin(rows: Array, root: String) { answer(&rows, &root) } }

fn answer(rows: &Array, root: &str) {
    let index = Index::new(rows.iter().filter_map(|row| entry(&row)).collect());
    if let Some(search) = Search::here(index, root) {
        search.answer();
        bind(&Rc::new(search));
    }
}

/// `[kind, title, place, text]`.
fn entry(row: &JsValue) -> Option<Entry> {
    let row: &Array = row.dyn_ref()?;
    let [kind, title, place, text] = [0, 1, 2, 3].map(|i| row.get(i).as_string().unwrap_or_default());
    Some(Entry { kind: Kind::of(&kind)?, title, place, text })
}

fn bind(search: &Rc<Search>) {
    let own = Rc::clone(search);
    dom::listen::<Event>(&search.input, "input", move |_| own.answer());
    let own = Rc::clone(search);
    dom::listen::<KeyboardEvent>(&search.input, "keydown", move |event| {
        // The letters that are being put together have these keys.
        if !event.is_composing() && own.key(&event.key(), event.shift_key()) {
            event.prevent_default();
        }
    });
    let own = Rc::clone(search);
    dom::listen::<MouseEvent>(&search.list, "pointermove", move |event| own.point(&event));
    // The letters go on to the input, whatever is clicked.
    dom::listen::<MouseEvent>(&search.list, "mousedown", |event| event.prevent_default());
    let own = Rc::clone(search);
    dom::listen::<MouseEvent>(&search.list, "click", move |event| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !elsewhere && option_at(&event).is_some() {
            // The link may lead to a place of this very page.
            own.dialog.close();
        }
    });
}

/// The option under the pointer.
fn option_at(event: &MouseEvent) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(OPTION).ok()?
}

impl Search {
    fn here(index: Index, root: &str) -> Option<Self> {
        let dialog: HtmlElement = dom::first("#site-search")?;
        Some(Self {
            index,
            root: root.to_owned(),
            input: dom::find(&dialog, "input")?.dyn_into().ok()?,
            list: dom::find(&dialog, "[role=listbox]")?,
            state: dom::find(&dialog, "[role=status]")?,
            dialog: dialog.dyn_into().ok()?,
            chosen: Cell::new(None),
        })
    }

    /// Lists what the query finds.
    fn answer(&self) {
        let asked = self.input.value();
        let Answer { query, found } = self.index.find(&asked);
        let listed = &found[..found.len().min(LISTED)];
        self.list.set_text_content(None);
        for (i, entry) in listed.iter().enumerate() {
            if self.list_option(i, entry, &query).is_none() {
                break;
            }
        }
        self.list.set_scroll_top(0);
        dom::set(&self.input, "aria-expanded", if listed.is_empty() { "false" } else { "true" });
        self.chosen.set(None);
        // Before anything is typed, Enter must not lead away.
        self.choose((!query.is_empty() && !listed.is_empty()).then_some(0));
        let count = Count { found: found.len(), listed: listed.len() };
        let sentence = if found.is_empty() {
            format!("Nothing matches “{}”. The search knows {KINDS}.", shorten(asked.trim()))
        } else if query.is_empty() {
            "The topics. Type to find more.".to_owned()
        } else if query.is_forgiving() {
            format!("{count} with a similar spelling")
        } else {
            count.to_string()
        };
        dom::set_text(&self.state, &sentence);
    }

    fn list_option(&self, i: usize, entry: &Entry, query: &Query) -> Option<()> {
        let item = append(&self.list, "li", "")?;
        dom::set(&item, "role", "none");
        let option = append(&item, "a", "")?;
        for (name, value) in [
            ("role", "option"),
            ("id", &*id(i)),
            ("href", &*format!("{}{}", self.root, entry.place)),
            ("tabindex", "-1"),
            ("aria-selected", "false"),
        ] {
            dom::set(&option, name, value);
        }
        let words = [
            ("found-title", entry.title.as_str(), true),
            ("found-kind", entry.kind.word(), false),
            ("found-page", self.index.page(entry), false),
            ("found-text", entry.text.as_str(), true),
        ];
        for (class, text, marked) in words.into_iter().filter(|(_, text, _)| !text.is_empty()) {
            let part = append(&option, "span", class)?;
            write(&part, text, if marked { query } else { const { &Query::NONE } })?;
            // Read aloud, the parts are words and not one.
            option.append_with_str_1(" ").ok()?;
        }
        Some(())
    }

    fn options(&self) -> Vec<HtmlElement> {
        dom::all(&self.list, OPTION)
    }

    fn choose(&self, chosen: Option<usize>) {
        let option = |i: usize| dom::find(&self.list, &format!("#{}", id(i)));
        if let Some(before) = self.chosen.replace(chosen).and_then(option) {
            dom::set(&before, "aria-selected", "false");
        }
        let Some(now) = chosen.and_then(option) else {
            dom::unset(&self.input, "aria-activedescendant");
            return;
        };
        dom::set(&now, "aria-selected", "true");
        dom::set(&self.input, "aria-activedescendant", &now.id());
    }

    /// What a key does, if it is not the input's own.
    fn key(&self, key: &str, shift: bool) -> bool {
        let options = self.options();
        let Some(last) = options.len().checked_sub(1) else { return false };
        let chosen = self.chosen.get();
        let next = match key {
            "ArrowDown" => chosen.map_or(0, |i| if i == last { 0 } else { i + 1 }),
            "ArrowUp" => chosen.and_then(|i| i.checked_sub(1)).unwrap_or(last),
            // With Shift they mark letters.
            "Home" if !shift => 0,
            "End" if !shift => last,
            "Enter" => {
                if let Some(option) = chosen.and_then(|i| options.get(i)) {
                    option.click();
                }
                return true;
            }
            _ => return false,
        };
        self.choose(Some(next));
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        options[next].scroll_into_view_with_scroll_into_view_options(&nearest);
        true
    }

    /// The pointer chooses as the keys do; only if it moves, and not if the list moves under it.
    fn point(&self, event: &MouseEvent) {
        let Some(option) = option_at(event) else { return };
        let at = self.options().iter().position(|other| **other == option);
        if at != self.chosen.get() {
            self.choose(at);
        }
    }
}

fn id(option: usize) -> String {
    format!("site-search-{option}")
}

/// A new element at the end of another.
fn append(parent: &Node, name: &str, class: &str) -> Option<Element> {
    let element = dom::document().create_element(name).ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    parent.append_child(&element).ok()?;
    Some(element)
}

/// Writes a text, with what matches the query marked.
fn write(parent: &Element, text: &str, query: &Query) -> Option<()> {
    let mut written = 0;
    for mark in query.marks(text) {
        parent.append_with_str_1(&text[written..mark.start]).ok()?;
        append(parent, "mark", "")?.set_text_content(Some(&text[mark.clone()]));
        written = mark.end;
    }
    parent.append_with_str_1(&text[written..]).ok()
}
