//! Colours: concepts on the one side, values for both themes on the other.
//!
//! The series colours start from Okabe and Ito's set, darkened or lightened until each stands out
//! by at least 3:1 from the paper of its theme. The ramps run evenly in lightness through OKLab
//! (Ottosson 2020), so that equal steps look equal, in print and to colour-blind readers too.

use crate::lab::figure::{LEVELS, Ramp, Tone};

/// Which theme a drawing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Both, following the reader's system.
    Auto,
}

/// A theme's colours, as CSS hexadecimal.
struct Colours {
    paper: &'static str,
    ink: &'static str,
    muted: &'static str,
    faint: &'static str,
    accent: &'static str,
    good: &'static str,
    bad: &'static str,
    series: [&'static str; 8],
}

const LIGHT: Colours = Colours {
    paper: "#fdfcf9",
    ink: "#1d2228",
    muted: "#5a626b",
    faint: "#dcd9d1",
    accent: "#b3401c",
    good: "#00735a",
    bad: "#b3261e",
    series: ["#0072b2", "#c84e00", "#00805e", "#a8488a", "#a06a00", "#3a7ca5", "#776e00", "#5b6770"],
};

const DARK: Colours = Colours {
    paper: "#14171b",
    ink: "#e8e6e1",
    muted: "#a3abb4",
    faint: "#343a42",
    accent: "#ff8f66",
    good: "#4fd1a9",
    bad: "#ff8a80",
    series: ["#5aaef0", "#f2853f", "#35c49a", "#e39ac6", "#e9b044", "#93cdf2", "#d6cb4c", "#a9b4be"],
};

impl Colours {
    fn of(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }
}

/// The CSS variable of a tone.
#[must_use]
pub fn variable(tone: Tone) -> &'static str {
    const SERIES: [&str; 8] = [
        "var(--series-0)",
        "var(--series-1)",
        "var(--series-2)",
        "var(--series-3)",
        "var(--series-4)",
        "var(--series-5)",
        "var(--series-6)",
        "var(--series-7)",
    ];
    match tone {
        Tone::Ink => "var(--ink)",
        Tone::Muted => "var(--muted)",
        Tone::Faint => "var(--faint)",
        Tone::Accent => "var(--accent)",
        Tone::Good => "var(--good)",
        Tone::Bad => "var(--bad)",
        Tone::Series(i) => SERIES[usize::from(i) % 8],
    }
}

/// How much of the secondary tone is in a faint bar.
pub const FAINT_BAR: f64 = 0.55;

/// The CSS variable of words in a tone or, `inside` of what is filled with it, of words that stand out
/// from it.
#[must_use]
pub fn written(tone: Tone, inside: bool) -> &'static str {
    match (inside, tone) {
        (false, _) => variable(tone),
        (true, Tone::Faint) => variable(Tone::Ink),
        (true, _) => "var(--paper)",
    }
}

/// The CSS variable of a level of a ramp.
#[must_use]
pub fn ramp_variable(ramp: Ramp, level: u8) -> String {
    match ramp {
        Ramp::Sequential => format!("var(--seq-{})", level.min(LEVELS - 1)),
        Ramp::Diverging => format!("var(--div-{})", level.min(LEVELS - 1)),
        Ramp::Series => format!("var(--tint-{})", level % 8),
    }
}

/// The red, green and blue of a level of a ramp, 0 to 255: what a canvas paints.
#[must_use]
pub fn ramp_colour(ramp: Ramp, level: u8, dark: bool) -> [u8; 3] {
    let t = f64::from(level.min(LEVELS - 1)) / f64::from(LEVELS - 1);
    match ramp {
        Ramp::Sequential => sequential(t, dark),
        Ramp::Diverging => diverging(t, dark),
        Ramp::Series => {
            let colours = Colours::of(dark);
            mix(
                parse(colours.paper),
                parse(colours.series[usize::from(level) % 8]),
                if dark { 0.34 } else { 0.26 },
            )
        }
    }
}

/// From the paper to a deep blue, or from the dark to a pale green-yellow.
fn sequential(t: f64, dark: bool) -> [u8; 3] {
    let hump = 4.0 * t * (1.0 - t);
    if dark {
        oklch(0.24 + 0.70 * t, 0.03 + 0.09 * hump + 0.04 * t, 250.0 - 130.0 * t)
    } else {
        oklch(0.965 - 0.64 * t, 0.008 + 0.07 * hump + 0.06 * t, 205.0 + 55.0 * t)
    }
}

/// Orange below, blue above, the paper between.
fn diverging(t: f64, dark: bool) -> [u8; 3] {
    let signed = 2.0 * t - 1.0;
    let strength = signed.abs();
    let hue = if signed < 0.0 { 45.0 } else { 250.0 };
    if dark {
        oklch(0.24 + 0.52 * strength, 0.15 * strength, hue)
    } else {
        oklch(0.965 - 0.47 * strength, 0.145 * strength, hue)
    }
}

/// OKLCH to sRGB, clipped to the gamut. Lightness and chroma as in CSS `oklch()`, hue in degrees.
fn oklch(lightness: f64, chroma: f64, hue: f64) -> [u8; 3] {
    let (cosine, sine) = numerics::elementary::cos_sin_of_turn(hue / 360.0);
    let (a, b) = (chroma * cosine, chroma * sine);
    let cube = |x: f64| x * x * x;
    let l = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|linear| {
        let x = linear.clamp(0.0, 1.0);
        let encoded = if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * libm::pow(x, 1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    })
}

fn mix(from: [u8; 3], to: [u8; 3], share: f64) -> [u8; 3] {
    core::array::from_fn(|i| (f64::from(from[i]) * (1.0 - share) + f64::from(to[i]) * share).round() as u8)
}

fn parse(hex: &str) -> [u8; 3] {
    core::array::from_fn(|i| u8::from_str_radix(&hex[1 + 2 * i..3 + 2 * i], 16).unwrap_or(0))
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The custom properties of one theme: `--paper`, `--ink`, ..., `--series-0`, `--tint-0`,
/// `--seq-0`, `--div-0`, and `color-scheme`.
fn declarations(dark: bool) -> String {
    let c = Colours::of(dark);
    // Browsers that darken pages by themselves leave alone what is for light only: half of a figure is
    // painted, and they would darken the other half.
    let mut out = format!("color-scheme:{};", if dark { "dark" } else { "only light" });
    for (name, value) in [
        ("paper", c.paper),
        ("ink", c.ink),
        ("muted", c.muted),
        ("faint", c.faint),
        ("accent", c.accent),
        ("good", c.good),
        ("bad", c.bad),
    ] {
        out.push_str(&format!("--{name}:{value};"));
    }
    for (i, value) in c.series.iter().enumerate() {
        out.push_str(&format!("--series-{i}:{value};"));
    }
    for i in 0..8 {
        out.push_str(&format!("--tint-{i}:{};", hex(ramp_colour(Ramp::Series, i, dark))));
    }
    for (name, ramp) in [("seq", Ramp::Sequential), ("div", Ramp::Diverging)] {
        for i in 0..LEVELS {
            out.push_str(&format!("--{name}-{i}:{};", hex(ramp_colour(ramp, i, dark))));
        }
    }
    out
}

/// The paper's red, green and blue.
#[must_use]
pub fn paper(dark: bool) -> [u8; 3] {
    parse(Colours::of(dark).paper)
}

/// A drawing in which the colours of one theme stand for themselves, for readers that know no custom
/// properties.
#[must_use]
pub fn resolved(svg: &str, dark: bool) -> String {
    table(dark)
        .iter()
        .fold(svg.to_owned(), |out, (name, value)| out.replace(&format!("var(--{name})"), value))
}

/// The colours of a theme by name: `ink`, `series-0` and the like.
#[must_use]
pub fn table(dark: bool) -> Vec<(String, String)> {
    let all = declarations(dark);
    let named = all.split(';').filter_map(|declaration| declaration.strip_prefix("--")?.split_once(':'));
    named.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The style sheet of the colours. On pages (`Auto`) `data-theme` on the root overrides the system.
#[must_use]
pub fn css(theme: Theme) -> String {
    match theme {
        Theme::Light => format!(":root{{{}}}", declarations(false)),
        Theme::Dark => format!(":root{{{}}}", declarations(true)),
        Theme::Auto => {
            let (light, dark) = (declarations(false), declarations(true));
            // Paper is light. Where the reader forces colours, they say which theme goes with them.
            format!(
                ":root{{{light}}}\
                 @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\
                 @media screen and (forced-colors:none){{:root[data-theme=dark]{{{dark}}}}}\
                 @media screen and (forced-colors:active) and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 relative luminance.
    fn luminance(rgb: [u8; 3]) -> f64 {
        let [r, g, b] = rgb.map(|v| {
            let x = f64::from(v) / 255.0;
            if x <= 0.04045 { x / 12.92 } else { libm::pow((x + 0.055) / 1.055, 2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(parse(a)), luminance(parse(b)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_reaches_aa_and_marks_three_to_one_in_both_themes() {
        for c in [&LIGHT, &DARK] {
            for text in [c.ink, c.muted, c.accent, c.good, c.bad] {
                assert!(contrast(text, c.paper) >= 4.5, "{text} on {}", c.paper);
            }
            for mark in c.series {
                assert!(contrast(mark, c.paper) >= 4.0, "{mark} on {}", c.paper);
            }
            // Words inside of a faint bar.
            let bar = hex(mix(parse(c.paper), parse(c.muted), FAINT_BAR));
            assert!(contrast(c.ink, &bar) >= 4.5, "{} on {bar}", c.ink);
        }
    }

    #[test]
    fn ramps_run_evenly_in_one_direction() {
        for dark in [false, true] {
            let light: Vec<f64> =
                (0..LEVELS).map(|i| luminance(ramp_colour(Ramp::Sequential, i, dark))).collect();
            assert!(light.windows(2).all(|w| (w[1] > w[0]) == dark && w[0] != w[1]), "{light:?}");
        }
    }
}
