//! What moves, and what must not.

use std::time::Duration;

use browser_tests::{Outcome, hold};
use tokio::time::sleep;

use crate::Stage;

const STEP: &str = "return Number(document.querySelector(a).dataset.step)";

pub async fn what_is_out_of_sight_stands_still(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for simulation in stage.one_of_each(2) {
        let (name, root) = (simulation.address(), simulation.root());
        session.open(&format!("{}/", simulation.slug)).await?;
        session.adopted(&root).await?;
        // It runs in sight, then its page shows the far end that it is not on.
        session.scroll_to(&root).await?;
        session
            .ask("document.querySelector(a).querySelector('[data-action=play]')?.click()", root.clone())
            .await?;
        let away = "const r = document.querySelector(a).getBoundingClientRect(); \
                    const up = scrollY + r.top > document.body.scrollHeight / 2; \
                    scrollTo({ top: up ? 0 : document.body.scrollHeight, behavior: 'instant' })";
        session.ask(away, root.clone()).await?;
        let seen = "const r = document.querySelector(a).getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight";
        hold(!session.is(seen, root.clone()).await?, || format!("{name} is on both ends of its page"))?;
        sleep(Duration::from_millis(400)).await;
        let before = session.number(STEP, root.clone()).await?;
        sleep(Duration::from_millis(500)).await;
        let after = session.number(STEP, root.clone()).await?;
        hold(after <= before, || format!("{name} goes on out of sight, from step {before} to {after}"))?;

        session.scroll_to(&root).await?;
        sleep(Duration::from_millis(100)).await;
        let playing = "return document.querySelector(a).dataset.state === 'playing'";
        if session.is(playing, root.clone()).await? {
            let on = format!(
                "return Number(document.querySelector(a).dataset.step) > {after} || document.querySelector(a).dataset.state !== 'playing'"
            );
            session.until_of(&format!("{name} goes on in sight"), &on, root.clone()).await?;
        }
    }
    Ok(())
}

pub async fn what_runs_by_itself_stops_before_it_answers_a_bet(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    // What its bet is about are the defaults.
    let root = "[data-sim=\"multimodal-models/align\"]";
    session.open("multimodal-models/").await?;
    session.adopted(root).await?;
    session.scroll_to(root).await?;
    let stopped = "const sim = document.querySelector(a);
        return sim.dataset.state === 'paused' && sim.querySelector('[data-because]').innerText.includes('press Play')";
    session.until_of("it stops for a bet", stopped, root).await?;
    let at = session.number(STEP, root).await?;
    hold(at == 100.0, || format!("it stops at step {at}, and not half of the way to 200"))?;
    session.click(&format!("{root} [data-action=play]")).await?;
    let on = "return Number(document.querySelector(a).dataset.step) > 100";
    session.until_of("Play goes on without a bet", on, root).await
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
    session.still().await?;
    for simulation in stage.one_of_each(1) {
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
