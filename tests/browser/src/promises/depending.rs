//! Sweeps in the page: made beside the live run, found again by their address.

use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// Writes down what the page gives to the browser to save.
const LISTEN: &str = "window.saved = {}; addEventListener('tinkerable-save', (e) => { saved[e.detail.kind] = e.detail.content ?? '' })";

/// Whether all runs of the sweep under a simulation are made.
const WHOLE: &str = "const runs = document.querySelector(`${a} [data-depend]`)?.dataset.runs?.split('/'); \
                     return !!runs && runs[0] === runs[1] && runs[0] !== '0'";

/// A query with a sweep in it.
fn query(sweep: &str) -> String {
    let mut out = String::from("?depend=");
    for byte in sweep.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

pub async fn a_sweep_of_the_page_has_the_bits_of_the_terminal(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for simulation in stage.one_of_each(0) {
        let (id, name, root) = (&simulation.id, simulation.address(), simulation.root());
        let swept = |c: &&Json| c["id"] != "seed" && c["type"] != "text" && c["type"] != "drawing";
        let Some(control) = simulation.controls.iter().find(swept).and_then(|c| c["id"].as_str()) else {
            continue;
        };
        session.open(&simulation.alone(1)).await?;
        session.adopted(&root).await?;
        let readout = "return document.querySelector(`${a} [data-readout]`).dataset.readout";
        let readout = session.text(readout, &*root).await?;
        let mut sweeps = vec![if simulation.has_seed() {
            format!("{id}?{control}=..:3&at=5&seeds=1..2#{readout}")
        } else {
            format!("{id}?{control}=..:3&at=5#{readout}")
        }];
        // One of choices, and one of seeds, of each topic's first simulation.
        let first = stage.simulations.iter().find(|s| s.slug == simulation.slug);
        if simulation.has_seed() && first.is_some_and(|s| s.id == *id) {
            sweeps.push(format!("{id}?seed=1..6&at=3#{readout}"));
            let choice = simulation.controls.iter().find(|c| c["type"] == "choice");
            sweeps.extend(
                choice
                    .and_then(|c| c["id"].as_str())
                    .map(|c| format!("{id}?{c}=..&at=3&seeds=1..3#{readout}")),
            );
        }
        for sweep in sweeps {
            session.open(&format!("embed/{name}/{}", query(&sweep))).await?;
            session.adopted(&root).await?;
            session.until_of(&format!("{sweep}: all runs are made"), WHOLE, &*root).await?;
            session.ask(LISTEN, Json::Null).await?;
            for kind in ["csv", "json"] {
                session.click(&format!("{root} [data-depend-save={kind}]")).await?;
                session.until_of("the file is given", "return a in saved", kind).await?;
                let page = session.text("return saved[a]", kind).await?;
                let slug = &simulation.slug;
                let site = format!("{}/", session.origin);
                let words = ["sweep", &format!("{slug}/{sweep}"), &format!("--{kind}"), "--url", &site];
                let words = words.map(str::to_owned);
                let terminal = simulation.terminal(&words)?;
                hold(page == terminal, || format!("{sweep}: {kind} differs\n{page:.900}\n{terminal:.900}"))?;
            }
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

pub async fn a_sweep_is_picked_stopped_read_and_followed(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let (slug, id) = ("mixture-of-experts", "moe-train");
    let root = format!("[data-sim='{slug}/{id}']");
    session.open(&format!("{slug}/?{id}.at=20")).await?;
    session.adopted(&root).await?;
    let loaded =
        "return performance.getEntriesByType('resource').some((r) => r.name.includes('site-depend'))";
    hold(!session.is(loaded, Json::Null).await?, || "the piece comes before it is asked for".to_owned())?;

    session.click(&format!("{root} .depend > summary")).await?;
    let there = "return !!document.querySelector(`${a} [data-depend-figure] svg`)";
    session.until_of("the fold is filled", there, &*root).await?;
    let pick = "const [root, name, text] = a; const field = document.querySelector(`${root} [data-depend-${name}]`); \
                field.value = field.options ? [...field.options].find((o) => o.text === text).value : text; \
                field.dispatchEvent(new Event('change', { bubbles: true }))";
    for (name, text) in [("control", "Experts"), ("readout", "Dead experts"), ("seeds", "1"), ("step", "400")]
    {
        session.ask(pick, json!([root, name, text])).await?;
    }
    let says = "return document.querySelector(`${a} [data-depend-state]`).textContent";
    let said = session.text(says, &*root).await?;
    hold(said == "Draw makes 13 runs of 400 steps.", || said)?;

    // It grows point by point, and the live run goes on beside it.
    session.click(&format!("{root} [data-action=play]")).await?;
    session.click(&format!("{root} [data-depend-go]")).await?;
    let runs = "return Number(document.querySelector(`${a} [data-depend]`).dataset.runs?.split('/')[0] ?? 0)";
    session.until_of("some runs are made", &runs.replace("return ", "return 2 <= "), &*root).await?;
    session.click(&format!("{root} [data-depend-go]")).await?;
    let stopped = "return document.querySelector(`${a} [data-depend-go]`).textContent === 'Go on'";
    session.until_of("it is stopped", stopped, &*root).await?;
    let made = session.number(runs, &*root).await?;
    hold(made < 13.0, || format!("{made} runs were made before it was stopped"))?;
    let spoken = "return document.querySelector(`${a} [data-spoken]`).textContent";
    let said = session.text(spoken, &*root).await?;
    hold(said.starts_with("Stopped after "), || said)?;
    let asked = "return new URLSearchParams(location.search).get('depend')";
    let name = "moe-train?n_experts=..&at=400#dead";
    let address = session.text(asked, Json::Null).await?;
    hold(address == name, || format!("the address has {address}"))?;
    session.click(&format!("{root} [data-depend-go]")).await?;
    session.until_of("it goes on to its end", WHOLE, &*root).await?;
    let told = "return document.querySelector(`${a} [data-spoken]`).textContent.startsWith('Dead experts, at step 400, against Experts: ')";
    session.until_of("the curve is said", told, &*root).await?;
    let ran = "return Number(document.querySelector(a).dataset.step) > 20";
    session.until_of("the live run went on", ran, &*root).await?;

    // Another readout of the same runs takes no other run.
    session.ask(pick, json!([root, "readout", "Loss"])).await?;
    let title = "return document.querySelector(`${a} [data-depend-figure] svg`).getAttribute('aria-label').startsWith('Loss, at step 400')";
    session.until_of("the loss is drawn", title, &*root).await?;
    hold(session.is(WHOLE, &*root).await?, || "the runs are made anew".to_owned())?;

    // By keyboard and by pointer to a value.
    let figure = format!("{root} [data-depend-figure]");
    session.press(&figure, Key::Home).await?;
    let words =
        "return document.querySelector(`${a} [data-depend-figure] .pointed-words`)?.textContent ?? ''";
    let said = session.text(words, &*root).await?;
    hold(said.starts_with("Experts 1: Loss "), || format!("the first place is “{said}”"))?;
    let said = session.text(spoken, &*root).await?;
    hold(said.starts_with("Experts 1: Loss "), || format!("a key says “{said}”"))?;
    session.press(&figure, Key::Right).await?;
    session.press(&figure, Key::Enter).await?;
    let value = "return document.querySelector(`${a} [name=n_experts]`).getAttribute('aria-valuenow') \
                 ?? document.querySelector(`${a} [name=n_experts]`).value";
    let second = session.text(value, &*root).await?;
    hold(second != "8" && second != "1", || format!("Enter sets {second}"))?;
    let marked =
        "return document.querySelector(`${a} [data-depend-figure] [data-mark=now]`)?.getAttribute('d') ?? ''";
    let before = session.text(marked, &*root).await?;
    let [x, y] = session.point(&figure, 0.9).await?;
    session.driver.action_chain().move_to(x, y).click().perform().await?;
    let third = session.text(value, &*root).await?;
    hold(third != second, || format!("a click leaves {third}"))?;
    hold(session.text(marked, &*root).await? != before, || "the mark does not follow".to_owned())?;

    // What has no say is given one: its line would be flat.
    session.ask(pick, json!([root, "control", "Aux weight α"])).await?;
    let has_say = "return document.querySelector(`${a} [name=balance]`).value === 'aux'";
    session.until_of("the penalty is set that its weight weighs", has_say, &*root).await?;
    session.ask(pick, json!([root, "control", "Experts"])).await?;

    // Found again, with all that stands there; a fold that is closed has no place in the address.
    session.driver.refresh().await?;
    session.alive().await?;
    session.until_of("it is made again", WHOLE, &*root).await?;
    let again = "return document.querySelector(`${a} [data-depend-control]`).selectedOptions[0].text + ' ' \
                 + document.querySelector(`${a} [data-depend-step]`).value";
    let again = session.text(again, &*root).await?;
    hold(again == "Experts 400", || format!("the fields say {again}"))?;
    session.click(&format!("{root} .depend > summary")).await?;
    session.until("the address forgets it", "return !location.search.includes('depend')").await?;

    session.open(&format!("{slug}/{}", query("moe-train?n_expert=..#dead"))).await?;
    let refused =
        "return document.querySelector(`${a} [data-messages]`).textContent.includes('perhaps n_experts')";
    session.until_of("a wrong sweep is told what would be right", refused, &*root).await?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || format!("{complaints:?}"))
}

/// What is seen of the runs of an article's first sweep.
const SEEN: &str = "const runs = [...document.querySelector(a).querySelectorAll('.figure [data-mark]')] \
                        .filter((e) => !['guess', 'default'].includes(e.dataset.mark) && e.checkVisibility()); \
                    return runs.length > 0 && runs.every((e) => getComputedStyle(e).visibility === 'visible')";

pub async fn a_prediction_is_drawn_before_the_runs_are_shown(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let sweep = "[data-curve]";
    let figure = format!("{sweep} .figure");
    let says = "return document.querySelector(`${a} [data-guess-says]`).textContent";
    let drawn = "return (document.querySelector(`${a} [data-mark=guess]`)?.getAttribute('d') ?? '').split('L').length";
    let mut drawable = 0;
    for (turn, slug) in stage.slugs.iter().enumerate() {
        session.open(&format!("{slug}/")).await?;
        if !session.is("return !!document.querySelector(a)", sweep).await? {
            continue;
        }
        drawable += 1;
        session.scroll_to(sweep).await?;
        hold(!session.is(SEEN, sweep).await?, || format!("{slug}: the runs are shown at once"))?;
        let axes = "return [...document.querySelectorAll(`${a} .figure text:not([data-mark])`)] \
                        .some((e) => getComputedStyle(e).visibility === 'visible')";
        hold(session.is(axes, sweep).await?, || format!("{slug}: there is no frame to draw in"))?;

        // By pointer, once the piece is there that takes it.
        session.click(&figure).await?;
        let live = "return !!document.querySelector(`${a} .figure > canvas`)";
        session.until_of("the frame takes strokes", live, sweep).await?;
        session.drag(&figure, 0.15, 0.7).await?;
        let stroke = session.number(drawn, sweep).await?;
        hold(stroke >= 2.0, || format!("{slug}: a stroke leaves {stroke} points"))?;
        hold(!session.is(SEEN, sweep).await?, || format!("{slug}: drawing shows the runs"))?;

        // With the keys, and shown with Enter.
        session.press(&figure, Key::Home).await?;
        session.press(&figure, Key::Up).await?;
        let said = session.text(says, sweep).await?;
        hold(said.ends_with(", you say."), || format!("{slug}: a key says “{said}”"))?;
        session.press(&figure, Key::Enter).await?;
        let said = session.text(says, sweep).await?;
        hold(said.contains(" off on average, ") && said.contains("furthest at "), || {
            format!("{slug}: {said}")
        })?;
        hold(session.is(SEEN, sweep).await?, || format!("{slug}: Enter does not show the runs"))?;
        let both = session.number(drawn, sweep).await?;
        hold(both >= stroke, || format!("{slug}: what was drawn is gone"))?;
        let told =
            "return document.querySelector(`${a} .figure > svg`).getAttribute('aria-label')?.length > 40";
        hold(session.is(told, sweep).await?, || format!("{slug}: the runs are not told"))?;

        // The other ways are the page's and not the article's: some articles stand for all.
        if turn % 4 != 0 {
            continue;
        }
        // Skipped with one click, on a page that is fresh.
        session.open(&format!("{slug}/")).await?;
        session.click(&format!("{sweep} .guess-label")).await?;
        session.until_of("one click shows the runs", SEEN, sweep).await?;

        // With a finger.
        session.size(360, 740).await?;
        session.open(&format!("{slug}/")).await?;
        session.click(&figure).await?;
        session.until_of("the frame takes strokes", live, sweep).await?;
        let [x, y] = session.point(&figure, 0.3).await?;
        for (kind, at) in [
            ("touchStart", Some(x)),
            ("touchMove", Some(x + 60)),
            ("touchMove", Some(x + 120)),
            ("touchEnd", None),
        ] {
            let points: Vec<Json> = at.map(|x| json!({ "x": x, "y": y })).into_iter().collect();
            session.cdp("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
        }
        let stroke = session.number(drawn, sweep).await?;
        hold(stroke >= 2.0, || format!("{slug}: a finger leaves {stroke} points"))?;
        session.size(1280, 900).await?;

        session.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        session.visit(&format!("{slug}/")).await?;
        let simply = session.is(SEEN, sweep).await?;
        session.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
        hold(simply, || format!("{slug}: without scripts the runs are not there"))?;
    }
    hold(drawable >= 2, || format!("{drawable} articles have a sweep to draw"))?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || format!("{complaints:?}"))
}
