//! Numbers, words and presets in the prose.

use browser_tests::session::Session;
use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use super::addresses::pair;
use super::controls::{frames, pause};
use crate::Stage;

/// The values of an attribute over the whole page, each once.
async fn names(session: &Session, attribute: &str) -> Outcome<Vec<String>> {
    let script =
        "return [...new Set([...document.querySelectorAll(`[${a}]`)].map((e) => e.getAttribute(a)))]";
    let answer = session.ask(script, attribute).await?;
    Ok(answer.as_array().into_iter().flatten().filter_map(|n| n.as_str().map(str::to_owned)).collect())
}

/// `moe-train.top_k` on the page of `slug`: the selector of its simulation, and `top_k`.
fn parts(slug: &str, name: &str) -> (String, String) {
    let (simulation, part) = name.split_once('.').unwrap_or((name, ""));
    (format!("[data-sim=\"{slug}/{simulation}\"]"), part.to_owned())
}

pub async fn a_number_in_the_prose_is_the_control(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        let all = names(session, "data-control").await?;
        hold(!all.is_empty(), || format!("no number in the prose of {slug} is a control"))?;
        for name in all {
            let (root, id) = parts(slug, &name);
            session.adopted(&root).await?;
            let word = format!("[data-control=\"{name}\"]");
            let field = format!("{root} [name=\"{id}\"]");
            let value = "const e = document.querySelector(a); return e.type === 'checkbox' ? `${e.checked}` : e.value";
            session.press(&word, Key::Home).await?;
            frames(session).await?;
            let least = session.text(value, &*field).await?;
            session.press(&word, Key::Up).await?;
            frames(session).await?;
            let more = session.text(value, &*field).await?;
            // A list of options may run downwards.
            if more == least {
                session.press(&word, Key::Down).await?;
                frames(session).await?;
            }
            let other = session.text(value, &*field).await?;
            hold(other != least, || format!("{name} in the prose does not move its control from {least}"))?;
            let stands = "return !document.querySelector(a).closest('[data-control-row]').hidden";
            hold(session.is(stands, &*field).await?, || format!("{name} in the prose has no say"))?;
        }
    }
    Ok(())
}

pub async fn what_is_drawn_is_looked_at(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open("robustness-and-efficiency/").await?;
    let root = "[data-sim=\"robustness-and-efficiency/attack\"]";
    session.adopted(root).await?;
    let digit = format!("{root} [name=digit]");
    let value = "return document.querySelector(a).value";
    hold(session.text(value, &*digit).await? == "3", || "another digit than 3 is shown at first".to_owned())?;
    session.press(&format!("{root} [data-control-row=draw] [data-sheet]"), Key::Space).await?;
    let own = "return document.querySelector(a).value === 'own'";
    session.until_of("the digit that is drawn is the one that is shown", own, &*digit).await
}

pub async fn words_light_what_they_name(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        for name in names(session, "data-light").await? {
            let (root, mark) = parts(slug, &name);
            session.adopted(&root).await?;
            let there = "return !!document.querySelector(`${a[0]} .figure [data-mark=\"${a[1]}\"]`)";
            session.until_of(&format!("{name} is in the figure"), there, json!([root, mark])).await?;
            pause(session).await?;
            // Whether what is named is set apart, once the figure has been drawn again.
            let lit = "return !!document.querySelector(`${a[0]} .figure .lighting [data-mark=\"${a[1]}\"].lit`) === a[2]";
            let when = |is: bool| json!([root, mark, is]);
            session.ask("document.activeElement?.blur()", Json::Null).await?;
            session.driver.action_chain().move_to(2, 2).perform().await?;
            session.until_of(&format!("{name} is not lit by itself"), lit, when(false)).await?;

            // By keyboard, and then to the figure, which may stand far from the word.
            let word = format!("[data-light=\"{name}\"]");
            session.scroll_to(&word).await?;
            session.ask("document.querySelector(a).focus()", &*word).await?;
            session.scroll_to(&format!("{root} .figure")).await?;
            session.until_of(&format!("the focus lights {name}"), lit, when(true)).await?;
            session.ask("document.activeElement?.blur()", Json::Null).await?;
            session.until_of(&format!("{name} is not lit when the focus has gone"), lit, when(false)).await?;

            // By pointer, where both are on the screen.
            let [x, y] = session.point(&word, 0.5).await?;
            let seen = "const r = document.querySelector(`${a} .figure`).getBoundingClientRect(); \
                        return r.bottom > 0 && r.top < innerHeight";
            if session.is(seen, &*root).await? {
                session.driver.action_chain().move_to(x, y).perform().await?;
                session.until_of(&format!("pointing lights {name}"), lit, when(true)).await?;
            }
        }
    }
    Ok(())
}

pub async fn presets_in_the_prose_apply(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        for name in names(session, "data-preset").await? {
            let (root, _) = parts(slug, &name);
            session.adopted(&root).await?;
            let values = "return [...document.querySelectorAll(`${a} [name]`)].map((e) => \
                          e.type === 'checkbox' ? `${e.checked}` : e.value).join(' ')";
            let before = session.text(values, &*root).await?;
            session.click(&format!("[data-preset=\"{name}\"]")).await?;
            let others =
                format!("const [root, before] = a; {} !== before", values.replace("${a}", "${root}"));
            let what = format!("the preset {name} in the prose changes a control");
            session.until_of(&what, &others, json!([root, before])).await?;
        }
    }
    Ok(())
}

/// Of the runs that a page names, so many are set up; natively, each is asked whether its names are right.
const RUNS: usize = 3;

pub async fn measured_numbers_set_their_run_up(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let mut all = 0;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        // Letters that come late move what is out of sight, and a click would miss it.
        let settled = "return 'settled' in document.documentElement.dataset";
        session.until(&format!("/{slug}/ has its letters"), settled).await?;
        let named = names(session, "data-run").await?;
        // From the beginning to the end of the page.
        for name in named.iter().step_by(named.len().div_ceil(RUNS).max(1)) {
            let (simulation, query) = name.split_once('?').unwrap_or((name, ""));
            let root = format!("[data-sim=\"{slug}/{simulation}\"]");
            session.adopted(&root).await?;
            // A run may end by itself before the step that is named.
            let pairs = query.split('&').filter_map(|part| part.split_once('='));
            let (at, values): (Vec<_>, Vec<_>) =
                pairs.filter(|(name, _)| *name != "kept").partition(|(name, _)| *name == "at");
            let at = at.first().and_then(|(_, at)| at.parse().ok()).unwrap_or(0);
            let values: Vec<_> = values.iter().map(|(name, value)| pair(name, *value)).collect();
            let found = stage.simulations.iter().find(|s| s.slug == *slug && s.id == simulation);
            let end = match found {
                Some(found) => found.run(&values, at)?["step"].as_u64().unwrap_or(at).to_string(),
                None => at.to_string(),
            };
            session.click(&format!("[data-run=\"{name}\"]")).await?;
            // A second run stands beside the first, and says its values in words; a field groups digits.
            let stands = "const sim = document.querySelector(a[0]);\
                          const value = (e) => e.type === 'checkbox' ? (e.checked ? 'on' : 'off') : e.value;\
                          return [...new URLSearchParams(a[1])].every(([name, text]) => \
                          name === 'at' ? sim.dataset.step === a[2] : \
                          name === 'kept' ? !sim.querySelector('[data-kept]').hidden : \
                          value(sim.querySelector(`[name=\"${name}\"]`)).replaceAll(',', '') === text)";
            let what = format!("a click on the number of {name} sets it up");
            session.until_of(&what, stands, json!([root, query, end])).await?;
            let still = "return document.querySelector(a).dataset.state === 'paused'";
            session.until_of(&format!("{name} stands still"), still, &*root).await?;
            all += 1;
        }
    }
    hold(all > 0, || "no number on any page names its run".to_owned())
}
