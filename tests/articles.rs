//! Every topic's article: nothing in it is broken, and it is finished.

use tinkerable::article::{Article, QUESTIONS_EACH, report};
use tinkerable::topics;

/// How an article tells its readers, and this test, that it is not finished.
const DRAFT: &str = "\n*This is a draft.*\n";

#[test]
fn every_article_is_whole_and_finished() {
    let mut found = Vec::new();
    for topic in topics::ALL {
        let problems = match Article::read(topic) {
            // What a draft has must be right; what it lacks it may still lack.
            Ok(_) if topic.article.contains(DRAFT) => Vec::new(),
            Ok(article) => article.unfinished,
            Err(problems) => problems,
        };
        if !problems.is_empty() {
            found.push(report(topic, &problems));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_article_has_three_questions_that_a_teacher_can_set() {
    let asked = |topic| Article::read(topic).map_or(0, |article| article.questions.len());
    let found = topics::ALL.iter().map(|topic| (topic.slug, asked(topic)));
    let lacking: Vec<_> = found.filter(|(_, asked)| *asked != QUESTIONS_EACH).collect();
    assert!(lacking.is_empty(), "a section “Questions to set” is missing: {lacking:?}");
}
