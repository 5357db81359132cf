//! The steps of a talk, as files have them: slides and films.

use super::record::address;
use crate::lab::address::{Moment, decode};
use crate::lab::figure::Figure;
use crate::lab::run::pair::Pair;
use crate::lab::run::runner::Runner;
use crate::lab::simulation::Spec;

/// A step: the moment of a simulation that it shows, its sentence, and what its speaker says with it.
#[derive(Clone, Debug)]
pub struct Step {
    pub spec: &'static Spec,
    /// `<slug>/<simulation>`.
    pub name: String,
    pub moment: Moment,
    pub sentence: String,
    /// Empty where nothing is written.
    pub note: String,
}

impl Step {
    /// The step of a topic that a link shows: `simulation` and `query` are what it names, one of `specs` and
    /// its moment as an address has it. Nothing if the topic has no such simulation.
    #[must_use]
    pub fn read(specs: &[&'static Spec], slug: &str, simulation: &str, query: &str) -> Option<Self> {
        let spec = *specs.iter().find(|spec| spec.id == simulation)?;
        // An article's steps have nothing to refuse: its check has read them.
        let moment = decode(&[spec], query, &[]).0.pop()?;
        let name = format!("{slug}/{simulation}");
        Some(Self { spec, name, moment, sentence: String::new(), note: String::new() })
    }

    /// The step of its run at which it stands, if the run goes as far.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.moment.at.unwrap_or(self.spec.pace.opening)
    }

    /// Its run from the start, and the one that it is compared with.
    #[must_use]
    pub fn pair(&self) -> Pair {
        let mut pair = Pair::new(Runner::new(self.spec, self.moment.values.clone()));
        pair.keep(self.moment.kept.clone());
        pair
    }

    /// The address of its figure, live and alone, where a run stands; `site` is what the address begins with.
    #[must_use]
    pub fn live(&self, run: &Runner, site: &str) -> String {
        let moment = Moment { at: Some(run.step()), ..self.moment.clone() };
        address(self.spec, &moment, &self.name, site)
    }
}

/// A step whose run is on its way to its moment.
pub struct Approach {
    pair: Pair,
}

impl Approach {
    #[must_use]
    pub fn to(step: &Step) -> Self {
        let mut pair = step.pair();
        pair.seek(step.at());
        Self { pair }
    }

    /// Goes on until `spent()`, at least one step if one is missing; whether it stands there. A run that ends
    /// before stands at its end.
    pub fn advance_within(&mut self, spent: impl FnMut() -> bool) -> bool {
        if self.pair.seeking() || self.pair.is_apart() {
            self.pair.advance(0.0, false, spent);
        }
        !self.pair.seeking() && !self.pair.is_apart()
    }

    /// The run as it stands.
    #[must_use]
    pub fn run(&self) -> &Runner {
        self.pair.run()
    }

    /// What is to be seen of it.
    #[must_use]
    pub fn figure(&self) -> Figure {
        self.pair.figure()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::sample::SPEC;

    /// A step of the counting sample.
    pub fn step(query: &str) -> Step {
        let step = Step::read(&[&SPEC], "counting", "count", query).expect("legal");
        Step { sentence: "By threes & more.".to_owned(), ..step }
    }

    fn stands(query: &str) -> (u64, String) {
        let step = step(query);
        let mut approach = Approach::to(&step);
        while !approach.advance_within(|| true) {}
        (approach.run().step(), step.live(approach.run(), "https://example.org/"))
    }

    #[test]
    fn a_step_stands_at_its_moment_however_often_it_is_interrupted() {
        let address = |query: &str| format!("https://example.org/embed/counting/count/?{query}");
        assert_eq!(stands("stride=5&at=7"), (7, address("stride=5&at=7")));
        assert_eq!(stands(""), (12, address("at=12")), "the opening");
        assert_eq!(stands("at=900"), (50, address("at=50")), "the sample counts to 50");
        assert_eq!(stands("kept=stride:2&at=3").1, address("kept=stride%3A2&at=3"));
        assert!(Step::read(&[&SPEC], "counting", "other", "").is_none());
    }
}
