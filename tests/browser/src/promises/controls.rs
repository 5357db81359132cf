//! Controls and transport, by keyboard and by mouse.

use std::time::Duration;

use browser_tests::catalogue::Simulation;
use browser_tests::session::Session;
use browser_tests::{Outcome, fail, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;
use tokio::time::sleep;

use crate::Stage;

/// What a simulation shows: its figure, rasters included, and its readouts; and the step at which it stands, which
/// moves on before its figure does where a new run is on its way to its opening.
#[derive(PartialEq)]
pub struct Shown {
    step: String,
    figure: String,
    readouts: Json,
}

impl Shown {
    /// Both the figure and the readouts are others.
    fn differs(&self, other: &Self) -> bool {
        self.figure != other.figure && self.readouts != other.readouts
    }
}

/// What a simulation shows once it has come to rest; one that does not is taken as it is.
pub async fn shown(session: &Session, simulation: &Simulation) -> Outcome<Shown> {
    let mut last = look(session, simulation).await?;
    for _ in 0..40 {
        let next = look(session, simulation).await?;
        if next == last {
            return Ok(next);
        }
        last = next;
    }
    Ok(last)
}

async fn look(session: &Session, simulation: &Simulation) -> Outcome<Shown> {
    // Longer than the tenth of a second for which readouts may lag behind.
    sleep(Duration::from_millis(120)).await;
    let script = "const all = (s) => [...document.querySelectorAll(`${a} ${s}`)]; \
                  return [all('.figure svg').map((s) => s.innerHTML).join() \
                  + all('.figure canvas').map((c) => c.toDataURL()).join(), \
                  all('output[data-readout]').map((o) => o.dataset.value), document.querySelector(a).dataset.step]";
    let answer = session.ask(script, simulation.root()).await?;
    let text = |i: usize| answer[i].as_str().unwrap_or_default().to_owned();
    Ok(Shown { step: text(2), figure: text(0), readouts: answer[1].clone() })
}

/// Waits for three animation frames.
pub async fn frames(session: &Session) -> Outcome {
    session
        .ask("window.seen = 0; const f = () => { if (++seen < 3) requestAnimationFrame(f) }; f()", Json::Null)
        .await?;
    session.until("the page draws", "return seen >= 3").await
}

/// Pauses every simulation of the page that plays. In one turn of the page: between a look and a click a run
/// may be over, and a click begin it again.
pub async fn pause(session: &Session) -> Outcome {
    let script = "for (const sim of document.querySelectorAll('[data-sim][data-state=playing]')) {\
                  [...sim.querySelectorAll('button')].find((b) => \
                  (b.getAttribute('aria-label') ?? b.textContent).trim().startsWith('Pause'))?.click(); }";
    session.ask(script, Json::Null).await?;
    frames(session).await
}

/// Arrow keys and pointer name what stands in a figure, and what they name is framed.
pub async fn a_figure_can_be_read_by_pointer_and_by_keyboard(stage: &mut Stage) -> Outcome {
    const NAMED: &str = "return document.querySelector(`${a} .pointed-words`)?.textContent ?? ''";
    let session = &stage.session;
    session.still().await?;
    for simulation in stage.one_of_each(1) {
        let (name, root) = (simulation.address(), simulation.root());
        // Still: what moves on could leave the place where the keys found it.
        session.open(&simulation.page(&[], Some(40))).await?;
        session.adopted(&root).await?;
        frames(session).await?;
        let figure = session.driver.find(thirtyfour::By::Css(format!("{root} .figure"))).await?;
        figure.focus().await?;
        let mut named = Vec::new();
        for key in [Key::Right, Key::Right, Key::Down] {
            figure.send_keys(key).await?;
            if named.is_empty() {
                // What names things comes when the figure is first read.
                let found = "return !!document.querySelector(`${a} .pointed-words`)?.textContent";
                session
                    .until_of(&format!("an arrow key finds something in {name}"), found, root.clone())
                    .await?;
            }
            named.push(session.text(NAMED, root.clone()).await?);
        }
        let spoken =
            session.text("return document.querySelector(`${a} [data-spoken]`).textContent", root.clone());
        let spoken = spoken.await?;
        hold(named.contains(&spoken), || format!("{name} says “{spoken}” and shows {named:?}"))?;

        let place = "const r = document.querySelector(`${a} .pointed`).getBoundingClientRect(); \
                     const f = document.querySelector(`${a} .figure`).getBoundingClientRect(); \
                     return [r.left + r.width / 2 - f.left, r.top + r.height / 2 - f.top]";
        let place = session.ask(place, root.clone()).await?;
        figure.send_keys(Key::Escape).await?;
        let gone = session.text(NAMED, root.clone()).await?;
        hold(gone.is_empty(), || format!("Escape leaves “{gone}” in {name}"))?;

        // A pointer finds what the keys found, where the frame stood in the figure.
        let corner = "const f = document.querySelector(`${a} .figure`).getBoundingClientRect(); \
                      return [f.left, f.top]";
        let corner = session.ask(corner, root.clone()).await?;
        let at =
            |i: usize| corner[i].as_f64().zip(place[i].as_f64()).map_or(0.0, |(edge, inner)| edge + inner);
        let moved = json!({ "type": "mouseMoved", "x": at(0), "y": at(1) });
        session.cdp("Input.dispatchMouseEvent", moved).await?;
        let found = "return !!document.querySelector(`${a} .pointed-words`)?.textContent";
        let what = format!("a pointer finds something at {place} in the figure of {name}");
        session.until_of(&what, found, root.clone()).await?;
    }
    Ok(())
}

pub async fn every_control_answers_keyboard_and_mouse(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for simulation in stage.one_of_each(0) {
        session.open(&simulation.alone(40)).await?;
        session.adopted(&simulation.root()).await?;
        // The rarer controls, too.
        session
            .ask(
                "for (const more of document.querySelectorAll(`${a} details.more`)) more.open = true",
                simulation.root(),
            )
            .await?;
        let (mut by_keyboard, mut by_mouse) = (false, false);
        for control in simulation.numbers() {
            let field = format!("{} input[name=\"{control}\"]", simulation.root());
            let track = format!("{} input[data-track=\"{control}\"]", simulation.root());
            let name = format!("{}.{control}", simulation.id);
            let visible =
                "const r = document.querySelector(a)?.getBoundingClientRect(); return !!r && r.width > 0";
            hold(session.is(visible, &*field).await?, || format!("{name} has no number field"))?;
            let value = "return document.querySelector(a).value";

            session.press(&field, Key::Home).await?;
            let before = if by_keyboard { None } else { Some(shown(session, simulation).await?) };
            let least = session.text(value, &*field).await?;
            session.press(&field, Key::Up).await?;
            let more = session.text(value, &*field).await?;
            hold(more != least, || format!("{name} stays at {least} when the up arrow is pressed"))?;
            session.press(&field, Key::End).await?;
            let most = session.text(value, &*field).await?;
            hold(most != least, || format!("{name} stays at {least} from Home to End"))?;
            // What the keys and the mouse do to the figure is seen at the first control that changes it.
            let seen = by_keyboard && by_mouse;
            let after = if seen { None } else { Some(shown(session, simulation).await?) };
            by_keyboard |= before.zip(after.as_ref()).is_some_and(|(before, after)| before.differs(after));

            if session.is(visible, &*track).await? {
                session.drag(&track, 0.95, 0.05).await?;
                let dragged = session.text(value, &*field).await?;
                hold(dragged != most, || format!("{name} stays at {most} when its track is dragged"))?;
                if let Some(after) = after.filter(|_| !by_mouse) {
                    by_mouse = shown(session, simulation).await?.differs(&after);
                }
            }
        }
        let address = simulation.address();
        hold(by_keyboard, || format!("no key changes both figure and readouts of {address}"))?;
        hold(by_mouse, || format!("no track changes both figure and readouts of {address}"))?;
    }
    Ok(())
}

pub async fn a_fold_that_holds_nothing_is_not_shown(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let root = "[data-sim=\"attention/positions\"]";
    let shown = "return document.querySelector(`${a} .controls > .more`).checkVisibility()";
    for (scheme, more) in [("none", false), ("rope", true)] {
        session.open(&format!("attention/?positions.scheme={scheme}")).await?;
        session.adopted(root).await?;
        let is = session.is(shown, root).await?;
        hold(is == more, || format!("more controls beside {scheme}: {is}"))?;
    }
    Ok(())
}

/// Clicks the button of a simulation with this accessible name.
async fn click_button(session: &Session, simulation: &Simulation, name: &str) -> Outcome {
    session.scroll_to(&simulation.root()).await?;
    let script = "const button = [...document.querySelectorAll(`${a[0]} button`)].find((b) => \
                  (b.getAttribute('aria-label') ?? b.textContent).trim().startsWith(a[1])); \
                  if (!button) return false; button.setAttribute('data-pressed-by-test', ''); return true";
    if !session.is(script, json!([simulation.root(), name])).await? {
        return fail(format!("{} has no button {name}", simulation.address()));
    }
    session.click("[data-pressed-by-test]").await?;
    session
        .ask(
            "document.querySelector('[data-pressed-by-test]')?.removeAttribute('data-pressed-by-test')",
            Json::Null,
        )
        .await?;
    frames(session).await
}

pub async fn the_transport_plays_pauses_steps_and_resets(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let step = "return Number(document.querySelector(a).dataset.step)";
    // The first of each topic runs longest: others may be over before they can be paused.
    for simulation in stage.one_of_each(0) {
        let (root, address) = (simulation.root(), simulation.address());
        session.open(&simulation.page(&[], Some(3))).await?;
        session.adopted(&root).await?;
        // A ledger has all of its answer at once, and nothing that would do nothing.
        if simulation.is_still()? {
            let moves =
                "return document.querySelector(a).querySelector('[data-action=play], [data-action=step]')";
            hold(session.ask(moves, &*root).await?.is_null(), || format!("{address} offers a next step"))?;
            continue;
        }
        let state = |state: &str| format!("return document.querySelector(a).dataset.state === '{state}'");
        session.until_of(&format!("{address} is paused"), &state("paused"), &*root).await?;

        let before = session.number(step, &*root).await?;
        click_button(session, simulation, "Step").await?;
        let after = session.number(step, &*root).await?;
        hold(after > before, || format!("Step leaves {address} at step {before}"))?;

        click_button(session, simulation, "Play").await?;
        let further = format!("return Number(document.querySelector(a).dataset.step) > {after}");
        session.until_of(&format!("Play moves {address}"), &further, &*root).await?;
        pause(session).await?;
        hold(session.is(&state("paused"), &*root).await?, || format!("Pause does not pause {address}"))?;
        let paused = session.number(step, &*root).await?;
        frames(session).await?;
        let still = session.number(step, &*root).await?;
        hold(still <= paused, || format!("{address} goes on though it is paused"))?;

        click_button(session, simulation, "Reset").await?;
        let first = session.number(step, &*root).await?;
        hold(first < still || first == 0.0, || format!("Reset leaves {address} at step {first}"))?;
    }
    Ok(())
}
