//! The topics, each in a folder named by its slug: `article.md`, and the simulations that bind
//! models to controls, readouts and figures.
//!
//! `topics!` has the one list: menu, pages, command line, tests and the browser's program read it.

use crate::lab::Spec;

/// Declares the topics: their modules, [`ALL`], and in the browser [`load`]. A line has a topic's module
/// and its folder, which has the topic's slug for a name.
macro_rules! topics {
    ($($topic:ident in $folder:literal,)*) => {
        $(
            #[path = $folder]
            pub mod $topic;
        )*

        /// Every topic, in the order of the menu.
        pub static ALL: &[&Topic] = &[$(&$topic::TOPIC),*];

        /// The topic with this slug. Its code is a piece, which is fetched first.
        ///
        /// # Errors
        /// If that cannot be had now.
        #[cfg(target_arch = "wasm32")]
        pub async fn load(slug: &str) -> Result<Option<&'static Topic>, crate::pieces::Missing> {
            type Coming = std::pin::Pin<Box<dyn Future<Output = Result<&'static Topic, crate::pieces::Missing>>>>;
            $(crate::pieces::piece! { $topic: fn $topic() -> &'static Topic { &$topic::TOPIC } })*
            // Boxed, so that one place waits for all.
            let coming: Option<Coming> = match slug.len() {
                $(_ if $folder.strip_suffix("/mod.rs") == Some(slug) => Some(Box::pin($topic())),)*
                _ => None,
            };
            match coming {
                Some(topic) => topic.await.map(Some),
                None => Ok(None),
            }
        }
    };
}

topics! {
    mixture_of_experts in "mixture-of-experts/mod.rs",
    attention in "attention/mod.rs",
    neuromorphic_computing in "neuromorphic-computing/mod.rs",
    test_time_compute in "test-time-compute/mod.rs",
    efficient_fine_tuning in "efficient-fine-tuning/mod.rs",
    mechanistic_interpretability in "mechanistic-interpretability/mod.rs",
    state_space_models in "state-space-models/mod.rs",
    research_workflow in "research-workflow/mod.rs",
    scaling_laws in "scaling-laws/mod.rs",
    synthetic_data in "synthetic-data/mod.rs",
    multimodal_models in "multimodal-models/mod.rs",
    retrieval_augmented_models in "retrieval-augmented-models/mod.rs",
    world_models_and_agents in "world-models-and-agents/mod.rs",
    quantum_machine_learning in "quantum-machine-learning/mod.rs",
    liquid_networks in "liquid-networks/mod.rs",
    graph_networks_for_code in "graph-networks-for-code/mod.rs",
    federated_learning in "federated-learning/mod.rs",
    energy_efficient_ai in "energy-efficient-ai/mod.rs",
    robustness_and_efficiency in "robustness-and-efficiency/mod.rs",
    the_bill in "the-bill/mod.rs",
}

/// The parts of the gallery, in its order, as the field guide groups what there is to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Research,
    Architectures,
    Future,
    Open,
    /// Not a mechanism but how to work on one. Pages without simulations stand below `/guide/`.
    Guide,
}

impl Group {
    pub const ALL: [Self; 5] = [Self::Research, Self::Architectures, Self::Future, Self::Open, Self::Guide];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Research => "Research areas",
            Self::Architectures => "Novel architectures",
            Self::Future => "Future directions",
            Self::Open => "Open questions",
            Self::Guide => "Field guide",
        }
    }
}

/// What readers ask: the gallery shows the topics that have an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Cost,
    Learning,
    Inside,
    Memory,
    Trust,
}

impl Ask {
    pub const ALL: [Self; 5] = [Self::Cost, Self::Learning, Self::Inside, Self::Memory, Self::Trust];

    /// Its name in addresses and in the style sheet.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Learning => "learning",
            Self::Inside => "inside",
            Self::Memory => "memory",
            Self::Trust => "trust",
        }
    }

    /// In a reader's words.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Cost => "What does it cost?",
            Self::Learning => "How does it learn?",
            Self::Inside => "What is inside?",
            Self::Memory => "What does it keep?",
            Self::Trust => "Can I trust it?",
        }
    }
}

/// A topic: an article with its simulations.
pub struct Topic {
    /// Name in addresses: `/<slug>/`, and `/guide/<slug>/` where there is no simulation.
    pub slug: &'static str,
    pub group: Group,
    pub title: &'static str,
    /// The question that the article answers, in one sentence.
    pub question: &'static str,
    /// What it has an answer to, of all that readers ask.
    pub asks: &'static [Ask],
    /// The day on which it first stood on the site, and the last on which it said something new, as
    /// ISO 8601 writes them: feed readers take a later `updated` as a reason to show it again.
    pub published: &'static str,
    pub updated: &'static str,
    /// The first is the hero: it stands on the first screen.
    pub simulations: &'static [&'static Spec],
    /// The article's Markdown. Articles are drawn at build time, so the page carries none.
    pub article: &'static str,
}

/// The text of a topic's article natively, nothing in WebAssembly.
macro_rules! article {
    ($path:literal) => {{
        #[cfg(not(target_arch = "wasm32"))]
        {
            include_str!($path)
        }
        #[cfg(target_arch = "wasm32")]
        {
            ""
        }
    }};
}
pub(crate) use article;

/// The topic with this slug.
#[must_use]
pub fn topic(slug: &str) -> Option<&'static Topic> {
    ALL.iter().copied().find(|t| t.slug == slug)
}

impl Topic {
    /// Where its page stands, from the root of the site.
    #[must_use]
    pub fn path(&self) -> String {
        if self.simulations.is_empty() { format!("guide/{}/", self.slug) } else { format!("{}/", self.slug) }
    }

    /// The address of one of its simulations, `<slug>/<simulation>`.
    #[must_use]
    pub fn address(&self, spec: &Spec) -> String {
        format!("{}/{}", self.slug, spec.id)
    }

    /// The simulation with this id.
    #[must_use]
    pub fn simulation(&self, id: &str) -> Option<&'static Spec> {
        self.simulations.iter().copied().find(|s| s.id == id)
    }
}

/// The simulation with this address, `<slug>/<simulation>`.
///
/// # Errors
/// A sentence that names those which may be meant: the topic's own, or the nearest of all; of an empty address,
/// where all are listed.
pub fn find(address: &str) -> Result<(&'static Topic, &'static Spec), String> {
    let (slug, id) = address.split_once('/').unwrap_or((address, ""));
    let found = topic(slug);
    if let Some((topic, spec)) = found.and_then(|topic| Some((topic, topic.simulation(id)?))) {
        return Ok((topic, spec));
    }
    let wrong = crate::lab::schema::control::shorten(address);
    let all = "“tinkerable list” shows all simulations";
    if address.is_empty() {
        return Err(format!("A simulation is named here, as <slug>/<simulation>: {all}."));
    }
    if let Some(topic) = found {
        let own: Vec<String> = topic.simulations.iter().map(|spec| topic.address(spec)).collect();
        return Err(match &own[..] {
            [] => format!("The topic “{}” has no simulations: {all}.", topic.slug),
            own => format!("There is no simulation “{wrong}”: the topic has {}.", own.join(", ")),
        });
    }
    let names: Vec<String> = ALL.iter().flat_map(|t| t.simulations.iter().map(|s| t.address(s))).collect();
    let near = crate::words::nearest::nearest(address, names.iter().map(String::as_str), 3);
    Err(match near.join(" or ") {
        meant if meant.is_empty() => format!("There is no simulation “{wrong}”: {all}."),
        meant => format!("There is no simulation “{wrong}”, perhaps {meant} is meant: {all}."),
    })
}
