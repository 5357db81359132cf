//! From page to page in place: the next page's own HTML takes the place of this one's, and is then what it
//! would have been if the browser had opened it.

use std::time::Duration;

use browser_tests::server::SUB_PATH;
use browser_tests::session::Session;
use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::prelude::*;
use tokio::time::sleep;

use super::controls::shown;
use crate::Stage;

/// A link to a path of the site that is followed; a native navigation would take the mark away.
const FOLLOW: &str = "window.stays = true; const link = document.createElement('a'); link.href = a; \
                      document.querySelector('main').append(link); link.click(); link.remove()";

/// All that a page is, as text: elements with what they hold, in whatever order their attributes came.
/// Left out is how it came about: scripts, what was laid out when, and the style, which is the same on all pages
/// but for the way to the fonts.
const WHOLE: &str = "
    const OF_THE_WAY = ['data-laid', 'data-version'];
    // What a frame of the page has answered by now is not the page's.
    const told = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data.trim().replace(/\\s+/g, ' ');
        if (node.nodeType !== Node.ELEMENT_NODE || node.matches('script, style, [data-arrived], #heard')) return '';
        const own = node === document.activeElement ? ['tabindex'] : [];
        const attributes = [...node.attributes].filter(({ name }) => ![...OF_THE_WAY, ...own].includes(name))
            .map(({ name, value }) => `${name}=${value}`);
        for (const name of ['value', 'checked', 'open']) if (name in node) attributes.push(`${name}:${node[name]}`);
        if (node.localName === 'noscript') return node.innerHTML.trim();
        const inside = [...node.childNodes].map(told).filter(Boolean);
        // The order of what a head says means nothing.
        if (node === document.head) inside.sort();
        return `<${node.localName} ${attributes.sort().join(' ')}>${inside.join('\\n')}</>`;
    };
    return told(document.documentElement);";

/// The page once it has come to rest.
async fn whole(session: &Session) -> Outcome<String> {
    let mut last = String::new();
    for _ in 0..40 {
        let next = session.text(WHOLE, Json::Null).await?;
        if next == last {
            break;
        }
        last = next;
        sleep(Duration::from_millis(150)).await;
    }
    Ok(last)
}

/// Where two texts part, with some words around.
fn parting(a: &str, b: &str) -> String {
    let at = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(80)).take(200).collect::<String>();
    format!("natively …{}… and in place …{}…", around(a), around(b))
}

/// Follows a link to a path of the host, and waits until the page there is alive.
async fn follow(session: &Session, path: &str) -> Outcome {
    session.ask(FOLLOW, path).await?;
    arrived(session, path).await
}

async fn arrived(session: &Session, path: &str) -> Outcome {
    let there = "return location.pathname === a && !('leaving' in document.documentElement.dataset)";
    let bare = path.split(['?', '#']).next().unwrap_or_default();
    session.until_of(&format!("{path} is there"), there, bare).await?;
    session.alive().await
}

async fn in_place(session: &Session) -> Outcome<bool> {
    session.is("return window.stays === true", Json::Null).await
}

/// Pages with a header: those that are a simulation alone are for frames.
fn around(stage: &Stage) -> Vec<String> {
    let alone = |page: &&String| page.starts_with("embed/") && page.matches('/').count() > 1;
    stage.pages.iter().filter(|page| !alone(page)).cloned().collect()
}

pub async fn every_page_reached_in_place_is_that_page(stage: &mut Stage) -> Outcome {
    let pages = around(stage);
    let session = &stage.session;
    // What stands still can be compared.
    session.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
    for (base, pages) in [("/", &*pages), (SUB_PATH, &pages[..3])] {
        session.driver.goto(format!("{}{base}guide/", session.origin)).await?;
        session.alive().await?;
        for page in pages {
            let path = format!("{base}{page}");
            follow(session, &path).await?;
            hold(in_place(session).await?, || format!("{path} is not reached in place"))?;
            let reached = whole(session).await?;
            session.driver.goto(format!("{}{path}", session.origin)).await?;
            session.alive().await?;
            let native = whole(session).await?;
            hold(native == reached, || format!("{path} is {}", parting(&native, &reached)))?;
            let complaints = session.complaints().await?;
            hold(complaints.is_empty(), || format!("{path}: {}", complaints.join("; ")))?;
        }
    }
    Ok(())
}

pub async fn a_page_in_place_is_announced_and_read_from_its_beginning(stage: &mut Stage) -> Outcome {
    const NEXT: &str = "main .onward a[rel=next]";
    const HERE: &str = "const e = document.activeElement; return [e.localName, document.title, scrollY, \
                        document.querySelector('[data-arrived]').textContent, document.querySelectorAll('h1').length]";
    let session = &stage.session;
    let first = format!("/{}/", stage.slugs[0]);
    session.open(&first[1..]).await?;
    session.ask("window.stays = true", Json::Null).await?;
    // What comes later than the program, formulas' letters at a first visit, keeps the place in sight, not the
    // distance from the top.
    session.lettered().await?;
    session.scroll_to(NEXT).await?;
    let place = "return document.querySelector(a).getBoundingClientRect().top";
    let far = session.number(place, NEXT).await?;
    let next = session.text("return document.querySelector(a).pathname", NEXT).await?;
    session.click(NEXT).await?;
    arrived(session, &next).await?;
    session
        .until(
            "its title is told",
            "return document.querySelector('[data-arrived]').textContent === document.title",
        )
        .await?;
    let here = session.ask(HERE, Json::Null).await?;
    hold(here[0] == "h1" && here[1] == here[3] && here[2] == 0 && here[4] == 1, || {
        format!("{next}: {here}")
    })?;

    // Back to where the reader was, forward to the top, and to a place that a link names.
    session.driver.back().await?;
    arrived(session, &first).await?;
    let kept = "return Math.abs(document.querySelector(a[0])?.getBoundingClientRect().top - a[1]) < 4";
    session.until_of("the way back keeps the place", kept, json!([NEXT, far])).await?;
    session.driver.forward().await?;
    arrived(session, &next).await?;
    session.until("forward leads to the top", "return scrollY === 0").await?;
    follow(session, &format!("{first}#references")).await?;
    let place = "const r = document.getElementById('references').getBoundingClientRect(); \
                 return r.top >= 0 && r.top < innerHeight / 2 && document.activeElement.id === 'references'";
    session.until("a link leads to its place", place).await?;
    session
        .until(
            "the contents mark it",
            "return !!document.querySelector('.contents a[aria-current=location]')",
        )
        .await?;
    // Inside a page a link is the browser's, and so is the way back.
    session.ask("document.querySelector('.contents a').click()", Json::Null).await?;
    session.until("the page has another place", "return location.hash !== '#references'").await?;
    session.driver.back().await?;
    session.until("back leads to the place", "return location.hash === '#references'").await?;
    hold(in_place(session).await?, || "some way was not in place".to_owned())?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))
}

pub async fn the_way_back_finds_the_figures_as_they_were(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.first() else { return Ok(()) };
    let (root, path) = (simulation.root(), format!("/{}/", simulation.slug));
    session.open(&simulation.page(&[], Some(20))).await?;
    session.adopted(&root).await?;
    session
        .until_of("it stands there", "return document.querySelector(a).dataset.step === '20'", &*root)
        .await?;
    // Changed and left at once: the address has had no time to follow.
    for _ in 0..3 {
        session.press(&format!("{root} [data-action=step]"), Key::Enter).await?;
    }
    let before = shown(session, simulation).await?;
    follow(session, "/guide/").await?;
    session.driver.back().await?;
    arrived(session, &path).await?;
    session.adopted(&root).await?;
    session
        .until_of(
            "it stands where it was left",
            "return document.querySelector(a).dataset.step === '23'",
            &*root,
        )
        .await?;
    hold(before == shown(session, simulation).await?, || "the way back shows another figure".to_owned())?;
    // What ran goes on.
    session.press(&format!("{root} [data-action=play]"), Key::Enter).await?;
    let runs =
        "const { state, step } = document.querySelector(a).dataset; return state === 'playing' && step > 30";
    session.until_of("it runs", runs, &*root).await?;
    follow(session, "/").await?;
    session.driver.back().await?;
    arrived(session, &path).await?;
    session.adopted(&root).await?;
    session.until_of("it goes on", runs, &*root).await?;
    hold(in_place(session).await?, || "some way was not in place".to_owned())
}

pub async fn what_was_live_is_live_again_in_place(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.iter().find(|s| !s.numbers().is_empty()) else { return Ok(()) };
    session.open("guide/").await?;
    // The search goes with the page, and leads on in place.
    session.ask("window.stays = true", Json::Null).await?;
    session.driver.action_chain().send_keys("/").perform().await?;
    session
        .until("the search answers", "return !!document.querySelector('#site-search [role=option]')")
        .await?;
    follow(session, &format!("/{}/", simulation.slug)).await?;
    hold(!session.is("return document.getElementById('site-search').open", Json::Null).await?, || {
        "the search stands over the next page".to_owned()
    })?;
    session.driver.action_chain().send_keys("/").perform().await?;
    session.driver.action_chain().send_keys("glossary").perform().await?;
    session
        .until(
            "it finds",
            "return document.querySelector('#site-search [aria-selected=true]')?.href.includes('/guide/')",
        )
        .await?;
    session.driver.action_chain().send_keys(Key::Enter).perform().await?;
    arrived(session, "/guide/glossary/").await?;
    follow(session, &format!("/{}/", simulation.slug)).await?;
    // Theme, control, saving.
    let dark = "return document.documentElement.dataset.theme";
    session.click("[data-action=theme]").await?;
    session.until("the theme changes", &format!("{dark} !== undefined")).await?;
    let theme = session.text(dark, Json::Null).await?;
    let root = simulation.root();
    let field = format!("{root} [name=\"{}\"]", simulation.numbers()[0]);
    session.adopted(&root).await?;
    let before = session.text("return document.querySelector(a).value", &*field).await?;
    session.press(&field, Key::End).await?;
    session.press(&field, Key::Home).await?;
    session.press(&field, Key::End).await?;
    let moved = json!([field, before]);
    session
        .until_of("the control answers", "return document.querySelector(a[0]).value !== a[1]", moved)
        .await?;
    session.until("the address follows", "return location.search !== ''").await?;
    session.ask("document.querySelector(`${a} [data-save=csv]`).click()", &*root).await?;
    let saved = "return document.querySelector(`${a} [data-save-state]`).textContent.includes('is saved')";
    session.until_of("the numbers are saved", saved, &*root).await?;
    // A talk is given, and left by a link: the next page is whole.
    session.ask("document.querySelector('[data-action=present]')?.click()", Json::Null).await?;
    session.until("the talk begins", "return 'presenting' in document.documentElement.dataset").await?;
    follow(session, "/").await?;
    hold(!session.is("return 'presenting' in document.documentElement.dataset", Json::Null).await?, || {
        "the talk goes on over the next page".to_owned()
    })?;
    hold(session.text(dark, Json::Null).await? == theme, || "the theme that was chosen is gone".to_owned())?;
    hold(in_place(session).await?, || "some way was not in place".to_owned())?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))
}

/// A program that did not come is asked for again by the next page, which says so if it fails, too.
pub async fn a_page_in_place_stands_still_and_says_so(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(slug) = stage.slugs.first() else { return Ok(()) };
    session.cdp("Network.enable", json!({})).await?;
    session.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
    session.cdp("Network.setBlockedURLs", json!({ "urls": ["*_bg.wasm"] })).await?;
    session.visit("guide/").await?;
    let still = "return 'still' in document.documentElement.dataset";
    session.until("the first page has no program", still).await?;
    session.ask(FOLLOW, format!("/{slug}/")).await?;
    let said = "return [...document.querySelectorAll('[data-sim] [data-messages]')].length > 0 && \
                [...document.querySelectorAll('[data-sim]')].every((sim) => \
                sim.querySelector('[data-messages]').textContent.includes('stands still') && \
                [...sim.querySelectorAll('.controls :is(input, select)')].every((field) => field.disabled))";
    session.until("the next one says that it stands still", said).await?;
    hold(in_place(session).await?, || "the way was not in place".to_owned())?;
    session.cdp("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    follow(session, "/guide/").await?;
    follow(session, &format!("/{slug}/")).await?;
    hold(!session.is(said, Json::Null).await?, || "a live page says that it stands still".to_owned())?;
    hold(in_place(session).await?, || "some way was not in place".to_owned())
}

pub async fn what_cannot_be_done_in_place_is_left_to_the_browser(stage: &mut Stage) -> Outcome {
    let alone = format!("/embed/{}/", stage.simulations[0].address());
    let session = &mut stage.session;
    // Another version of the site, an answer that is no page, a wrong address, a page for frames.
    for (path, before) in [
        ("/guide/glossary/", "document.documentElement.dataset.version = 'another'"),
        ("/search.json", ""),
        ("/atention/", ""),
        (&*alone, ""),
    ] {
        session.open("guide/").await?;
        session.ask(before, Json::Null).await?;
        session.ask(FOLLOW, path).await?;
        session
            .until_of(
                &format!("the browser opens {path}"),
                "return window.stays === undefined && location.pathname === a",
                path,
            )
            .await?;
    }
    // A host that does not answer: the browser says so in its own words.
    session.open("guide/glossary/").await?;
    session.host.set_down(true);
    session.ask(FOLLOW, "/guide/bibliography/").await?;
    session
        .until("the browser says that nobody answers", "return location.protocol === 'chrome-error:'")
        .await?;
    session.host.set_down(false);

    // Another window, and a file.
    session.open("guide/").await?;
    let here = session.driver.window().await?;
    let link = "header a.site";
    let [x, y] = session.point(link, 0.5).await?;
    let chain = session.driver.action_chain().key_down(Key::Control).move_to(x, y).click();
    chain.key_up(Key::Control).perform().await?;
    let two = async |session: &Session| -> Outcome<bool> { Ok(session.driver.windows().await?.len() == 2) };
    for _ in 0..100 {
        if two(session).await? {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    hold(two(session).await?, || "Control and a click open no other window".to_owned())?;
    for window in session.driver.windows().await? {
        if window != here {
            session.driver.switch_to_window(window).await?;
            session.driver.close_window().await?;
        }
    }
    session.driver.switch_to_window(here).await?;
    hold(session.is("return location.pathname === '/guide/'", Json::Null).await?, || {
        "a link for another window leads on in this one".to_owned()
    })?;

    // Browsers that cannot do it do it their own way.
    session.before_pages("Object.defineProperty(window, 'navigation', { value: undefined })").await?;
    session.open("guide/").await?;
    session.ask(FOLLOW, "/guide/glossary/").await?;
    session
        .until(
            "the browser opens it",
            "return window.stays === undefined && location.pathname === '/guide/glossary/'",
        )
        .await?;

    // So does a sandbox, where pages have no origin.
    session.visit(browser_tests::server::NOBODY).await?;
    let frame = "const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.src = '/guide/'; document.body.append(f)";
    session.ask(frame, Json::Null).await?;
    session.driver.enter_frame(0).await?;
    session
        .until(
            "the frame is there",
            "return document.readyState === 'complete' && location.pathname === '/guide/'",
        )
        .await?;
    session.ask(FOLLOW, "/guide/glossary/").await?;
    let there = session
        .until(
            "the frame shows the next page",
            "return window.stays === undefined && location.pathname === '/guide/glossary/'",
        )
        .await;
    session.driver.enter_default_frame().await?;
    there
}

pub async fn what_is_about_to_be_wanted_is_fetched_unless_data_is_saved(stage: &mut Stage) -> Outcome {
    const NEAR: &str = "main .gallery a, main .onward a";
    const FETCHED: &str =
        "return performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/')).length";
    // The page's own is one.
    const PIECES: &str = "return performance.getEntriesByType('resource').filter((r) => r.name.includes('/site-topic-')).length";
    let page = stage.slugs[0].clone();
    let session = &mut stage.session;
    session.open(&format!("{page}/")).await?;
    session.scroll_to(NEAR).await?;
    session.until("the pages in sight are fetched", &format!("{FETCHED} >= 1")).await?;
    session.until("what they need of the program is fetched", &format!("{PIECES} >= 2")).await?;
    // What is most likely wanted does not share the line with the rest.
    let first = "const pages = performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/')); \
                 return pages[0].name === document.querySelector('main .onward a[rel=next]').href";
    hold(session.is(first, Json::Null).await?, || {
        "another page is fetched before the next topic".to_owned()
    })?;
    let known = session.number(FETCHED, Json::Null).await?;
    let [x, y] = session.point("header nav > a", 0.5).await?;
    session.driver.action_chain().move_to(x, y).perform().await?;
    session
        .until_of("the page under the pointer is fetched", &FETCHED.replace("length", "length > a"), known)
        .await?;
    // Then it is not fetched again when it is wanted.
    follow(session, "/guide/").await?;
    let guide =
        "return performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/guide/')).length";
    let fetched = session.number(guide, Json::Null).await?;
    hold((fetched - 1.0).abs() < 0.5, || format!("the page under the pointer is fetched {fetched} times"))?;

    session
        .before_pages("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        .await?;
    session.open(&format!("{page}/")).await?;
    session.scroll_to(NEAR).await?;
    let [x, y] = session.point(NEAR, 0.5).await?;
    session.driver.action_chain().move_to(x, y).perform().await?;
    sleep(Duration::from_millis(600)).await;
    let fetched = session.number(FETCHED, Json::Null).await?;
    hold(fetched == 0.0, || format!("{fetched} pages are fetched though data is saved"))?;
    let pieces = session.number(PIECES, Json::Null).await?;
    hold(pieces <= 1.0, || format!("{pieces} topics' pieces are fetched though data is saved"))
}

pub async fn a_change_of_scene_is_shown_to_those_who_like_motion(stage: &mut Stage) -> Outcome {
    const COUNT: &str = "window.scenes = 0; const start = document.startViewTransition; \
                         document.startViewTransition = function (...all) { scenes++; return start.apply(document, all) }";
    let session = &stage.session;
    for (motion, wanted) in [("no-preference", 1.0), ("reduce", 0.0)] {
        session.prefer(&[("prefers-reduced-motion", motion)]).await?;
        session.open("guide/").await?;
        session.ask(COUNT, Json::Null).await?;
        follow(session, "/").await?;
        let scenes = session.number("return scenes", Json::Null).await?;
        hold((scenes - wanted).abs() < 0.5, || {
            format!("{scenes} changes of scene where motion is {motion}")
        })?;
    }
    Ok(())
}

/// What there is of the page's things: listeners, nodes, bytes of the heap, and of the program's memory.
async fn burden(session: &Session) -> Outcome<[f64; 4]> {
    for _ in 0..2 {
        session.cdp("HeapProfiler.collectGarbage", json!({})).await?;
    }
    let metrics = session.cdp("Performance.getMetrics", json!({})).await?;
    let metric = |name: &str| {
        let all = metrics["metrics"].as_array().into_iter().flatten();
        all.filter(|m| m["name"] == name).find_map(|m| m["value"].as_f64()).unwrap_or(f64::NAN)
    };
    let memory = "window.memory ??= 0; wasmBindings.default().then((w) => { memory = w.memory.buffer.byteLength }); return true";
    session.ask(memory, Json::Null).await?;
    session.until("the program tells its memory", "return memory > 0").await?;
    let memory = session.number("return memory", Json::Null).await?;
    Ok([metric("JSEventListeners"), metric("Nodes"), metric("JSHeapUsedSize"), memory])
}

pub async fn two_hundred_pages_leave_nothing_behind(stage: &mut Stage) -> Outcome {
    // So many come first: by then everything has been loaded that is loaded once.
    const FIRST: usize = 40;
    const CHANGES: usize = 200;
    // What was there and may be let go: each text, and what stops with each visit.
    const WATCH: &str =
        "window.left ??= []; left.push(new WeakRef(document.querySelector('main')), new WeakRef(visit))";
    let topics = stage.slugs.iter().take(1).map(|slug| format!("/{slug}/"));
    let tour: Vec<String> =
        topics.chain(["/", "/guide/bibliography/", "/embed/"].map(str::to_owned)).collect();
    let session = &stage.session;
    session.cdp("Performance.enable", json!({})).await?;
    session.open("guide/").await?;
    let mut early = [0.0; 4];
    for change in 0..FIRST + CHANGES {
        follow(session, &tour[change % tour.len()]).await?;
        session.ask(WATCH, Json::Null).await?;
        if change + 1 == FIRST {
            follow(session, "/guide/glossary/").await?;
            early = burden(session).await?;
        }
    }
    follow(session, "/guide/glossary/").await?;
    let late = burden(session).await?;
    session.cdp("Performance.disable", json!({})).await?;
    hold(in_place(session).await?, || "some change was not in place".to_owned())?;
    let held = session.number("return left.filter((it) => it.deref()).length", Json::Null).await?;
    hold(held <= 4.0, || {
        format!("{held} texts and visits of {} are held though they were left", 2 * (FIRST + CHANGES))
    })?;
    // A tenth is what things breathe. The heap's bytes have code besides, which the browser compiles as it is run
    // more often: heap snapshots 120 changes apart differ by that, and by no object of the page.
    for (((what, most), early), late) in
        [("listeners", 1.1), ("nodes", 1.1), ("bytes of the heap", 1.2), ("bytes of the program", 1.1)]
            .into_iter()
            .zip(early)
            .zip(late)
    {
        hold(late <= most * early, || {
            format!("{early} {what} grow to {late} over {CHANGES} changes of page")
        })?;
    }
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))
}
