//! Two runs at once: kept, compared, and found again by their address.

use browser_tests::{Outcome, hold};
use serde_json::{Value as Json, json};
use thirtyfour::Key;

use super::addresses::pair;
use crate::Stage;

const FACES: &str = "const root = document.querySelector(a); const seen = (s) => !!root.querySelector(s)?.checkVisibility(); \
                     return seen('[data-kept-figure] svg')";

pub async fn a_kept_run_stands_beside_the_next(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
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

        // Found again, and in a frame too.
        let query = session.text("return location.search", Json::Null).await?;
        for page in [format!("{slug}/{query}"), format!("embed/{name}/{query}")] {
            session.open(&page).await?;
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
