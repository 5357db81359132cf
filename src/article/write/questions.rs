//! Questions that a teacher can set: in the article without their answers, which the page of their own has.

use super::Writer;
use crate::article::block::{Inline, InlineKind, Question, walk};
use crate::article::html::{close, element, open};
use crate::article::{Posed, measured};
use crate::lab::address;

impl<'a> Writer<'a> {
    pub(super) fn questions(&mut self, questions: &'a [Question]) {
        let mut posed = Vec::new();
        for asked in questions {
            for sentence in measured::question(self.topic, asked) {
                self.problem(asked.line, sentence);
            }
            self.plain_words(asked);
            let html = self.written(&asked.sentence);
            let because = self.written(&asked.because);
            let words = asked.answer.as_ref().map(|answer| self.written(&answer.words));
            // What is wrong with it is told by now.
            if let Ok((question, answer)) = measured::question_of(self.topic, asked) {
                let name = asked.name.clone();
                posed.push(Posed { name, question, html, answer: answer.zip(words), because });
            }
        }
        self.out.push_str(&list(&posed));
        self.posed = posed;
    }

    /// A question and its answer stand on a page without the simulations and the references, too.
    fn plain_words(&mut self, asked: &Question) {
        let mut wrong = Vec::new();
        let mut look = |inline: &Inline| match inline.kind {
            InlineKind::Part(_) => wrong.push((inline.line, "follows a figure")),
            InlineKind::Citation(_) => wrong.push((inline.line, "cites")),
            _ => {}
        };
        for sentence in asked.sentences() {
            walk(sentence, &mut look);
        }
        for (line, what) in wrong {
            let sentence = format!(
                "No word of a question and its answer {what}: they stand on a page of their own. A number may name \
                 its run, as [2.8](run:simulation#readout) does."
            );
            self.problem(line, sentence);
        }
    }
}

/// The questions as a list, each with the way to its figure and what solves it.
fn list(questions: &[Posed]) -> String {
    let mut out = String::new();
    open(&mut out, "ol", &[("class", "questions"), ("data-questions", "")]);
    for posed in questions {
        let spec = posed.question.spec;
        let start = &posed.question.start;
        let run = format!("{}?{}", spec.id, address::encode(spec, start, false));
        let href = format!("?{}#sim-{}", address::encode(spec, start, true), spec.id);
        open(&mut out, "li", &[("data-question", &*posed.name)]);
        open(&mut out, "p", &[]);
        out.push_str(&posed.html);
        close(&mut out, "p");
        open(&mut out, "p", &[("class", "question-way")]);
        out.push_str("Figure: ");
        let title = "Sets the figure up as the question takes it.";
        let attributes = [("href", &*href), ("data-run", &*run), ("title", title)];
        element(&mut out, "a", &attributes, spec.title);
        out.push_str(". ");
        if let Some(check) = &posed.question.check {
            element(&mut out, "span", &[], &format!("Solved when: {}.", check.words()));
        }
        close(&mut out, "p");
        // What comes of it has its place before: nothing below moves.
        open(&mut out, "p", &[("class", "question-answer")]);
        if posed.question.check.is_none() {
            let button = [("type", "button"), ("data-answer-now", ""), ("disabled", "")];
            element(&mut out, "button", &button, "Answer with the figure as it stands");
            out.push(' ');
        }
        element(&mut out, "span", &[("data-answer-says", ""), ("role", "status")], "");
        close(&mut out, "p");
        close(&mut out, "li");
    }
    close(&mut out, "ol");
    open(&mut out, "p", &[("class", "question-ways")]);
    let page = [("class", "present"), ("href", "questions/")];
    element(&mut out, "a", &page, "These questions on a page of their own, to print");
    out.push(' ');
    let button = [("type", "button"), ("data-answers-share", ""), ("disabled", "")];
    element(&mut out, "button", &button, "Share the answers");
    out.push(' ');
    let link = [("data-answers-link", ""), ("href", "questions/"), ("hidden", "")];
    element(&mut out, "a", &link, "Open them");
    out.push(' ');
    element(&mut out, "span", &[("data-answers-say", ""), ("role", "status")], "");
    close(&mut out, "p");
    out
}
