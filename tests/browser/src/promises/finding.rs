//! The search: opened, typed into, walked, and left again.

use browser_tests::server::SUB_PATH;
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, fail, hold};
use serde_json::{Value as Json, json};
use thirtyfour::TypingData;
use thirtyfour::prelude::*;

use super::keeping;
use super::pages::WATCH_SHIFTS;
use crate::Stage;

const BUTTON: &str = "[data-action=\"search\"]";
const INPUT: &str = "#site-search input";
const CHOSEN: &str = "#site-search [aria-selected=\"true\"]";

async fn keys(session: &Session, keys: impl Into<TypingData>) -> Outcome {
    session.driver.action_chain().send_keys(keys).perform().await?;
    Ok(())
}

/// A key while Control is held.
async fn command(session: &Session, key: char) -> Outcome {
    let chain = session.driver.action_chain().key_down(Key::Control).send_keys(key);
    chain.key_up(Key::Control).perform().await?;
    Ok(())
}

async fn is_open(session: &Session) -> Outcome<bool> {
    session.is("return document.getElementById('site-search').open", Json::Null).await
}

/// Waits until the search has answered what stands in its input.
async fn answered(session: &Session) -> Outcome {
    let found = session
        .until("the search answers", "return !!document.querySelector('#site-search [role=option]')")
        .await;
    let Err(Failure(why)) = found else { return Ok(()) };
    let how = "const { open } = document.getElementById('site-search'); \
               return `it is ${open ? 'open' : 'closed'}, ${document.activeElement.outerHTML.slice(0, 80)} has the focus`";
    let how = session.text(how, Json::Null).await?;
    fail(format!("{why}; {how}, and it says “{}”", state(session).await?))
}

async fn state(session: &Session) -> Outcome<String> {
    session.text("return document.getElementById('site-search-state').innerText", Json::Null).await
}

async fn chosen(session: &Session) -> Outcome<String> {
    let script = "const e = document.querySelector(a); const input = document.activeElement; \
                  return e && e.id === input.getAttribute('aria-activedescendant') ? e.href : ''";
    session.text(script, CHOSEN).await
}

pub async fn the_search_is_opened_and_walked_by_keys(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for opened_by_slash in [false, true] {
        session.open("").await?;
        if opened_by_slash {
            keys(session, "/").await?;
        } else {
            command(session, 'k').await?;
        }
        hold(is_open(session).await?, || format!("not open; by slash: {opened_by_slash}"))?;
        answered(session).await?;
        let topics = session
            .number("return document.querySelectorAll('#site-search [role=option]').length", Json::Null)
            .await?;
        hold(topics as usize == stage.slugs.len(), || format!("with nothing asked it lists {topics}"))?;
        hold(chosen(session).await?.is_empty(), || "Enter leads away before anything is asked".to_owned())?;

        keys(session, "LoRA").await?;
        session
            .until(
                "LoRA is found",
                "return /^\\d+ results?/.test(document.getElementById('site-search-state').innerText)",
            )
            .await?;
        let first = chosen(session).await?;
        hold(first.contains("/efficient-fine-tuning/"), || format!("LoRA leads to {first}"))?;
        let marked = "return document.querySelector(`${a} mark`)?.innerText ?? ''";
        let marked = session.text(marked, CHOSEN).await?;
        hold(marked == "LoRA", || format!("“{marked}” is marked"))?;
        keys(session, Key::Down).await?;
        let second = chosen(session).await?;
        hold(!second.is_empty() && second != first, || format!("after ↓: {second}"))?;
        keys(session, Key::End).await?;
        keys(session, Key::Down).await?;
        hold(chosen(session).await? == first, || "after the last comes not the first".to_owned())?;
        keys(session, Key::Up).await?;
        keys(session, Key::Home).await?;
        hold(chosen(session).await? == first, || "Home is not the first".to_owned())?;
        let seen = "const l = document.querySelector('#site-search ul').getBoundingClientRect(); \
                    const r = document.querySelector(a).getBoundingClientRect(); \
                    return r.top >= l.top - 1 && r.bottom <= l.bottom + 1";
        hold(session.is(seen, CHOSEN).await?, || "the chosen one is out of sight".to_owned())?;
        keys(session, Key::Enter).await?;
        session
            .until_of(
                "Enter goes there",
                "return location.href === a && document.readyState === 'complete'",
                first,
            )
            .await?;
    }
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))
}

pub async fn what_is_typed_before_it_answers_is_not_lost(stage: &mut Stage) -> Outcome {
    // The index comes late.
    const LATE: &str = "const now = window.fetch; window.fetch = async (...asked) => { \
                        if (String(asked[0]).includes('search.json')) await new Promise((go) => window.release = go); \
                        return now(...asked); };";
    stage.session.before_pages(LATE).await?;
    let session = &stage.session;
    session.open("guide/").await?;
    keys(session, "/").await?;
    hold(is_open(session).await?, || "the dialog waits for its program".to_owned())?;
    keys(session, "atention").await?;
    session.until("the index is asked for", "return !!window.release").await?;
    session.ask("release()", Json::Null).await?;
    answered(session).await?;
    let first = chosen(session).await?;
    hold(first.ends_with("/attention/"), || format!("“atention” leads to {first}"))?;
    let said = state(session).await?;
    hold(said.contains("similar spelling"), || said.clone())
}

pub async fn a_key_in_a_number_field_opens_nothing(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open(&format!("{}/", stage.slugs[0])).await?;
    let field = ".sim .control input[type=text], .sim .control input[type=number]";
    session.scroll_to(field).await?;
    session.ask("document.querySelector(a).focus()", field).await?;
    keys(session, "/").await?;
    hold(!is_open(session).await?, || "“/” in a number field opens the search".to_owned())?;
    // A slider takes no letters, and other programs' keys are theirs.
    session.ask("document.querySelector('.sim input[type=range]').focus()", Json::Null).await?;
    session.driver.action_chain().key_down(Key::Alt).send_keys('k').key_up(Key::Alt).perform().await?;
    keys(session, "k").await?;
    hold(!is_open(session).await?, || "k alone opens the search".to_owned())?;
    keys(session, "/").await?;
    hold(is_open(session).await?, || "“/” on a slider does not open the search".to_owned())
}

pub async fn the_pointer_chooses_and_the_focus_comes_back(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open(&format!("{}/", stage.slugs[1])).await?;
    session.click(BUTTON).await?;
    answered(session).await?;
    keys(session, "seed").await?;
    session
        .until(
            "there are results",
            "return document.querySelectorAll('#site-search [role=option]').length > 3",
        )
        .await?;
    let third = "#site-search li:nth-child(3) a";
    let [x, y] = session.point(third, 0.5).await?;
    session.driver.action_chain().move_to(x, y).perform().await?;
    hold(session.is("return document.querySelector(a).ariaSelected === 'true'", third).await?, || {
        "the pointer does not choose".to_owned()
    })?;
    keys(session, Key::Escape).await?;
    hold(!is_open(session).await?, || "Escape does not close it".to_owned())?;
    hold(session.is("return document.activeElement === document.querySelector(a)", BUTTON).await?, || {
        "the focus is not back on the button".to_owned()
    })?;
    // Again, it still knows what was asked; a click leads to a place of this very page.
    command(session, 'k').await?;
    hold(session.text("return document.querySelector(a).value", INPUT).await? == "seed", || {
        "what was asked is forgotten".to_owned()
    })?;
    keys(session, "KV cache").await?;
    session
        .until(
            "the simulation is found",
            "return !!document.querySelector('#site-search a[href$=\"/attention/#sim-kv-cache\"]')",
        )
        .await?;
    session.click("#site-search a[href$=\"/attention/#sim-kv-cache\"]").await?;
    session.until("the place is reached", "return location.hash === '#sim-kv-cache'").await?;
    hold(!is_open(session).await?, || "the dialog covers the place that was chosen".to_owned())?;
    session
        .until("the place is in sight", "return Math.abs(document.getElementById('sim-kv-cache').getBoundingClientRect().top) < innerHeight / 2")
        .await
}

pub async fn what_is_not_found_is_said_with_the_query(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open("").await?;
    keys(session, "/").await?;
    answered(session).await?;
    keys(session, "qqxzzk<b>").await?;
    session
        .until(
            "it is said",
            "return document.getElementById('site-search-state').innerText.startsWith('Nothing')",
        )
        .await?;
    let said = state(session).await?;
    hold(said.contains("“qqxzzk<b>”") && said.contains("simulations"), || said.clone())?;
    let expanded = session.text("return document.querySelector(a).ariaExpanded", INPUT).await?;
    hold(expanded == "false", || format!("aria-expanded is {expanded}"))?;
    keys(session, Key::Enter).await?;
    hold(is_open(session).await?, || "Enter leads somewhere though nothing is found".to_owned())
}

pub async fn a_search_that_cannot_be_loaded_says_so(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for lost in ["*search.json", "*site-search-*.wasm"] {
        session.open("").await?;
        session.cdp("Network.enable", json!({})).await?;
        session.cdp("Network.setBlockedURLs", json!({ "urls": [lost] })).await?;
        keys(session, "/").await?;
        let said = session.until("it is said", "return document.getElementById('site-search-state').innerText.startsWith('The search could not be loaded')").await;
        session.cdp("Network.setBlockedURLs", json!({ "urls": [] })).await?;
        said?;
        keys(session, Key::Escape).await?;
        session.until("it is closed", "return !document.getElementById('site-search').open").await?;
        keys(session, "/").await?;
        answered(session).await?;
    }
    Ok(())
}

pub async fn the_search_works_under_a_path(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let base = SUB_PATH.trim_start_matches('/');
    for page in ["guide/glossary/", "attention/", ""] {
        session.open(&format!("{base}{page}")).await?;
        command(session, 'k').await?;
        answered(session).await?;
        keys(session, "bibliography\u{e007}").await?;
        session
            .until_of(
                "Enter goes there",
                "return location.pathname === a",
                format!("{SUB_PATH}guide/bibliography/"),
            )
            .await?;
    }
    Ok(())
}

/// Nobody has searched before the network goes.
pub async fn the_search_works_without_a_network(stage: &mut Stage) -> Outcome {
    stage.session.keep_the_site().await?;
    let session = &stage.session;
    session.open("guide/").await?;
    keeping::kept(session).await?;
    session.host.set_down(true);
    session.open("attention/").await?;
    keys(session, "/").await?;
    answered(session).await?;
    keys(session, "nf4").await?;
    session.until_of("NF4 is found", "return !!document.querySelector(a)", format!("{CHOSEN} mark")).await?;
    let first = chosen(session).await?;
    keys(session, Key::Enter).await?;
    session.until_of("Enter goes there", "return location.href === a", first).await
}

pub async fn the_header_and_the_search_fit_a_phone(stage: &mut Stage) -> Outcome {
    stage.session.before_pages(WATCH_SHIFTS).await?;
    let session = &stage.session;
    session.size(360, 740).await?;
    for scheme in ["light", "dark"] {
        session.prefer(&[("prefers-color-scheme", scheme)]).await?;
        session.open("guide/").await?;
        let tops = "return [...document.querySelectorAll('body > header > *')].map((e) => { \
                    const r = e.getBoundingClientRect(); return [r.top + r.height / 2, r.left, r.right]; })";
        let tops = session.ask(tops, Json::Null).await?;
        let places: Vec<[f64; 3]> = serde_json::from_value(tops.clone()).unwrap_or_default();
        let in_a_line =
            places.windows(2).all(|two| (two[0][0] - two[1][0]).abs() < 4.0 && two[0][2] <= two[1][1] + 0.5);
        hold(places.len() == 4 && in_a_line && places[3][2] <= 360.0, || {
            format!("the header breaks: {tops}")
        })?;
        session.click(BUTTON).await?;
        answered(session).await?;
        keys(session, "learning rate").await?;
        session
            .until("there are results", "return document.querySelector('#site-search mark') !== null")
            .await?;
        let fits = "const d = document.getElementById('site-search'); return d.scrollWidth <= 360 \
                    && [...d.querySelectorAll('a')].every((e) => e.scrollWidth <= e.clientWidth + 1 && e.clientHeight >= 44)";
        hold(session.is(fits, Json::Null).await?, || format!("the results do not fit, {scheme}"))?;
        let shifts = session.ask("return shifts", Json::Null).await?;
        let total: f64 = shifts.as_array().into_iter().flatten().filter_map(|s| s["value"].as_f64()).sum();
        hold(total < 0.0005, || format!("it shifts: {shifts}"))?;
    }
    // Painted while it is still arriving, the header has every place already.
    session.open("guide/").await?;
    let half = "const r = new XMLHttpRequest(); r.open('GET', location.href, false); r.send(); \
                const html = r.responseText, at = html.indexOf(a); \
                document.open(); document.write(html.slice(0, at)); \
                window.place = () => document.querySelector('[data-action=search]')?.getBoundingClientRect().left; \
                window.rest = html.slice(at)";
    let theme = "<button type=\"button\" data-action=\"theme\"";
    session.ask(half, theme).await?;
    session.until("half a header is there", "return place() > 0").await?;
    let early = session.number("return place()", Json::Null).await?;
    session.ask("document.write(rest); document.close()", Json::Null).await?;
    session.until("all of it is there", "return !!document.querySelector('[data-action=theme]')").await?;
    let late = session.number("return place()", Json::Null).await?;
    hold((early - late).abs() < 0.5, || {
        format!("the search moves from {early} to {late} px when the theme's button comes")
    })
}
