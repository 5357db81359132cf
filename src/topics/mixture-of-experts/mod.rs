use super::{Topic, article};

pub static TOPIC: Topic = Topic {
    slug: "mixture-of-experts",
    title: "Sparse mixture of experts",
    question: "",
    simulations: &[],
    article: article!("article.md"),
};
