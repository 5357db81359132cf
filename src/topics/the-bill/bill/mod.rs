//! `bill`: one answer with all savings on one sheet, and the answer itself in real time.

mod figure;
mod formulas;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;
use spec::{CACHE_BITS, DEVICE, MODEL, RETRIEVAL, TICKS, WEIGHT_BITS};

use crate::lab::figure::Figure;
use crate::lab::schema::readout::format_number;
use crate::lab::{Bounded, Named, Reading, Simulation, Values, reading};
use crate::models::answer_bill::{Bill, Device, LEVERS, Limit, MIXTRAL, Model, Setting};
use crate::models::kv_cache::legal_kv_heads;
use crate::models::parameters::Architecture;
use crate::models::power_ledger::{grams, watt_hours};

/// Points that the trail keeps.
const TRAIL: usize = 12;

struct Sheet {
    setting: Setting,
    bill: Bill,
    /// Factors of energy that each lever saves alone, and all together.
    savings: ([f64; LEVERS.len()], f64),
    grid: f64,
    price: f64,
    /// Of the timeline, made so far.
    ticks: u64,
    /// Where decoding stood before: operations a byte, operations a second of a device.
    trail: Vec<[f64; 2]>,
    notes: Vec<String>,
}

impl Sheet {
    fn new(values: &Values) -> Self {
        let mut notes = Vec::new();
        let setting = setting(values, &mut notes);
        let bill = setting.bill();
        if !bill.fits() {
            let [held, room] = [bill.resident(), bill.room].map(|x| format_number(x / 1e9, 1));
            notes.push(format!(
                "It does not fit: {held} of {room} GB. The bill is that of a machine with more memory."
            ));
        }
        if setting.before() == 0 {
            notes.push("No prompt: nothing is read before the answer.".to_owned());
        }
        if setting.weight_bits == 4 {
            notes.push(
                "Weights of four bits are unpacked for nothing here; on real chips that takes time."
                    .to_owned(),
            );
        }
        if setting.guesses > 0 && setting.draft == 0.0 {
            notes.push("Guesses are free: the draft has size 0.".to_owned());
        }
        Self {
            savings: setting.savings(),
            setting,
            bill,
            grid: values.real("grid"),
            price: values.real("price"),
            ticks: 0,
            trail: Vec::new(),
            notes,
        }
    }

    /// Seconds since the question.
    fn clock(&self) -> f64 {
        (self.ticks as f64 / TICKS).min(self.bill.seconds())
    }

    /// W of all devices, and of the building if it counts.
    fn watts(&self) -> f64 {
        self.setting.devices as f64 * self.setting.device.watts * self.setting.pue
    }

    /// Dollars for 1,000 tokens that are kept.
    fn dollars(&self) -> f64 {
        let kept = (self.setting.batch * self.setting.answer) as f64;
        1e3 * self.setting.devices as f64 * self.bill.seconds() / 3600.0 * self.price / kept
    }

    /// Where decoding stands: operations a byte, operations a second of a device.
    fn place(&self) -> [f64; 2] {
        let [bytes, flops] = self.bill.per_token();
        let rate = self.bill.tokens() / self.bill.step / self.setting.devices as f64;
        [flops / bytes, flops * rate]
    }
}

/// The setting that values ask for, and sentences on what they asked for in vain.
fn setting(values: &Values, notes: &mut Vec<String>) -> Setting {
    let whole = |id| values.integer(id) as u64;
    let rounded = |id| values.real(id) as u64;
    let mut model = MODEL.of(values).unwrap_or_else(|| own_model(values, notes));
    let asked = whole("kv_heads");
    if asked > 0 && model.latent.is_some() {
        notes.push(
            "DeepSeek-V3 keeps a latent in place of keys: the number of key heads changes nothing."
                .to_owned(),
        );
    } else if asked > 0 {
        let heads = model.shape.heads;
        let used = Bounded::instead(asked, legal_kv_heads(heads, asked), |asked| {
            format!(
                "{asked} key heads cannot be shared evenly by {heads} query heads: the next smaller divisor is used."
            )
        });
        notes.extend(used.note());
        model.shape.key_value_heads = used.value;
    }
    let windowed = (values.real("window_share") * model.shape.layers as f64).round() as u64;
    if MODEL.of(values).is_none() {
        let states = (values.real("ssm_share") * model.shape.layers as f64).round() as u64;
        let states = Bounded::at_most(states, model.shape.layers - windowed, |states| {
            format!(
                "There are not {states} layers left for states beside the {windowed} with a window: they get the rest."
            )
        });
        notes.extend(states.note());
        model.state_layers = states.value;
    }
    let windowed = Bounded::at_most(windowed, model.attending(), |_| {
        format!("Only {} layers attend at all: those get the window.", model.attending())
    });
    notes.extend(windowed.note());
    model.windowed = windowed.value;
    model.window = whole("window");
    let device = DEVICE.of(values).unwrap_or_else(|| Device {
        memory: 1e9 * values.real("memory"),
        bandwidth: 1e9 * values.real("bandwidth"),
        flops: 1e12 * values.real("flops"),
        watts: values.real("watts"),
    });
    Setting {
        model,
        sparse: values.toggle("sparse"),
        weight_bits: WEIGHT_BITS.of(values),
        cache_bits: CACHE_BITS.of(values),
        adapters: whole("adapters"),
        rank: whole("rank"),
        samples: whole("samples"),
        judge: values.real("judge"),
        guesses: values.integer("spec") as u32,
        accept: values.real("accept"),
        draft: values.real("draft"),
        neighbours: whole("neighbours"),
        retrieval: RETRIEVAL.of(values),
        prompt: whole("prompt"),
        answer: rounded("answer"),
        batch: rounded("batch"),
        device,
        devices: rounded("devices"),
        pue: values.real("pue"),
    }
}

/// The reader's own model.
fn own_model(values: &Values, notes: &mut Vec<String>) -> Model {
    let whole = |id| values.integer(id) as u64;
    let experts = whole("experts");
    let top_k = Bounded::at_most(whole("top_k"), experts, |asked| {
        format!("A token cannot use {asked} of {experts} experts: it uses all.")
    });
    notes.extend(top_k.note());
    let heads = whole("heads");
    Model {
        shape: Architecture {
            layers: whole("layers"),
            width: whole("width"),
            heads,
            key_value_heads: legal_kv_heads(heads, 8),
            head_width: whole("head_dim"),
            expert_width: values.real("expert_width") as u64,
            experts,
            top_k: top_k.value,
            vocabulary: values.real("vocab") as u64,
        },
        shared: whole("shared"),
        ..MIXTRAL
    }
}

impl Simulation for Sheet {
    fn step(&mut self) {
        self.ticks += 1;
    }

    fn set(&mut self, values: &Values) {
        let mut next = Self::new(values);
        next.ticks = self.ticks;
        next.trail = std::mem::take(&mut self.trail);
        if next.place() != self.place() {
            next.trail.push(self.place());
        }
        if next.trail.len() > TRAIL {
            next.trail.remove(0);
        }
        *self = next;
    }

    fn readings(&self) -> Vec<Named> {
        let (bill, (alone, together)) = (&self.bill, &self.savings);
        let [read, flops] = bill.per_token();
        let (now, of) = (self.setting, |other: Setting| other.bill());
        let dense = of(Setting { sparse: false, ..now }).joules;
        vec![
            reading("owned", bill.owned / 1e9),
            reading("active", bill.active / 1e9),
            reading("resident_gb", bill.resident() / 1e9),
            reading("fits", f64::from(u8::from(bill.fits()))),
            reading("read_gb", read / 1e9),
            reading("gflop", flops / 1e9),
            reading("prefill_s", bill.prefill),
            reading("decode_s", bill.decode),
            reading("tok_s", bill.speed()),
            reading("all_tok_s", bill.tokens() / bill.step),
            reading("whole_tok_s", (now.batch * now.answer) as f64 / bill.seconds()),
            reading("joules_1k", bill.joules),
            reading("wh_1k", watt_hours(bill.joules)),
            reading("g_1k", grams(bill.joules, self.grid)),
            reading("price_1k", self.dollars()),
            reading(
                "cache_kb",
                now.model.cache(now.model.unbounded(), now.cache_bits).bytes_per_token() as f64 / 1e3,
            ),
            reading("cache_gb", bill.held[5] / 1e9),
            reading(
                "longest",
                bill.longest.map_or(Reading::Text("no limit".to_owned()), |n| Reading::from(n as f64)),
            ),
            reading("binds", Reading::Text(limit(bill.limit()).to_owned())),
            reading("promised", alone.iter().product::<f64>()),
            reading("billed", *together),
            reading("sparse_gain", if bill.joules > 0.0 { dense / bill.joules } else { 1.0 }),
            reading("guess_gain", of(Setting { guesses: 0, ..now }).decode / bill.decode),
            reading("vote_cost", bill.decode / of(Setting { samples: 1, ..now }).decode),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn finished(&self) -> bool {
        self.ticks as f64 / TICKS >= self.bill.seconds()
    }
}

fn limit(limit: Limit) -> &'static str {
    match limit {
        Limit::Bandwidth => "bandwidth",
        Limit::Arithmetic => "arithmetic",
        Limit::MemorySize => "memory size",
    }
}
