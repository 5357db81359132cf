//! Simulations in real hosts: a deck of slides, several frames on a page, other colours, out of sight.

use browser_tests::server::{NOBODY, PACKAGES};
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use crate::Stage;

/// Puts a page of HTML into a page of nobody, scripts and all; `{origin}` is the site.
async fn page(session: &Session, html: &str) -> Outcome {
    session.visit(NOBODY).await?;
    let write = "document.open(); document.write(a); document.close();";
    session.ask(write, html.replace("{origin}", &session.origin)).await?;
    Ok(())
}

/// What a script says of the first simulation in the frame that the driver looks into.
const STEP: &str = "return Number(document.querySelector('[data-sim]')?.dataset.step ?? -1)";
const ALIVE: &str = "return document.documentElement?.hasAttribute('data-live')";
const PLAYING: &str = "return document.querySelector('[data-sim]')?.dataset.state === 'playing'";
const PAUSED: &str = "return document.querySelector('[data-sim]')?.dataset.state === 'paused'";

/// reveal.js as its package has it, with the simulation on the second of three slides.
const DECK: &str = r#"<!DOCTYPE html><html><head>
<link rel="stylesheet" href="{origin}/packages/{package}/dist/reveal.css">
<script src="{origin}/packages/{package}/dist/reveal.js"></script></head>
<body><div class="reveal"><div class="slides">
<section><h2>Before</h2></section>
<section><iframe {source}="{origin}/embed/{figure}/?play=1&controls=all" width="900" height="640"></iframe></section>
<section><h2>After</h2></section>
</div></div>
<script>Reveal.initialize({ hash: false, transition: "none", viewDistance: 1, preloadIframes: {preload} });</script>
</body></html>"#;

/// The packages of reveal.js 6 and 5.
const DECKS: [&str; 2] = ["reveal.js", "reveal5"];

async fn deck(stage: &Stage, package: &str, source: &str, preload: &str) -> Outcome {
    let html = DECK.replace("{package}", package).replace("{source}", source).replace("{preload}", preload);
    page(&stage.session, &html.replace("{figure}", &stage.simulations[0].address())).await?;
    stage.session.until("the deck is there", "return window.Reveal?.isReady() ?? false").await
}

async fn slide(session: &Session, n: u32) -> Outcome {
    session.driver.enter_default_frame().await?;
    session.ask("Reveal.slide(a)", n).await?;
    Ok(())
}

async fn look_inside(session: &Session) -> Outcome {
    session.driver.enter_default_frame().await?;
    session.until("the frame has a page", "return !!document.querySelector('iframe[src]')").await?;
    session.driver.enter_frame(0).await?;
    session.until("the simulation is alive", ALIVE).await
}

pub async fn a_real_deck_pauses_it_and_is_moved_by_its_keys(stage: &mut Stage) -> Outcome {
    for package in DECKS {
        pauses_and_moves(stage, package).await.map_err(|e| Failure(format!("{package}: {e}")))?;
    }
    Ok(())
}

async fn pauses_and_moves(stage: &Stage, package: &str) -> Outcome {
    let session = &stage.session;
    deck(stage, package, "src", "true").await?;
    slide(session, 1).await?;
    let focus = session.text("return document.activeElement.tagName", Json::Null).await?;
    hold(focus == "BODY", || format!("the frame took the focus: {focus}"))?;
    look_inside(session).await?;
    session.until("it runs on its slide", PLAYING).await?;

    slide(session, 2).await?;
    session.driver.enter_frame(0).await?;
    session.until("it stands when its slide is left", PAUSED).await?;
    let left = session.number(STEP, Json::Null).await?;
    slide(session, 1).await?;
    session.driver.enter_frame(0).await?;
    session
        .until_of("it goes on", "return Number(document.querySelector('[data-sim]').dataset.step) > a", left)
        .await?;

    // One click inside, and the keys end there.
    session.click("[data-sim] .figure").await?;
    let at = |n: u32| format!("return parent.Reveal.getIndices().h === {n}");
    session.ask("document.activeElement.blur()", Json::Null).await?;
    session.driver.action_chain().send_keys(Key::Right).perform().await?;
    session.until("the deck moves on", &at(2)).await?;
    session.driver.action_chain().send_keys(Key::Left).perform().await?;
    session.until("the deck moves back", &at(1)).await?;
    // A control uses the arrows itself.
    session.ask("document.querySelector('.control input[role=spinbutton]').focus()", Json::Null).await?;
    session.driver.action_chain().send_keys(Key::Right).perform().await?;
    session.ask("return new Promise((done) => setTimeout(done, 200))", Json::Null).await?;
    hold(session.is(&at(1), Json::Null).await?, || "a control's key moved the deck".to_owned())?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

pub async fn a_frame_that_a_deck_unloads_comes_back_as_it_was(stage: &mut Stage) -> Outcome {
    for package in DECKS {
        comes_back(stage, package).await.map_err(|e| Failure(format!("{package}: {e}")))?;
    }
    Ok(())
}

async fn comes_back(stage: &Stage, package: &str) -> Outcome {
    let session = &stage.session;
    let Some(control) = stage.simulations[0].controls.iter().find(|c| c["type"] == "integer") else {
        return Ok(());
    };
    let (id, value) = (control["id"].as_str().unwrap_or_default(), control["range"][0].to_string());
    deck(stage, package, "data-preload data-src", "true").await?;
    slide(session, 1).await?;
    look_inside(session).await?;
    let set = "const [id, value] = a; const field = document.querySelector(`[name=${id}]`); \
               field.value = value; field.dispatchEvent(new Event('change', { bubbles: true }))";
    session.ask(set, json!([id, value])).await?;
    session
        .until("it runs on", "return Number(document.querySelector('[data-sim]').dataset.step) > 20")
        .await?;
    let before = session.number(STEP, Json::Null).await?;

    slide(session, 0).await?;
    session
        .until("the deck unloads the frame", "return !document.querySelector('iframe').hasAttribute('src')")
        .await?;
    slide(session, 1).await?;
    look_inside(session).await?;
    session
        .until_of(
            "it is where it was",
            "return Number(document.querySelector('[data-sim]').dataset.step) >= a",
            before,
        )
        .await?;
    session.until("it runs again", PLAYING).await?;
    let now = session.text("return document.querySelector(`[name=${a}]`).value", id).await?;
    hold(now == value, || format!("{id} was {value} and is {now}"))?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

pub async fn two_frames_on_a_page_keep_apart(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.iter().find(|s| s.has_seed()) else { return Ok(()) };
    let frame = format!(
        "<iframe src=\"{{origin}}/embed/{}/?play=0\" width=700 height=420></iframe>",
        simulation.address()
    );
    let listen = "<script>window.heard = []; addEventListener('message', (e) => heard.push([[frames[0], frames[1]].indexOf(e.source), e.data]))</script>";
    page(session, &format!("<!DOCTYPE html><body>{listen}{frame}{frame}")).await?;
    let ready = "return [0, 1].every((i) => heard.some(([from, m]) => from === i && m.type === 'ready'))";
    session.until("both are ready", ready).await?;
    session
        .ask("frames[0].postMessage({ tinkerable: 1, type: 'set', values: { seed: 7 } }, '*')", Json::Null)
        .await?;
    session
        .until("the first obeys", "return frames[0].document.querySelector('[name=seed]').value === '7'")
        .await?;
    let other = "return frames[1].document.querySelector('[name=seed]').value !== '7'";
    hold(session.is(other, Json::Null).await?, || "the second obeys the first's message".to_owned())
}

pub async fn colours_of_the_host_do_not_spoil_it(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let name = stage.simulations[0].address();
    // What is light is light only: no browser darkens it by itself.
    for (host, theme, scheme, ink) in
        [("dark", "light", "light only", "rgb(29, 34, 40)"), ("light", "dark", "dark", "rgb(232, 230, 225)")]
    {
        for background in ["paper", "transparent"] {
            let html = format!(
                "<!DOCTYPE html><html style=\"color-scheme:{host}\"><body>\
                 <iframe src=\"{{origin}}/embed/{name}/?theme={theme}&background={background}&play=0\" width=800 height=500></iframe>"
            );
            page(session, &html).await?;
            session.driver.enter_frame(0).await?;
            session.until("the simulation is alive", ALIVE).await?;
            let told = session
                .text("const s = getComputedStyle(document.documentElement); return `${s.colorScheme} ${getComputedStyle(document.body).color}`", Json::Null)
                .await?;
            hold(told == format!("{scheme} {ink}"), || format!("{theme} in a {host} host: {told}"))?;
            session.driver.enter_default_frame().await?;
        }
    }
    Ok(())
}

pub async fn a_frame_out_of_sight_does_nothing(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let name = stage.simulations[0].address();
    let html = format!(
        "<!DOCTYPE html><body><div style=\"height:6000px\"></div><iframe src=\"{{origin}}/embed/{name}/?play=1\" width=800 height=500></iframe>"
    );
    page(session, &html).await?;
    session.driver.enter_frame(0).await?;
    session.until("the simulation is alive", ALIVE).await?;
    session.ask("return new Promise((done) => setTimeout(done, 400))", Json::Null).await?;
    let before = session.number(STEP, Json::Null).await?;
    session.ask("return new Promise((done) => setTimeout(done, 600))", Json::Null).await?;
    let after = session.number(STEP, Json::Null).await?;
    hold(after <= before, || format!("out of sight it went from step {before} to {after}"))?;
    session.driver.enter_default_frame().await?;
    session.ask("scrollTo(0, 6000)", Json::Null).await?;
    session.driver.enter_frame(0).await?;
    session
        .until_of(
            "it runs in sight",
            "return Number(document.querySelector('[data-sim]').dataset.step) > a",
            after,
        )
        .await?;
    session.driver.enter_default_frame().await?;
    Ok(())
}

/// What a program that people use made of a snippet of the form, with `{origin}` for the site; `hosts/README.md`
/// has how.
struct Host {
    name: &'static str,
    page: Kept,
    /// Shows the slide with the figure; nothing on a page.
    go: &'static str,
    /// What is the slide; nothing on a page.
    slide: &'static str,
    /// Whether a key has moved it on.
    moved: &'static str,
}

/// A file of `hosts`.
enum Kept {
    Plain(&'static str),
    /// With brotli.
    Packed(&'static [u8]),
}

impl Kept {
    fn text(&self) -> Outcome<String> {
        Ok(match self {
            Self::Plain(text) => (*text).to_owned(),
            Self::Packed(bytes) => std::io::read_to_string(brotli::Decompressor::new(*bytes, 4096))?,
        })
    }
}

impl Host {
    /// A page that scrolls.
    const fn page(name: &'static str, page: Kept) -> Self {
        Self { name, page, go: "", slide: "", moved: "return scrollY > 50" }
    }
}

const HOSTS: [Host; 9] = [
    Host {
        name: "Marp",
        page: Kept::Plain(include_str!("../../hosts/marp-4.5.1.html")),
        go: "location.hash = '#2'",
        slide: "section:has(iframe)",
        moved: "return location.hash === '#3'",
    },
    Host {
        name: "Slidev",
        page: Kept::Packed(include_bytes!("../../hosts/slidev-53.0.0.html.br")),
        go: "location.hash = '#/2'",
        slide: "#slide-content",
        moved: "return location.hash === '#/3'",
    },
    Host {
        name: "pandoc, revealjs",
        page: Kept::Plain(include_str!("../../hosts/pandoc-reveal-3.9.html")),
        go: "Reveal.slide(2)",
        slide: ".slides",
        moved: "return Reveal.getIndices().h === 3",
    },
    Host::page("pandoc, html", Kept::Plain(include_str!("../../hosts/pandoc-html-3.9.html"))),
    Host::page("nbconvert", Kept::Plain(include_str!("../../hosts/nbconvert-html-7.17.2.html"))),
    Host::page("MkDocs Material", Kept::Plain(include_str!("../../hosts/mkdocs-material-9.8.2.html"))),
    Host::page("Sphinx with MyST", Kept::Plain(include_str!("../../hosts/sphinx-myst-5.2.0.html"))),
    Host::page("Docusaurus", Kept::Packed(include_bytes!("../../hosts/docusaurus-3.10.2.html.br"))),
    Host::page("Astro", Kept::Plain(include_str!("../../hosts/astro-mdx-7.3.5.html"))),
];

pub async fn hosts_that_people_use_hold_it_and_keep_their_keys(stage: &mut Stage) -> Outcome {
    for host in &HOSTS {
        is_at_home(&stage.session, host).await.map_err(|e| Failure(format!("{}: {e}", host.name)))?;
    }
    Ok(())
}

async fn is_at_home(session: &Session, host: &Host) -> Outcome {
    // What other pages left in the log.
    session.complaints().await?;
    page(session, &host.page.text()?).await?;
    let ready = "return document.readyState === 'complete' && (!window.Reveal || Reveal.isReady()) \
                 && (!document.querySelector('#app') || !!document.querySelector('.slidev-page'))";
    session.until("the host is ready", ready).await?;
    session.ask(host.go, Json::Null).await?;
    look_inside(session).await?;
    // A deck may load a slide ahead.
    session
        .until("it is seen", "return document.querySelector('.figure').getClientRects().length > 0")
        .await?;
    let said =
        "return [document.querySelector('[name=n_features]').value, document.documentElement.dataset.theme]";
    let said = session.ask(said, Json::Null).await?;
    hold(said == json!(["8", "dark"]), || format!("8 features in the dark are {said}"))?;

    session.click(".figure").await?;
    session.driver.enter_default_frame().await?;
    session
        .until("a click leaves no focus in the frame", "return document.activeElement.tagName !== 'IFRAME'")
        .await?;
    let is_slide = !host.slide.is_empty();
    if is_slide {
        let fits = "const [frame, slide] = ['iframe', a].map((what) => document.querySelector(what).getBoundingClientRect()); \
                    return frame.height > 300 && frame.bottom <= slide.bottom + 1";
        hold(session.is(fits, host.slide).await?, || "the frame is cut by the slide's edge".to_owned())?;
    }
    let key = if is_slide { Key::Right } else { Key::PageDown };
    session.driver.action_chain().send_keys(key).perform().await?;
    session.until("a key moves on", host.moved).await?;

    let mut complaints = session.complaints().await?;
    // What a host misses of its own, as Docusaurus what it fetches ahead, is in its page.
    complaints.retain(|c| !c.contains(PACKAGES) && !c.contains("favicon"));
    hold(complaints.is_empty(), || format!("{complaints:?}"))
}
