//! The form that puts a simulation on a page or a slide: what it says becomes a live frame beside it,
//! snippets to copy, and a QR code.

use super::dom;
use crate::lab::address;
use crate::lab::share::snippet::{Embed, qr_svg};
use crate::pieces::piece;
use js_sys::Reflect;
use reactive_graph::owner::Owner;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, MessageEvent, MouseEvent};

/// Names of the form's fields that go into the frame's address as they are.
const SETTINGS: [&str; 4] = ["theme", "background", "play", "scale"];

#[derive(Clone)]
struct Form {
    root: Element,
    frame: Element,
    told: Rc<RefCell<Told>>,
    /// Whether somebody chose the height.
    chosen: Rc<Cell<bool>>,
    /// What the figure needs, as it said last, px.
    needs: Rc<Cell<u32>>,
}

/// What the frame said last.
#[derive(Default, PartialEq)]
struct Told {
    /// Values that are not the defaults: control and text.
    values: Vec<(String, String)>,
    step: u64,
}

piece! { form:
/// Brings the form of the page to life.
pub fn bind(owner: Owner, root: HtmlElement) { owner.with(|| begin(root)) } }

fn begin(root: HtmlElement) {
    let Some(frame) = dom::find(&root, "[data-preview]") else { return };
    let form = Form {
        root: root.into(),
        frame: frame.into(),
        told: Rc::default(),
        chosen: Rc::default(),
        needs: Rc::default(),
    };
    let query = dom::window().location().search().unwrap_or_default();
    form.chosen.set(address::value(&query, "height").is_some());
    form.read(&query);
    form.choose();
    form.load();

    let own = form.clone();
    dom::listen::<Event>(&form.root, "change", move |event| {
        let field = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let name = field.and_then(|f| f.get_attribute("name")).unwrap_or_default();
        match name.as_str() {
            "figure" => {
                *own.told.borrow_mut() = Told::default();
                own.choose();
                own.load();
            }
            "height" => {
                own.chosen.set(true);
                own.tell();
            }
            "width" | "moment" => own.tell(),
            _ => own.load(),
        }
    });
    let own = form.clone();
    dom::listen::<MessageEvent>(&dom::window(), "message", move |event| own.hear(&event));
    let own = form.clone();
    dom::listen::<Event>(&dom::window(), "resize", move |_| own.fit());
    for button in dom::all(&form.root, "[data-copy]") {
        let (own, way) = (form.clone(), button.get_attribute("data-copy").unwrap_or_default());
        dom::listen::<MouseEvent>(&button, "click", move |_| own.copy(&way));
    }
}

impl Form {
    fn field(&self, name: &str) -> String {
        let Some(field) = dom::find(&self.root, &format!("[name={name}]")) else { return String::new() };
        if let Some(menu) = field.dyn_ref::<HtmlSelectElement>() {
            return menu.value();
        }
        field.dyn_ref::<HtmlInputElement>().map_or_else(String::new, HtmlInputElement::value)
    }

    fn set(&self, name: &str, value: &str) {
        let Some(field) = dom::find(&self.root, &format!("[name={name}]")) else { return };
        if let Some(menu) = field.dyn_ref::<HtmlSelectElement>() {
            let before = menu.value();
            menu.set_value(value);
            if menu.selected_index() < 0 {
                menu.set_value(&before);
            }
        } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            input.set_value(value);
        }
    }

    fn checked(&self, selector: &str) -> bool {
        dom::find(&self.root, selector)
            .and_then(|e| e.dyn_into::<HtmlInputElement>().ok())
            .is_some_and(|i| i.checked())
    }

    /// Takes a figure and values out of the page's address, as the simulations' Share writes it.
    fn read(&self, query: &str) {
        let Some(figure) = address::value(query, "figure") else { return };
        self.set("figure", &figure);
        let known = self.field("figure");
        if known != figure {
            let sentence = format!(
                "There is no simulation “{}”: choose one in the list.",
                crate::lab::schema::control::shorten(&figure)
            );
            self.say(&sentence);
            return;
        }
        for name in SETTINGS.into_iter().chain(["width", "height"]) {
            if let Some(text) = address::value(query, name) {
                self.set(name, &text);
            }
        }
        let simulation = figure.split('/').next_back().unwrap_or("").to_owned();
        let mut told = self.told.borrow_mut();
        for (name, text) in address::pairs(query) {
            match name.strip_prefix(&simulation).and_then(|rest| rest.strip_prefix('.')) {
                Some("at") => told.step = text.parse().unwrap_or(0),
                Some(control) => told.values.push((control.to_owned(), text)),
                None => {}
            }
        }
    }

    /// Shows the controls of the chosen figure and no others.
    fn choose(&self) {
        let figure = self.field("figure");
        for list in dom::all(&self.root, "[data-controls-of]") {
            let own = list.get_attribute("data-controls-of").as_deref() == Some(&figure);
            if own {
                dom::unset(&list, "hidden");
            } else {
                dom::set(&list, "hidden", "");
            }
        }
    }

    /// What the form says.
    fn embed(&self) -> Embed {
        let figure = self.field("figure");
        let simulation = figure.split('/').next_back().unwrap_or("").to_owned();
        let mut settings: Vec<(String, String)> =
            SETTINGS.iter().map(|name| ((*name).to_owned(), self.field(name))).collect();
        let mut controls = self.field("controls");
        if controls == "some" {
            let boxes = dom::all(&self.root, &format!("[data-controls-of='{figure}'] input"));
            let ids: Vec<String> = boxes
                .iter()
                .filter_map(|e| e.dyn_ref::<HtmlInputElement>())
                .filter(|e| e.checked())
                .map(HtmlInputElement::value)
                .collect();
            controls = if ids.is_empty() { "none".to_owned() } else { ids.join(",") };
        }
        settings.push(("controls".to_owned(), controls));
        let told = self.told.borrow();
        settings
            .extend(told.values.iter().map(|(name, text)| (format!("{simulation}.{name}"), text.clone())));
        if self.checked("[name=moment]") {
            settings.push((format!("{simulation}.at"), told.step.to_string()));
        }
        let side = |name: &str, otherwise: u32| {
            self.field(name).parse().ok().filter(|n| (200..=4000).contains(n)).unwrap_or(otherwise)
        };
        let title = dom::find(&self.root, "[name=figure] option:checked").and_then(|o| o.text_content());
        Embed {
            site: super::share::site(),
            figure,
            title: title.unwrap_or_default(),
            settings,
            width: side("width", 960),
            height: side("height", 540),
            needs: self.needs.get(),
        }
    }

    /// Loads the frame again.
    fn load(&self) {
        let mut embed = self.embed();
        // The frame stands where it stood; only its looks change.
        embed.settings.retain(|(name, _)| !name.ends_with(".at"));
        // A frame that is put into the page anew has no history: none of the form's changes adds to the page's.
        let holder = self.frame.parent_element();
        self.frame.remove();
        dom::set(&self.frame, "src", &embed.address());
        dom::set(&self.frame, "title", &embed.title);
        if let Some(holder) = holder {
            let _ = holder.append_child(&self.frame);
        }
        self.tell();
    }

    /// Writes the snippets and the code, and the form's own address.
    fn tell(&self) {
        let embed = self.embed();
        for text in dom::all(&self.root, "[data-snippet]") {
            let way = text.get_attribute("data-snippet").unwrap_or_default();
            dom::set_text(&text, &embed.snippet(&way));
            if let Some(place) = dom::find(&self.root, &format!("[data-cut={way}]")) {
                dom::set_text(&place, &embed.cut(&way));
            }
        }
        if let (Some(code), Some(link)) =
            (dom::find(&self.root, "[data-qr]"), dom::find(&self.root, "[data-qr-save]"))
        {
            match qr_svg(&embed.address()) {
                Ok(svg) => {
                    code.set_inner_html(&svg);
                    let data = String::from(js_sys::encode_uri_component(&svg));
                    dom::set(&link, "href", &format!("data:image/svg+xml,{data}"));
                    dom::set(&link, "download", &format!("{}.svg", embed.figure.replace('/', "-")));
                }
                Err(sentence) => dom::set_text(&code, &sentence),
            }
        }
        if let Some(button) = dom::first("[data-save-picture]") {
            dom::set(&button, "data-save-picture", &embed.picture_file());
        }
        self.fit();
        let size = [
            ("figure", embed.figure.clone()),
            ("width", embed.width.to_string()),
            ("height", embed.height.to_string()),
        ];
        let size = size.map(|(name, text)| (name.to_owned(), text));
        super::share::replace_query(&address::join(size.into_iter().chain(embed.said().cloned())));
    }

    /// Shows the frame at its own size, made smaller where the page is narrower.
    fn fit(&self) {
        let embed = self.embed();
        let Some(holder) = self.frame.parent_element() else { return };
        let room = f64::from(holder.client_width());
        let scale = (room / f64::from(embed.width)).min(1.0);
        let style = format!("width:{}px;height:{}px;transform:scale({scale:.4})", embed.width, embed.height);
        dom::set_style(&self.frame, &style);
        dom::set_style(&holder, &format!("block-size:{:.0}px", scale * f64::from(embed.height)));
        if let Some(words) = dom::find(&self.root, "[data-preview-size]") {
            let shown =
                if scale < 1.0 { format!(", shown at {:.0} %", 100.0 * scale) } else { String::new() };
            dom::set_text(&words, &format!("{} × {} px{shown}", embed.width, embed.height));
        }
    }

    /// What the reader does in the frame goes into the snippets.
    fn hear(&self, event: &MessageEvent) {
        let data = event.data();
        let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let figure = self.field("figure");
        if field(&data, "type").as_string().as_deref() == Some("height")
            && field(&data, "simulation").as_string().as_deref() == Some(&figure)
            && let Some(height) = field(&data, "height").as_f64()
            && self.needs.replace(height as u32) != height as u32
        {
            // As long as nobody has chosen a height, it is the one that the figure needs; slides have their own.
            if !self.chosen.get() {
                self.set("height", &height.to_string());
            }
            return self.tell();
        }
        if field(&data, "type").as_string().as_deref() != Some("readouts")
            || field(&data, "simulation").as_string().as_deref() != Some(&figure)
        {
            return;
        }
        let values = field(&data, "values");
        let boxes = dom::all(&self.root, &format!("[data-controls-of='{figure}'] input"));
        let mut changed = Vec::new();
        for input in boxes {
            let id = input.get_attribute("value").unwrap_or_default();
            let default = input.get_attribute("data-default").unwrap_or_default();
            if let Some(text) = field(&values, &id).as_string().filter(|text| *text != default) {
                changed.push((id, text));
            }
        }
        if let Some(kept) = field(&data, address::KEPT).as_string() {
            changed.push((address::KEPT.to_owned(), kept));
        }
        let step = field(&data, "step").as_f64().unwrap_or(0.0) as u64;
        let moment = self.checked("[name=moment]");
        let news = {
            let mut told = self.told.borrow_mut();
            let news = told.values != changed || moment && told.step != step;
            *told = Told { values: changed, step };
            news
        };
        if news {
            self.tell();
        }
    }

    fn copy(&self, way: &str) {
        let text = self.embed().snippet(way);
        let promise = dom::window().navigator().clipboard().write_text(&text);
        let own = self.clone();
        spawn_local(async move {
            own.say(match JsFuture::from(promise).await {
                Ok(_) => "Copied.",
                Err(_) => "The browser does not let a page copy here: mark the text and copy it.",
            });
        });
    }

    fn say(&self, sentence: &str) {
        if let Some(place) = dom::find(&self.root, "[data-form-says]") {
            dom::set_text(&place, sentence);
        }
    }
}
