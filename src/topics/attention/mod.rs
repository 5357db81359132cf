use super::{Topic, article};

pub static TOPIC: Topic = Topic {
    slug: "attention",
    title: "Attention",
    question: "",
    simulations: &[],
    article: article!("article.md"),
};
