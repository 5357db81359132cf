//! The gallery: its first screen, its filter, and what a device remembers of its reader.

use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// What the figure answers within, ms, at its quickest of some tries: the machine may do something else.
const ANSWER: f64 = 1000.0;
const TRIES: usize = 5;

pub async fn the_gallery_begins_with_one_figure_that_answers_and_a_way_to_all_topics(
    stage: &mut Stage,
) -> Outcome {
    const PLACE: &str =
        "const r = document.querySelector(a).getBoundingClientRect(); return r.bottom + scrollY";
    const WATCH: &str = "
        const arrows = () => [...document.querySelectorAll('[data-sim] .figure svg [data-mark]')].length;
        const field = document.querySelector('[data-sim] [data-track=n_features]'), before = arrows();
        field.value = Number(field.value) > 500 ? 0 : 1000;
        const begun = performance.now();
        window.answered = undefined;
        const look = () => {
            if (arrows() === before) return requestAnimationFrame(look);
            window.answered = performance.now() - begun;
        };
        field.dispatchEvent(new Event('input', { bubbles: true }));
        look();";
    let session = &stage.session;
    session.size(1280, 800).await?;
    session.open("").await?;
    for part in ["h1", ".lead", "[data-sim] .figure", "[data-sim] .controls", "a[href='#topics']"] {
        let bottom = session.number(PLACE, part).await?;
        hold(bottom <= 800.0, || format!("{part} ends at {bottom} px, below the first screen"))?;
    }
    let count =
        "return ['[data-sim]', '[data-sim] .control'].map((a) => document.querySelectorAll(a).length)";
    let count = session.ask(count, Json::Null).await?;
    hold(count == json!([1, 2]), || format!("{count}: not one figure with two controls"))?;

    // What is drawn changes with what is dragged, and the page around it does not.
    let height = "return document.querySelector('[data-sim]').offsetHeight";
    let before = session.number(height, Json::Null).await?;
    let mut soonest = f64::INFINITY;
    for _ in 0..TRIES {
        session.ask(WATCH, Json::Null).await?;
        session.until("the figure answers", "return window.answered !== undefined").await?;
        soonest = soonest.min(session.number("return answered", Json::Null).await?);
    }
    hold(soonest < ANSWER, || format!("the figure answers after {soonest:.0} ms"))?;
    let after = session.number(height, Json::Null).await?;
    hold((before - after).abs() < 0.5, || format!("the figure grows from {before} to {after} px"))?;

    session.size(360, 740).await?;
    session.open("").await?;
    let top = "return document.querySelector('.card').getBoundingClientRect().top + scrollY";
    let top = session.number(top, Json::Null).await?;
    hold(top < 1.5 * 740.0, || format!("on a phone the list of topics begins at {top} px"))
}

/// The topics that are shown, and whether all of them answer what is asked.
const SHOWN: &str =
    "const shown = [...document.querySelectorAll('.card')].filter((c) => c.getClientRects().length);
                     return [shown.length, shown.every((c) => !a || c.dataset.asks.split(' ').includes(a))]";

pub async fn a_question_narrows_the_gallery_down_with_and_without_scripts(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let topics = stage.slugs.len() as f64;
    let shown = async |ask: &str| -> Outcome<f64> {
        let answer = session.ask(SHOWN, ask).await?;
        hold(answer[1] == true, || format!("{ask} shows a topic that has no answer"))?;
        Ok(answer[0].as_f64().unwrap_or_default())
    };
    session.still().await?;
    session.open("").await?;
    let all = shown("").await?;
    hold((all - topics).abs() < 0.5, || format!("{all} of {topics} topics are shown"))?;
    // By keys: the arrows of a group of radio buttons.
    session.press("#ask-", Key::Right).await?;
    let few = shown("cost").await?;
    hold(few > 0.0 && few < topics, || format!("{few} of {topics} topics say what it costs"))?;
    let said = session.text("return document.querySelector('[data-shown]').textContent", Json::Null).await?;
    hold(said.contains(&format!("{few} of {topics} topics")), || {
        format!("“{said}” is said of {few} topics")
    })?;
    // The address has it, and gives it on; the figure's own values stand beside it.
    session.until("the address has the question", "return location.search === '?ask=cost'").await?;
    session.press("[name=n_features]", Key::Up).await?;
    let both = "return ['ask=cost', 'n_features='].every((part) => location.search.includes(part))";
    session.until("the address has both", both).await?;
    session.driver.refresh().await?;
    session.alive().await?;
    let again = shown("cost").await?;
    hold((again - few).abs() < 0.5, || format!("{again} topics after loading, and {few} before"))?;
    session.open("?ask=nothing-like-it").await?;
    let all = shown("").await?;
    hold((all - topics).abs() < 0.5, || format!("a question that nobody asks shows {all} topics"))?;

    session.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    session.visit("").await?;
    session.click("label:has(#ask-cost)").await?;
    let still = shown("cost").await?;
    hold((still - few).abs() < 0.5, || format!("without scripts {still} topics are shown, with them {few}"))
}

pub async fn what_was_read_solved_and_bet_on_is_remembered_here_and_forgotten_on_request(
    stage: &mut Stage,
) -> Outcome {
    const SAID: &str = "return [...document.querySelectorAll('.had')].map((e) => e.textContent).join('')";
    // What is not shown has its text all the same.
    const ALL: &str = "const all = document.querySelector('[data-had-all]'); \
                       return all.getClientRects().length ? all.innerText : ''";
    let session = &stage.session;
    session.still().await?;
    session.open("").await?;
    for said in [SAID, ALL] {
        let said = session.text(said, Json::Null).await?;
        hold(said.is_empty(), || format!("who did nothing yet is told “{said}”"))?;
    }
    let slug = &stage.slugs[0];
    session.open(&format!("{slug}/")).await?;
    let known = session.is("return localStorage.getItem('reading') === null", Json::Null).await?;
    hold(known, || "a page that was opened counts as something".to_owned())?;
    session.click("[data-bet]").await?;
    // Whatever solves it: the page says so on the challenge.
    session.ask("document.querySelector('[data-challenge]').classList.add('solved')", Json::Null).await?;
    session.scroll_to("main > .onward").await?;
    let whole = "const own = JSON.parse(localStorage.getItem('reading'))?.[a]; \
                 return own?.read === true && own.solved?.length === 1 && own.bets?.length === 1";
    session.until_of("the device remembers it", whole, &**slug).await?;

    session.open("").await?;
    let card = "return document.querySelector(`.card[data-topic='${a}'] .had`).textContent";
    let card = session.text(card, &**slug).await?;
    hold(card.starts_with("read · 1 of ") && card.ends_with(" solved · 1 bet"), || {
        format!("the card of {slug} says “{card}”")
    })?;
    session.click("[data-forget]").await?;
    let said = session.text(SAID, Json::Null).await?;
    hold(said.is_empty(), || format!("“{said}” is still said"))?;
    let gone = "return localStorage.getItem('reading') === null && \
                document.activeElement.textContent === 'All of it is forgotten.'";
    hold(session.is(gone, Json::Null).await?, || "it is not forgotten, or nobody says so".to_owned())?;
    session.driver.refresh().await?;
    session.alive().await?;
    let said = session.text(ALL, Json::Null).await?;
    hold(said.is_empty(), || format!("afterwards it says “{said}”"))
}
