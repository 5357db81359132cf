//! What moves, and what must not.

use std::time::Duration;

use browser_tests::{Outcome, hold};
use serde_json::Value as Json;
use tokio::time::sleep;

use crate::Stage;

const STEP: &str = "return Number(document.querySelector(a).dataset.step)";

pub async fn what_is_out_of_sight_stands_still(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        let hero = "[data-sim]";
        session.ask("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })", Json::Null).await?;
        let seen = "const r = document.querySelector(a).getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight";
        hold(!session.is(seen, hero).await?, || format!("the hero of {slug} is on the last screen, too"))?;
        sleep(Duration::from_millis(400)).await;
        let before = session.number(STEP, hero).await?;
        sleep(Duration::from_millis(700)).await;
        let after = session.number(STEP, hero).await?;
        hold(after <= before, || {
            format!("the hero of {slug} goes on out of sight, from step {before} to {after}")
        })?;

        let finished = "return document.querySelector(a).dataset.state !== 'playing'";
        session.scroll_to(hero).await?;
        sleep(Duration::from_millis(100)).await;
        if !session.is(finished, hero).await? {
            let on = format!("return Number(document.querySelector(a).dataset.step) > {after}");
            session.until_of(&format!("the hero of {slug} goes on in sight"), &on, hero).await?;
        }
    }
    Ok(())
}

pub async fn a_hidden_page_stands_still(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let hero = "[data-sim]";
    session.open(&format!("{}/", stage.slugs[0])).await?;
    let page = session.driver.window().await?;
    let before = session.number(STEP, hero).await?;
    let other = session.driver.new_tab().await?;
    session.driver.switch_to_window(other).await?;
    session.driver.goto("about:blank").await?;
    sleep(Duration::from_secs(2)).await;
    session.driver.close_window().await?;
    // Measured inside the page: coming back makes it visible again.
    session.driver.switch_to_window(page).await?;
    let after = session.number(STEP, hero).await?;
    session.until("the page is seen again", "return document.visibilityState === 'visible'").await?;
    sleep(Duration::from_secs(2)).await;
    let later = session.number(STEP, hero).await?;
    hold(after - before < (later - after).max(1.0), || {
        format!(
            "hidden, the page made {} steps in two seconds, and visible {}",
            after - before,
            later - after
        )
    })
}

pub async fn reduced_motion_starts_paused(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
    for simulation in &stage.simulations {
        let root = simulation.root();
        session.open(&format!("{}/", simulation.slug)).await?;
        session.adopted(&root).await?;
        let before = session.number(STEP, &*root).await?;
        sleep(Duration::from_millis(300)).await;
        let after = session.number(STEP, &*root).await?;
        let paused =
            session.is("return document.querySelector(a).dataset.state === 'paused'", &*root).await?;
        hold(paused && after <= before, || {
            format!("{} moves though the reader asked for reduced motion", simulation.address())
        })?;
    }
    Ok(())
}
