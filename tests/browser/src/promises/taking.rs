//! Taking a simulation along: files, the form for pages and slides, the talk.

use browser_tests::server::NOBODY;
use browser_tests::session::Session;
use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// Writes down what the page gives to the browser to save.
const LISTEN: &str = "window.saved = {}; addEventListener('tinkerable-save', (e) => { saved[e.detail.kind] = e.detail.content ?? '' })";

pub async fn saved_files_are_those_of_the_command_line(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for slug in &stage.slugs {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug && s.has_seed()) else {
            continue;
        };
        let (name, root) = (simulation.address(), simulation.root());
        session.open(&simulation.page(&[("seed".to_owned(), "3".to_owned())], Some(12))).await?;
        session.adopted(&root).await?;
        let there =
            "const s = document.querySelector(a).dataset; return s.state === 'paused' && Number(s.step) > 0";
        session.until_of("the moment is reached", there, &*root).await?;
        session.ask(LISTEN, Json::Null).await?;
        session.click(&format!("{root} [data-action=share]")).await?;
        let step = session.number("return Number(document.querySelector(a).dataset.step)", &*root).await?;
        let site = format!("{}/", session.origin);
        let words = |first: &str, last: &[&str]| {
            let mut words = vec![first.to_owned(), name.clone(), "seed=3".to_owned()];
            words.extend(["--steps".to_owned(), step.to_string(), "--url".to_owned(), site.clone()]);
            words.extend(last.iter().map(|w| (*w).to_owned()));
            words
        };
        for (kind, words) in [
            ("csv", words("run", &["--csv"])),
            ("json", words("run", &["--json"])),
            ("svg", words("figure", &["--theme", "light"])),
        ] {
            session.ask("document.querySelector(`${a} [data-save-theme]`).value = 'light'", &*root).await?;
            session.click(&format!("{root} [data-save={kind}]")).await?;
            session.until_of("the file is given", "return a in saved", kind).await?;
            let page = session.text("return saved[a]", kind).await?;
            let terminal = simulation.terminal(&words)?;
            hold(page == terminal, || format!("{name}: {kind} differs\n{page:.600}\n{terminal:.600}"))?;
        }
        for (button, end) in [("2", "png"), ("html", "html")] {
            session.click(&format!("{root} [data-save=\"{button}\"]")).await?;
            let said = "const [root, end] = a; \
                        return document.querySelector(`${root} [data-save-state]`).textContent.includes(`.${end} is saved`)";
            session.until_of(&format!("{name}: the {end} is saved"), said, json!([root, end])).await?;
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

async fn snippet(session: &Session, way: &str) -> Outcome<String> {
    session.text("return document.querySelector(`[data-snippet=${a}]`).textContent", way).await
}

pub async fn the_form_writes_what_it_shows(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let simulation = stage.simulations.iter().find(|s| s.has_seed());
    let Some(simulation) = simulation else { return Ok(()) };
    let (name, id) = (simulation.address(), &simulation.id);
    session.visit(&format!("embed/?figure={name}&{id}.seed=3")).await?;
    let source = "return document.querySelector('[data-preview]').src.includes(a)";
    session.until_of("the frame shows the figure", source, &*format!("{name}/?")).await?;
    let choose = "const [name, value] = a; const field = document.querySelector(`[name=${name}]`); \
                  field.value = value; field.dispatchEvent(new Event('change', { bubbles: true }))";
    for (field, value) in [("theme", "dark"), ("controls", "none"), ("width", "640")] {
        session.ask(choose, json!([field, value])).await?;
    }
    session.until_of("the frame obeys", source, "theme=dark").await?;
    let seed = format!("{id}.seed=3");
    for way in ["link", "iframe", "reveal", "quarto", "marp", "markdown"] {
        let text = snippet(session, way).await?.replace("&amp;", "&");
        for piece in [&*name, "theme=dark", "controls=none", &seed] {
            hold(text.contains(piece), || format!("{way} lacks {piece}: {text}"))?;
        }
    }
    hold(snippet(session, "iframe").await?.contains("width=\"640\""), || "the width is lost".to_owned())?;
    let code = "return document.querySelectorAll('[data-qr] svg path').length === 1";
    hold(session.is(code, Json::Null).await?, || "there is no QR code".to_owned())?;

    // A run that is kept in the frame stays in the words.
    session.visit(&format!("embed/?figure={name}&{id}.seed=3&{id}.kept=defaults")).await?;
    let heard = "document.querySelector('[data-preview]').contentWindow\
                 .postMessage({ tinkerable: 1, type: 'set', values: { seed: 4 } }, '*'); \
                 const link = document.querySelector('[data-snippet=link]').textContent; \
                 return link.includes(`${a}.seed=4`) && link.includes(`${a}.kept=defaults`)";
    session.until_of("the kept run is not forgotten", heard, &**id).await?;

    // What is done in the frame goes into the words.
    let set = "document.querySelector('[data-preview]').contentWindow\
               .postMessage({ tinkerable: 1, type: 'set', values: { seed: 5 } }, '*'); \
               return document.querySelector('[data-snippet=link]').textContent.includes(`${a}.seed=5`)";
    session.until_of("the frame's values arrive", set, &**id).await?;

    session.visit("embed/?figure=no/such").await?;
    let said = "return document.querySelector('[data-form-says]').textContent.includes('no/such')";
    session.until("a wrong figure is told", said).await
}

pub async fn a_talk_is_walked_by_a_clicker_and_handed_over(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        session.visit(NOBODY).await?;
        let deck = "window.heard = []; addEventListener('message', (e) => typeof e.data === 'string' && heard.push(e.data)); \
                    document.body.innerHTML = `<iframe width=1000 height=600 src=\"${a}\"></iframe>`";
        session.ask(deck, format!("{}/{slug}/?present=1", session.origin)).await?;
        session.driver.enter_frame(0).await?;
        let place = "return document.querySelector('.talk-place')?.textContent ?? ''";
        let begun = "return document.querySelector('.talk-place')?.textContent.startsWith('1 of ') ?? false";
        session.until(&format!("{slug}: the talk begins"), begun).await?;
        let all = session.text(place, Json::Null).await?;
        let all: usize = all.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        hold((5..=8).contains(&all), || format!("{slug} has {all} steps"))?;
        session.ask("document.body.tabIndex = -1; window.focus(); document.body.focus()", Json::Null).await?;
        for step in 1..=all {
            let alone = "const stage = document.querySelectorAll('.on-stage'); \
                         const seen = (s) => stage[0].querySelector(s)?.checkVisibility() ?? false; \
                         return stage.length === 1 && seen('.figure svg') && seen('.talk-sentence') \
                             && !seen('.transport') && !seen('.controls') && !seen('.readouts')";
            session.until(&format!("{slug}: step {step} is alone on the screen"), alone).await?;
            session.driver.action_chain().send_keys(Key::PageDown).perform().await?;
            if step < all {
                let next = format!(
                    "return (document.querySelector('.talk-place').textContent) === '{} of {all}'",
                    step + 1
                );
                session.until(&format!("{slug}: step {} comes", step + 1), &next).await?;
            }
        }
        session.driver.enter_default_frame().await?;
        session.until("the deck takes over", r#"return heard.at(-1) === '{"method":"next"}'"#).await?;
        session.driver.enter_frame(0).await?;
        session.driver.action_chain().send_keys(Key::Escape).perform().await?;
        let back =
            "return !document.querySelector('.on-stage') && document.querySelector('h1').checkVisibility()";
        session.until(&format!("{slug}: the page is back"), back).await?;
        session.driver.enter_default_frame().await?;
    }
    Ok(())
}
