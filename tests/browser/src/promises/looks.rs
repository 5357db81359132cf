//! Themes and widths.

use browser_tests::session::Session;
use browser_tests::{Outcome, fail, hold};
use serde_json::Value as Json;

use crate::Stage;

/// Colours of paper and ink as the browser computes them.
async fn colours(session: &Session) -> Outcome<String> {
    // The page's background may lie on either element.
    let script = "return [document.documentElement, document.body].map((e) => \
                  `${getComputedStyle(e).backgroundColor} ${getComputedStyle(e).color}`).join(', ')";
    session.text(script, Json::Null).await
}

async fn theme(session: &Session) -> Outcome<String> {
    session.text("return document.documentElement.dataset.theme ?? ''", Json::Null).await
}

pub async fn both_themes_work_and_are_remembered(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for (system, other) in [("light", "dark"), ("dark", "light")] {
        session.prefer(&[("prefers-color-scheme", system)]).await?;
        session.open(&format!("{}/", stage.slugs[0])).await?;
        session.ask("localStorage.clear()", Json::Null).await?;
        session.driver.refresh().await?;
        session.alive().await?;
        let before = colours(session).await?;
        // The button may pass through "as the system has it".
        for _ in 0..3 {
            if theme(session).await? == other {
                break;
            }
            session.click("[data-action=\"theme\"]").await?;
        }
        hold(theme(session).await? == other, || format!("the button never leads to the {other} theme"))?;
        let chosen = colours(session).await?;
        hold(chosen != before, || format!("{system} and {other} have the same colours: {before}"))?;
        session.driver.refresh().await?;
        session.alive().await?;
        let again = colours(session).await?;
        hold(again == chosen, || format!("the {other} theme is forgotten on reload"))?;
        session.open("").await?;
        hold(colours(session).await? == chosen, || {
            format!("the {other} theme is forgotten on another page")
        })?;
    }
    Ok(())
}

pub async fn the_theme_can_stand_in_the_address(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.prefer(&[("prefers-color-scheme", "light")]).await?;
    let page = format!("{}/", stage.slugs[0]);
    session.open(&page).await?;
    let light = colours(session).await?;
    session.open(&format!("{page}?theme=dark")).await?;
    hold(colours(session).await? != light, || "theme=dark changes nothing".to_owned())?;
    let said = "return [...document.querySelectorAll('.messages .message')].map((m) => m.textContent).join(' ').trim()";
    let said = session.text(said, Json::Null).await?;
    hold(said.is_empty(), || format!("theme=dark is answered with “{said}”"))
}

pub async fn a_phone_has_no_sideways_scroll(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.size(360, 740).await?;
    session.still().await?;
    let mut wide = Vec::new();
    for (_, page) in stage.pages_once().enumerate().filter(|(round, _)| stage.sees(*round)) {
        session.open(page).await?;
        for scheme in ["light", "dark"] {
            session.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await?;
            let width = "return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)";
            let width = session.number(width, Json::Null).await?;
            if width > 360.0 {
                let culprit = "const far = [...document.querySelectorAll('body *')].filter((e) => \
                               e.getBoundingClientRect().right > 361).map((e) => e.outerHTML.slice(0, 100)); \
                               return far.at(-1) ?? ''";
                let culprit = session.text(culprit, Json::Null).await?;
                wide.push(format!("/{page} is {width} px wide in the {scheme} theme ({culprit})"));
            }
        }
    }
    if wide.is_empty() { Ok(()) } else { fail(wide.join("\n  ")) }
}

/// Behind "More controls" they stand in a fold that has a summary of its own.
pub async fn marks_of_help_look_alike(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open(&format!("{}/", stage.slugs[0])).await?;
    let looks = "const marks = [...document.querySelectorAll('.sim .help > summary')];
        const look = ({ fontWeight, padding, fontSize }) => [fontWeight, padding, fontSize].join(' ');
        return [...new Set(marks.map((mark) => look(getComputedStyle(mark))))].join(' | ')";
    let looks = session.text(looks, Json::Null).await?;
    hold(!looks.is_empty() && !looks.contains('|'), || format!("marks of help have {looks}"))
}
