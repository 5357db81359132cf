//! Speeds, frame times, layout shifts and sizes of the release site, as Markdown tables.
//!
//! Started by `cargo xtask measure`. With the word `visits` it prints what a first visit is like, alone; with
//! `speeds`, speeds, frames and sizes; with topics after these words, of those topics alone; with `sweeps`,
//! what a sweep in the page takes and costs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use browser_tests::catalogue::{self, Simulation};
use browser_tests::fonts::Fonts;
use browser_tests::server::{self, brotli};
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, setting};
use serde_json::{Value as Json, json};
use tokio::time::sleep;

/// How much slower than this machine the frame times are taken: a phone of some years ago.
const SLOW_DOWN: u32 = 4;

/// How long frames are watched.
const WATCHED: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(all())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn all() -> Outcome {
    let simulations = catalogue::simulations()?;
    let mut session = Session::start(Fonts::DejaVu).await?;
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("visits") => first_visits(&mut session, &simulations).await,
        Some("sweeps") => sweeps(&mut session, &simulations).await,
        Some("speeds") => speeds(&mut session, &simulations).await,
        Some("sizes") => sizes(&mut session, &simulations).await,
        Some("lighthouse") => lighthouse(&session),
        _ => whole(&mut session, &simulations).await,
    };
    session.close().await;
    outcome
}

async fn whole(session: &mut Session, simulations: &[Simulation]) -> Outcome {
    speeds(session, simulations).await?;
    sizes(session, simulations).await?;
    first_visits(session, simulations).await?;
    lighthouse(session)
}

/// The topics that are asked for: all, if none is named.
fn chosen(simulations: &[Simulation]) -> Vec<String> {
    let named: Vec<String> = std::env::args().skip(2).collect();
    let mut slugs = catalogue::slugs(simulations);
    slugs.retain(|slug| named.is_empty() || named.contains(slug));
    slugs
}

/// Steps a second, frames, and the wait for what is promised.
async fn speeds(session: &mut Session, simulations: &[Simulation]) -> Outcome {
    let native = native_speeds()?;
    let chosen = chosen(simulations);
    println!(
        "\n| simulation | steps/s native | steps/s WebAssembly | ratio | frames under 17 ms | 95th percentile | picture after |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for simulation in simulations.iter().filter(|simulation| chosen.contains(&simulation.slug)) {
        let address = simulation.address();
        session.reset().await?;
        let wasm = wasm_speed(session, simulation).await?;
        let frames = frames(session, simulation).await?;
        let native = native.get(&address).copied().unwrap_or(f64::NAN);
        println!(
            "| `{address}` | {} | {} | {} | {:.1} % | {:.1} ms | {} |",
            rounded(native),
            rounded(wasm),
            // A ledger has its answer at once and makes no steps.
            if native > 0.0 { format!("{:.2}", wasm / native) } else { "–".to_owned() },
            100.0 * frames.under_17,
            frames.percentile_95,
            promised(session, simulation)
                .await?
                .map_or_else(|| "at once".to_owned(), |s| format!("{s:.1} s")),
        );
    }
    println!(
        "\nFrames with the defaults at 1/{SLOW_DOWN} of this machine's speed, over {} s; at that speed, too, \
         the seconds from opening the page until the defaults show what the article promises.",
        WATCHED.as_secs()
    );
    Ok(())
}

/// What a first view of each topic takes, by kind, and how far it shifts.
async fn sizes(session: &mut Session, simulations: &[Simulation]) -> Outcome {
    println!("\n| first view | layout shift | HTML | CSS | JS | WebAssembly | fonts | all, brotli |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for slug in chosen(simulations) {
        session.reset().await?;
        session.before_pages(SHIFTS).await?;
        let page = format!("{slug}/");
        session.open(&page).await?;
        sleep(Duration::from_secs(3)).await;
        let shift = session.number("return shift", Json::Null).await?;
        let sizes = first_view(session, &page).await?;
        let cells: Vec<String> =
            KINDS.iter().map(|(kind, _)| kilobytes(sizes.get(kind).copied().unwrap_or(0))).collect();
        println!("| `/{page}` | {shift:.3} | {} | {} |", cells.join(" | "), kilobytes(sizes.values().sum()));
    }
    Ok(())
}

/// A phone on a slow line, applied and not computed: bits a second, latency in ms, width in px.
const LINE: f64 = 1.6e6;
const LATENCY: u32 = 150;
const PHONE: [u32; 2] = [412, 823];

/// So many first visits give a median.
const VISITS: usize = 5;

/// Notes when the first simulation came to life, what held the page up until then, and every frame.
const VISIT: &str = "
    window.visited = { long: [], gaps: [] };
    new PerformanceObserver((list) => {
        for (const e of list.getEntries()) visited.long.push([e.startTime, e.duration]);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => { visited.painted ??= list.getEntries()[0].startTime; })
        .observe({ type: 'paint', buffered: true });
    const alive = () => document.querySelector('[data-sim]')?.hasAttribute('data-live');
    new MutationObserver(() => {
        if (alive() && !visited.alive) visited.alive = performance.now();
        if (visited.asked && location.pathname !== visited.from && alive()) visited.next ??= performance.now() - visited.asked;
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live'] });
    let last;
    const watch = (now) => {
        if (last !== undefined && now < 5000) visited.gaps.push(now - last);
        last = now;
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);";

/// What a first visit to each topic is like on such a phone, and the way to the next topic.
async fn first_visits(session: &mut Session, simulations: &[Simulation]) -> Outcome {
    let host = server::start(session.dist.clone(), None)?;
    host.pack();
    println!(
        "\n| first visit | first paint | hero alive | blocking until then | frames under 34 ms | longest frame | next topic alive |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for slug in chosen(simulations) {
        let page = format!("{}/{slug}/", host.origin);
        // The host packs what it is asked for the first time; that is not the page's time.
        session.driver.goto(&*page).await?;
        session.alive().await?;
        let mut visits = Vec::new();
        for _ in 0..VISITS {
            visits.push(first_visit(session, &page).await?);
        }
        let median = |what: usize| {
            let mut values: Vec<f64> = visits.iter().map(|visit| visit[what]).collect();
            values.sort_by(f64::total_cmp);
            values[VISITS / 2]
        };
        println!(
            "| `/{slug}/` | {:.2} s | {:.2} s | {:.0} ms | {:.1} % | {:.0} ms | {:.2} s |",
            median(0) / 1000.0,
            median(1) / 1000.0,
            median(2),
            100.0 * median(3),
            median(4),
            median(5) / 1000.0,
        );
    }
    println!(
        "\nMedians of {VISITS} first visits at {PHONE:?} px, 1/{SLOW_DOWN} of this machine's speed, {:.1} Mbit/s and \
         {LATENCY} ms; frames of the whole page from its opening to its fifth second.",
        LINE / 1e6
    );
    Ok(())
}

/// First paint, hero alive and blocking until then in ms, the share of frames under 34 ms, the longest, and
/// when the next topic is alive after its link.
async fn first_visit(session: &mut Session, page: &str) -> Outcome<[f64; 6]> {
    session.reset().await?;
    session.size(PHONE[0], PHONE[1]).await?;
    session.before_pages(VISIT).await?;
    session.cdp("Network.enable", json!({})).await?;
    session.cdp("Network.clearBrowserCache", json!({})).await?;
    let origin: String = page.split('/').take(3).collect::<Vec<_>>().join("/");
    session.cdp("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })).await?;
    let line = json!({ "offline": false, "latency": LATENCY, "downloadThroughput": LINE / 8.0, "uploadThroughput": LINE / 8.0 });
    session.cdp("Network.emulateNetworkConditions", line).await?;
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW_DOWN })).await?;
    session.driver.goto(page).await?;
    sleep(WATCHED + Duration::from_secs(1)).await;
    let first = "const { painted, alive, long, gaps } = visited; \
        const blocking = long.filter(([begun]) => begun < alive).reduce((sum, [, took]) => sum + took - 50, 0); \
        return [painted, alive, blocking, gaps.filter((gap) => gap < 34).length / gaps.length, Math.max(...gaps)]";
    let first = session.ask(first, Json::Null).await?;
    session.scroll_to("main .onward a").await?;
    sleep(Duration::from_secs(3)).await;
    // The last topic leads on to none, but to the one before.
    let go = "const to = (rel) => document.querySelector(`main .onward a[rel=${rel}]`); \
              const link = to('next') ?? to('prev'); \
              visited.from = location.pathname; visited.asked = performance.now(); link.click()";
    session.ask(go, Json::Null).await?;
    let outcome = session.until("the next topic is alive", "return window.visited?.next !== undefined").await;
    let next = session.ask("return visited.next", Json::Null).await?;
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    let free = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    session.cdp("Network.emulateNetworkConditions", free).await?;
    outcome?;
    let at = |i: usize| first[i].as_f64().unwrap_or(f64::NAN);
    Ok([at(0), at(1), at(2), at(3), at(4), next.as_f64().unwrap_or(f64::NAN)])
}

/// What Lighthouse says of every page, on a phone with slow 4G as it imitates both.
fn lighthouse(session: &Session) -> Outcome {
    const SCORES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
    const TIMES: [&str; 4] = [
        "first-contentful-paint",
        "largest-contentful-paint",
        "total-blocking-time",
        "cumulative-layout-shift",
    ];
    let program = setting("TINKERABLE_LIGHTHOUSE")?;
    let host = server::start(session.dist.clone(), None)?;
    host.pack();
    println!(
        "\n| page | performance | accessibility | best practices | SEO | first paint | largest paint | blocking | layout shift |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    let pages = catalogue::pages(&session.dist)?;
    // Of the simulations alone one stands for all: they are the same page.
    let alone = |page: &&String| page.starts_with("embed/") && page.matches('/').count() > 1;
    let one = pages.iter().find(alone);
    for page in pages.iter().filter(|page| !alone(page)).chain(one) {
        let output = Command::new(&program)
            .arg(format!("{}/{page}", host.origin))
            .args(["--quiet", "--output=json", "--output-path=stdout"])
            .arg("--chrome-flags=--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking")
            .env("CHROME_PATH", setting("CHROME")?)
            .output()?;
        let report: Json = serde_json::from_slice(&output.stdout).map_err(|_| {
            Failure(format!(
                "Lighthouse says nothing of /{page}: {}",
                String::from_utf8_lossy(&output.stderr)
            ))
        })?;
        let score = |name| 100.0 * report["categories"][name]["score"].as_f64().unwrap_or(f64::NAN);
        let scores = SCORES.map(|name| format!("{:.0}", score(name)));
        let value = |name: &str| report["audits"][name]["numericValue"].as_f64().unwrap_or(f64::NAN);
        let [first, largest, blocking, shift] = TIMES.map(value);
        println!(
            "| `/{page}` | {} | {:.2} s | {:.2} s | {blocking:.0} ms | {shift:.3} |",
            scores.join(" | "),
            first / 1000.0,
            largest / 1000.0
        );
        for (name, audit) in report["audits"].as_object().into_iter().flatten() {
            // What is only of interest has no weight, and a score of null.
            let failed = audit["score"].as_f64() == Some(0.0) && audit["scoreDisplayMode"] == "binary";
            if failed {
                eprintln!("/{page}: {name}: {}", audit["title"].as_str().unwrap_or_default());
            }
        }
    }
    Ok(())
}

const SHIFTS: &str = "window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) \
                      if (!e.hadRecentInput) shift += e.value }).observe({ type: 'layout-shift', buffered: true })";

/// What `cargo bench --bench speed` printed.
fn native_speeds() -> Outcome<BTreeMap<String, f64>> {
    let text = fs::read_to_string(setting("TINKERABLE_SPEEDS")?)?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs.filter_map(|(address, speed)| Some((address.to_owned(), speed.parse().ok()?))).collect())
}

async fn wasm_speed(session: &Session, simulation: &Simulation) -> Outcome<f64> {
    // Paused, so that nothing else runs in between.
    session.open(&simulation.page(&[], Some(0))).await?;
    session.number("return window.wasmBindings.benchmark(a, 1000)", simulation.id.clone()).await
}

/// How long what is promised is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// Plays the simulation with this root.
const PLAY: &str = "
    const sim = document.querySelector(a);
    if (sim.dataset.state === 'playing') return;
    [...sim.querySelectorAll('button')]
        .find((b) => (b.getAttribute('aria-label') ?? b.innerText).trim().startsWith('Play'))?.click();";

/// Seconds on a slow machine from opening the page until the defaults show what the article
/// promises; `None` where they do at once.
async fn promised(session: &Session, simulation: &Simulation) -> Outcome<Option<f64>> {
    let root = simulation.root();
    let step = "return Number(document.querySelector(a).dataset.step)";
    session.open("404.html").await?;
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW_DOWN })).await?;
    let begun = Instant::now();
    session.open(&format!("{}/", simulation.slug)).await?;
    session.adopted(&root).await?;
    let mut seconds = None;
    if session.number(step, root.clone()).await? < simulation.promised as f64 {
        session.scroll_to(&root).await?;
        session.ask(PLAY, root.clone()).await?;
        while session.number(step, root.clone()).await? < simulation.promised as f64 {
            // The others are measured all the same.
            if begun.elapsed() > PATIENCE {
                eprintln!("{} does not show what is promised", simulation.address());
                break;
            }
            // One that runs by itself stops for a bet.
            session.ask(PLAY, root.clone()).await?;
            sleep(Duration::from_millis(50)).await;
        }
        seconds = Some(begun.elapsed().as_secs_f64());
    }
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    Ok(seconds)
}

/// Of each topic's first simulation: how many runs a second a sweep makes in the terminal, in the page, and
/// beside the run that plays; and the frames of that run at a quarter of the machine's speed, without a
/// sweep and while one is made.
async fn sweeps(session: &mut Session, simulations: &[Simulation]) -> Outcome {
    println!(
        "\n| simulation | steps of a run | runs/s terminal | runs/s page | runs/s beside a run that plays | frames under 17 ms | while a sweep is made | runs/s then |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    // Elsewhere than in cargo's folder it remembers no runs.
    let terminal = std::env::temp_dir().join(format!("tinkerable-{}", std::process::id()));
    fs::copy(setting("TINKERABLE")?, &terminal)?;
    for slug in catalogue::slugs(simulations) {
        let Some(simulation) = simulations.iter().find(|s| s.slug == slug) else { continue };
        let swept = simulation
            .controls
            .iter()
            .find(|c| c["id"] != "seed" && c["type"] != "text" && c["type"] != "drawing");
        let Some(control) = swept.and_then(|c| c["id"].as_str()) else { continue };
        session.reset().await?;
        session.open(&format!("{slug}/")).await?;
        let readout = "return document.querySelector(`${a} [data-readout]`).dataset.readout";
        let readout = session.text(readout, simulation.root()).await?;
        let at = simulation.promised;
        let sweep = |seeds: u32| format!("{}?{control}=..&at={at}&seeds=1..{seeds}#{readout}", simulation.id);
        let begun = Instant::now();
        let output =
            Command::new(&terminal).args(["sweep", &format!("{slug}/{}", sweep(5)), "--csv"]).output()?;
        let seconds = begun.elapsed().as_secs_f64();
        let places =
            String::from_utf8_lossy(&output.stdout).lines().filter(|l| !l.starts_with('#')).count() - 1;
        let native = 5.0 * places as f64 / seconds;
        let page = swept_a_second(session, simulation, &sweep(300), false).await?;
        let beside = swept_a_second(session, simulation, &sweep(300), true).await?;
        let alone = frames(session, simulation).await?;
        session.open(&format!("{slug}/?depend={}", encoded(&sweep(300)))).await?;
        let (with, then) = watched(session, simulation).await?;
        println!(
            "| `{}` | {at} | {native:.1} | {page:.1} | {beside:.1} | {:.1} % | {:.1} % | {then:.1} |",
            simulation.address(),
            100.0 * alone.under_17,
            100.0 * with.under_17,
        );
    }
    fs::remove_file(terminal)?;
    Ok(())
}

/// Runs that the sweep under a simulation has made.
const MADE: &str =
    "return Number(document.querySelector(`${a} [data-depend]`).dataset.runs?.split('/')[0] ?? 0)";

fn encoded(text: &str) -> String {
    text.replace('?', "%3F").replace('=', "%3D").replace('&', "%26").replace('#', "%23")
}

/// Runs a second of a sweep in the page, beside its simulation that plays or stands.
async fn swept_a_second(
    session: &Session,
    simulation: &Simulation,
    sweep: &str,
    plays: bool,
) -> Outcome<f64> {
    let moment = if plays { String::new() } else { format!("&{}.at=0", simulation.id) };
    session.open(&format!("{}/?depend={}{moment}", simulation.slug, encoded(sweep))).await?;
    session.adopted(&simulation.root()).await?;
    let (begun, before) = (Instant::now(), session.number(MADE, simulation.root()).await?);
    sleep(WATCHED).await;
    let made = session.number(MADE, simulation.root()).await? - before;
    Ok(made / begun.elapsed().as_secs_f64())
}

struct Frames {
    /// Share of the frames.
    under_17: f64,
    /// Milliseconds.
    percentile_95: f64,
}

async fn frames(session: &Session, simulation: &Simulation) -> Outcome<Frames> {
    session.open(&format!("{}/", simulation.slug)).await?;
    Ok(watched(session, simulation).await?.0)
}

/// The frames of the page that is open, with a simulation that plays, and the runs a second that a sweep made.
async fn watched(session: &Session, simulation: &Simulation) -> Outcome<(Frames, f64)> {
    const WATCH: &str = "
        window.gaps = [];
        let last;
        const watch = (now) => {
            if (last !== undefined) gaps.push(now - last);
            last = now;
            requestAnimationFrame(watch);
        };
        requestAnimationFrame(watch);";
    session.adopted(&simulation.root()).await?;
    session.ask(PLAY, simulation.root()).await?;
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW_DOWN })).await?;
    // The page settles at the new speed before it is watched.
    sleep(Duration::from_millis(500)).await;
    let before = session.number(MADE, simulation.root()).await?;
    session.ask(WATCH, Json::Null).await?;
    sleep(WATCHED).await;
    let made = session.number(MADE, simulation.root()).await? - before;
    let gaps = session.ask("return gaps", Json::Null).await?;
    session.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    let mut gaps: Vec<f64> = gaps.as_array().into_iter().flatten().filter_map(Json::as_f64).collect();
    if gaps.is_empty() {
        return Err(Failure(format!("{} draws no frame", simulation.address())));
    }
    gaps.sort_by(f64::total_cmp);
    let under = gaps.iter().filter(|&&gap| gap < 17.0).count();
    let frames = Frames {
        under_17: under as f64 / gaps.len() as f64,
        percentile_95: gaps[(gaps.len() - 1) * 95 / 100],
    };
    Ok((frames, made / WATCHED.as_secs_f64()))
}

/// Kinds of files by their ending, in the order of the table.
const KINDS: [(&str, &[&str]); 5] = [
    ("HTML", &["html"]),
    ("CSS", &["css"]),
    ("JS", &["js", "mjs"]),
    ("WebAssembly", &["wasm"]),
    ("fonts", &["woff2"]),
];

/// Bytes by kind of all that a first view of the page loads, as a host with brotli sends it.
async fn first_view(session: &Session, page: &str) -> Outcome<BTreeMap<&'static str, usize>> {
    let loaded = "return performance.getEntriesByType('resource').map((r) => new URL(r.name)) \
                  .filter((u) => u.origin === location.origin).map((u) => u.pathname.slice(1))";
    let loaded = session.ask(loaded, Json::Null).await?;
    let mut files: Vec<String> =
        loaded.as_array().into_iter().flatten().filter_map(|p| p.as_str().map(str::to_owned)).collect();
    files.push(format!("{page}index.html"));
    files.sort();
    files.dedup();
    let mut sizes = BTreeMap::new();
    for file in files {
        let path = session.dist.join(&file);
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
        let kind = KINDS.iter().find(|(_, endings)| endings.contains(&ending.as_str()));
        if let Some((kind, _)) = kind {
            *sizes.entry(*kind).or_default() += sent(&path)?;
        }
    }
    Ok(sizes)
}

/// Bytes of a file after brotli; fonts are compressed already.
fn sent(file: &Path) -> Outcome<usize> {
    let bytes = fs::read(file)?;
    if file.extension().is_some_and(|e| e == "woff2") {
        return Ok(bytes.len());
    }
    Ok(brotli(&bytes)?.len())
}

/// Three significant digits, thousands in groups.
fn rounded(x: f64) -> String {
    if !x.is_finite() || x == 0.0 {
        return "–".to_owned();
    }
    let digits = format!("{x:.0}").len();
    let unit: f64 = format!("1e{}", digits.saturating_sub(3)).parse().unwrap_or(1.0);
    let digits = format!("{:.0}", (x / unit).round() * unit);
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
