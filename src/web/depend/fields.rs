//! What the reader picks: control, readout, seeds and step; and the words around the curve.

use crate::lab::Spec;
use crate::lab::address::FURTHEST_STEP;
use crate::lab::figure::svg::escape;
use crate::lab::run::sweep::Sweep;
use crate::lab::schema::control::shorten;
use crate::lab::schema::entry::number;
use crate::web::dom;
use crate::web::session::Session;
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// How many seeds may be picked, and how many are at first.
const SEEDS: [u64; 6] = [1, 5, 10, 20, 50, 100];
const FIRST: u64 = 5;

/// What is picked, and where is said what becomes of it.
pub struct Fields {
    control: HtmlSelectElement,
    readout: HtmlSelectElement,
    seeds: Option<HtmlSelectElement>,
    step: Option<HtmlInputElement>,
    pub go: HtmlElement,
    pub state: HtmlElement,
    save: HtmlElement,
}

/// What stands in the fold under a simulation.
pub fn html(spec: &Spec) -> String {
    let option = |value: usize, label: &str| format!("<option value=\"{value}\">{}</option>", escape(label));
    let swept = spec.controls.iter().enumerate().filter(|(_, c)| !c.is_free());
    let controls: String = swept.map(|(i, c)| option(i, c.label)).collect();
    let readouts: String = spec.readouts.iter().enumerate().map(|(i, r)| option(i, r.label)).collect();
    let field = |label: &str, field: &str| format!("<label><span>{label}</span>{field}</label>");
    let select = |name: &str, options: &str| format!("<select data-depend-{name}>{options}</select>");
    let seeds: String = SEEDS.map(|n| option(n as usize, &n.to_string())).concat();
    let seeds = if spec.has_seed() { field("over seeds", &select("seeds", &seeds)) } else { String::new() };
    let step = if spec.pace.is_still() {
        String::new()
    } else {
        field("at step", "<input type=\"text\" inputmode=\"numeric\" size=\"6\" data-depend-step>")
    };
    let save = ["csv", "json", "svg"].map(|kind| {
        format!("<button type=\"button\" data-depend-save=\"{kind}\">{}</button>", kind.to_uppercase())
    });
    format!(
        "<div class=\"depend-fields\">{}{}{seeds}{step}\
         <button type=\"button\" data-depend-go>Draw</button></div>\
         <div class=\"figure\" data-depend-figure tabindex=\"0\" role=\"group\"></div>\
         <p class=\"depend-state\" data-depend-state></p>\
         <div class=\"share-row\" data-depend-files role=\"group\" aria-label=\"Save the sweep\" hidden>{}</div>",
        field("How does", &select("readout", &readouts)),
        field("depend on", &select("control", &controls)),
        save.concat()
    )
}

fn field<E: JsCast>(panel: &Element, name: &str) -> Option<E> {
    dom::find(panel, &format!("[data-depend-{name}]"))?.dyn_into().ok()
}

impl Fields {
    pub fn at(panel: &Element) -> Option<Self> {
        Some(Self {
            control: field(panel, "control")?,
            readout: field(panel, "readout")?,
            seeds: field(panel, "seeds"),
            step: field(panel, "step"),
            go: field(panel, "go")?,
            state: field(panel, "state")?,
            save: field(panel, "files")?,
        })
    }

    /// As they are at first: the step at which the run stands, or where there is something to see.
    pub fn stand_at(&self, session: Session) {
        if let Some(seeds) = &self.seeds {
            seeds.set_value(&FIRST.to_string());
        }
        if let Some(step) = &self.step {
            let at = session.stands_at().max(session.spec.pace.promised).min(FURTHEST_STEP);
            step.set_value(&at.to_string());
        }
    }

    /// As a sweep has them.
    pub fn show(&self, sweep: &Sweep) {
        let spec = sweep.run.spec;
        let control = spec.controls.iter().position(|c| c.id == sweep.control.id);
        self.control.set_value(&control.unwrap_or_default().to_string());
        self.readout.set_value(&sweep.run.asked.clauses[0].readout.to_string());
        if let Some(step) = &self.step {
            step.set_value(&sweep.run.at.to_string());
        }
        if let Some(seeds) = &self.seeds {
            let many = if sweep.is_distribution() { sweep.values.len() } else { sweep.seeds() }.to_string();
            if dom::find(seeds, &format!("[value='{many}']")).is_none()
                && let Ok(option) = dom::document().create_element("option")
            {
                dom::set(&option, "value", &many);
                dom::set_text(&option, &many);
                let _ = seeds.append_child(&option);
            }
            seeds.set_value(&many);
        }
    }

    /// A control without a say makes a flat line: the simulation gives it one.
    pub fn give_say(&self, session: Session) {
        let picked = self.control.value().parse().ok().and_then(|i: usize| session.spec.controls.get(i));
        if let Some(control) = picked.filter(|c| !session.values.with_untracked(|v| v.counts(c))) {
            session.set_value(control.id, session.value(control));
        }
    }

    /// The sweep that is picked, around the values that the simulation has.
    pub fn sweep(&self, session: Session) -> Result<Sweep, String> {
        let index = |select: &HtmlSelectElement| select.value().parse().unwrap_or_default();
        let seeds = self.seeds.as_ref().and_then(|s| s.value().parse().ok()).unwrap_or(1);
        let at = match &self.step {
            None => 0,
            Some(step) => {
                let text = step.value();
                let whole = number(&text).filter(|x| x.fract() == 0.0 && *x >= 0.0);
                let at = whole.map(|x| x as u64).filter(|at| *at <= FURTHEST_STEP);
                at.ok_or_else(|| {
                    format!(
                        "“{}” is no step: it takes a whole number from 0 to {FURTHEST_STEP}.",
                        shorten(&text)
                    )
                })?
            }
        };
        let values = session.values.get_untracked();
        Sweep::around(session.spec, &values, [index(&self.control), index(&self.readout)], seeds, at)
    }

    /// What the button does next, and whether there is something to save.
    pub fn tell(&self, running: bool, stopped: bool, any: bool) {
        let word = match (running, stopped, any) {
            (true, ..) => "Stop",
            (false, true, _) => "Go on",
            (false, false, true) => "Draw again",
            (false, false, false) => "Draw",
        };
        dom::set_text(&self.go, word);
        if any {
            dom::unset(&self.save, "hidden");
        } else {
            dom::set(&self.save, "hidden", "");
        }
    }
}
