//! Questions that a teacher can set: asked, answered, shared and replayed.

use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};

use crate::Stage;

/// The first question that a figure can be asked: its number, and the address of its authored answer.
const CHECKED: &str = "
    const items = [...document.querySelectorAll('[data-lesson] [data-question]')];
    const answers = document.querySelectorAll('.lesson-answers > ol > li');
    const at = items.findIndex(({ dataset }) => dataset.question.includes('#'));
    return at < 0 ? null : [String(at + 1), answers[at].querySelector('a').getAttribute('href')]";

pub async fn a_question_is_solved_remembered_shared_and_replayed(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let mut seen = 0;
    for slug in &stage.slugs {
        let folder = format!("{slug}/questions/");
        if !stage.pages.contains(&folder) {
            continue;
        }
        session.open(&folder).await?;
        let found = session.ask(CHECKED, Json::Null).await?;
        let (Some(number), Some(answer)) = (found[0].as_str(), found[1].as_str()) else { continue };
        seen += 1;
        let quiet = "return !document.querySelector('[data-replays]') && !document.querySelector('.lesson-answers').open && \
                     [...document.querySelectorAll('[data-question]')].every((item) => item.querySelector('.figure svg') && \
                     item.querySelector('.lesson-address a').getAttribute('href').startsWith('../?question='))";
        hold(session.is(quiet, Json::Null).await?, || format!("/{folder} lacks a figure or its address"))?;

        // The answer of who set it, as if the figure had come there from the question's start.
        let query = answer.trim_start_matches("../?");
        session.open(&format!("{slug}/?question={number}&{query}")).await?;
        let solved = "const item = document.querySelectorAll('article [data-question]')[a - 1]; \
                      return item.dataset.answer && item.querySelector('[data-answer-says]').textContent.startsWith('Solved: ')";
        session.until_of(&format!("/{slug}/ says that question {number} is solved"), solved, number).await?;
        let kept = "const [slug, number] = a; return JSON.parse(localStorage.getItem('reading'))[slug].answers[number].includes('at=')";
        session.until_of("the device remembers the answer", kept, json!([slug, number])).await?;
        session.driver.refresh().await?;
        session.alive().await?;
        session.scroll_to("[data-questions]").await?;
        session
            .until(
                "it can be shared after loading",
                "return !document.querySelector('[data-answers-share]').disabled",
            )
            .await?;
        session.click("[data-answers-share]").await?;
        let shared = "return document.querySelector('[data-answers-link]:not([hidden])')?.search.startsWith(`?answers=${a}:`)";
        session.until_of("there is an address to share", shared, number).await?;
        let search =
            session.text("return document.querySelector('[data-answers-link]').search", Json::Null).await?;

        session.open(&format!("{folder}{search}")).await?;
        let holds = "const item = document.querySelectorAll('[data-question]')[a - 1]; \
                     return item.classList.contains('holds') && !item.querySelector('[data-there]').hidden && \
                     item.querySelector('[data-verdict]').textContent.startsWith('Holds: ')";
        session.until_of(&format!("/{folder}{search} holds"), holds, number).await?;
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("/{folder}: {complaints:?}"))?;
    }
    // A selection of topics may have none.
    if seen == 0 {
        return Ok(());
    }
    let folder = stage.pages.iter().find(|page| page.ends_with("/questions/")).cloned().unwrap_or_default();
    session.open(&format!("{folder}?answers=9:at=1;1:nothing=2,at=3")).await?;
    let said = "const said = document.querySelector('[data-lesson-says]').textContent; \
                return said.includes('“9:at=1” answers no question') && said.includes('“nothing”')";
    session.until("what is wrong in an address of answers is named", said).await
}

pub async fn the_questions_are_whole_without_scripts_and_on_paper(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(folder) = stage.pages.iter().find(|page| page.ends_with("/questions/")).cloned() else {
        return Ok(());
    };
    session.still().await?;
    session.open(&folder).await?;
    session.cdp("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let paper = "const shows = (selector) => [...document.querySelectorAll(selector)].some((e) => e.getClientRects().length); \
                 return !shows('.lesson-answers') && shows('.lesson-lines') && \
                 [...document.querySelectorAll('[data-question]')].every((e) => getComputedStyle(e).breakInside === 'avoid')";
    hold(session.is(paper, Json::Null).await?, || {
        format!("/{folder} prints its answers, or no lines, or cuts a question in two")
    })?;
    session.ask("document.querySelector('.lesson-answers').open = true", Json::Null).await?;
    let open = "return document.querySelector('.lesson-answers li').getClientRects().length > 0";
    hold(session.is(open, Json::Null).await?, || format!("/{folder} does not print answers that are open"))?;
    session.cdp("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    session.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    session.visit(&folder).await?;
    let whole = "return [...document.querySelectorAll('[data-question]')].every((item) => \
                 item.querySelector('.figure svg').getBoundingClientRect().height > 60)";
    hold(session.is(whole, Json::Null).await?, || format!("/{folder} lacks figures without scripts"))?;
    let slug = folder.trim_end_matches("questions/").to_owned();
    session.visit(&slug).await?;
    let quiet = "return ![...document.querySelectorAll('.question-answer, .question-ways button')].some((e) => e.getClientRects().length)";
    hold(session.is(quiet, Json::Null).await?, || format!("/{slug} offers without scripts what takes them"))
}
