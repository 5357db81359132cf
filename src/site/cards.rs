//! What other sites show of a simulation: a picture for links that people share, and the answer to
//! oEmbed (https://oembed.com), by which editors turn a link into the live figure.

use super::page::{SITE, Site};
use crate::lab::figure::Figure;
use crate::lab::figure::palette::{self, Theme};
use crate::lab::figure::scene::{compose, height};
use crate::lab::figure::svg::{self, escape};
use crate::lab::share::snippet::Embed;
use crate::lab::{Runner, Spec};
use crate::topics::Topic;
use serde_json::json;

/// Width and height of a card, px: what link previews take without cutting.
pub const SIZE: [u32; 2] = [1200, 630];

/// Room around and above the figure, px.
const MARGIN: f64 = 48.0;
const HEADING: f64 = 136.0;

/// Rows of a figure are left out of its card that make it higher than this, px: what would be left of
/// them in a preview could not be read.
const HIGHEST: f64 = 330.0;

/// Width and height that an editor is told to give to a frame, px.
const FRAME: [u32; 2] = [960, 600];

/// Where the card of `<slug>/<simulation>` stands, from the root of the site.
#[must_use]
pub fn picture(name: &str) -> String {
    format!("embed/{name}/card.png")
}

/// Where its answer to oEmbed stands.
#[must_use]
pub fn oembed_path(name: &str) -> String {
    format!("embed/{name}/oembed.json")
}

/// The card of a simulation at the moment of `runner`, as SVG.
#[must_use]
pub fn card(topic: &Topic, runner: &Runner) -> String {
    let [width, full] = SIZE.map(f64::from);
    let (room, tall) = (width - 2.0 * MARGIN, full - HEADING - MARGIN);
    let figure = first_rows(runner.simulation().figure());
    // As large as its height allows, and then as wide as the card.
    let scale = (tall / height(&figure, 720.0)).min(2.0);
    let scene = compose(&figure, room / scale);
    let top = HEADING + (tall - scale * scene.height) / 2.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{full}\" viewBox=\"0 0 {width} {full}\">\
         <style>{colours}{type}.site{{font:600 26px 'Source Serif 4',serif}}.topic{{font:26px Inter,sans-serif}}\
         .name{{font:600 46px 'Source Serif 4',serif}}</style>\
         <rect width=\"{width}\" height=\"{full}\" fill=\"var(--paper)\"/>\
         <rect width=\"{width}\" height=\"8\" fill=\"var(--accent)\"/>\
         <text class=\"name\" x=\"{MARGIN}\" y=\"76\" fill=\"var(--ink)\">{name}</text>\
         <text class=\"topic\" x=\"{MARGIN}\" y=\"116\" fill=\"var(--muted)\">{topic}</text>\
         <text class=\"site\" x=\"{end}\" y=\"72\" text-anchor=\"end\" fill=\"var(--ink)\">{SITE}</text>\
         <g transform=\"translate({MARGIN} {top:.1}) scale({scale:.4})\">{items}</g></svg>",
        colours = palette::css(Theme::Light),
        type = svg::TYPE,
        name = escape(runner.spec().title),
        topic = escape(topic.title),
        end = width - MARGIN,
        items = svg::items(&scene),
    )
}

/// As many rows as a card has room for, one at the least.
fn first_rows(figure: Figure) -> Figure {
    let Figure { mut rows, alternative } = figure;
    while rows.len() > 1 && height(&Figure::new(rows.clone(), String::new()), 720.0) > HIGHEST {
        rows.pop();
    }
    Figure::new(rows, alternative)
}

/// The answer to oEmbed for a simulation.
#[must_use]
pub fn oembed(site: &Site<'_>, name: &str, spec: &Spec) -> String {
    // Without an address of its own, from the root of whatever host.
    let url = if site.url.is_empty() { "/" } else { site.url };
    let embed = Embed {
        site: url.to_owned(),
        figure: name.to_owned(),
        title: spec.title.to_owned(),
        settings: Vec::new(),
        width: FRAME[0],
        height: FRAME[1],
        needs: 0,
    };
    let answer = json!({
        "version": "1.0",
        "type": "rich",
        "provider_name": SITE,
        "provider_url": url,
        "title": spec.title,
        "html": embed.snippet("iframe"),
        "width": FRAME[0],
        "height": FRAME[1],
        "thumbnail_url": format!("{url}{}", picture(name)),
        "thumbnail_width": SIZE[0],
        "thumbnail_height": SIZE[1],
    });
    format!("{answer:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{SPEC, TOPIC};
    use crate::site::template::Template;
    use serde_json::Value as Json;

    #[test]
    fn a_card_shows_the_figure_and_says_whose_it_is() {
        let card = card(&TOPIC, &Runner::opening(&SPEC));
        for piece in ["width=\"1200\"", "Counting &amp; more", "data-mark=\"total\"", "Tinkerable"] {
            assert!(card.contains(piece), "{piece} in {card}");
        }
    }

    #[test]
    fn oembed_holds_a_frame_that_leads_to_the_simulation() {
        let template = Template::read(crate::site::template::SAMPLE).unwrap();
        for (url, frame) in [
            ("https://example.org/t/", "src=\"https://example.org/t/embed/counting/count/\""),
            ("", "src=\"/embed/counting/count/\""),
        ] {
            let site = Site::sample(&template, url);
            let answer: Json = serde_json::from_str(&oembed(&site, "counting/count", &SPEC)).unwrap();
            assert_eq!((&answer["version"], &answer["type"]), (&json!("1.0"), &json!("rich")));
            assert!(answer["html"].as_str().unwrap().contains(frame), "{answer}");
            assert!(answer["thumbnail_url"].as_str().unwrap().ends_with("embed/counting/count/card.png"));
        }
    }
}
