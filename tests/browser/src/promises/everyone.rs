//! What holds for every reader: those who hear a page, enlarge it, print it, choose its colours.

use std::path::PathBuf;
use std::time::Duration;

use browser_tests::catalogue::Simulation;
use browser_tests::session::Session;
use browser_tests::{Outcome, fail, hold, setting};
use serde_json::{Value as Json, json};
use thirtyfour::Key;
use tokio::time::sleep;

use super::controls::shown;
use crate::Stage;

/// All rules, best practices included. Frames are not entered: what stands in them are pages of their
/// own, which are looked at, too.
const AXE: &str = "
    axe.run(document, { ONLY reporter: 'no-passes', iframes: false, preload: false }).then(({ violations }) =>
        violations.map(({ id, help, nodes }) =>
            `${id} at ${nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')} (${nodes.length} in all): ${help}`))";

/// The other theme has other colours and nothing else: what else axe looks for, it has seen.
const COLOURS: &str = "runOnly: ['color-contrast', 'link-in-text-block'],";

pub async fn axe_finds_nothing_in_either_theme(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let axe = PathBuf::from(setting("TINKERABLE_PACKAGES")?).join("axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe)?;
    let mut found = Vec::new();
    for page in stage.pages_once() {
        session.size(1280, 900).await?;
        session.still().await?;
        session.open(page).await?;
        // Not by a script element, which a page may forbid.
        session.cdp("Runtime.evaluate", json!({ "expression": axe })).await?;
        for (scheme, only) in [("light", ""), ("dark", COLOURS)] {
            session.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await?;
            for (width, height) in [(1280, 900), (360, 740)] {
                session.size(width, height).await?;
                let run = json!({ "expression": AXE.replace("ONLY", only), "awaitPromise": true, "returnByValue": true });
                let answer = session.cdp("Runtime.evaluate", run).await?;
                let Some(violations) = answer["result"]["value"].as_array() else {
                    return fail(format!("axe gives no answer for /{page}: {answer}"));
                };
                let told = violations.iter().filter_map(Json::as_str);
                found.extend(told.map(|rule| format!("/{page}, {scheme}, {width} px: {rule}")));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { fail(found.join("\n  ")) }
}

/// A node of the accessibility tree.
struct Exposed(Json);

impl Exposed {
    fn role(&self) -> &str {
        self.0["role"]["value"].as_str().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.0["name"]["value"].as_str().unwrap_or_default()
    }

    /// A property, or the value itself, as text.
    fn says(&self, property: &str) -> String {
        let mut properties = self.0["properties"].as_array().into_iter().flatten();
        let found = properties.find(|p| p["name"] == property).map_or(&self.0["value"], |p| &p["value"]);
        match &found["value"] {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// What a screen reader finds in an element.
async fn exposed(session: &Session, selector: &str) -> Outcome<Vec<Exposed>> {
    let expression = format!("document.querySelector({})", Json::from(selector));
    let found = session.cdp("Runtime.evaluate", json!({ "expression": expression })).await?;
    let object = json!({ "objectId": found["result"]["objectId"] });
    let answer = session.cdp("Accessibility.queryAXTree", object).await?;
    Ok(answer["nodes"].as_array().cloned().unwrap_or_default().into_iter().map(Exposed).collect())
}

fn exposes(nodes: &[Exposed], role: &str, name: &str) -> Option<usize> {
    nodes.iter().position(|n| n.role() == role && n.name() == name)
}

pub async fn a_simulation_speaks(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.cdp("Accessibility.enable", json!({})).await?;
    for simulation in stage.one_of_each(1) {
        session.open(&simulation.page(&[], Some(40))).await?;
        let root = simulation.root();
        session.adopted(&root).await?;
        session.ask("document.querySelector(`${a} details.more`)?.setAttribute('open', '')", &*root).await?;
        shown(session, simulation).await?;
        says_what_there_is(session, simulation).await?;
        names_its_controls(session, simulation).await?;
        says_what_changed(session, simulation).await?;
    }
    session.cdp("Accessibility.disable", json!({})).await?;
    Ok(())
}

/// A region with a name; in it what the simulation is, and how it and its figure stand at this step.
async fn says_what_there_is(session: &Session, simulation: &Simulation) -> Outcome {
    let (root, address) = (simulation.root(), simulation.address());
    let nodes = exposed(session, &root).await?;
    hold(exposes(&nodes, "region", &simulation.title).is_some(), || {
        format!("no region is named “{}”", simulation.title)
    })?;
    let words: Vec<&str> = nodes.iter().filter(|n| n.role() == "StaticText").map(Exposed::name).collect();
    hold(words.contains(&&*simulation.summary), || format!("{address} does not say its summary"))?;

    let step = session.number("return Number(document.querySelector(a).dataset.step)", &*root).await?;
    let stands = words.iter().find(|w| w.starts_with("At step ") || w.starts_with("At the start"));
    let Some(stands) = stands else {
        return fail(format!("{address} does not say how it stands: {words:?}"));
    };
    let at = if step == 0.0 { "At the start: ".to_owned() } else { format!("At step {step}: ") };
    hold(stands.starts_with(&at), || format!("{address} is at step {step} and says “{stands}”"))?;
    let readouts = "return [...document.querySelectorAll(`${a} output`)].map((o) => \
                    [o.closest('.readout').querySelector('dt').innerText, o.innerText])";
    let readouts = session.ask(readouts, &*root).await?;
    for readout in readouts.as_array().into_iter().flatten() {
        let (name, value) =
            (readout[0].as_str().unwrap_or_default(), readout[1].as_str().unwrap_or_default());
        let number = value.split([' ', '\u{202f}']).next().unwrap_or_default();
        let number = if number == "–" { "not defined" } else { number };
        hold(stands.contains(&format!("{name}: {number}")), || {
            format!("{address} shows {name} {value} and says “{stands}”")
        })?;
    }

    // The words for the figure are those of this very step in the terminal.
    let words = ["figure", &address, "--steps", &step.to_string()].map(str::to_owned);
    let drawn = simulation.terminal(&words)?;
    let title = drawn.split("<title>").nth(1).and_then(|t| t.split("</title>").next()).unwrap_or_default();
    let title = ["&lt;<", "&gt;>", "&quot;\"", "&amp;&"].iter().fold(title.to_owned(), |text, pair| {
        let (from, to) = pair.split_at(pair.len() - 1);
        text.replace(from, to)
    });
    let image = nodes.iter().find(|n| matches!(n.role(), "image" | "img")).map_or("", Exposed::name);
    hold(!image.is_empty() && image == title, || {
        format!("the figure of {address} is named “{image}” at step {step}, where it shows “{title}”")
    })
}

/// Role, name, value and unit of each control, and the names of the buttons that run it.
async fn names_its_controls(session: &Session, simulation: &Simulation) -> Outcome {
    let address = simulation.address();
    let nodes = exposed(session, &simulation.root()).await?;
    let moves: &[&str] = if simulation.is_still()? { &[] } else { &["Play", "Step", "Reset"] };
    for button in [moves, &["Compare", "Share"]].concat() {
        hold(exposes(&nodes, "button", button).is_some(), || format!("{address} has no button “{button}”"))?;
    }
    for control in simulation.controls.iter().filter(|control| simulation.has_say(control)) {
        let text = |name: &str| control[name].as_str().unwrap_or_default();
        // A sheet says what is drawn on it; its keys are its own.
        if text("type") == "drawing" {
            let drawn = format!("{}: ", text("label"));
            let told = nodes.iter().any(|n| n.role() == "application" && n.name().starts_with(&drawn));
            hold(told, || format!("{address} exposes no sheet that says what “{}” is", text("label")))?;
            continue;
        }
        let (role, value) = match text("type") {
            "choice" => ("combobox", "value"),
            "text" => ("textbox", "value"),
            "toggle" => ("switch", "checked"),
            _ => ("spinbutton", "valuetext"),
        };
        let label = text("label");
        let Some(at) = exposes(&nodes, role, label) else {
            return fail(format!("{address} exposes no {role} named “{label}”"));
        };
        let said = nodes[at].says(value);
        let field = format!("{} [name=\"{}\"]", simulation.root(), text("id"));
        let shown = "const f = document.querySelector(a); return f.type === 'checkbox' ? String(f.checked) : \
                     f.selectedOptions?.[0].innerText ?? f.value";
        let shown = session.text(shown, &*field).await?;
        // A browser may say what stands in a field in place of the words for it: the unit describes it, too.
        let unit = nodes[at].0["description"]["value"].as_str().unwrap_or_default() == text("unit");
        hold(said.starts_with(&shown) && unit, || {
            format!("{label} of {address} shows {shown} {} and says “{said}”", text("unit"))
        })?;
    }
    Ok(())
}

/// After a change by keyboard the live region says what was changed, what that did, and what the
/// readout means that shows it.
async fn says_what_changed(session: &Session, simulation: &Simulation) -> Outcome {
    let (root, address) = (simulation.root(), simulation.address());
    let Some(control) = simulation.numbers().first().copied() else { return Ok(()) };
    let field = format!("{root} [name=\"{control}\"]");
    let value = session.text("return document.querySelector(a).value", &*field).await?;
    session.press(&field, Key::End).await?;
    if session.text("return document.querySelector(a).value", &*field).await? == value {
        session.press(&field, Key::Home).await?;
    }
    let label = "return document.querySelector(`label[for='${document.querySelector(a).id}']`).innerText";
    let label = session.text(label, &*field).await?;
    let now = session.text("return document.querySelector(a).value", &*field).await?;
    let live = format!("{root} [data-spoken][aria-live=polite]");
    let told = "return document.querySelector(a[0]).textContent.startsWith(a[1])";
    let beginning = format!("{label} {now}");
    session.until_of(&format!("{address} says “{beginning}”"), told, json!([live, beginning])).await?;
    let said = session.text("return document.querySelector(a).textContent", &*live).await?;
    let answered = [" rises from ", " falls from ", "No readout changes."].iter().any(|w| said.contains(w));
    hold(answered, || format!("{address} says what was changed and not what it did: “{said}”"))?;
    if said.contains("No readout") {
        return Ok(());
    }
    let meaning = "return [...document.querySelectorAll(`${a[0]} .readout`)].some((r) => \
                   a[1].includes(r.querySelector('dt').innerText) && (!r.title || a[1].endsWith(r.title)))";
    hold(session.is(meaning, json!([root, said])).await?, || {
        format!("{address} does not say why it matters: “{said}”")
    })
}

/// Text that is cut off, or runs out of what holds it. Names what only the pointer or nobody needs:
/// words for screen readers, the section in the bar (the list under it has it in full), a frame.
const LOST: &str = "
    const lost = [], wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
    const name = (e) => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`;
    if (wide > innerWidth) {
        const scrolls = (e) => e && e !== document.body && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
        const far = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
        lost.push(`sideways scroll to ${wide} px: ${far.filter((e) => !scrolls(e.parentElement)).map(name).slice(-2)}`);
    }
    for (const e of document.querySelectorAll('.figure text')) {
        const { left, right } = e.getBoundingClientRect();
        if (right > left && (right > innerWidth + 1 || left < -1)) lost.push(`${name(e)} runs out of the window`);
    }
    for (const e of document.querySelectorAll('body *:not(svg *)')) {
        if (e.matches('.visually-hidden, .visually-hidden *, [data-place], .preview-room, iframe, [data-share-link], [data-action=search] span')) continue;
        if (!e.textContent.trim() || !e.getClientRects().length) continue;
        const style = getComputedStyle(e);
        const tight = e.matches('button, summary, dd, label, output, .clock') && style.display !== 'inline';
        const cut = (side) => ['hidden', 'clip'].includes(style[`overflow${side}`]);
        if ((tight || cut('X')) && e.scrollWidth > e.clientWidth + 1) lost.push(`${name(e)} is ${e.scrollWidth} px wide in ${e.clientWidth}`);
        if (cut('Y') && e.scrollHeight > e.clientHeight + 1) lost.push(`${name(e)} is ${e.scrollHeight} px high in ${e.clientHeight}`);
    }
    for (const e of document.querySelectorAll('.reading output')) {
        const text = [...e.childNodes].find((node) => node.data?.trim());
        // A line may end where a unit is divided: “spikes/” and “step”.
        for (const word of text?.data.matchAll(/[^\\s/]+\\/?/g) ?? []) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) lost.push(`${name(e)} is cut within ${word[0]}`);
        }
    }
    for (const e of document.querySelectorAll('input[role=spinbutton]')) {
        if (e.getClientRects().length && e.scrollWidth > e.clientWidth + 1) lost.push(`the value ${e.value} is cut off`);
    }
    return lost.slice(0, 5)";

/// WCAG 1.4.12: the spacing that a reader may ask for.
const SPACED: &str = "
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                           word-spacing: 0.16em !important }
                       p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet]";

pub async fn zoom_and_text_spacing_lose_nothing(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let mut lost = Vec::new();
    let pages = stage.pages.iter().filter(|p| !p.starts_with("embed/") || *p == "embed/");
    for (_, page) in pages.enumerate().filter(|(round, _)| stage.sees(*round)) {
        session.open(page).await?;
        session
            .ask("for (const more of document.querySelectorAll('details.more')) more.open = true", Json::Null)
            .await?;
        for spaced in [false, true] {
            if spaced {
                session.ask(SPACED, Json::Null).await?;
            }
            // 1280 px at 100, 200 and 400 %.
            for (width, height) in [(1280, 900), (640, 450), (320, 225)] {
                session.size(width, height).await?;
                sleep(Duration::from_millis(60)).await;
                let found = session.ask(LOST, Json::Null).await?;
                let spacing = if spaced { ", spaced" } else { "" };
                let found = found.as_array().into_iter().flatten().filter_map(Json::as_str);
                lost.extend(found.map(|what| format!("/{page} at {width} px{spacing}: {what}")));
            }
        }
    }
    if lost.is_empty() { Ok(()) } else { fail(lost.join("\n  ")) }
}

pub async fn paper_has_the_figures_and_no_buttons(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let page = format!("{}/", stage.slugs[0]);
    session.open(&format!("{page}?theme=light")).await?;
    let paper = "return getComputedStyle(document.body).backgroundColor";
    let light = session.text(paper, Json::Null).await?;
    for slug in &stage.slugs {
        session.still().await?;
        session.open(&format!("{slug}/?theme=dark")).await?;
        session.cdp("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        hold(session.text(paper, Json::Null).await? == light, || format!("/{slug}/ prints on dark paper"))?;
        let left = "return ['body > header', 'body > footer', '.contents', '.transport', '.sim button:not(.reading)', '.sim input', \
                    '.sim select', '.permalink', '.onward', '.present'].filter((s) => \
                    [...document.querySelectorAll(s)].some((e) => e.getClientRects().length))";
        let left = session.ask(left, Json::Null).await?;
        hold(left == json!([]), || format!("/{slug}/ prints {left}"))?;
        let underlined = "return [...document.querySelectorAll('.reading')].some((e) => \
                          getComputedStyle(e).textDecorationLine !== 'none')";
        hold(!session.is(underlined, Json::Null).await?, || {
            format!("/{slug}/ prints a reading as a button")
        })?;
        let there = "return [...document.querySelectorAll('.sim')].every((s) => \
                     s.querySelector('.figure svg').getBoundingClientRect().height > 60 && \
                     s.querySelector('.readouts').getBoundingClientRect().height > 10 && \
                     getComputedStyle(s.querySelector('.figure')).breakInside === 'avoid')";
        hold(session.is(there, Json::Null).await?, || {
            format!("/{slug}/ prints without a figure or its readouts")
        })?;
        let addressed = "return [...document.querySelectorAll('.references a[href^=http]')].every((a) => \
                         getComputedStyle(a, '::after').content.includes(a.getAttribute('href')))";
        hold(session.is(addressed, Json::Null).await?, || {
            format!("/{slug}/ prints links without addresses")
        })?;
    }
    session.still().await?;
    fields_are_painted_for_paper(stage).await
}

/// What is painted on a canvas takes the colours of paper before it is printed, and the reader's after.
async fn fields_are_painted_for_paper(stage: &Stage) -> Outcome {
    let session = &stage.session;
    let painted = "return [...document.querySelectorAll('.figure canvas')].filter((c) => c.width).map((c) => c.toDataURL())";
    for slug in &stage.slugs {
        let print = "dispatchEvent(new Event('beforeprint'))";
        session.open(&format!("{slug}/?theme=light")).await?;
        sleep(Duration::from_millis(300)).await;
        // What nobody has seen yet is painted for the first time, then.
        session.ask(print, Json::Null).await?;
        let light = session.ask(painted, Json::Null).await?;
        if light[0].is_null() {
            continue;
        }
        session.open(&format!("{slug}/?theme=dark")).await?;
        sleep(Duration::from_millis(300)).await;
        session.ask(print, Json::Null).await?;
        let printed = session.ask(painted, Json::Null).await?;
        let first = |fields: &Json| fields[0].clone();
        hold(first(&printed) == first(&light), || format!("/{slug}/ prints the dark theme's fields"))?;
        // What is out of sight is painted again when it is seen.
        let see = "[...document.querySelectorAll('.figure canvas')].find((c) => c.width)?.scrollIntoView()";
        session.ask(see, Json::Null).await?;
        session.ask("dispatchEvent(new Event('afterprint'))", Json::Null).await?;
        sleep(Duration::from_millis(600)).await;
        let after = session.ask(painted, Json::Null).await?;
        hold(first(&after) != first(&light), || format!("/{slug}/ stays light once it has been printed"))?;
    }
    Ok(())
}

/// Where a reader forces colours, figures stand out from the forced paper, whatever theme was chosen,
/// and what is pressed or focused can be told.
pub async fn forced_colours_leave_everything_visible(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    const PROBE: &str = "
        const probe = document.createElement('i');
        probe.style.forcedColorAdjust = 'none';
        document.body.append(probe);
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const light = (colour) => {
            probe.style.color = colour;
            canvas.fillStyle = getComputedStyle(probe).color;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
                .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
        };
        const contrast = (a, b) => Math.max(light(a), light(b)) / Math.min(light(a), light(b));
        const names = ['ink', 'muted', 'accent', 'good', 'bad', ...Array(8).keys().map((i) => `series-${i}`)];
        const pale = names.filter((name) => contrast(`var(--${name})`, 'Canvas') < 3);
        const pressed = document.querySelector('[data-preset-button]');
        const before = getComputedStyle(pressed).backgroundColor;
        pressed.setAttribute('aria-pressed', 'true');
        if (getComputedStyle(pressed).backgroundColor === before) pale.push('a pressed preset');
        if (getComputedStyle(document.querySelector('.figure text')).fill !== getComputedStyle(document.body).color) {
            pale.push('the words of figures');
        }
        if (!matchMedia('(forced-colors: active)').matches) pale.push('the emulation');
        return pale";
    for scheme in ["light", "dark"] {
        let features = [
            ("forced-colors", "active"),
            ("prefers-color-scheme", scheme),
            // A colour that is on its way is neither the old nor the new one.
            ("prefers-reduced-motion", "reduce"),
        ];
        session.prefer(&features).await?;
        for chosen in ["light", "dark"] {
            session.open(&format!("{}/?theme={chosen}", stage.slugs[0])).await?;
            let pale = session.ask(PROBE, Json::Null).await?;
            hold(pale == json!([]), || {
                format!(
                    "forced to {scheme} colours with the {chosen} theme chosen, these are not seen: {pale}"
                )
            })?;
            let play = format!("{} .play", stage.simulations[0].root());
            session.press(&play, Key::Shift).await?;
            let ring = "const s = getComputedStyle(document.activeElement); \
                        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2";
            hold(session.is(ring, Json::Null).await?, || {
                "the focus has no ring in forced colours".to_owned()
            })?;
        }
    }
    Ok(())
}

/// Whether the contents mark this section, as the page's own address has it, and no other; none, if it
/// is empty.
const MARKED: &str = "return a === [...document.querySelectorAll('.contents a[aria-current=location]')] \
                      .map((l) => l.getAttribute('href')).join()";

pub async fn the_contents_mark_the_place(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let pages = [format!("{}/", stage.slugs[0]), "guide/venues/".to_owned()];
    for (page, width) in pages.iter().flat_map(|page| [360, 1280, 1920].map(|width| (page, width))) {
        session.size(width, 900).await?;
        session.open(page).await?;
        let links = "return [...document.querySelectorAll('.contents a')].map((a) => a.getAttribute('href'))";
        let links = session.ask(links, Json::Null).await?;
        let third = links[2].as_str().unwrap_or_default().to_owned();
        hold(!third.is_empty(), || format!("/{page} has no third section in its contents"))?;
        let what = |when: &str| format!("/{page} at {width} px marks its place {when}");

        // A short page may begin with its first section.
        let top = "const marked = document.querySelector('.contents a[aria-current]'); \
                   return !marked || marked === document.querySelector('.contents a')";
        session.until(&what("at its top"), top).await?;
        let scroll = "document.querySelector(a).scrollIntoView({ behavior: 'instant' })";
        session.ask(scroll, &*third).await?;
        session.until_of(&what("when it is scrolled to"), MARKED, &*third).await?;

        // A link into the page marks the section as the page opens.
        session.visit("404.html").await?;
        session.open(&format!("{page}{third}")).await?;
        session.until_of(&what("when it opens there"), MARKED, &*third).await?;
        let seen = "const r = document.querySelector(a).getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2";
        hold(session.is(seen, &*third).await?, || {
            format!("{third} of /{page} is not in sight at {width} px")
        })?;

        // The bar or the list stays in sight, and leads on.
        let bar = "const r = document.querySelector('.contents summary').getBoundingClientRect(); \
                   return r.top >= 0 && r.bottom <= innerHeight && r.height >= 20";
        hold(session.is(bar, Json::Null).await?, || {
            format!("the contents of /{page} are out of sight at {width} px")
        })?;
    }

    // The place is kept over a reload, and over a way to another page and back.
    session.size(1280, 900).await?;
    session.open(&pages[0]).await?;
    session.ask("scrollTo({ top: 2000, behavior: 'instant' })", Json::Null).await?;
    sleep(Duration::from_millis(200)).await;
    session.driver.refresh().await?;
    session.alive().await?;
    session.until("a reload keeps the place", "return Math.abs(scrollY - 2000) < 4").await?;
    session.visit("guide/").await?;
    session.driver.back().await?;
    session.alive().await?;
    session.until("the way back keeps the place", "return Math.abs(scrollY - 2000) < 4").await
}
