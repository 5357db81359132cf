//! Two runs at once: kept, compared, and found again by their address.

use browser_tests::{Failure, Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use super::addresses::pair;
use crate::Stage;

const FACES: &str = "const root = document.querySelector(a); const seen = (s) => !!root.querySelector(s)?.checkVisibility(); \
                     return seen('[data-kept-figure] svg')";

pub async fn a_kept_run_stands_beside_the_next(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for (turn, slug) in stage.slugs.iter().enumerate() {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug) else { continue };
        let (name, root) = (simulation.address(), simulation.root());
        let changed = simulation.controls.iter().find(|c| c["type"] == "integer" && c["id"] != "seed");
        let Some(control) = changed.or_else(|| simulation.controls.iter().find(|c| c["id"] != "seed")) else {
            continue;
        };
        let id = control["id"].as_str().unwrap_or_default();
        session.open(&simulation.page(&[], Some(20))).await?;
        session.adopted(&root).await?;
        session.click(&format!("{root} [data-action=keep]")).await?;
        session.until_of(&format!("{name}: the kept run is drawn"), FACES, &*root).await?;
        let set = "const [root, id] = a; const field = document.querySelector(`${root} [name=${id}]`); \
                   if (field.type === 'checkbox') field.click(); else { \
                   const now = field.value; \
                   if (field.options) field.selectedIndex = (field.selectedIndex + 1) % field.options.length; \
                   else field.value = field.getAttribute('aria-valuemin'); \
                   if (field.value === now && !field.options) field.value = field.getAttribute('aria-valuemax'); \
                   field.dispatchEvent(new Event('change', { bubbles: true })) }";
        session.ask(set, json!([root, id])).await?;
        let named = "return document.querySelector(`${a} [data-kept-name]`).textContent.startsWith('Kept: ')";
        session.until_of(&format!("{name}: what differs is named"), named, &*root).await?;
        let compared = "return [...document.querySelectorAll(`${a} [data-kept-reading]`)].every((e) => e.textContent.startsWith('kept '))";
        session.until_of(&format!("{name}: readouts are compared"), compared, &*root).await?;

        // The address follows a moment later: first it has the kept run alone, then what was changed.
        let both = "const names = [...new URLSearchParams(location.search).keys()].map((name) => name.split('.').at(-1)); \
                    return a.every((name) => names.includes(name))";
        session.until_of(&format!("{name}: both stand in the address"), both, json!(["kept", id])).await?;

        // Found again, and in a frame too, which is the same code for all: some stand for them.
        let query = session.text("return location.search", Json::Null).await?;
        let pages = [format!("{slug}/{query}"), format!("embed/{name}/{query}")];
        for page in pages.iter().skip(if turn % 4 == 0 { 0 } else { 1 }) {
            session.open(page).await?;
            session.adopted(&root).await?;
            session.until_of(&format!("{page}: the kept run is drawn"), FACES, &*root).await?;
            session.until_of(&format!("{page}: what differs is named"), named, &*root).await?;
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
        session.click(&format!("{root} [data-action=keep]")).await?;
        let gone = "return !document.querySelector(`${a} [data-kept]`).checkVisibility() && !location.search.includes('kept')";
        session.until_of(&format!("{name}: it is let go"), gone, &*root).await?;
    }
    Ok(())
}

pub async fn two_runs_go_in_step_and_on_one_seed(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.iter().find(|s| s.has_seed()) else { return Ok(()) };
    let (root, name) = (simulation.root(), simulation.address());
    session.open(&format!("embed/{name}/?kept=defaults&seed=5&play=0&at=30")).await?;
    session.adopted(&root).await?;
    session.until_of("the kept run is drawn", FACES, &*root).await?;
    // The same values on the same seed: no readout differs.
    let same = "const all = [...document.querySelectorAll(`${a} [data-kept-reading]`)].map((e) => e.textContent); \
                return all.length > 0 && all.every((t) => t.startsWith('kept ') && !/difference [+−]/.test(t))";
    session.until_of("equal runs are equal", same, &*root).await?;
    session.click(&format!("{root} [data-action=step]")).await?;
    session.until_of("they step together", same, &*root).await?;
    // While they play, too: a run that lags by a frame would differ from itself.
    session.click(&format!("{root} [data-action=play]")).await?;
    let watch = "const [root, done] = [a, Date.now() + 1500]; window.differed = []; \
                 const watch = () => { \
                     for (const e of document.querySelectorAll(`${root} [data-kept-reading]`)) \
                         if (/difference [+−]/.test(e.textContent)) differed.push(e.textContent); \
                     window.watched = Date.now() > done; if (!watched) requestAnimationFrame(watch); \
                 }; watch()";
    session.ask(watch, &*root).await?;
    session.until("it is watched", "return window.watched === true").await?;
    let differed = session.text("return differed.join('; ')", Json::Null).await?;
    hold(differed.is_empty(), || format!("equal runs differ while they play: {differed}"))?;
    session.open(&format!("embed/{name}/?kept=zzz:1")).await?;
    let said = "return document.querySelector('[data-messages]').textContent.includes('“zzz”')";
    session.until("a wrong kept run is named", said).await
}

pub async fn whether_a_difference_is_luck_is_counted_over_seeds(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let Some(simulation) = stage.simulations.iter().find(|s| s.has_seed()) else { return Ok(()) };
    let (root, address) = (simulation.root(), simulation.address());
    let Some(control) = simulation.numbers().first().copied() else { return Ok(()) };
    session.open(&simulation.alone(3)).await?;
    session.adopted(&root).await?;
    session.click(&format!("{root} [data-action=keep]")).await?;
    let field = format!("{root} input[name=\"{control}\"]");
    session.press(&field, Key::End).await?;
    session.click(&format!("{root} [data-action=luck]")).await?;
    let says = "return [...document.querySelectorAll(`${a} [data-luck-reading]`)].map((e) => e.textContent)";
    let counted = "return [...document.querySelectorAll(`${a} [data-luck-reading]`)]\
                   .some((e) => /^(higher|lower|equal) in \\d+ of 20 seeds$/.test(e.textContent))";
    session.until_of(&format!("{address} counts its seeds"), counted, &*root).await?;

    // Each is what the terminal counts.
    let readouts =
        "return [...document.querySelectorAll(`${a} [data-luck-reading]`)].map((e) => e.dataset.luckReading)";
    let (readouts, says) = (session.ask(readouts, &*root).await?, session.ask(says, &*root).await?);
    let step =
        "return Number(/step (\\d+)/.exec(document.querySelector(`${a} [data-luck-says]`).textContent)[1])";
    let step = session.number(step, &*root).await? as u64;
    let value = session.text("return document.querySelector(a).value.replaceAll(',', '')", &*field).await?;
    let ends = |seed: u64, value: Option<&str>| {
        let mut values = vec![pair("seed", seed.to_string())];
        values.extend(value.map(|value| pair(control, value)));
        simulation.run(&values, step)
    };
    let mut higher = vec![0; readouts.as_array().map_or(0, Vec::len)];
    let mut lower = higher.clone();
    for seed in 1..=20 {
        let (kept, now) = (ends(seed, None)?, ends(seed, Some(&value))?);
        for (n, readout) in readouts.as_array().into_iter().flatten().enumerate() {
            let of = |run: &Json| run["readouts"][readout.as_str().unwrap_or_default()].as_f64();
            if let (Some(kept), Some(now)) = (of(&kept), of(&now)) {
                higher[n] += usize::from(now > kept);
                lower[n] += usize::from(now < kept);
            }
        }
    }
    for (n, said) in says.as_array().into_iter().flatten().enumerate() {
        let said = said.as_str().unwrap_or_default();
        let right = if said.starts_with("higher") { higher[n] } else { lower[n] };
        let fits =
            said.is_empty() || said.starts_with("equal") || said.contains(&format!(" in {right} of 20"));
        hold(fits, || format!("{address}, {}: “{said}”, and the terminal counts {right}", readouts[n]))?;
    }

    // Another value, and it no longer holds.
    session.press(&field, Key::Home).await?;
    let gone =
        "return [...document.querySelectorAll(`${a} [data-luck-reading]`)].every((e) => !e.textContent)";
    session.until_of(&format!("{address} lets go of what it counted"), gone, &*root).await
}

/// Where a bet, and where a challenge has runs that depend on luck.
const BET: &str = "test-time-compute/votes-and-judges";
const CHALLENGE: &str = "mixture-of-experts/moe-capacity";

/// The setting that solves the challenge, with the step, and what it asks for: readout and most.
const SOLUTION: [(&str, &str); 2] = [("mode", "expert"), ("cf", "2")];
const SOLVED: [(&str, f64); 3] = [("dropped", 1.0), ("unserved", 1.0), ("empty", 5.0)];

pub async fn bets_and_challenges_are_tried_on_other_seeds(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let find = |address: &str| {
        let simulation = stage.simulations.iter().find(|s| s.address() == address);
        simulation.ok_or_else(|| Failure(format!("there is no {address} any more")))
    };
    let simulation = find(BET)?;
    let root = simulation.root();
    session.open(&simulation.alone(0)).await?;
    session.adopted(&root).await?;
    let waits = "return getComputedStyle(document.querySelector(`${a[0]} [data-luck='${a[1]}']`)).visibility";
    let hidden = session.text(waits, json!([root, "bet"])).await?;
    hold(hidden == "hidden", || "luck is offered before there is a bet".to_owned())?;
    session.click(&format!("{root} [data-bet='0']")).await?;
    let says = "return document.querySelector(`${a[0]} [data-luck='${a[1]}'] [data-luck-says]`).textContent";
    let offered =
        "return !document.querySelector(`${a[0]} [data-luck='${a[1]}']`).hasAttribute('data-waits')";
    session.until_of("the bet is decided", offered, json!([root, "bet"])).await?;
    session.click(&format!("{root} [data-luck=bet] [data-action=luck]")).await?;
    let counted = "return document.querySelector(`${a} [data-luck=bet] [data-luck-says]`).textContent.startsWith('Seeds 1 to 20: ')";
    session.until_of("its seeds are counted", counted, &*root).await?;
    let told = session.text(says, json!([root, "bet"])).await?;
    let counts = told.split(" of 20").filter_map(|part| part.rsplit(": ").next()?.parse::<u32>().ok());
    hold(counts.sum::<u32>() == 20, || format!("not all seeds are told: {told}"))?;

    let simulation = find(CHALLENGE)?;
    let root = simulation.root();
    let values = SOLUTION.map(|(name, value)| pair(name, value.to_owned()));
    let query: Vec<_> = SOLUTION.iter().map(|(name, value)| format!("&{name}={value}")).collect();
    session.open(&format!("{}{}", simulation.alone(440), query.concat())).await?;
    session.adopted(&root).await?;
    session.until_of("the challenge is solved", offered, json!([root, "0"])).await?;
    session.click(&format!("{root} .challenges summary")).await?;
    session.click(&format!("{root} [data-luck='0'] [data-action=luck]")).await?;
    let counted = "return / at step \\d+\\.$/.test(document.querySelector(`${a} [data-luck='0'] [data-luck-says]`).textContent)";
    session.until_of("its seeds are counted", counted, &*root).await?;
    let told = session.text(says, json!([root, "0"])).await?;
    let step = told.rsplit(' ').next().and_then(|step| step.trim_end_matches('.').parse().ok()).unwrap_or(0);
    let mut solved = 0;
    for seed in 1..=20 {
        let own = [&values[..], &[pair("seed", seed.to_string())]].concat();
        let run = simulation.run(&own, step)?;
        let below =
            |(readout, most): (&str, f64)| run["readouts"][readout].as_f64().is_some_and(|x| x <= most);
        solved += usize::from(SOLVED.into_iter().all(below));
    }
    hold(told.contains(&format!("in {solved} of 20 seeds at step {step}")), || {
        format!("“{told}”, and the terminal counts {solved}")
    })
}
