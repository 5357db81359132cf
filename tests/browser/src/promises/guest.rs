//! A good guest: what people reported of other figures in decks, pages and courses, and what holds here.

use browser_tests::server::{ISOLATED, NOBODY};
use browser_tests::session::Session;
use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

const G: &str = "mechanistic-interpretability/superposition";
const P: &str = "attention/positions";
const M: &str = "mixture-of-experts/moe-train";

/// Puts a page of HTML into a page of nobody, scripts and all; `{origin}` is the site.
async fn page_at(session: &Session, place: &str, html: &str) -> Outcome {
    session.visit(place).await?;
    let html = html.replace("{origin}", &session.origin);
    session.ask("document.open(); document.write(a); document.close();", html).await?;
    Ok(())
}

async fn page(session: &Session, html: &str) -> Outcome {
    page_at(session, NOBODY, html).await
}

const ALIVE: &str = "return document.documentElement?.hasAttribute('data-live')";
const FEATURES: &str = "return document.querySelector('[name=n_features]').value";

/// A deck with a figure above another slide, and a slide beside both.
const DECK: &str = r#"<!DOCTYPE html><html><head>
<link rel="stylesheet" href="{origin}/packages/reveal.js/dist/reveal.css">
<script src="{origin}/packages/reveal.js/dist/reveal.js"></script></head>
<body><div class="reveal"><div class="slides">
<section><section><iframe src="{origin}/embed/{figure}/?play=0" width="900" height="640"></iframe></section>
<section><h2>Below</h2></section></section>
<section><h2>Beside</h2></section>
</div></div>
<script>Reveal.initialize({ hash: false, transition: "none", viewDistance: 2 });</script>
</body></html>"#;

/// Has the deck show the figure, and looks into it.
async fn first_slide(session: &Session) -> Outcome {
    session.driver.enter_default_frame().await?;
    session
        .ask("if (Reveal.isOverview()) Reveal.toggleOverview(false); Reveal.slide(0, 0)", Json::Null)
        .await?;
    session.driver.enter_frame(0).await?;
    Ok(())
}

async fn press(session: &Session, key: impl Into<thirtyfour::TypingData>) -> Outcome {
    session.driver.action_chain().send_keys(key).perform().await?;
    Ok(())
}

/// Waits until the deck stands at a slide.
async fn stands_at(session: &Session, what: &str, place: [u32; 2]) -> Outcome {
    let place = format!(
        "const {{ h, v }} = parent.Reveal.getIndices(); return h === {} && v === {}",
        place[0], place[1]
    );
    session.until(what, &place).await
}

pub async fn the_keys_belong_to_the_speaker(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    page(session, &DECK.replace("{figure}", G)).await?;
    session.until("the deck is there", "return window.Reveal?.isReady() ?? false").await?;
    session.driver.enter_frame(0).await?;
    session.until("the figure is alive", ALIVE).await?;

    // A track that was dragged, a menu that was chosen from: the clicker's keys are the deck's.
    session.drag("[data-track=n_features]", 0.3, 0.6).await?;
    let value = session.text(FEATURES, Json::Null).await?;
    press(session, Key::PageDown).await?;
    stands_at(session, "PageDown after a drag moves the deck", [0, 1]).await?;
    let after = session.text(FEATURES, Json::Null).await?;
    hold(after == value, || format!("PageDown moved the track from {value} to {after}"))?;
    first_slide(session).await?;
    session.ask("document.querySelector('[data-action=speed]').focus()", Json::Null).await?;
    press(session, Key::PageDown).await?;
    stands_at(session, "PageDown after the menu moves the deck", [0, 1]).await?;
    let speed =
        session.text("return document.querySelector('[data-action=speed]').value", Json::Null).await?;
    hold(speed == "1", || format!("PageDown set the speed to {speed}"))?;

    // An empty spot of the figure, and a button.
    for what in [".figure", "[data-action=play]"] {
        first_slide(session).await?;
        session.click(what).await?;
        press(session, Key::Right).await?;
        stands_at(session, &format!("→ after a click on {what} is the deck's"), [1, 0]).await?;
        first_slide(session).await?;
        session.click(what).await?;
        press(session, Key::Down).await?;
        stands_at(session, &format!("↓ after a click on {what} is the deck's"), [0, 1]).await?;
    }
    // Blank and back, overview and out of it.
    first_slide(session).await?;
    session.click(".figure").await?;
    for (key, asked) in [(".", true), (".", false), ("b", true), ("b", false)] {
        press(session, key).await?;
        session
            .until(
                &format!("{key} reaches the deck"),
                &format!("return parent.Reveal.isPaused() === {asked}"),
            )
            .await?;
    }
    press(session, "o").await?;
    session.until("o reaches the deck", "return parent.Reveal.isOverview()").await?;
    press(session, Key::Escape).await?;
    session.until("Escape reaches the deck", "return !parent.Reveal.isOverview()").await?;

    // A field takes what is typed, and Escape gives the keys back.
    first_slide(session).await?;
    session.ask("document.querySelector('[name=n_features]').focus()", Json::Null).await?;
    press(session, Key::Right).await?;
    session
        .until_of(
            "a field uses its arrows",
            "return document.querySelector('[name=n_features]').value !== a",
            value,
        )
        .await?;
    press(session, Key::Escape).await?;
    press(session, Key::Right).await?;
    stands_at(session, "after Escape → is the deck's", [1, 0]).await?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

pub async fn a_page_around_scrolls_and_hears_the_keys(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let html = format!(
        "<!DOCTYPE html><body><script>heard = []; addEventListener('message', (e) => heard.push(e.data))</script>\
         <iframe src='{{origin}}/embed/{P}/?controls=none' width=800 height=560></iframe>\
         <div style='height:6000px'></div>"
    );
    page(session, &html).await?;
    session.until("the frame is alive", "return heard.some((m) => m.type === 'ready')").await?;
    session.driver.enter_frame(0).await?;
    session.click(".figure").await?;
    press(session, Key::PageDown).await?;
    session.driver.enter_default_frame().await?;
    session.until("PageDown scrolls the page around", "return scrollY > 100").await?;
    // What was reached by keys stays where it is, and hands on what it does not use.
    session.driver.enter_frame(0).await?;
    session.press("[data-action=step]", Key::PageDown).await?;
    session.driver.enter_default_frame().await?;
    let told = "return heard.some((m) => m.type === 'key' && m.key === 'PageDown' && m.keyCode === 34)";
    session.until("the page around hears the key", told).await
}

/// A deck of somebody's that knows no message: it listens to the keys of its own page.
const OTHER_DECK: &str = "<!DOCTYPE html><body><script>keys = []; heard = []; \
     addEventListener('keydown', (e) => keys.push(e.key)); addEventListener('message', (e) => heard.push(e.data))</script>\
     <iframe src='{origin}/embed/{figure}/?play=0' width=960 height=860></iframe>";

pub async fn any_deck_has_its_keys_after_a_click(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    page(session, &OTHER_DECK.replace("{figure}", G)).await?;
    session.until("the frame is alive", "return heard.some((m) => m.type === 'ready')").await?;
    let mut pressed = 0;
    for what in [".figure", "[data-action=play]", "[data-action=play]", "[data-track=n_features]"] {
        session.driver.enter_frame(0).await?;
        session.click(what).await?;
        session.driver.enter_default_frame().await?;
        session
            .until(
                &format!("the page has the focus after {what}"),
                "return document.activeElement.tagName === 'BODY'",
            )
            .await?;
        press(session, Key::Right).await?;
        pressed += 1;
        session.until_of(&format!("→ after {what}"), "return keys.length === a", pressed).await?;
    }
    // A field keeps the focus that a click gave it; Escape leaves the field, and again the frame.
    session.driver.enter_frame(0).await?;
    session.click("[name=n_features]").await?;
    let inside = "return document.activeElement.name === 'n_features' && document.hasFocus()";
    session.until("a click leaves the focus in a field", inside).await?;
    press(session, Key::Escape).await?;
    press(session, Key::Escape).await?;
    session.driver.enter_default_frame().await?;
    session.until("Escape gives the focus back", "return document.activeElement.tagName === 'BODY'").await?;
    press(session, Key::Right).await?;
    session
        .until_of(
            "→ after Escape",
            "return keys.filter((key) => key === 'ArrowRight').length === a",
            pressed + 1,
        )
        .await
}

pub async fn a_talk_goes_dark_and_keeps_the_display_awake(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    session
        .before_pages(
            "window.locks = []; Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => { \
             const lock = { kind, released: false, release: async () => { lock.released = true } }; \
             locks.push(lock); return lock } } })",
        )
        .await?;
    session.open("attention/?present=2").await?;
    session
        .until("the display is kept awake", "return locks.length === 1 && locks[0].kind === 'screen'")
        .await?;
    let dark = |on: bool| {
        format!("return (getComputedStyle(document.documentElement, '::after').content !== 'none') === {on}")
    };
    for (key, on) in [(".", true), (".", false), ("b", true), ("b", false)] {
        press(session, key).await?;
        session.until(&format!("{key} makes it dark: {on}"), &dark(on)).await?;
    }
    session.ask("document.dispatchEvent(new Event('visibilitychange'))", Json::Null).await?;
    session.until("the lock is renewed", "return locks.length === 2 && locks[0].released").await?;
    press(session, Key::Escape).await?;
    session.until("the lock is let go", "return locks.at(-1).released").await
}

/// Waits until the element says its values, and they are so.
const SAYS: &str =
    "const [id, name, value] = a; return String(document.getElementById(id).values[name]) === String(value)";

pub async fn the_element_is_a_well_made_one(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let html = format!(
        "<!DOCTYPE html><body style='margin:0'>\
         <tinkerable-figure id=plain figure={P} width=800 height=500 allowfullscreen translate=no class=x \
           data-v-1='' aria-label=Figure v-cloak></tinkerable-figure><div id=room></div>\
         <script>early = document.createElement('tinkerable-figure'); early.id = 'early'; early.theme = 'dark'; \
           errors = []; addEventListener('error', (e) => errors.push(e.message)); \
           room.append(early); early.setAttribute('figure', '{G}'); early.setAttribute('n_features', '9')</script>\
         <script type=module src='{{origin}}/tinkerable-embed.js'></script>\
         <script type=module src='{{origin}}/tinkerable-embed.js?again'></script>"
    );
    page(session, &html).await?;
    session.until("the element is known", "return !!customElements.get('tinkerable-figure')").await?;
    let size = session
        .ask("const r = plain.getBoundingClientRect(); return [r.width, r.height]", Json::Null)
        .await?;
    hold(size == json!([800, 500]), || format!("800 × 500 is {size}"))?;
    session.until_of("attributes are taken", SAYS, json!(["early", "n_features", 9])).await?;
    let inside = "const page = early.shadowRoot.querySelector('iframe').contentDocument.documentElement; return page.dataset.theme === a";
    hold(session.is(inside, "dark").await?, || "a property of before is lost".to_owned())?;

    // Empty at first, then told by its attributes, and messages that do not wait.
    let grow = "const own = document.createElement('tinkerable-figure'); own.id = 'late'; room.append(own); \
                setTimeout(() => { own.figure = a; own.set({ n_features: 9 }); own.pause(); \
                changes = 0; own.addEventListener('change', () => changes++); \
                heights = []; own.addEventListener('height', (e) => heights.push(e.detail.height)) }, 50)";
    session.ask(grow, G).await?;
    session.until("it is there", "return !!document.getElementById('late')").await?;
    session.until_of("a method waits until it is alive", SAYS, json!(["late", "n_features", 9])).await?;
    let set = "late.setAttribute('n_features', '7'); late.setAttribute('theme', 'dark'); \
               step = late.shadowRoot.querySelector('iframe').contentDocument.querySelector('[data-sim]').dataset.step";
    session.ask(set, Json::Null).await?;
    session.until_of("an attribute sets a control", SAYS, json!(["late", "n_features", 7])).await?;
    let dark = "return late.shadowRoot.querySelector('iframe').contentDocument.documentElement.dataset.theme === 'dark'";
    session.until("the theme follows", dark).await?;
    session.ask("late.removeAttribute('n_features')", Json::Null).await?;
    session.until_of("without it the default holds", SAYS, json!(["late", "n_features", 5])).await?;
    hold(
        session
            .is("return changes > 0 && heights.every((h) => h > 200) && heights.length > 0", Json::Null)
            .await?,
        || "there is no event for a change or for the height".to_owned(),
    )?;
    // Taken out and put back it goes on; another figure takes its place.
    session.ask("late.set({ n_features: 8 })", Json::Null).await?;
    session.until_of("it is set", SAYS, json!(["late", "n_features", 8])).await?;
    session
        .ask(
            "window.kept = late; kept.remove(); setTimeout(() => document.body.append(kept), 50)",
            Json::Null,
        )
        .await?;
    let back = "const page = document.getElementById('late')?.shadowRoot.querySelector('iframe')?.contentDocument; \
                return page?.documentElement?.hasAttribute('data-live') && page.querySelector('[name=n_features]').value === '8'";
    session.until("put back it is as it was", back).await?;
    session.ask("late.setAttribute('figure', a)", P).await?;
    let other = "return late.shadowRoot.querySelector('iframe').contentDocument?.querySelector('[data-sim]')?.dataset.sim === a";
    session.until_of("another figure takes its place", other, P).await?;

    let silent = "return [...document.querySelectorAll('tinkerable-figure')].map((own) => own.shadowRoot.querySelector('iframe')\
                  .contentDocument.querySelector('[data-messages]').textContent).join('') + errors.join()";
    let said = session.text(silent, Json::Null).await?;
    hold(said.is_empty(), || format!("readers are told “{said}”"))
}

pub async fn the_element_is_at_home_in_frameworks(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    // What stands there before the element is defined, and what the frameworks of others hang on it.
    let html = format!(
        "<!DOCTYPE html><body><div id=root>\
         <tinkerable-figure id=own figure={G} play=false n_features=7 name=demo webkitallowfullscreen \
           mozallowfullscreen fetchpriority=low hspace=0 vspace=0 csp=x jsaction=x ngskiphydration jscontroller=y></tinkerable-figure>\
         <tinkerable-figure id=slip figure={G} play=0 n_featurs=7></tinkerable-figure>\
         <tinkerable-figure id=alone figure={G} credentialless></tinkerable-figure></div>\
         <script>changes = 0; refused = []; root.addEventListener('change', (e) => {{ if (e.target.id === 'own') changes++ }}); \
           own.addEventListener('error', (e) => refused.push(e.detail.message))</script>\
         <script type=module src='{{origin}}/tinkerable-embed.js'></script>"
    );
    page(session, &html).await?;
    session.until("the element is known", "return !!customElements.get('tinkerable-figure')").await?;
    session.until_of("a plain name is a control's", SAYS, json!(["own", "n_features", 7])).await?;
    let frame = "const frame = (id) => document.getElementById(id).shadowRoot.querySelector('iframe'); \
                 return [frame('own').name, frame('alone').hasAttribute('credentialless')]";
    let frame = session.ask(frame, Json::Null).await?;
    hold(frame == json!(["demo", true]), || format!("the frame's name and credentials: {frame}"))?;
    let address = session.text("return own.shadowRoot.querySelector('iframe').src", Json::Null).await?;
    hold(address.contains("play=0"), || format!("play=false is {address}"))?;
    // Until it has answered, its values are what its attributes say.
    session.until("it has answered", "return Object.keys(own.readouts).length > 0").await?;
    // One turn with looks, a value and what is none: each is taken as what it is.
    session
        .ask("own.setAttribute('theme', 'dark'); own.setAttribute('n_features', '6'); own.setAttribute('jscontroller', 'z')", Json::Null)
        .await?;
    session.until_of("the value is taken", SAYS, json!(["own", "n_features", 6])).await?;
    session.until("the change is heard further up", "return changes > 0").await?;
    session.until("a strange name is refused alone", "return refused.length === 1").await?;
    // What is misspelt is told to readers as in any address.
    let told = "return document.getElementById('slip').shadowRoot.querySelector('iframe').contentDocument\
                ?.querySelector('[data-messages]')?.textContent.includes('n_featurs')";
    session.until("a slip is told", told).await?;
    let inside = "const page = own.shadowRoot.querySelector('iframe').contentDocument; return [page.documentElement.dataset.theme, \
                  page.querySelector('[data-messages]').textContent, page.querySelector('[data-sim]').dataset.state]";
    let inside = session.ask(inside, Json::Null).await?;
    hold(inside == json!(["dark", "", "paused"]), || format!("in the frame: {inside}"))
}

pub async fn a_frame_is_a_good_guest(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    // What is said at the frame's load is kept; a theme is one message; the height is told.
    let html = format!(
        "<!DOCTYPE html><body><script>heard = []; addEventListener('message', (e) => heard.push(e.data)); \
         begin = (frame) => frame.contentWindow.postMessage({{ tinkerable: 1, type: 'set', values: {{ n_features: 9 }} }}, '*')</script>\
         <iframe name=demo onload='begin(this)' src='{{origin}}/embed/{G}/?play=0' width=960 height=540></iframe>\
         <p><a target=demo href='{{origin}}/embed/{P}/'>1</a> <a target=demo href='{{origin}}/embed/{M}/'>2</a> \
         <a target=demo href='{{origin}}/embed/{G}/'>3</a>"
    );
    page(session, &html).await?;
    session
        .until("an early message is heard", "return heard.some((m) => m.values?.n_features === '9')")
        .await?;
    let needed =
        session.number("return heard.findLast((m) => m.type === 'height').height", Json::Null).await?;
    let tell = "document.querySelector('iframe').contentWindow.postMessage({ tinkerable: 1, id: a.id, type: 'set', values: a.values }, '*')";
    session.ask(tell, json!({ "id": "look", "values": { "theme": "dark", "controls": "none" } })).await?;
    session.until("it answers", "return heard.some((m) => m.id === 'look' && m.type === 'readouts')").await?;
    session
        .until_of(
            "the height is told anew",
            "return heard.findLast((m) => m.type === 'height').height < a",
            needed,
        )
        .await?;
    session.driver.enter_frame(0).await?;
    let dark = "return document.documentElement.dataset.theme === 'dark' && document.querySelector('[name=n_features]').value === '9'";
    session.until("it is dark, and the run is kept", dark).await?;
    let links = "return [...document.querySelectorAll('a[href]:not([href^=\"#\"])')].every((link) => link.target === '_blank')";
    hold(session.is(links, Json::Null).await?, || "a link inside replaces the figure".to_owned())?;
    session.driver.enter_default_frame().await?;
    // Three links in turn, all of them in the frame.
    for (n, name) in [(1, P), (2, M), (3, G)] {
        session.click(&format!("a:nth-of-type({n})")).await?;
        let there = "return frames[0].document.querySelector('[data-sim]')?.dataset.sim === a && frames[0].document.documentElement?.hasAttribute('data-live')";
        session.until_of(&format!("link {n} opens in the frame"), there, name).await?;
    }
    let tabs = session.driver.windows().await?.len();
    hold(tabs == 1, || format!("there are {tabs} tabs"))?;

    // A host that is cross-origin isolated.
    let html =
        format!("<!DOCTYPE html><body><iframe src='{{origin}}/embed/{P}/' width=800 height=600></iframe>");
    page_at(session, ISOLATED, &html).await?;
    hold(session.is("return crossOriginIsolated", Json::Null).await?, || {
        "the host is not isolated".to_owned()
    })?;
    session.driver.enter_frame(0).await?;
    session.until("the frame shows in an isolated host", ALIVE).await?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

pub async fn sizes_that_are_offered_fit(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let fits = "const main = document.querySelector('main').getBoundingClientRect(); return Math.ceil(main.bottom) - innerHeight";
    // README and guide.
    session.size(800, 560).await?;
    session.open(&format!("embed/{P}/?controls=none")).await?;
    let over = session.number(fits, Json::Null).await?;
    hold(over <= 0.0, || format!("{over} px of the README's frame are below its edge"))?;
    // The form takes the height that the figure needs, and leaves nothing in the history.
    session.size(1280, 900).await?;
    session.open(&format!("embed/?figure={P}")).await?;
    let before = session.number("return history.length", Json::Null).await?;
    let choose = "const [name, value] = a; const field = document.querySelector(`[name=${name}]`); \
                  field.value = value; field.dispatchEvent(new Event('change', { bubbles: true }))";
    let fits = "const page = document.querySelector('[data-preview]').contentDocument; \
                const main = page?.querySelector('main.embed'); \
                return !!main && page.documentElement?.hasAttribute('data-live') && page.defaultView.innerHeight >= Math.floor(main.getBoundingClientRect().bottom)";
    for (field, value) in [
        ("figure", G),
        ("theme", "dark"),
        ("controls", "none"),
        ("controls", ""),
        ("play", "0"),
        ("figure", M),
    ] {
        session.ask(choose, json!([field, value])).await?;
        session.until(&format!("the frame fits with {field} {value}"), fits).await?;
    }
    let after = session.number("return history.length", Json::Null).await?;
    hold(after <= before, || format!("the form added {} entries to the history", after - before))
}

pub async fn what_is_hung_on_an_address_is_no_mistake(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let said = "return [...document.querySelectorAll('[data-messages]')].map((m) => m.textContent).join('')";
    for path in
        ["attention/?positions.seed=5&utm_source=x&fbclid=y", &format!("embed/{P}/?forceview=1&seed=5")]
    {
        session.open(path).await?;
        let said = session.text(said, Json::Null).await?;
        hold(said.is_empty(), || format!("/{path} says “{said}”"))?;
    }
    let mut runs = Vec::new();
    for seed in ["20231234", "20239999"] {
        session.open(&format!("embed/{M}/?seed={seed}&at=200")).await?;
        // A page that is alive stands where its address asks.
        let step =
            session.text("return document.querySelector('[data-sim]').dataset.step", Json::Null).await?;
        hold(step == "200", || format!("alive at step {step} of 200"))?;
        let value = session.text("return document.querySelector('[name=seed]').value", Json::Null).await?;
        hold(value == seed, || format!("seed {seed} is {value}"))?;
        runs.push(session.text("return [...document.querySelectorAll('[data-readout]')].map((r) => r.dataset.value).join()", Json::Null).await?);
    }
    hold(runs[0] != runs[1], || "two students have one run".to_owned())
}

pub async fn hands_do_what_they_mean(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    // The track is for the pointer; its keys are those of the field beside it.
    session.open(&format!("embed/{G}/?play=0")).await?;
    session.click("[data-track=n_features]").await?;
    let before = session.text(FEATURES, Json::Null).await?;
    press(session, Key::Right).await?;
    session
        .until_of(
            "→ steps after a click on the track",
            "return Number(document.querySelector('[name=n_features]').value) === Number(a) + 1",
            before,
        )
        .await?;

    // A comma is what it is where the reader lives.
    session.open("research-workflow/").await?;
    let alpha = "[data-sim=\"research-workflow/seeds\"] [name=alpha]";
    session.scroll_to(alpha).await?;
    let kind = "const [selector, text] = a; const field = document.querySelector(selector); field.value = text; \
                field.dispatchEvent(new Event('change', { bubbles: true })); return field.value";
    session.ask(kind, json!([alpha, "0,025"])).await?;
    session.until_of("0,025 is 0.025", "return document.querySelector(a).value === '0.025'", alpha).await?;

    // The right button opens a menu; numbers in the prose can be copied.
    session.open("mixture-of-experts/").await?;
    let number = "[data-control=\"moe-train.n_experts\"]";
    session.scroll_to(number).await?;
    let right = "const e = document.querySelector(a); const r = e.getBoundingClientRect(); \
                 const at = (x, type, button) => e.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, isPrimary: true, \
                   button, buttons: 2, clientX: x, clientY: r.top + 3 })); \
                 const before = e.textContent; at(r.left, 'pointerdown', 2); at(r.left + 66, 'pointermove', -1); at(r.left + 66, 'pointerup', 2); \
                 return new Promise((done) => setTimeout(() => done(before === e.textContent), 200))";
    hold(session.is(right, number).await?, || "the right button drags a number".to_owned())?;
    let copied = "const e = document.querySelector(a).closest('p'); getSelection().selectAllChildren(e); \
                  const text = getSelection().toString(); \
                  return [...e.querySelectorAll('.scrub')].every((n) => text.includes(n.textContent))";
    hold(session.is(copied, number).await?, || "a copied paragraph lacks its numbers".to_owned())?;

    // The program comes late: what was typed meanwhile stands.
    session
        .before_pages(
            "const own = window.fetch; window.fetch = async (...asked) => { \
             if (String(asked[0]).includes('_bg.wasm')) await new Promise((done) => setTimeout(done, 2000)); return own(...asked) }",
        )
        .await?;
    session.visit(&format!("embed/{G}/?play=0")).await?;
    session.ask("const f = document.querySelector('[name=n_features]'); f.value = '9'; f.dispatchEvent(new Event('change', { bubbles: true }))", Json::Null).await?;
    session.alive().await?;
    let kept = session.text(FEATURES, Json::Null).await?;
    hold(kept == "9", || format!("a value that was typed early is {kept}"))?;

    // And so does what was pressed: a preset, two steps, and Play, which is no pause where it plays by itself.
    session.visit(&format!("embed/{G}/?play=0")).await?;
    let press = "for (const what of a) document.querySelector(what).click(); \
                 return document.querySelectorAll('[aria-busy=true]').length";
    let two = json!(["[data-action=reset]", "[data-action=step]", "[data-action=step]"]);
    let busy = session.number(press, two).await?;
    hold(busy > 1.5, || format!("{busy} buttons say that they are busy"))?;
    session.alive().await?;
    session
        .until(
            "Reset and two steps are pressed again",
            "return document.querySelector('[data-sim]').dataset.step === '2' && !document.querySelector('[aria-busy]')",
        )
        .await?;
    session.visit(&format!("embed/{G}/?play=1")).await?;
    session.ask(press, json!(["[data-preset-button=crowd]", "[data-action=play]"])).await?;
    session.alive().await?;
    session
        .until(
            "the preset is chosen and it plays",
            "return document.querySelector('[data-preset-button=crowd]').getAttribute('aria-pressed') === 'true' \
             && document.querySelector('[data-sim]').dataset.state === 'playing'",
        )
        .await
}

pub async fn only_one_finger_and_the_left_button_drag(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open(&format!("embed/{P}/?play=0")).await?;
    let value = "return document.querySelector('[name=needle_dist]').value";
    let first = session.text(value, Json::Null).await?;
    let wait = "return new Promise((done) => setTimeout(done, 200))";
    let stands = async |what: &str| -> Outcome {
        session.ask(wait, Json::Null).await?;
        let now = session.text(value, Json::Null).await?;
        hold(now == first, || format!("{what} moved {first} to {now}"))
    };

    // A handle: the menu's button and a second finger leave it, the first finger takes it.
    let drag = "const { button, first } = a; const e = document.querySelector('.figure .handle'); const r = e.getBoundingClientRect(); \
                const at = (x, type) => e.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 5, isPrimary: first, \
                  button: type === 'pointermove' ? -1 : button, buttons: button === 2 ? 2 : 1, clientX: r.left + 8 + x, clientY: r.top + 8 })); \
                at(0, 'pointerdown'); at(60, 'pointermove'); at(60, 'pointerup')";
    session.ask(drag, json!({ "button": 2, "first": true })).await?;
    stands("the right button on a handle").await?;
    session.ask(drag, json!({ "button": 0, "first": false })).await?;
    stands("a second finger on a handle").await?;

    // A track, by the browser's own mouse and fingers.
    session.scroll_to("[data-track=needle_dist]").await?;
    let [from, y] = session.point("[data-track=needle_dist]", 0.3).await?;
    let [to, _] = session.point("[data-track=needle_dist]", 0.8).await?;
    for (kind, x, button, buttons) in
        [("mousePressed", from, "right", 2), ("mouseMoved", to, "none", 2), ("mouseReleased", to, "right", 0)]
    {
        let event =
            json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
        session.cdp("Input.dispatchMouseEvent", event).await?;
    }
    stands("the right button on a track").await?;
    let finger = |id: u32, x: i64, y: i64| json!({ "id": id, "x": x, "y": y });
    let rests = finger(0, 20, 20);
    for (kind, points) in [
        ("touchStart", vec![rests.clone()]),
        ("touchStart", vec![rests.clone(), finger(1, from, y)]),
        ("touchMove", vec![rests, finger(1, to, y)]),
        ("touchEnd", vec![]),
    ] {
        session.cdp("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
    }
    stands("a second finger on a track").await?;

    session.ask(drag, json!({ "button": 0, "first": true })).await?;
    let moved = "return document.querySelector('[name=needle_dist]').value !== a";
    session.until_of("the first finger moves a handle", moved, first).await
}

/// All texts of the pictures that are seen, and their places within them: a page has one for phones, too,
/// until the first live one takes the place of both.
const PLACES: &str = "return [...document.querySelectorAll(a)].filter((svg) => svg.checkVisibility()).flatMap((svg) => { const own = svg.getBoundingClientRect(); \
     return [...svg.querySelectorAll('text')].map((text) => { const r = text.getBoundingClientRect(); \
       return [text.textContent, r.left - own.left, r.top - own.top] }) })";

/// What of two pictures' texts is only in one, or elsewhere: nothing where all stays.
const APART: &str = "const [before, after] = a; \
     const stays = ([t, x, y]) => ([u, v, w]) => t === u && Math.abs(x - v) < 1 && Math.abs(y - w) < 1; \
     const only = (these, those) => these.filter((text) => !those.some(stays(text))); \
     const [was, is] = [only(before, after), only(after, before)]; \
     return before.length < 6 || was.length + is.length ? JSON.stringify({ of: before.length, was, is }) : ''";

/// Has lines run from right to left.
const TURN: &str =
    "document.documentElement.dir = 'rtl'; return new Promise((done) => setTimeout(done, 300))";

pub async fn labels_stay_where_lines_run_from_right_to_left(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for name in [P, M, "attention/kv-cache"] {
        session.open(&format!("embed/{name}/?play=0")).await?;
        session.lettered().await?;
        let before = session.ask(PLACES, ".figure svg").await?;
        session.ask(TURN, Json::Null).await?;
        let after = session.ask(PLACES, ".figure svg").await?;
        let apart = session.text(APART, json!([before, after])).await?;
        hold(apart.is_empty(), || format!("labels of {name} move: {apart}"))?;

        // The file in somebody's page.
        let words = ["figure", name, "--theme", "light"].map(str::to_owned);
        let svg = stage.simulations[0].terminal(&words)?;
        page(session, &format!("<!DOCTYPE html><html><body>{svg}")).await?;
        let before = session.ask(PLACES, "svg").await?;
        session.ask(TURN, Json::Null).await?;
        let after = session.ask(PLACES, "svg").await?;
        let apart = session.text(APART, json!([before, after])).await?;
        hold(apart.is_empty(), || format!("labels of {name} in its file move: {apart}"))?;
    }
    Ok(())
}

pub async fn a_canvas_follows_the_screen(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open("embed/attention/flash-tiles/?play=0").await?;
    let ratio = "const c = document.querySelector('.figure canvas'); return c.width / c.getBoundingClientRect().width";
    let before = session.number(ratio, Json::Null).await?;
    // The emulation tells a page of its density only where the window's size changes, too.
    for (density, height) in [(2.0, 910), (1.5, 920)] {
        let metrics =
            json!({ "width": 1280, "height": height, "deviceScaleFactor": density, "mobile": false });
        session.cdp("Emulation.setDeviceMetricsOverride", metrics).await?;
        let follows = format!("{}; ", ratio.replace("return ", "const now = "));
        let follows = format!("{follows} return Math.abs(now - {}) < 0.05", before * density);
        session.until(&format!("the canvas follows to {density}×"), &follows).await?;
    }
    Ok(())
}

pub async fn what_cannot_run_says_so(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    let said = "return document.querySelector('[data-messages]').textContent.includes(a)";
    let still = "return [...document.querySelectorAll('.sim .controls :is(input, select), .transport button')].every((e) => e.disabled)";
    // A filter holds the program back.
    session.cdp("Network.enable", json!({})).await?;
    session.cdp("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    session.visit("attention/").await?;
    session.until_of("a page without its program says so", said, "stands still").await?;
    hold(session.is(still, Json::Null).await?, || "a control looks alive".to_owned())?;
    session.cdp("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    // A browser without WebAssembly.
    session.before_pages("delete window.WebAssembly").await?;
    session.visit(&format!("embed/{P}/")).await?;
    session.until_of("a browser without WebAssembly is told", said, "Lockdown").await?;
    hold(session.is(still, Json::Null).await?, || "a control looks alive".to_owned())
}

pub async fn a_frame_that_may_not_save_does_not_say_saved(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let html = format!(
        "<!DOCTYPE html><body><script>heard = []; addEventListener('message', (e) => heard.push(e.data))</script>\
         <iframe sandbox=allow-scripts src='{{origin}}/embed/{P}/?play=0' width=900 height=900></iframe>"
    );
    page(session, &html).await?;
    session.until("the frame is alive", "return heard.some((m) => m.type === 'ready')").await?;
    session.driver.enter_frame(0).await?;
    session.click("[data-action=share]").await?;
    session.click("[data-save=csv]").await?;
    let told = "return document.querySelector('[data-save-state]').textContent.includes('may not save files: open http')";
    session.until("it says where to save instead", told).await?;
    let said =
        session.text("return document.querySelector('[data-save-state]').textContent", Json::Null).await?;
    hold(!said.contains("is saved"), || said.clone())?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

pub async fn the_key_of_the_search_can_be_turned_off(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open("attention/").await?;
    let is_open = "return document.getElementById('site-search').open";
    press(session, "/").await?;
    session.until("/ opens the search", is_open).await?;
    session.click("#site-search .search-slash input").await?;
    press(session, Key::Escape).await?;
    session.open("guide/").await?;
    press(session, "/").await?;
    session.ask("return new Promise((done) => setTimeout(done, 200))", Json::Null).await?;
    hold(!session.is(is_open, Json::Null).await?, || "/ opens the search that was turned off".to_owned())?;
    session
        .driver
        .action_chain()
        .key_down(Key::Control)
        .send_keys("k")
        .key_up(Key::Control)
        .perform()
        .await?;
    session.until("Ctrl-K opens it all the same", is_open).await
}

pub async fn forced_darkness_leaves_the_page_to_itself(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.cdp("Emulation.setAutoDarkModeOverride", json!({ "enabled": true })).await?;
    let mut schemes = Vec::new();
    // A frame that is light, and pages where nobody has chosen: an article, the gallery.
    for path in [&*format!("embed/{P}/?theme=light"), "attention/", ""] {
        session.open(path).await?;
        let scheme = "return getComputedStyle(document.documentElement).colorScheme";
        schemes.push((path.to_owned(), session.text(scheme, Json::Null).await?));
    }
    session.cdp("Emulation.setAutoDarkModeOverride", json!({})).await?;
    for (path, scheme) in schemes {
        // What is dark by itself is let alone, too.
        hold(scheme.contains("only") || scheme == "dark", || {
            format!("browsers may darken /{path}, which is {scheme}")
        })?;
    }
    Ok(())
}
