//! `feature-browser`: what does a latent stand for? Its phrases, the concept that fits best, and a
//! name that the reader gives.

use super::dictionary::Learning;
use crate::lab::figure::{Anchor, Axis, Bar, Figure, Panel, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::lab::{Bounded, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::planted::{PHRASES, Planted, TAGS, best_concept, concepts, correlation, members};
use crate::models::sparse_autoencoder::Rein;
use crate::models::steering::{Intervention, Reader, moved};

/// A name for a latent: one of the tags, by its number in `TAGS`.
const fn name(id: &'static str, label: &'static str) -> Choice<Option<usize>, 13> {
    Choice::new(
        id,
        label,
        [
            ("none", "—", None),
            ("france", "France", Some(0)),
            ("italy", "Italy", Some(1)),
            ("japan", "Japan", Some(2)),
            ("egypt", "Egypt", Some(3)),
            ("brazil", "Brazil", Some(4)),
            ("landmark", "landmark", Some(5)),
            ("museum", "museum", Some(6)),
            ("church", "church", Some(7)),
            ("city", "city", Some(8)),
            ("capital", "capital", Some(9)),
            ("food", "food", Some(10)),
            ("person", "person", Some(11)),
        ],
    )
}

static NAME: Choice<Option<usize>, 13> = name("name", "Your name for it");
static NAME_TOO: Choice<Option<usize>, 13> = name("name_too", "and");

/// What is done to the latent, as the controls name it, for the amount that is asked for.
static ACT: Choice<fn(f64) -> Intervention, 3> = Choice::new(
    "act",
    "To the latent",
    [
        ("leave", "Leave it", |_| Intervention::Leave),
        ("cut", "Cut it", |_| Intervention::Cut),
        ("add", "Add to it", Intervention::Add),
    ],
);

/// The phrase that a later part reads, by its name in `PHRASES`; without one, that at which the latent is
/// strongest.
static PHRASE: Choice<Option<&str>, 7> = Choice::new(
    "phrase",
    "Phrase",
    [
        ("strongest", "Its strongest", None),
        ("tower", "Eiffel Tower", Some("Eiffel Tower")),
        ("paris", "Paris", Some("Paris")),
        ("tokyo", "Tokyo", Some("Tokyo")),
        ("sushi", "sushi", Some("sushi")),
        ("cleopatra", "Cleopatra", Some("Cleopatra")),
        ("pele", "Pelé", Some("Pelé")),
    ],
);
static LATENTS: Choice<usize, 3> =
    Choice::new("latents", "Latents M", [("13", "13", 13), ("24", "24", 24), ("40", "40", 40)]);

pub static SPEC: Spec = Spec::new(
    "feature-browser",
    "What is feature 17?",
    "A dictionary learned from 42 phrases. Pick a latent, read what makes it fire, and give it a name. Then \
     cut it or add to it, and see what a later part makes of that.",
    Pace::new(320.0, 250, "training step").promised(2000),
    |values| Box::new(Browser::new(values)),
)
.controls(&[
    Control::integer("latent", "Latent", 0, 39, 17).live().help("Which latent to look at."),
    NAME.control().live().help("What you think it stands for."),
    NAME_TOO.control().live().help("A second word, if it takes both: France and landmark."),
    ACT.control().live().help(
        "Cut: its activation becomes 0. Add: so much more of it. All else in the activation stays as it was.",
    ),
    Control::real("amount", "Amount", [-2.0, 4.0], 0.25, 2.0)
        .live()
        .only("act", &["add"])
        .help("What is added to its activation; it fires with 1 or so by itself."),
    PHRASE.control().live().help("What the later part reads, before and after."),
    LATENTS.control().default_option(1).help("Size of the dictionary; there are twelve tags."),
    Control::integer("k", "Budget k", 1, 8, 2).help("Latents that may fire at once."),
    Control::seed(1).secondary(),
    Control::logarithmic("blunt", "Reader's ridge", [0.1, 100.0], 1.0).live().secondary().help(
        "The later part is fitted by least squares with a ridge; at 1 it is what the noise of the activations \
         amounts to, and more makes it blunter.",
    ),
])
.readouts(&[
    Readout::new("fit", "Your name fits", 2)
        .help("Correlation of the latent with your name; 1 is perfect.")
        .basis("Over 42 phrases, read every ten updates."),
    Readout::new("best_fit", "The best name fits", 2)
        .help("The same for the concept that fits best, a tag or a pair of tags.")
        .basis("Over 42 phrases, read every ten updates."),
    Readout::new("single_concepts", "Latents with one tag", 0)
        .help("Their best concept is a single tag, with a correlation above 0.8.")
        .basis("Of all latents, over 42 phrases, read every ten updates."),
    Readout::new("conjunctions", "Latents with two", 0)
        .help("Their best concept is a pair of tags, with a correlation above 0.8.")
        .basis("Of all latents, over 42 phrases, read every ten updates."),
    Readout::new("french_landmark_corr", "Best French landmark", 2)
        .help("The largest correlation of any latent with being French and a landmark.")
        .basis("Of all latents, over 42 phrases, read every ten updates."),
    Readout::new("fvu", "Unexplained", 3)
        .help("Share of the variance that the reconstruction misses.")
        .basis("Over 256 examples drawn once, every ten updates."),
    Readout::new("moved_most", "Moved most", 2)
        .help("What cutting or adding does to the score of the tag that it moves most.")
        .basis("A linear reader fitted by least squares on 42 phrases, at the phrase on show."),
    Readout::new("side_effect", "Side effect", 2)
        .help("The largest change of any other tag's score, up or down.")
        .basis("A linear reader fitted by least squares on 42 phrases, at the phrase on show."),
    Readout::new("obeying", "Names that hold", 0)
        .help("Latents with one tag that, cut, lower the score of that tag more than they move any other.")
        .basis("Of the latents with one tag, each cut by itself, with the same reader."),
])
.presets(&[
    Preset::new("few", "Few latents")
        .look("Thirteen latents, three at once: most stand for one tag.")
        .with(&[("latents", "13"), ("k", "3"), ("latent", "4")]),
    Preset::new("many", "Many")
        .look("Forty latents, two at once: tags split into conjunctions.")
        .with(&[("latents", "40")]),
    Preset::new("other-seed", "Other seed")
        .look("The same phrases and the same concepts, at other numbers: an index means nothing.")
        .with(&[("seed", "2")]),
    Preset::new("steer", "Steer")
        .look("Two units more of the latent: what moves below is what it means to the part that reads.")
        .with(&[("latents", "13"), ("k", "3"), ("latent", "9"), ("act", "add"), ("phrase", "tower")]),
    Preset::new("cut", "Cut")
        .look("Thirteen latents, one cut where it is strongest: read what falls, and what moves beside it.")
        .with(&[("latents", "13"), ("k", "3"), ("latent", "7"), ("act", "cut")]),
]);

/// A latent stands for a concept from this correlation on.
const STANDS_FOR: f64 = 0.8;

/// Marks of latents that stand for one tag, for two, for neither.
const KINDS: [&str; 3] = ["one_tag", "two_tags", "neither"];

/// Phrases that are listed.
const LISTED: usize = 10;

struct Browser {
    learning: Learning,
    latents: usize,
    latent: Bounded<usize>,
    /// Tags of the reader's name.
    name: Vec<usize>,
    /// All latents as read last.
    book: Vec<Entry>,
    concepts: Vec<Vec<usize>>,
    act: Intervention,
    /// The phrase to read, by its place, where one is named.
    phrase: Option<usize>,
    /// The later part.
    reader: Reader,
}

struct Entry {
    /// Activations over the phrases.
    fires: Vec<f64>,
    concept: Vec<usize>,
    fit: f64,
    /// Its row of the decoder when it was read.
    direction: Vec<f64>,
}

/// What the later part reads, before and after.
struct Read {
    phrase: usize,
    before: Vec<f64>,
    /// What the intervention adds.
    change: Vec<f64>,
}

impl Browser {
    fn new(values: &Values) -> Self {
        let latents = LATENTS.of(values);
        let rein = Rein::TopK(values.integer("k"));
        let seed = values.seed();
        let data = Planted::phrases(seed);
        let mut browser = Self {
            reader: Reader::fitted(&data, values.real("blunt")),
            act: Intervention::Leave,
            phrase: None,
            learning: Learning::new(data, latents, rein, seed),
            latents,
            latent: shown(values, latents),
            name: Vec::new(),
            book: Vec::new(),
            concepts: concepts(),
        };
        browser.look_at(values);
        browser.read();
        browser
    }

    fn look_at(&mut self, values: &Values) {
        self.latent = shown(values, self.latents);
        self.name = [NAME.of(values), NAME_TOO.of(values)].into_iter().flatten().collect();
        self.name.dedup();
        self.act = ACT.of(values)(values.real("amount"));
        self.phrase =
            PHRASE.of(values).and_then(|name| PHRASES.iter().position(|(phrase, _)| *phrase == name));
    }

    /// Reads all latents over the phrases.
    fn read(&mut self) {
        let trainer = &self.learning.trainer;
        let codes: Vec<Vec<f64>> = (0..PHRASES.len())
            .map(|i| trainer.dictionary.encode(&self.learning.data.phrase(i), trainer.rein))
            .collect();
        self.book = (0..self.latents)
            .map(|j| {
                let fires: Vec<f64> = codes.iter().map(|code| code[j]).collect();
                let (place, fit) = best_concept(&fires, &self.concepts);
                let direction = trainer.dictionary.decoder.row(j).to_vec();
                Entry { fires, concept: self.concepts[place].clone(), fit, direction }
            })
            .collect();
    }

    fn standing_for(&self, tags: usize) -> usize {
        self.book.iter().filter(|e| e.concept.len() == tags && e.fit > STANDS_FOR).count()
    }

    /// Latents with one tag of which the reader, too, says that it is theirs.
    fn obeying(&self) -> usize {
        let obeys = |e: &&Entry| match e.concept[..] {
            [tag] if e.fit > STANDS_FOR => {
                let (most, change, _) = moved(&self.reader.effect(&e.direction));
                most == tag && change > 0.0
            }
            _ => false,
        };
        self.book.iter().filter(obeys).count()
    }

    /// What the later part reads at the phrase on show.
    fn reads(&self) -> Read {
        let entry = &self.book[self.latent.value];
        let phrase = self.phrase.unwrap_or_else(|| self.ranked()[0]);
        let before = self.reader.read(&self.learning.data.phrase(phrase));
        let by = self.act.change(entry.fires[phrase]);
        Read { phrase, before, change: self.reader.effect(&entry.direction).iter().map(|e| by * e).collect() }
    }

    /// Phrases by falling activation of the latent.
    fn ranked(&self) -> Vec<usize> {
        let fires = &self.book[self.latent.value].fires;
        let mut order: Vec<usize> = (0..PHRASES.len()).collect();
        order.sort_by(|a, b| fires[*b].total_cmp(&fires[*a]).then(a.cmp(b)));
        order.truncate(LISTED);
        order
    }

    fn own_name(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(": “{}”", words(&self.name)) }
    }
}

impl Entry {
    fn is_dead(&self) -> bool {
        self.fires.iter().all(|a| *a == 0.0)
    }

    /// What it stands for, and how well, in words.
    fn verdict(&self) -> String {
        if self.is_dead() {
            return "nothing: it is dead, no phrase makes it fire".to_owned();
        }
        format!("{}, correlation {}", words(&self.concept), format_number(self.fit, 2))
    }
}

fn words(concept: &[usize]) -> String {
    concept.iter().map(|t| TAGS[*t]).collect::<Vec<_>>().join(" and ")
}

/// The latent to look at among `latents`.
fn shown(values: &Values, latents: usize) -> Bounded<usize> {
    let last = latents - 1;
    Bounded::at_most(values.integer("latent"), last, |_| {
        format!("There are {latents} latents, numbered from 0: latent {last} is shown.")
    })
}

impl Simulation for Browser {
    fn step(&mut self) {
        self.learning.step();
        // Reading is dearer than a step, and between two measurements nobody looks.
        if self.learning.measured() {
            self.read();
        }
    }

    fn set(&mut self, values: &Values) {
        self.reader = Reader::fitted(&self.learning.data, values.real("blunt"));
        self.look_at(values);
    }

    fn readings(&self) -> Vec<Named> {
        let Entry { fires, fit: best, .. } = &self.book[self.latent.value];
        let french = self.book.iter().map(|e| correlation(&e.fires, &[0, 5])).fold(0.0, f64::max);
        let fit = (!self.name.is_empty()).then(|| correlation(fires, &self.name));
        let (_, most, others) = moved(&self.reads().change);
        let acts = self.act != Intervention::Leave;
        vec![
            reading("fit", fit),
            reading("best_fit", *best),
            reading("single_concepts", self.standing_for(1)),
            reading("conjunctions", self.standing_for(2)),
            reading("french_landmark_corr", french),
            reading("fvu", self.learning.quality.unexplained),
            reading("moved_most", acts.then_some(most)),
            reading("side_effect", acts.then_some(others)),
            reading("obeying", self.obeying()),
        ]
    }

    fn figure(&self) -> Figure {
        let entry = &self.book[self.latent.value];
        let strongest: Vec<&str> = self
            .ranked()
            .into_iter()
            .filter(|i| entry.fires[*i] > 0.0)
            .take(3)
            .map(|i| PHRASES[i].0)
            .collect();
        let strongest = if strongest.is_empty() { "nothing".to_owned() } else { strongest.join(", ") };
        Figure::new(
            vec![
                vec![self.phrases().height(250.0), self.concepts().height(250.0)],
                vec![self.overview().height(250.0), self.later().height(250.0)],
            ],
            format!(
                "Latent {}{} fires most for {strongest}. What fits it best: {}. {} latents stand for one \
                 tag, {} for two. {}",
                self.latent.value,
                self.own_name(),
                entry.verdict(),
                self.standing_for(1),
                self.standing_for(2),
                self.consequence(),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "fires" => {
                let phrase = *self.ranked().get(index)?;
                let (name, tags) = PHRASES[phrase];
                let fires = self.book[self.latent.value].fires[phrase];
                Some(format!("{name} ({}): {}", words(tags), format_number(fires, 2)))
            }
            "before" => {
                let score = format_number(*self.reads().before.get(index)?, 2);
                Some(format!("{}, read before: {score}", TAGS[index]))
            }
            "after" | "own" => {
                let Read { before, change, .. } = self.reads();
                let own = self.own_tags();
                let mut drawn = (0..TAGS.len()).filter(|tag| own.contains(tag) == (mark == "own"));
                let tag = drawn.nth(index)?;
                let after = format_number(before[tag] + change[tag], 2);
                let by = format_number(change[tag], 2);
                Some(format!("{}, read after: {after}, moved by {by}", TAGS[tag]))
            }
            _ => {
                let kind = KINDS.iter().position(|id| *id == mark)?;
                let latent = *self.kinds()[kind].get(index)?;
                Some(format!("latent {latent}: {}", self.book[latent].verdict()))
            }
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::from_iter(self.latent.note());
        let read = self.reads();
        if self.act == Intervention::Cut && read.change.iter().all(|c| *c == 0.0) {
            notes.push(format!(
                "Latent {} does not fire at “{}”, so there is nothing to cut: take its strongest phrase, or add \
                 to it.",
                self.latent.value, PHRASES[read.phrase].0
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.learning.finished()
    }
}

impl Browser {
    fn phrases(&self) -> Panel {
        let ranked = self.ranked();
        let fires = &self.book[self.latent.value].fires;
        let named: Vec<bool> = members(&self.name).collect();
        let bars = ranked.iter().enumerate().map(|(place, phrase)| {
            Bar::new(
                place as f64,
                0.66,
                fires[*phrase],
                if !self.name.is_empty() && named[*phrase] { Tone::Good } else { Tone::Accent },
            )
        });
        let dead = self.book[self.latent.value].is_dead();
        // A dead latent has no order of phrases.
        let names = ranked.iter().map(|i| if dead { String::new() } else { PHRASES[*i].0.to_owned() });
        let panel = Panel::new(
            "phrases",
            format!(
                "Latent {}{}{}",
                self.latent.value,
                if self.latent.note().is_some() { ", the last" } else { "" },
                self.own_name()
            ),
            Axis::linear("activation", [0.0, 2.4]).grid(),
            Axis::categories("", names).reversed(),
        )
        .weight(1.2)
        .horizontal_bars("fires", bars);
        if dead {
            let middle = [1.2, (LISTED as f64 - 1.0) / 2.0];
            panel.words("dead", middle, "dead: no phrase makes it fire", Anchor::Middle, Tone::Muted)
        } else {
            panel
        }
    }

    /// Tags against this latent.
    fn concepts(&self) -> Panel {
        let fires = &self.book[self.latent.value].fires;
        let bars = (0..TAGS.len()).map(|tag| {
            let to = correlation(fires, &[tag]);
            let tone = if self.name.contains(&tag) { Tone::Good } else { Tone::Series(1) };
            Bar::new(tag as f64, 0.66, to, tone)
        });
        let panel = Panel::new(
            "tags",
            "Goes with each tag",
            Axis::linear("correlation", [-0.5, 1.0]).grid(),
            Axis::categories("", TAGS.iter().map(|t| (*t).to_owned())).reversed(),
        )
        .horizontal_bars("tag_fits", bars);
        if self.book[self.latent.value].is_dead() {
            let middle = [0.25, (TAGS.len() as f64 - 1.0) / 2.0];
            panel.words("none", middle, "dead: goes with none", Anchor::Middle, Tone::Muted)
        } else {
            panel
        }
    }

    /// The tags that the latent stands for; a dead one stands for none.
    fn own_tags(&self) -> &[usize] {
        let entry = &self.book[self.latent.value];
        if entry.is_dead() { &[] } else { &entry.concept }
    }

    /// What was done, and what it moved, in a sentence.
    fn consequence(&self) -> String {
        let read = self.reads();
        let (tag, change, others) = moved(&read.change);
        let phrase = PHRASES[read.phrase].0;
        let done = match self.act {
            Intervention::Leave => return format!("A later part reads “{phrase}” and nothing is changed."),
            Intervention::Cut => "cut".to_owned(),
            Intervention::Add(amount) => format!("with {} added", format_number(amount, 2)),
        };
        format!(
            "At “{phrase}”, {done}, it moves {} most, by {}, and no other tag by more than {}.",
            TAGS[tag],
            format_number(change, 2),
            format_number(others, 2)
        )
    }

    /// Scores of the tags as a later part reads them, before and after.
    fn later(&self) -> Panel {
        let Read { phrase, before, change } = self.reads();
        let own = self.own_tags();
        let wide = 0.36;
        let earlier =
            before.iter().enumerate().map(|(tag, s)| Bar::new(tag as f64 - 0.2, wide, *s, Tone::Muted));
        // Its own tags are a mark for themselves, so that each colour has its name in the legend.
        let later = |whose: bool, tone: Tone| {
            let after = before.iter().zip(&change).map(|(before, change)| before + change).enumerate();
            after
                .filter(|(tag, _)| own.contains(tag) == whose)
                .map(|(tag, score)| Bar::new(tag as f64 + 0.2, wide, score, tone))
                .collect::<Vec<_>>()
        };
        let all = before.iter().zip(&change).flat_map(|(b, c)| [*b, b + c]);
        let reach = |sign: f64| all.clone().map(|s| sign * s).fold(1.0, f64::max);
        Panel::new(
            "later",
            format!("A later part reads “{}”", PHRASES[phrase].0),
            Axis::linear("score", [-round_up(reach(-1.0), 1.0), round_up(reach(1.0), 1.5)]).grid(),
            Axis::categories("", TAGS.iter().map(|t| (*t).to_owned())).reversed(),
        )
        .horizontal_bars("before", earlier)
        .labelled("before")
        .horizontal_bars("after", later(false, Tone::Accent))
        .labelled("after")
        .horizontal_bars("own", later(true, Tone::Good))
        .labelled("after, its own")
    }

    /// Which latents stand for one tag, for two, and for neither.
    fn kinds(&self) -> [Vec<usize>; 3] {
        let mut kinds = [const { Vec::new() }; 3];
        for (latent, entry) in self.book.iter().enumerate() {
            kinds[if entry.fit > STANDS_FOR { entry.concept.len() - 1 } else { 2 }].push(latent);
        }
        kinds
    }

    /// All latents with how well their best concept fits.
    fn overview(&self) -> Panel {
        let looks = [("one tag", Tone::Series(1)), ("two tags", Tone::Series(3)), ("neither", Tone::Muted)];
        let panel = Panel::new(
            "book",
            "All latents; the wide one is above",
            Axis::linear("latent", [-0.7, self.latents as f64 - 0.3]),
            Axis::linear("best fit", [0.0, 1.0]).grid(),
        );
        KINDS.iter().zip(looks).zip(self.kinds()).fold(panel, |panel, ((id, (label, tone)), latents)| {
            let bars = latents.into_iter().map(|j| {
                Bar::new(
                    j as f64,
                    if j == self.latent.value { 0.95 } else { 0.6 },
                    self.book[j].fit.max(0.0),
                    tone,
                )
            });
            panel.bars(id, bars).labelled(label)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Runner, Value};

    #[test]
    fn another_seed_has_the_same_concepts_at_other_numbers() {
        let at = |seed| {
            let run = Runner::after(&SPEC, &[("latents", "13"), ("k", "3"), ("seed", seed)], 2000);
            assert!(run.number("single_concepts").unwrap() >= 5.0);
            (0..13).filter_map(|j| run.simulation().describe("one_tag", j)).collect::<Vec<_>>()
        };
        let [first, second] = ["1", "2"].map(at);
        // "latent 3: museum, correlation 0.99": the number of the latent for a tag.
        let number = |all: &[String], tag: &str| {
            all.iter()
                .find(|s| s.contains(&format!(": {tag},")))
                .map(|s| s.split(':').next().unwrap().to_owned())
        };
        let pairs = TAGS.iter().filter_map(|t| Some((number(&first, t)?, number(&second, t)?)));
        let (shared, moved): (Vec<_>, Vec<_>) = pairs.map(|(a, b)| (a.clone(), a != b)).unzip();
        assert!(shared.len() >= 4 && moved.contains(&true), "{first:?} {second:?}");
    }

    #[test]
    fn a_name_is_judged_and_the_run_goes_on() {
        let mut run = Runner::after(&SPEC, &[], 2000);
        assert_eq!(run.number("fit"), None);
        let mut values = run.values().clone();
        values.set("name", Value::Choice(1));
        run.set_values(values);
        assert_eq!(run.step(), 2000, "a name restarts nothing");
        assert!(run.number("fit").unwrap() <= run.number("best_fit").unwrap() + 1e-12);
    }

    #[test]
    fn what_is_cut_falls_and_what_is_added_rises() {
        let shared = [("latents", "13"), ("k", "3")];
        let run = Runner::after(&SPEC, &shared, 2000);
        assert_eq!((run.number("moved_most"), run.number("side_effect")), (None, None));
        let (single, held) = (run.number("single_concepts").unwrap(), run.number("obeying").unwrap());
        assert!(held <= single && held >= 0.7 * single, "{held} of {single}");
        // Latent 7 of this seed stands for landmarks: cut at its strongest, the score of that falls most.
        let moved = |act| {
            let mut run = Runner::after(&SPEC, &[("latents", "13"), ("k", "3"), ("latent", "7")], 2000);
            let mut values = run.values().clone();
            values.set("act", Value::Choice(act));
            run.set_values(values);
            assert_eq!(run.step(), 2000, "an intervention restarts nothing");
            let figure = run.simulation().figure().alternative;
            assert!(figure.contains("moves landmark most"), "{figure}");
            [run.number("moved_most").unwrap(), run.number("side_effect").unwrap()]
        };
        let ([cut, beside], [added, _]) = (moved(1), moved(2));
        assert!(cut < -0.4 && added > 0.8 && beside < 0.7 * -cut, "{cut} {added} {beside}");
    }

    #[test]
    fn a_cut_without_effect_is_said() {
        let changes = [("latents", "13"), ("k", "3"), ("act", "cut"), ("phrase", "sushi"), ("latent", "7")];
        let run = Runner::after(&SPEC, &changes, 2000);
        let notes = run.simulation().notes();
        assert!(notes.iter().any(|n| n.contains("nothing to cut")), "{notes:?}");
        assert_eq!(run.number("moved_most"), Some(0.0));
    }

    #[test]
    fn a_latent_that_is_not_there_is_said() {
        let run = Runner::after(&SPEC, &[("latents", "13"), ("latent", "30")], 10);
        assert!(run.simulation().notes()[0].contains("latent 12 is shown"));
    }
}
