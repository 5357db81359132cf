//! What holds for every page before anybody touches it.

use std::time::Duration;

use browser_tests::server::SUB_PATH;
use browser_tests::{Outcome, fail, hold};
use serde_json::{Value as Json, json};
use tokio::time::sleep;

use crate::{OWN, Stage};

pub async fn no_page_complains_or_takes_the_focus(stage: &mut Stage) -> Outcome {
    quiet(stage, "").await
}

pub async fn no_page_complains_or_takes_the_focus_under_a_path(stage: &mut Stage) -> Outcome {
    quiet(stage, SUB_PATH.trim_start_matches('/')).await
}

async fn quiet(stage: &mut Stage, base: &str) -> Outcome {
    hold(!stage.pages.is_empty(), || "the site has no pages".to_owned())?;
    // The page for wrong addresses stands at any depth, and leads to the root of the host.
    let pages: Vec<String> = if base.is_empty() {
        stage.pages.clone()
    } else {
        stage.pages_once().filter(|page| *page != "404.html").cloned().collect()
    };
    if !base.is_empty() {
        // How they run has been seen.
        stage.session.still().await?;
    }
    for page in pages {
        let page = format!("{base}{page}");
        stage.session.open(&page).await?;
        let complaints = stage.session.complaints().await?;
        hold(complaints.is_empty(), || format!("/{page}: {}", complaints.join("; ")))?;
        let focused = "const e = document.activeElement; \
                       return e === document.body || e === null ? '' : e.outerHTML.slice(0, 120)";
        let focused = stage.session.text(focused, Json::Null).await?;
        hold(focused.is_empty(), || format!("/{page} gives the focus to {focused}"))?;
    }
    Ok(())
}

/// A second is the aim; the bound leaves room for a busy machine that compiles something else.
const ALIVE_WITHIN: f64 = 3000.0;

/// So often a page may try: a machine that does something else just then is no failure of the page.
const TRIES: usize = 5;

pub async fn the_hero_is_alive_soon(stage: &mut Stage) -> Outcome {
    const WATCH: &str = "
        window.born = {};
        new MutationObserver(() => {
            const hero = document.querySelector('[data-sim]');
            const step = hero?.getAttribute('data-step');
            if (!hero?.hasAttribute('data-live') || step === born.step) return;
            if (born.step === undefined) born.alive = performance.now();
            else born.moved ??= performance.now();
            born.step = step;
        }).observe(document, { subtree: true, childList: true, attributes: true });";
    stage.session.before_pages(WATCH).await?;
    for slug in &stage.slugs {
        let mut soonest = f64::INFINITY;
        for _ in 0..TRIES {
            stage.session.visit("robots.txt").await?;
            stage.session.visit(&format!("{slug}/")).await?;
            stage
                .session
                .until(&format!("the hero of {slug} steps"), "return born.moved !== undefined")
                .await?;
            soonest = soonest.min(stage.session.number("return born.alive", Json::Null).await?);
            if soonest < ALIVE_WITHIN {
                break;
            }
        }
        hold(soonest < ALIVE_WITHIN, || format!("the hero of {slug} was alive only after {soonest:.0} ms"))?;
        let seen = "const r = document.querySelector('[data-sim] .figure').getBoundingClientRect(); \
                    return r.top < innerHeight * 0.75 && r.height > 0";
        hold(stage.session.is(seen, Json::Null).await?, || {
            format!("the figure of {slug} is not on the first screen")
        })?;
    }
    Ok(())
}

pub async fn without_scripts_text_and_figures_are_there(stage: &mut Stage) -> Outcome {
    stage.session.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    for slug in &stage.slugs {
        stage.session.visit(&format!("{slug}/")).await?;
        hold(!stage.session.is("return !!document.querySelector('[data-live]')", Json::Null).await?, || {
            format!("{slug} runs scripts though they are switched off")
        })?;
        let words =
            stage.session.number("return document.body.innerText.split(/\\s+/).length", Json::Null).await?;
        hold(words > 500.0, || format!("{slug} has {words} words without scripts"))?;
        let fonts = "return [...document.fonts].filter((f) => f.status === 'loaded' && !f.family.includes('Fallback')).length";
        stage.session.until("the fonts load without scripts", &format!("{fonts} >= 2")).await?;
        for simulation in stage.simulations.iter().filter(|s| s.slug == *slug) {
            let shapes = "const svg = document.querySelector(`${a} .figure svg`); \
                          return svg ? svg.querySelectorAll('path,circle,rect,line,text,polyline').length : 0";
            let shapes = stage.session.number(shapes, simulation.root()).await?;
            hold(shapes > 5.0, || {
                format!("the figure of {} has {shapes} shapes without scripts", simulation.address())
            })?;
        }
    }
    Ok(())
}

/// A topic's code, and what comes only when it is asked for, may fail to come: that is said where it was
/// needed, all else works, and it can be tried again.
pub async fn a_piece_that_is_missing_is_said_and_tried_again(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.cdp("Network.enable", json!({})).await?;
    session.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
    let block = async |lost: &[&str]| session.cdp("Network.setBlockedURLs", json!({ "urls": lost })).await;

    block(&["*site-topic-*.wasm"]).await?;
    session.visit("attention/").await?;
    let told = "const said = [...document.querySelectorAll('[data-messages]')].map((e) => e.textContent); \
                return said.length === document.querySelectorAll('[data-sim]').length \
                && said.every((e) => e.includes('could not be loaded'))";
    session.until("each simulation says that it could not be loaded", told).await?;
    let theme = "return document.documentElement.dataset.theme ?? ''";
    let before = session.text(theme, Json::Null).await?;
    session.click("[data-action=theme]").await?;
    hold(session.text(theme, Json::Null).await? != before, || "the theme does not change".to_owned())?;
    session.click("[data-messages] [data-action=load]").await?;
    session.until("it says so once more", told).await?;
    block(&[]).await?;
    session.click("[data-messages] [data-action=load]").await?;
    session.alive().await?;
    let said = "return document.querySelectorAll('[data-action=load]').length";
    hold(session.number(said, Json::Null).await? == 0.0, || "it still says so".to_owned())?;

    block(&["*site-present-*.wasm", "*site-save-*.wasm"]).await?;
    session.open("attention/").await?;
    let message = "return [...document.querySelectorAll('[data-messages]')].some((e) => \
                   e.textContent.includes('could not be loaded'))";
    session.click("[data-action=present]").await?;
    session.until("the talk says that it could not be loaded", message).await?;
    let talking = "return document.documentElement.hasAttribute('data-presenting')";
    hold(!session.is(talking, Json::Null).await?, || "there is a talk without its code".to_owned())?;
    session.click("[data-action=reset]").await?;
    let reset = "return document.querySelector('[data-spoken]').textContent.startsWith('Reset')";
    session.until("the simulation lives on", reset).await?;
    block(&[]).await?;
    session.click("[data-action=present]").await?;
    session.until("the talk begins", talking).await?;
    session.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": false })).await?;
    Ok(())
}

pub async fn a_browser_without_vectors_is_told_so(stage: &mut Stage) -> Outcome {
    stage.session.before_pages("WebAssembly.validate = () => false").await?;
    let one = stage.simulations.first().map(|s| format!("embed/{}/", s.address()));
    for page in stage.slugs.first().map(|slug| format!("{slug}/")).into_iter().chain(one) {
        stage.session.visit(&page).await?;
        let told = "return document.querySelector('main [data-messages]')?.textContent.includes('and Safari since 16.4')";
        stage.session.until("a browser without vectors is told so", told).await?;
        // The program is not even asked to start: nothing fails, and nothing runs a while later.
        sleep(Duration::from_secs(2)).await;
        hold(!stage.session.is("return !!document.querySelector('[data-live]')", Json::Null).await?, || {
            format!("{page} runs without vectors")
        })?;
        let fetched =
            "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'))";
        hold(!stage.session.is(fetched, Json::Null).await?, || {
            format!("{page} fetches a program that cannot run")
        })?;
    }
    Ok(())
}

/// Blocks out of sight are skipped by the browser, and are as high as they were; when they come into sight
/// they are there. None of them waits for letters that the page has not brought.
pub async fn what_is_out_of_sight_is_not_laid_out(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        session.open(&format!("{slug}/")).await?;
        let settled = "return 'settled' in document.documentElement.dataset";
        session.until("the page has been laid out once", settled).await?;
        session.lettered().await?;
        let rare = "return performance.getEntriesByType('resource').map((e) => e.name).filter((name) => \
                    /tinkerable-s\\w+-(signs|letters|accents)/.test(name)).join(' ')";
        let rare = session.text(rare, Json::Null).await?;
        hold(rare.is_empty(), || {
            format!("{slug} waits for {rare}: xtask/fonts/subset.py says which signs come with each page")
        })?;
        let seen = "return document.querySelector(a).checkVisibility({ contentVisibilityAuto: true })";
        for (block, wanted) in [("article > :first-child", true), ("article > :last-child *", false)] {
            let found = session.is(seen, block).await?;
            hold(found == wanted, || format!("{slug}: at its beginning {block} is laid out: {found}"))?;
        }
        let height = "return document.documentElement.scrollHeight";
        // Which block is higher, or less high, when all are laid out.
        let differs = "const blocks = [...document.querySelectorAll('article > *')];
            const skipped = blocks.map((block) => block.offsetHeight);
            delete document.documentElement.dataset.settled;
            const at = blocks.findIndex((block, i) => Math.abs(block.offsetHeight - skipped[i]) > 1);
            return at < 0 ? '' : `${skipped[at]} px in place of ${blocks[at].offsetHeight}: ${blocks[at].outerHTML.slice(0, 200)}`";
        let differs = session.text(differs, Json::Null).await?;
        hold(differs.is_empty(), || format!("{slug}: a block out of sight is {differs}"))?;
        let whole = session.number(height, Json::Null).await?;
        session.ask("document.documentElement.dataset.settled = ''", Json::Null).await?;
        session.ask("document.querySelector('article > :last-child').scrollIntoView()", Json::Null).await?;
        session.until_of("the end is there", seen, "article > :last-child *").await?;
        let below = session.number(height, Json::Null).await?;
        hold((below - whole).abs() <= 1.0, || {
            format!("{slug} is {below} px high at its end, {whole} before")
        })?;
        // Another width gives all blocks other heights.
        session.size(360, 800).await?;
        sleep(Duration::from_millis(200)).await;
        session.until("the narrow page has been laid out", settled).await?;
        let narrow = session.number(height, Json::Null).await?;
        session.ask("delete document.documentElement.dataset.settled", Json::Null).await?;
        let whole = session.number(height, Json::Null).await?;
        // Figures out of sight are drawn for the new width when they come into sight.
        let near = (narrow - whole).abs() <= 0.01 * whole;
        hold(near, || format!("{slug} is {narrow} px high at 360 px, not {whole}"))?;
        session.size(1280, 900).await?;
    }
    Ok(())
}

/// Counts what moved without a reader's doing, from the first paint on.
pub const WATCH_SHIFTS: &str = "
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue;
            const names = entry.sources.map((s) => s.node?.outerHTML ?? s.node?.parentElement?.outerHTML ?? '?');
            shifts.push({ value: entry.value, names: names.map((n) => n.slice(0, 90)) });
        }
    }).observe({ type: 'layout-shift', buffered: true });";

pub async fn nothing_moves_under_the_reader(stage: &mut Stage) -> Outcome {
    stage.session.before_pages(WATCH_SHIFTS).await?;
    // Long after the page has been painted.
    stage.session.host.set_fonts_late(true);
    let mut moved = Vec::new();
    // Each page at each width; at which of them in which fonts, goes in turns.
    for (turn, (width, height)) in [(1280, 900), (360, 740)].into_iter().enumerate() {
        stage.session.size(width, height).await?;
        let topics = stage.slugs.iter().map(|slug| format!("{slug}/"));
        for (round, page) in topics.chain([String::new()]).enumerate() {
            if !stage.takes_turn(turn + round, OWN) {
                continue;
            }
            stage.session.open(&page).await?;
            // The next is a first visit as well, at which the fonts come late.
            stage.session.ask("localStorage.clear()", Json::Null).await?;
            sleep(Duration::from_secs(2)).await;
            stage.session.until("the fonts are there", "return document.fonts.status === 'loaded'").await?;
            // Down the page, where other simulations come alive.
            stage.session.ask("scrollBy({ top: 1500, behavior: 'instant' })", Json::Null).await?;
            sleep(Duration::from_secs(1)).await;
            let shifts = stage.session.ask("return shifts", Json::Null).await?;
            let total: f64 =
                shifts.as_array().into_iter().flatten().filter_map(|s| s["value"].as_f64()).sum();
            if total > 0.0005 {
                moved.push(format!("/{page} at {width} px shifts by {total:.4}: {shifts}"));
            }
        }
    }
    if moved.is_empty() { Ok(()) } else { fail(moved.join("\n  ")) }
}

/// A browser paints what it has of a page, and a select that lacks its options would be narrow.
pub async fn a_page_that_comes_in_two_parts_stands_still(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    session.before_pages(WATCH_SHIFTS).await?;
    session.size(1280, 1200).await?;
    let slug = "retrieval-augmented-models";
    session.open(&format!("{slug}/")).await?;
    let marks = session
        .ask(
            "return [...document.querySelectorAll('.sim .control select')].filter(e => e.checkVisibility())
                .slice(0, 2).map(e => e.closest('.field').innerHTML.split('<option')[0])",
            Json::Null,
        )
        .await?;
    let marks: Vec<&str> = marks.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    hold(!marks.is_empty(), || format!("/{slug}/ has no select to be cut in two"))?;
    for mark in marks {
        session.host.set_late_after(Some(mark));
        session.open(&format!("{slug}/")).await?;
        sleep(Duration::from_millis(500)).await;
        let shifts = session.ask("return shifts", Json::Null).await?;
        hold(shifts.as_array().is_some_and(Vec::is_empty), || {
            format!("cut after {mark} it shifts: {shifts}")
        })?;
    }
    // An answer and a preset that stand in the second line, and would have room in the first without their words.
    session.size(1280, 900).await?;
    for (slug, button) in [
        ("efficient-fine-tuning", "data-bet=\"2\" aria-pressed=\"false\""),
        ("test-time-compute", "data-preset-button=\"strong-policy\" aria-pressed=\"false\""),
    ] {
        session.host.set_late_after(None);
        session.open(&format!("{slug}/")).await?;
        let opened = "return document.documentElement.outerHTML.split(a)[1].split('<')[0].match(/^.*>/s)[0]";
        let opened = session.text(opened, json!(button)).await?;
        session.host.set_late_after(Some(&format!("{button}{opened}")));
        session.open(&format!("{slug}/")).await?;
        sleep(Duration::from_millis(500)).await;
        let moved =
            "return shifts.filter(({ names }) => names.some((name) => name.match(/data-(bet|preset)/)))";
        let shifts = session.ask(moved, Json::Null).await?;
        hold(shifts.as_array().is_some_and(Vec::is_empty), || {
            format!("a button of /{slug}/ without its words shifts: {shifts}")
        })?;
    }
    Ok(())
}

/// What is shown, whether the slanted font has been asked for, and which of the page's own fonts are
/// there, when a page is painted for the first time. That they are in use by then shows in that nothing
/// moves any more.
const AT_FIRST_PAINT: &str = "
    let slanted = false;
    const { load } = FontFace.prototype;
    FontFace.prototype.load = function () { slanted = true; return load.call(this); };
    window.own = () => [...document.fonts].filter((f) => f.status === 'loaded' && f.family.match(/(Serif|Sans)\"?$/));
    const words = () => [...document.querySelectorAll('h1, .lead, header a')].flatMap((e) => {
        const range = new Range();
        range.selectNodeContents(e);
        return [...range.getClientRects()].map(({ left, width, height }) => [left, width, height].join());
    }).join(' ');
    let painted;
    window.stands = () => words() === painted;
    const look = () => {
        // What is not painted yet has no place.
        if (!document.querySelector('h1')?.getClientRects().length) return requestAnimationFrame(look);
        painted = words();
    };
    requestAnimationFrame(look);
    new PerformanceObserver((list, observer) => {
        observer.disconnect();
        const rest = document.querySelector('article > h2 ~ h2');
        const own = new Set([...window.own()].map((f) => f.family.replaceAll('\"', ''))).size;
        window.first = { rest: rest?.getClientRects().length > 0, slanted, own };
    }).observe({ type: 'paint', buffered: true });";

/// The bracket around a fraction is as high as the fraction, and the letters are those of the site.
const FORMULAS_STAND: &str = "
    const fraction = [...document.querySelectorAll('math[display=block] mfrac')]
        .find((part) => part.previousElementSibling?.textContent === '(');
    const worn = [...document.fonts].some((face) => face.family.includes('Tinkerable Math') && face.status === 'loaded');
    const tall = (part) => part.getBoundingClientRect().height;
    return worn && fraction && tall(fraction.previousElementSibling) > 0.9 * tall(fraction)";

pub async fn formulas_have_letters_of_their_own_and_brackets_that_grow(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    // Reached in place from a page that has no formula, and opened by its address.
    session.open("").await?;
    session.ask("document.querySelector(\"a[href='./attention/']\").click()", Json::Null).await?;
    session.until("the page is reached", "return location.pathname.endsWith('/attention/')").await?;
    session.alive().await?;
    // Where a formula stands in the window, its face waits until that has gone by.
    let away = "scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })";
    session.ask(away, Json::Null).await?;
    session.until("the formulas of a page that is reached in place have their face", FORMULAS_STAND).await?;
    session.open("synthetic-data/").await?;
    session.ask(away, Json::Null).await?;
    session.until("the formulas of a page that is opened have their face", FORMULAS_STAND).await
}

/// Notes which simulations came to life, in which order.
const WATCH_LIVED: &str = "
    window.lived = [];
    new MutationObserver((changes) => lived.push(...changes.map(({ target }) => target.dataset.sim).filter(Boolean)))
        .observe(document, { subtree: true, attributeFilter: ['data-live'] });";

/// On a slow machine the program may come before all of a page is laid out: what stands nowhere yet is not in sight.
pub async fn what_is_in_sight_lives_first(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    session.before_pages("window.requestIdleCallback = () => 0").await?;
    session.before_pages(WATCH_LIVED).await?;
    for slug in &stage.slugs {
        session.visit("robots.txt").await?;
        session.visit(&format!("{slug}/")).await?;
        session.until(&format!("something of {slug} lives"), "return lived.length > 0").await?;
        let [first, hero] = ["return lived[0]", "return document.querySelector('[data-sim]').dataset.sim"];
        let first = session.text(first, Json::Null).await?;
        let hero = session.text(hero, Json::Null).await?;
        hold(first == hero, || format!("{first} lived before {hero}"))?;
    }
    Ok(())
}

/// Where a page still comes to life, figure by figure, whoever goes on to one of them does not wait for those before.
pub async fn who_goes_on_to_a_figure_does_not_wait_for_those_before(stage: &mut Stage) -> Outcome {
    // Idle time is scarce: what is out of sight has six milliseconds in each third of a second.
    const SCARCE: &str = "window.requestIdleCallback = (done) => setTimeout(done, 300)";
    let session = &mut stage.session;
    session.before_pages(SCARCE).await?;
    session.before_pages(WATCH_LIVED).await?;
    session.visit("robots.txt").await?;
    session.visit("efficient-fine-tuning/").await?;
    session.until("the first two live", "return lived.length === 2").await?;
    // The third is on its way by then. Whatever a reader does shows all of the page.
    sleep(Duration::from_secs(3)).await;
    let go = "dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }));
        document.querySelector('[data-sim$=adalora]').scrollIntoView({ behavior: 'instant' })";
    session.ask(go, Json::Null).await?;
    session
        .until(
            "the figure that the reader goes on to lives",
            "return lived.some((sim) => sim.endsWith('adalora'))",
        )
        .await?;
    let order = session.text("return lived.map((sim) => sim.split('/')[1]).join(' ')", Json::Null).await?;
    hold(order.starts_with("lora-live cost adalora"), || format!("they lived in this order: {order}"))
}

/// On a slow line the request for the program is on its way while the last of the text comes; then the line is free.
pub async fn the_program_is_asked_for_before_all_of_a_page_has_come(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.cdp("Network.enable", json!({})).await?;
    session.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
    let line = |latency: u32, bytes: i32| json!({ "offline": false, "latency": latency, "downloadThroughput": bytes, "uploadThroughput": bytes });
    session.cdp("Network.emulateNetworkConditions", line(100, 200_000)).await?;
    session.open(&format!("{}/", stage.slugs[0])).await?;
    session.cdp("Network.emulateNetworkConditions", line(0, -1)).await?;
    session.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": false })).await?;
    // What the program then takes of it may be asked for again, and is there: the first request counts.
    let after = "const page = performance.getEntriesByType('navigation')[0].responseEnd;
        const { program, pieces } = document.querySelector('[data-program]').dataset;
        const main = new URL(program, location).href;
        const files = [`${main}.js`, `${main}_bg.wasm`, ...pieces.split(' ').filter(Boolean).map((piece) => new URL(piece, main).href)];
        const asked = (file) => Math.min(...performance.getEntriesByName(file, 'resource').map((e) => e.startTime));
        return files.filter((file) => !(asked(file) < page)).join(' ')";
    let after = session.text(after, Json::Null).await?;
    hold(after.is_empty(), || format!("asked for after the page has come: {after}"))
}

pub async fn the_top_of_a_page_comes_first_and_then_all_of_it(stage: &mut Stage) -> Outcome {
    const HIDDEN: &str = "return [...document.querySelectorAll('article > *, footer')]
        .filter((block) => !block.getClientRects().length && !block.matches('script, .visually-hidden')).length";
    let session = &mut stage.session;
    session.before_pages(AT_FIRST_PAINT).await?;
    let page = format!("{}/", stage.slugs[0]);
    let first = |rest: bool, slanted: bool| json!({ "rest": rest, "slanted": slanted, "own": 2 });
    let mut seen = Vec::new();
    // Upright letters come with the page. At a first visit the slanted ones come after the top; later they
    // are there already. A link that leads into the page and a page that is loaded again find all of it in
    // its place.
    for path in [page.clone(), page.clone(), format!("{page}#references")] {
        session.visit("robots.txt").await?;
        session.open(&path).await?;
        seen.push(session.ask("return first", Json::Null).await?);
        let hidden = session.number(HIDDEN, Json::Null).await?;
        hold(hidden == 0.0, || format!("{hidden} blocks of /{path} are never shown"))?;
        session
            .until("the page has its slanted font", "return own().some((f) => f.style === 'italic')")
            .await?;
        hold(session.is("return stands()", Json::Null).await?, || {
            format!("the words at the top of /{path} are not in the font of their first paint")
        })?;
        // The program is asked for early, and once.
        let asked = "return performance.getEntriesByType('resource').filter((e) => e.name.endsWith('_bg.wasm'))\
                     .map((e) => e.initiatorType).join(' ')";
        let asked = session.text(asked, Json::Null).await?;
        hold(asked == "link", || format!("the program of /{path} is asked for by {asked}"))?;
    }
    session.driver.refresh().await?;
    session.alive().await?;
    seen.push(session.ask("return first", Json::Null).await?);
    let wanted = [first(false, false), first(false, true), first(true, true), first(true, true)];
    hold(seen == wanted, || format!("{seen:?} at the first paint, and not {wanted:?}"))?;

    // Fonts that never come hold nothing up, and whoever acts sees all of the page at once.
    session.before_pages("FontFace.prototype.load = () => new Promise(() => {})").await?;
    session.visit("robots.txt").await?;
    session.visit(&page).await?;
    session.ask("dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }))", Json::Null).await?;
    let hidden = session.number(HIDDEN, Json::Null).await?;
    hold(hidden == 0.0, || format!("{hidden} blocks are hidden after a key"))?;
    session.open("guide/").await?;
    session.open(&page).await
}
