//! The program of the page `/research-workflow/`.

fn main() {
    tinkerable::start(&tinkerable::topics::research_workflow::TOPIC);
}
