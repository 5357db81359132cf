//! Simulations alone in other people's pages: frames, sandboxes, messages, decks.

use browser_tests::server::NOBODY;
use browser_tests::session::Session;
use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// A page of nobody with one frame in it, which writes down what the frame says.
async fn host(session: &Session, embed: &str, attributes: &str) -> Outcome {
    session.visit(NOBODY).await?;
    let script = "
        window.heard = [];
        addEventListener('message', (event) => heard.push(event.data));
        document.body.innerHTML = `<iframe ${a.attributes} width=900 height=700 src=\"${a.src}\"></iframe>`;
        window.frame = document.querySelector('iframe').contentWindow;
        window.tell = (message) => frame.postMessage(message, '*');";
    let src = format!("{}/embed/{embed}", session.origin);
    session.ask(script, json!({ "attributes": attributes, "src": src })).await?;
    session.until("the frame says that it is ready", "return heard.some((m) => m.type === 'ready')").await
}

/// What the console says, but for the page of nobody, which is not there.
async fn complaints(session: &Session) -> Outcome<Vec<String>> {
    let mut all = session.complaints().await?;
    all.retain(|c| !c.contains(NOBODY) && !c.contains("favicon"));
    Ok(all)
}

/// Sends a message with an id and waits for the answer to it.
async fn answer(session: &Session, message: Json) -> Outcome<Json> {
    session.ask("window.asked = (window.asked ?? 0) + 1; tell({ ...a, id: asked })", message).await?;
    session.until("the frame answers", "return heard.some((m) => m.id === asked)").await?;
    session.ask("return heard.find((m) => m.id === asked)", Json::Null).await
}

pub async fn a_simulation_stands_alone_in_a_frame_of_any_size(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for simulation in &stage.simulations {
        let name = simulation.address();
        for (width, height) in [(320, 240), (1920, 1080)] {
            session.size(width, height).await?;
            session.open(&format!("embed/{name}/")).await?;
            let alone = "return document.querySelectorAll('[data-sim]').length === 1 && !document.querySelector('header, footer, article')";
            hold(session.is(alone, Json::Null).await?, || format!("{name} is not alone"))?;
            let sideways = "return document.documentElement.scrollWidth - innerWidth";
            let over = session.number(sideways, Json::Null).await?;
            hold(over <= 0.0, || format!("{name} is {over} px too wide for {width}"))?;
        }
        // A projector gets larger letters, not a small figure in a corner.
        let scale = "return document.querySelector('.figure svg').getBoundingClientRect().width / document.querySelector('.figure').clientWidth";
        let scale = session.number(scale, Json::Null).await?;
        hold(scale > 1.4, || format!("{name} is shown at {scale} on a large screen"))?;
    }
    Ok(())
}

pub async fn an_embed_obeys_its_address(stage: &mut Stage) -> Outcome {
    // From the first frame on: what obeys the most of an address comes after the simulation.
    let watch = "window.steps = new Set(); const look = () => { \
        const step = document.querySelector('[data-sim]')?.dataset.step; if (step) steps.add(step); requestAnimationFrame(look) }; look()";
    stage.session.before_pages(watch).await?;
    let session = &stage.session;
    let simulation = &stage.simulations[0];
    let page = format!("embed/{}/", simulation.address());
    session.open(&format!("{page}?theme=dark&background=transparent&controls=none&play=0")).await?;
    let steps = session.text("return [...steps].join()", Json::Null).await?;
    hold(!steps.is_empty() && !steps.contains(','), || format!("with play=0 it stood at steps {steps}"))?;
    let obeyed = "const root = document.documentElement; \
        return [root.dataset.theme, getComputedStyle(document.body).backgroundColor, \
                getComputedStyle(document.querySelector('.sim-panel')).display, \
                document.querySelector('[data-sim]').dataset.state].join(' ')";
    let obeyed = session.text(obeyed, Json::Null).await?;
    hold(obeyed == "dark rgba(0, 0, 0, 0) none paused", || format!("the address is not obeyed: {obeyed}"))?;

    let last = simulation.controls.last().and_then(|c| c["id"].as_str()).unwrap_or_default();
    session.open(&format!("{page}?controls={last}")).await?;
    let shown = "return [...document.querySelectorAll('[data-control-row]')].filter((e) => e.checkVisibility()).map((e) => e.dataset.controlRow).join()";
    let shown = session.text(shown, Json::Null).await?;
    hold(shown == last, || format!("controls={last} shows {shown}"))?;

    session.open(&format!("{page}?theme=pink&play=maybe&scale=99&controls=zzz")).await?;
    let said = "return document.querySelector('[data-messages]').textContent";
    session.until("the refusals are shown", &format!("{said} !== ''")).await?;
    let said = session.text(said, Json::Null).await?;
    for word in ["“pink”", "“maybe”", "“99”", "“zzz”"] {
        hold(said.contains(word), || format!("nothing is said about {word}: {said}"))?;
    }
    Ok(())
}

pub async fn a_sandboxed_embed_runs_and_answers(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug) else { continue };
        let name = simulation.address();
        host(session, &format!("{name}/"), "sandbox=\"allow-scripts\"").await?;
        let state = answer(session, json!({ "tinkerable": 1, "type": "get" })).await?;
        hold(state["type"] == "readouts" && state["simulation"] == *name, || format!("{name}: {state}"))?;
        let before = answer(session, json!({ "tinkerable": 1, "type": "reset" })).await?;
        hold(before["step"] == 0 || before["playing"] == true, || format!("{name}: {before}"))?;
        let seed = json!({ "tinkerable": 1, "type": "set", "values": { "no such control": 1 } });
        let error = answer(session, seed).await?;
        hold(
            error["type"] == "error"
                && error["message"].as_str().is_some_and(|m| m.contains("no such control")),
            || format!("{name}: {error}"),
        )?;
        let complaints = complaints(session).await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

pub async fn messages_drive_it_and_wrong_ones_change_nothing(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.iter().find(|s| s.has_seed() && !s.presets.is_empty()) else {
        return Ok(());
    };
    host(session, &format!("{}/?play=0", simulation.address()), "").await?;
    let set = json!({ "tinkerable": 1, "type": "set", "values": { "seed": 7 } });
    let state = answer(session, set).await?;
    hold(state["values"]["seed"] == "7", || format!("seed 7 is not set: {state}"))?;
    for wrong in [
        json!({ "tinkerable": 1, "type": "set", "values": { "seed": 8, "zzz": 1 } }),
        json!({ "tinkerable": 1, "type": "set", "values": { "seed": 5_000_000_000_u64 } }),
        json!({ "tinkerable": 2, "type": "set", "values": { "seed": 8 } }),
        json!({ "tinkerable": 1, "type": "dance" }),
        json!({ "tinkerable": 1 }),
    ] {
        let error = answer(session, wrong.clone()).await?;
        hold(error["type"] == "error", || format!("{wrong} gives {error}"))?;
    }
    let state = answer(session, json!({ "tinkerable": 1, "type": "get" })).await?;
    hold(state["values"]["seed"] == "7", || format!("a wrong message changed something: {state}"))
}

/// Ten thousand messages of every shape, from a generator with a seed, and one honest one at the end.
const STORM: &str = "
    let seed = 7;
    const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    const words = ['set', 'preset', 'play', 'pause', 'step', 'reset', 'get', 'seed', '__proto__', 'slide:stop', '', '\\u0000', 'x'.repeat(5000)];
    const any = (depth) => [
        () => null, () => undefined, () => random(1e6) - 5e5, () => NaN, () => 1e308, () => words[random(words.length)],
        () => random(2) === 0, () => [any(depth + 1)], () => new Date(0), () => new Map([[1, 2]]), () => 10n,
        () => depth > 3 ? 0 : { [words[random(words.length)]]: any(depth + 1) },
    ][random(12)]();
    let expected = 0;
    for (let i = 0; i < 10000; i++) {
        const kind = random(4);
        if (kind === 0) { tell(any(0)); continue; }
        const message = { tinkerable: kind === 1 ? any(0) : 1, type: random(3) ? words[random(7)] : any(0),
                          values: any(0), preset: any(0), steps: any(0), id: 'storm' };
        const own = ['ready', 'readouts', 'error'].includes(message.type);
        if (message.tinkerable !== undefined && !own) expected++;
        tell(message);
    }
    window.expected = expected;
    tell({ tinkerable: 1, type: 'get', id: 'after' });";

pub async fn a_storm_of_messages_leaves_it_running(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let simulation = &stage.simulations[0];
    host(session, &format!("{}/", simulation.address()), "sandbox=\"allow-scripts\"").await?;
    session.ask(STORM, Json::Null).await?;
    session.until("the frame answers after the storm", "return heard.some((m) => m.id === 'after')").await?;
    let answered = session.number("return heard.filter((m) => m.id === 'storm').length", Json::Null).await?;
    let expected = session.number("return expected", Json::Null).await?;
    hold((answered - expected).abs() < 0.5, || format!("{answered} of {expected} messages are answered"))?;
    answer(session, json!({ "tinkerable": 1, "type": "reset" })).await?;
    answer(session, json!({ "tinkerable": 1, "type": "play" })).await?;
    session.until("it runs", "return heard.at(-1).playing === true && heard.at(-1).step > 0").await
}

pub async fn a_deck_pauses_it_and_gets_its_keys_back(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let simulation = &stage.simulations[0];
    host(session, &format!("{}/?play=1", simulation.address()), "").await?;
    let says = |playing: bool| format!("return heard.at(-1).playing === {playing}");
    session.until("it runs", &says(true)).await?;
    session.ask("tell('slide:stop')", Json::Null).await?;
    session.until("it stops with its slide", &says(false)).await?;
    session.ask("tell('slide:start')", Json::Null).await?;
    session.until("it goes on with its slide", &says(true)).await?;

    let number = simulation.numbers().first().map(|id| format!("[name=\"{id}\"]")).unwrap_or_default();
    session.driver.enter_frame(0).await?;
    session.press("[data-action=step]", Key::Right).await?;
    session.press("[data-action=step]", Key::PageUp).await?;
    session.press(&number, Key::Right).await?;
    session.driver.enter_default_frame().await?;
    session.until("the keys arrive", "return heard.filter((m) => typeof m === 'string').length >= 2").await?;
    let keys = session.text("return heard.filter((m) => typeof m === 'string').join()", Json::Null).await?;
    hold(keys == r#"{"method":"next"},{"method":"prev"}"#, || format!("the deck hears {keys}"))
}

pub async fn the_guide_to_embeds_shows_its_messages_working(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open("embed/").await?;
    session.scroll_to("#shown").await?;
    let heard =
        |word: &str| format!("return document.querySelector('#heard').textContent.includes('{word}')");
    session.until("the frame is heard", &heard("readouts")).await?;
    session.ask("document.querySelector('[data-send*=\"7}\"]:last-child').click()", Json::Null).await?;
    session.until("a wrong value is answered", &heard("error")).await?;
    session.ask("document.querySelector('#shown').setAttribute('n_features', '8')", Json::Null).await?;
    session.until("an attribute sets a control", &heard("readouts")).await?;
    let eight = "return new Promise((resolve) => { const f = document.querySelector('#shown'); \
                 f.addEventListener('readouts', (e) => { if (e.detail.id === 'q') resolve(e.detail.values.n_features) }); \
                 f.send('get', { id: 'q' }) })";
    let eight = session.text(eight, Json::Null).await?;
    hold(eight == "8", || format!("n_features is {eight}"))
}

/// Bytes that one file may have: all that its simulation can be asked for is in it, films, reasons and a place for
/// data of the reader too.
const FILE_LIMIT: usize = 880_000;

pub async fn one_file_runs_from_a_disk_and_in_srcdoc(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug && s.has_seed()) else {
            continue;
        };
        let name = simulation.address();
        let html = simulation.standalone(&["seed=5"])?;
        hold(html.len() < FILE_LIMIT, || format!("{name} takes {} bytes", html.len()))?;
        let file = std::env::temp_dir().join(format!("tinkerable-{}.html", std::process::id()));
        std::fs::write(&file, &html)?;
        session.driver.goto(format!("file://{}", file.display())).await?;
        session.alive().await?;
        let seed = "return document.querySelector('[name=seed]').value";
        let seed = session.text(seed, Json::Null).await?;
        hold(seed == "5", || format!("{name} has the seed {seed} in its file"))?;
        let fetched = "return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !/^(data|blob):/.test(n)).join()";
        let fetched = session.text(fetched, Json::Null).await?;
        hold(fetched.is_empty(), || format!("{name} asks the network for {fetched}"))?;
        let complaints = complaints(session).await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
        std::fs::remove_file(&file)?;

        session.visit(NOBODY).await?;
        let frame = "window.heard = []; addEventListener('message', (e) => heard.push(e.data)); \
                     document.body.innerHTML = '<iframe sandbox=allow-scripts width=900 height=700></iframe>'; \
                     document.querySelector('iframe').srcdoc = a;";
        session.ask(frame, html).await?;
        session
            .until(
                "the file runs in srcdoc",
                "return heard.some((m) => m.type === 'readouts' && m.values.seed === '5')",
            )
            .await?;
    }
    Ok(())
}
