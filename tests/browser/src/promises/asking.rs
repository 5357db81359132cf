//! Readouts that are asked why they stand where they stand.

use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// Whether all runs of the answer under a simulation are made.
const WHOLE: &str = "const runs = document.querySelector(`${a} [data-why-panel]`)?.dataset.runs?.split('/'); \
                     return !!runs && runs[0] === runs[1]";

/// What has the focus, as the readout that a button asks about.
const FOCUSED: &str = "return document.activeElement?.dataset.why ?? ''";

/// A reading as the page keeps it.
fn exact(reading: &Json) -> String {
    reading.as_f64().map_or_else(|| reading.as_str().unwrap_or_default().to_owned(), |x| x.to_string())
}

pub async fn the_panel_of_a_readout_has_the_numbers_of_the_terminal(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for simulation in stage.one_of_each(2) {
        let (name, root) = (simulation.address(), simulation.root());
        session.open(&simulation.alone(4)).await?;
        session.adopted(&root).await?;
        let first = "return document.querySelector(`${a} [data-why]`).dataset.why";
        let readout = session.text(first, &*root).await?;
        session.press(&format!("{root} [data-why='{readout}']"), Key::Enter).await?;
        session.until_of(&format!("{name}: all runs are made"), WHOLE, &*root).await?;
        let words = ["why", &name, &readout, "--steps", "4", "--json"].map(str::to_owned);
        let terminal: Json = serde_json::from_str(&simulation.terminal(&words)?)?;
        let there: Vec<String> = terminal["neighbours"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|neighbour| exact(&neighbour["reading"]))
            .collect();
        let rows = "return [...document.querySelectorAll(`${a} [data-why-row]`)].map((r) => r.dataset.value)";
        let here = session.ask(rows, &*root).await?;
        hold(here == json!(there), || format!("{name}, {readout}: {here} are not {there:?}"))?;
        let says = "return document.querySelector(`${a} [data-why-says]`).textContent";
        let said = session.text(says, &*root).await?;
        hold(terminal["words"] == said, || format!("{name}: “{said}” is not {}", terminal["words"]))?;
        if let Some(numbers) = terminal["formula"]["numbers"].as_str() {
            let formula = "return document.querySelector(`${a} [data-why-formula]`).textContent";
            let shown = session.text(formula, &*root).await?;
            hold(shown.contains(numbers), || format!("{name}: {shown} has not {numbers}"))?;
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

pub async fn a_readout_is_asked_by_keyboard_and_gets_the_focus_back(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let (slug, id) = ("mixture-of-experts", "moe-train");
    let root = format!("[data-sim='{slug}/{id}']");
    session.open(&format!("{slug}/?{id}.at=40")).await?;
    session.adopted(&root).await?;
    let loaded = "return performance.getEntriesByType('resource').some((r) => r.name.includes('site-why'))";
    hold(!session.is(loaded, Json::Null).await?, || "the piece comes before it is asked for".to_owned())?;

    let button = format!("{root} [data-why=loss]");
    session.press(&button, Key::Enter).await?;
    session.until_of("all runs are made", WHOLE, &*root).await?;
    let panel = "return document.activeElement === document.querySelector(`${a} [data-why-panel]`)";
    hold(session.is(panel, &*root).await?, || "the panel has not the focus".to_owned())?;
    let open = "return document.querySelector(`${a} [data-why=loss]`).getAttribute('aria-expanded')";
    let said = session.text(open, &*root).await?;
    hold(said == "true", || format!("the open button says {said}"))?;
    let told = "return document.querySelector(`${a} [data-spoken]`).textContent.startsWith('Loss is ')";
    session.until_of("the answer is said", told, &*root).await?;
    let drawn = "return !!document.querySelector(`${a} [data-why-figure] svg`)";
    hold(session.is(drawn, &*root).await?, || "the way of the readout is not drawn".to_owned())?;

    // A row sets its value, and the answer says that it speaks of another run now.
    let before = "return new URLSearchParams(location.search).toString()";
    let address = session.text(before, Json::Null).await?;
    session.press(&format!("{root} [data-why-row] button"), Key::Enter).await?;
    let moved = "return document.querySelector(`${a} [data-why-state]`).textContent.includes('The controls have moved on')";
    session.until_of("the answer says that the controls have moved on", moved, &*root).await?;
    let follows = "return new URLSearchParams(location.search).toString() !== a";
    session.until_of("the address follows", follows, address).await?;

    // Escape closes it, and so does the button; either way the readout has the focus.
    session.press(&format!("{root} [data-why-again]"), Key::Escape).await?;
    let hidden = "return document.querySelector(`${a} [data-why-panel]`).hidden";
    hold(session.is(hidden, &*root).await?, || "Escape leaves it open".to_owned())?;
    let focused = session.text(FOCUSED, Json::Null).await?;
    hold(focused == "loss", || format!("after Escape {focused} has the focus"))?;
    session.click(&button).await?;
    session
        .until_of(
            "it is open again",
            "return !document.querySelector(`${a} [data-why-panel]`).hidden",
            &*root,
        )
        .await?;
    session.click(&format!("{root} [data-why-close]")).await?;
    hold(session.is(hidden, &*root).await?, || "Close leaves it open".to_owned())?;
    let focused = session.text(FOCUSED, Json::Null).await?;
    hold(focused == "loss", || format!("after Close {focused} has the focus"))
}

pub async fn a_frame_answers_why(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let simulation = stage.simulations.iter().find(|s| s.id == "energy-ledger");
    let Some(simulation) = simulation else { return browser_tests::fail("there is no energy-ledger") };
    let (name, root) = (simulation.address(), simulation.root());
    session.open(&simulation.alone(0)).await?;
    session.adopted(&root).await?;
    let ask = "window.heard = []; addEventListener('message', ({ data }) => heard.push(data)); \
               for (const readout of ['mwh', 'mhw']) postMessage({ tinkerable: 1, type: 'why', readout, id: readout }, '*')";
    session.ask(ask, Json::Null).await?;
    let answered = "return ['reasons', 'error'].every((type) => heard.some((m) => m.type === type))";
    session.until("both are answered", answered).await?;
    let heard = session.ask("return heard.find((m) => m.type === 'reasons')", Json::Null).await?;
    let words = ["why", &name, "mwh", "--json"].map(str::to_owned);
    let terminal: Json = serde_json::from_str(&simulation.terminal(&words)?)?;
    for field in ["reading", "words", "formula", "neighbours", "seeds"] {
        hold(heard[field] == terminal[field], || {
            format!("{field}: {} is not {}", heard[field], terminal[field])
        })?;
    }
    hold(heard["id"] == "mwh", || format!("it answers {}", heard["id"]))?;
    let said = session.text("return heard.find((m) => m.type === 'error').message", Json::Null).await?;
    hold(said.contains("perhaps mwh is meant"), || said)
}
