use super::{Topic, article};

pub static TOPIC: Topic = Topic {
    slug: "neuromorphic-computing",
    title: "Neuromorphic computing",
    question: "",
    simulations: &[],
    article: article!("article.md"),
};
