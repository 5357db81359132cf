//! Addresses: they restore a moment exactly, and what is wrong in one is answered in words.

use browser_tests::catalogue::Simulation;
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, hold};
use serde_json::{Value as Json, json};

use super::controls::shown;
use crate::Stage;

/// The step at which moments are compared.
const STEP: u64 = 40;

pub fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// Some values that are not the defaults.
fn unusual(simulation: &Simulation) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    for control in &simulation.controls {
        let Some(id) = control["id"].as_str() else { continue };
        let value = match control["type"].as_str() {
            Some("seed") => "3".to_owned(),
            Some("toggle") => if control["default"] == true { "off" } else { "on" }.to_owned(),
            Some("choice") => control["options"][1]["id"].as_str().unwrap_or_default().to_owned(),
            Some("integer" | "doubling" | "real" | "logarithmic") => control["range"][0].to_string(),
            _ => continue,
        };
        values.push((id.to_owned(), value));
    }
    values
}

/// Waits until a simulation stands still at the step that its address asks for (or where it ends).
async fn arrived(session: &Session, simulation: &Simulation, step: u64) -> Outcome {
    session.adopted(&simulation.root()).await?;
    let there = format!(
        "const s = document.querySelector(a).dataset; return s.state === 'paused' && Number(s.step) === {step}"
    );
    session
        .until_of(&format!("{} stands at step {step}", simulation.address()), &there, simulation.root())
        .await
}

/// A control's value as the page shows it, without thousands separators.
async fn control(session: &Session, simulation: &Simulation, id: &str) -> Outcome<String> {
    let script = "const e = document.querySelector(a); if (!e) return null; \
                  return e.type === 'checkbox' ? (e.checked ? 'on' : 'off') : e.value.replaceAll(',', '')";
    session.text(script, format!("{} [name=\"{id}\"]", simulation.root())).await
}

/// Whether the page shows the text of a value, however it writes numbers.
fn same(shown: &str, value: &str) -> bool {
    let number = |text: &str| text.replace('−', "-").parse::<f64>().ok();
    shown == value || (number(shown).is_some() && number(shown) == number(value))
}

async fn shows(session: &Session, simulation: &Simulation, values: &[(String, String)]) -> Outcome {
    for (id, value) in values {
        let shown = control(session, simulation, id).await?;
        hold(same(&shown, value), || {
            format!("{}.{id} shows {shown} where the address says {value}", simulation.address())
        })?;
    }
    Ok(())
}

pub async fn an_address_restores_its_moment_and_the_share_link_gives_it_on(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for simulation in stage.one_of_each(2) {
        let (root, values) = (simulation.root(), unusual(simulation));
        let native = simulation.run(&values, STEP)?;
        session.open(&simulation.page(&values, Some(STEP))).await?;
        arrived(session, simulation, native["step"].as_u64().unwrap_or_default()).await?;
        shows(session, simulation, &values).await?;

        session.click(&format!("{root} [data-action=\"share\"]")).await?;
        let link = "const link = document.querySelector(`${a} .share-link`); return link.checkVisibility() && !!link.value";
        session.until_of("the link is shown", link, &*root).await?;
        let link = session.text("return document.querySelector(`${a} .share-link`).value", &*root).await?;
        let before = shown(session, simulation).await?;
        session.driver.goto(&*link).await?;
        session.alive().await?;
        session.adopted(&root).await?;
        let paused = "return document.querySelector(a).dataset.state === 'paused'";
        session.until_of(&format!("{link} is paused"), paused, &*root).await?;
        let after = shown(session, simulation).await?;
        hold(before == after, || format!("{link} shows something else than the page that gave it"))?;
    }
    Ok(())
}

pub async fn back_and_forward_work(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.first() else { return Ok(()) };
    let values = unusual(simulation);
    let step = simulation.run(&values, STEP)?["step"].as_u64().unwrap_or_default();
    let path = "return location.pathname";

    // From page to page by links, the way readers go.
    session.open(&simulation.page(&values, Some(STEP))).await?;
    session
        .ask("document.querySelector('a[href=\"../\"], a[href=\"/\"], header a').click()", Json::Null)
        .await?;
    session.until("the link leads to the gallery", "return location.pathname === '/'").await?;
    session.driver.back().await?;
    session.until("back leads to the topic", "return location.pathname !== '/'").await?;
    arrived(session, simulation, step).await?;
    shows(session, simulation, &values).await?;
    session.driver.forward().await?;
    session.until("forward leads to the gallery", "return location.pathname === '/'").await?;
    session.until("the gallery is there", "return !!document.querySelector('.gallery-group')").await?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || format!("the console says: {}", complaints.join("; ")))?;

    // By loading, at another moment of the same page.
    session.open(&simulation.page(&[], Some(5))).await?;
    session.open(&simulation.page(&values, Some(STEP))).await?;
    session.driver.back().await?;
    session.alive().await?;
    arrived(session, simulation, 5).await?;
    let here = session.text(path, Json::Null).await?;
    hold(here == format!("/{}/", simulation.slug), || format!("back leads to {here}"))
}

pub async fn hostile_addresses_are_answered_in_words(stage: &mut Stage) -> Outcome {
    const MARKUP: &str = "%3Cimg%20src%3Dx%20onerror%3D%22window.broken%3D1%22%3E";
    let session = &stage.session;
    for (n, slug) in stage.slugs.iter().enumerate() {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug) else { continue };
        let Some(&id) = simulation.numbers().first() else { continue };
        let own = format!("{}.{id}", simulation.id);
        let huge = "9".repeat(4000);
        // An entry, and what the answer must name.
        let values = [
            (format!("{own}=NaN"), "NaN"),
            (format!("{own}=1e309"), "1e309"),
            (format!("{own}=-inf"), "-inf"),
            (format!("{own}="), "“”"),
            (format!("{own}={MARKUP}"), "<img src=x"),
            (format!("{own}=%FF%FE"), "no value"),
            (format!("{own}=twelve"), "twelve"),
            (format!("{own}={huge}"), "999"),
        ];
        let others = [
            (format!("{}.{MARKUP}=1", simulation.id), "<img src=x"),
            (format!("{}.no_such_control=1", simulation.id), "no_such_control"),
            ("no-such-simulation.x=1".to_owned(), "no-such-simulation"),
            ("__proto__.constructor=1".to_owned(), "__proto__"),
            (format!("{}.at=-1", simulation.id), "-1"),
            (format!("{}.at=99999999999999999999", simulation.id), "999"),
            (format!("{}.at=1e3", simulation.id), "1e3"),
        ];
        let all = || values.iter().chain(&others);
        // All pages have one reader of addresses, which natively is asked by every simulation: one topic
        // answers each entry alone and in its article, the others several at once where the simulation
        // stands alone, which opens sooner.
        let queries: Vec<Vec<&(String, &str)>> = if n == 0 {
            all().map(|entry| vec![entry]).collect()
        } else {
            vec![
                vec![&values[4], &others[1], &others[2], &others[4]],
                vec![&values[7], &others[0], &others[3]],
            ]
        };
        let page = if n == 0 { format!("{slug}/") } else { format!("embed/{}/", simulation.address()) };
        session.open(&page).await?;
        let default = control(session, simulation, id).await?;
        for entries in &queries {
            let query: Vec<&str> = entries.iter().map(|(entry, _)| entry.as_str()).collect();
            let query = query.join("&");
            let shown = &query[..query.len().min(60)];
            session
                .open(&format!("{page}?{query}"))
                .await
                .map_err(|Failure(why)| Failure(format!("?{shown}: {why}")))?;
            let said = session
                .text(
                    "return [...document.querySelectorAll('.messages .message')].map((m) => m.textContent).join(' ')",
                    Json::Null,
                )
                .await?;
            for (_, named) in entries {
                hold(said.contains(named), || {
                    format!("/{page}?{shown} should say “{named}”, but says “{said}”")
                })?;
            }
            let value = control(session, simulation, id).await?;
            let clamped = query.contains(&format!("{own}=99999"));
            hold(value == default || clamped, || {
                format!("/{page}?{shown} leaves {own} at {value} in place of {default}")
            })?;
            session
                .until_of(
                    "the simulation runs all the same",
                    "return Number(document.querySelector(a).dataset.step) > 0",
                    simulation.root(),
                )
                .await
                .map_err(|Failure(why)| Failure(format!("/{page}?{shown}: {why}")))?;
            let harmed = "return window.broken === 1 || !!document.querySelector('img[src=x]') \
                          || Object.prototype.hasOwnProperty('1')";
            hold(!session.is(harmed, Json::Null).await?, || format!("/{page}?{shown} injects markup"))?;
        }
    }
    Ok(())
}

pub async fn terminal_and_page_agree_bit_for_bit(stage: &mut Stage) -> Outcome {
    stage.session.still().await?;
    let in_articles: Vec<String> = stage.one_of_each(1).into_iter().map(Simulation::address).collect();
    for simulation in &stage.simulations {
        let seed: Vec<_> = simulation.has_seed().then(|| pair("seed", "3")).into_iter().collect();
        let mut moments = vec![seed.clone(), unusual(simulation)];
        for preset in &simulation.presets {
            let own = preset.iter().any(|(id, _)| id == "seed");
            moments.push(if own { preset.clone() } else { [seed.clone(), preset.clone()].concat() });
        }
        // By address, for one simulation of each topic, one moment in the article and one where it stands alone,
        // for the others the latter; the other moments by messages to that.
        let in_article = in_articles.contains(&simulation.address());
        for (n, values) in moments.iter().enumerate() {
            let native = simulation.run(values, STEP)?;
            let page = simulation.page(values, Some(STEP));
            let page = match page.split_once('?').filter(|_| n > 0 || !in_article) {
                Some((_, query)) => format!("embed/{}/?{query}", simulation.address()),
                None => page,
            };
            let step = native["step"].as_u64().unwrap_or_default();
            if n == 0 || n == 1 && in_article {
                stage.session.open(&page).await?;
                arrived(&stage.session, simulation, step).await?;
            } else {
                told(&stage.session, simulation, values, step).await?;
            }
            agree(&stage.session, simulation, &native, &page).await?;
        }
    }
    Ok(())
}

/// Has the simulation that stands alone make a run by messages, and waits for its end.
async fn told(session: &Session, simulation: &Simulation, values: &[(String, String)], step: u64) -> Outcome {
    let defaults = simulation.controls.iter().filter_map(|control| control["id"].as_str());
    let mut all: serde_json::Map<String, Json> = defaults.map(|id| (id.to_owned(), Json::Null)).collect();
    all.extend(values.iter().map(|(id, value)| (id.clone(), json!(value))));
    // The step is written anew when the run has ended, whatever it was before.
    let ask = "const [root, values, steps] = a, say = (letter) => postMessage({ tinkerable: 1, ...letter }, '*'); \
               window.heard ??= new Set(); onmessage = ({ data }) => heard.add(data.id); \
               window.asked = `${window.asked ?? ''}x`; \
               say({ type: 'reset' }); say({ type: 'set', values }); say({ type: 'reset' }); \
               say({ type: 'step', steps, id: asked })";
    session.ask(ask, json!([simulation.root(), all, STEP])).await?;
    let there = "const [root, step] = a, { dataset } = document.querySelector(root); \
                 return heard.has(asked) && dataset.state === 'paused' && Number(dataset.step) === step";
    let what = format!("{} stands at step {step} when it is told to", simulation.address());
    session.until_of(&what, there, json!([simulation.root(), step])).await
}

/// Every readout has the same bits in the page as in the answer of `tinkerable run`.
async fn agree(session: &Session, simulation: &Simulation, native: &Json, page: &str) -> Outcome {
    let script = "return Object.fromEntries([...document.querySelectorAll(`${a} output[data-readout]`)]\
                  .map((o) => [o.dataset.readout, o.dataset.value]))";
    let shown = session.ask(script, simulation.root()).await?;
    for (id, value) in native["readouts"].as_object().into_iter().flatten() {
        let text = shown[id].as_str().unwrap_or_default();
        let equal = match value {
            Json::Number(number) => {
                text.parse::<f64>().is_ok_and(|x| number.as_f64().is_some_and(|y| x.to_bits() == y.to_bits()))
            }
            Json::String(words) => text == words,
            _ => text.is_empty(),
        };
        hold(equal, || format!("/{page}: {id} is {text} in the page and {value} in the terminal"))?;
    }
    hold(shown.as_object().is_some_and(|o| !o.is_empty()), || {
        format!("/{page} shows no readout: {}", json!(shown))
    })
}
