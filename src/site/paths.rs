//! Ways through the site, for readers of three kinds: topics in an order, with a sentence from each to the
//! next.

use crate::article::html::{close, element, open};
use crate::topics::{self, Topic};

/// A way through the site.
pub struct Path {
    /// Its place in the gallery is `path-<id>`.
    pub id: &'static str,
    /// Whom it is for, as it follows "For".
    pub readers: &'static str,
    /// What it leads to.
    pub lead: &'static str,
    pub first: &'static Topic,
    /// The further topics, each behind the sentence that leads there from the one before.
    pub then: &'static [(&'static str, &'static Topic)],
}

pub static ALL: &[Path] = &[
    Path {
        id: "build",
        readers: "those who build",
        lead: "What to run, how to make it yours, and who pays for the answer.",
        first: &topics::attention::TOPIC,
        then: &[
            (
                "The cache grows with the text. The weights have to be there besides, but not all of them must \
                 work on each token.",
                &topics::mixture_of_experts::TOPIC,
            ),
            (
                "Such a model comes trained. To make it yours you need not touch most of it.",
                &topics::efficient_fine_tuning::TOPIC,
            ),
            (
                "Tuning changes how a model answers. What happened this morning it has to look up.",
                &topics::retrieval_augmented_models::TOPIC,
            ),
            (
                "With the right page before it, a model may still reason badly: more tries can help, if \
                 somebody judges them.",
                &topics::test_time_compute::TOPIC,
            ),
            (
                "Every try is computed and paid for. Put all of these savings on one sheet: do they multiply?",
                &topics::the_bill::TOPIC,
            ),
        ],
    },
    Path {
        id: "research",
        readers: "those who do research",
        lead: "From a difference between two runs to claims that others can check.",
        first: &topics::research_workflow::TOPIC,
        then: &[
            (
                "Whoever knows how many seeds a difference takes can ask for more than a difference: for a law.",
                &topics::scaling_laws::TOPIC,
            ),
            (
                "The law asks for more and more text. Models can write it themselves, at a price.",
                &topics::synthetic_data::TOPIC,
            ),
            (
                "So far models were judged from outside, by their numbers. Now open one.",
                &topics::mechanistic_interpretability::TOPIC,
            ),
            (
                "What can be read depends on where a model keeps things. This one keeps all it has read in a \
                 memory of fixed size.",
                &topics::state_space_models::TOPIC,
            ),
            (
                "To read, a memory may do. To act, a learner must imagine what it has not seen.",
                &topics::world_models_and_agents::TOPIC,
            ),
        ],
    },
    Path {
        id: "curious",
        readers: "the curious",
        lead: "Five strange machines, and how each of them learns.",
        first: &topics::mechanistic_interpretability::TOPIC,
        then: &[
            (
                "These networks pass numbers on. Nerve cells have only pulses, and they learn all the same.",
                &topics::neuromorphic_computing::TOPIC,
            ),
            (
                "Pulses bring time into a network. The next one has time in its equations, and learns to drive.",
                &topics::liquid_networks::TOPIC,
            ),
            (
                "A driver has eyes. How does a model learn that a picture and a word are about the same thing?",
                &topics::multimodal_models::TOPIC,
            ),
            (
                "Whoever knows what belongs together can imagine what comes next, and learn in a dream.",
                &topics::world_models_and_agents::TOPIC,
            ),
        ],
    },
];

impl Path {
    /// Its topics in their order.
    pub fn topics(&self) -> impl Iterator<Item = &'static Topic> + '_ {
        [self.first].into_iter().chain(self.then.iter().map(|(_, topic)| *topic))
    }

    /// Where it stands, from the root of the site.
    #[must_use]
    pub fn place(&self, root: &str) -> String {
        format!("{root}#path-{}", self.id)
    }
}

/// All of them, whole.
#[must_use]
pub fn whole(root: &str) -> String {
    let mut out = String::new();
    open(&mut out, "div", &[("class", "paths")]);
    for path in ALL {
        let (id, heading) = (format!("path-{}", path.id), format!("path-{}-name", path.id));
        open(&mut out, "section", &[("id", &*id), ("aria-labelledby", &*heading)]);
        element(&mut out, "h3", &[("id", &*heading)], &format!("For {}", path.readers));
        element(&mut out, "p", &[("class", "path-lead")], path.lead);
        open(&mut out, "ol", &[]);
        let mut sentences = path.then.iter().map(|(sentence, _)| *sentence);
        for topic in path.topics() {
            open(&mut out, "li", &[("data-topic", topic.slug)]);
            element(&mut out, "a", &[("href", &*format!("{root}{}", topic.path()))], topic.title);
            element(&mut out, "span", &[("class", "had"), ("data-had", "")], "");
            if let Some(sentence) = sentences.next() {
                element(&mut out, "p", &[], sentence);
            }
            close(&mut out, "li");
            out.push('\n');
        }
        close(&mut out, "ol");
        close(&mut out, "section");
    }
    close(&mut out, "div");
    out.push('\n');
    out
}

/// Where the paths go on that lead through a topic, for its end.
#[must_use]
pub fn onward(topic: &Topic, root: &str) -> String {
    let mut out = String::new();
    for path in ALL {
        let Some(place) = path.topics().position(|t| t.slug == topic.slug) else { continue };
        let Some((sentence, next)) = path.then.get(place) else { continue };
        open(&mut out, "p", &[("class", "path-on")]);
        out.push_str("On the path for ");
        element(&mut out, "a", &[("href", &*path.place(root))], path.readers);
        out.push_str(", next: ");
        element(&mut out, "a", &[("href", &*format!("{root}{}", next.path()))], next.title);
        out.push_str(". ");
        element(&mut out, "span", &[], sentence);
        close(&mut out, "p");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn paths_lead_through_five_or_six_topics_and_to_none_twice() {
        for path in ALL {
            let slugs: BTreeSet<&str> = path.topics().map(|topic| topic.slug).collect();
            assert_eq!(slugs.len(), 1 + path.then.len(), "{} leads to a topic twice", path.id);
            assert!((5..=6).contains(&slugs.len()), "{} has {} topics", path.id, slugs.len());
            for topic in path.topics() {
                assert!(topics::topic(topic.slug).is_some(), "{} is not on the list of topics", topic.slug);
            }
            for (sentence, topic) in path.then {
                let whole = sentence.ends_with(['.', '?']) && (20..140).contains(&sentence.len());
                assert!(whole, "before {}: {sentence}", topic.slug);
            }
        }
        let ids: BTreeSet<&str> = ALL.iter().map(|path| path.id).collect();
        assert_eq!((ids.len(), ALL.len()), (3, 3));
    }

    #[test]
    fn a_path_goes_on_from_each_of_its_topics_but_the_last() {
        for path in ALL {
            let all: Vec<_> = path.topics().collect();
            for pair in all.windows(2) {
                let said = onward(pair[0], "../");
                assert!(said.contains(&format!("href=\"../{}\"", pair[1].path())), "{said}");
            }
        }
        assert_eq!(onward(&topics::graph_networks_for_code::TOPIC, "../"), "");
    }
}
