//! The picture of `frontier`: the surface from above with the line of the budget, the loss along that
//! line, and what the loss is made of.

use super::super::{FOUND, MINE, TRUTH, short};
use super::{Frontier, REACH, Recipe};
use crate::lab::Figure;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, GAP, Glyph, Panel, Ramp, Stroke, Tone, level};
use crate::lab::schema::readout::format_number;
use crate::models::loss_surface::{Plan, Surface, kaplan, with_bill};
use crate::numerics::elementary::{ln, log10, pow};

/// Powers of ten that the map shows, of N and of D.
const SIZES: [f64; 2] = [6.0, 13.0];
const TEXTS: [f64; 2] = [8.0, 14.0];

/// Cells along each side of the map.
const CELLS: usize = 96;

/// Nats above the best that the valley shows.
const SHOWN: f64 = 0.25;

/// Models that were built: name, parameters, tokens, and where its name stands in decades from its dot.
const BUILT: [(&str, f64, f64, [f64; 2], Anchor); 6] = [
    ("GPT-3", 175e9, 300e9, [-0.14, -0.07], Anchor::End),
    ("Gopher", 280e9, 300e9, [0.1, -0.36], Anchor::End),
    ("Chinchilla", 70e9, 1.4e12, [-0.16, -0.06], Anchor::End),
    ("Llama 3 8B", 8.03e9, 15e12, [-0.14, -0.06], Anchor::End),
    ("70B", 70.6e9, 15e12, [0.0, 0.2], Anchor::Middle),
    ("405B", 405e9, 15.6e12, [0.0, 0.2], Anchor::Middle),
];

/// Losses along which contours run.
const CONTOURS: [f64; 7] = [1.9, 2.0, 2.2, 2.5, 3.0, 4.0, 6.0];

/// A recipe's colour and glyph.
fn look(id: &str) -> (Tone, Glyph) {
    match id {
        "rounded" => (Tone::Series(1), Glyph::Square),
        "refit" => (FOUND, Glyph::Circle),
        _ => (Tone::Series(3), Glyph::Triangle),
    }
}

/// What can still be removed, on a ramp over the logarithm: dark is little.
pub fn field(surface: &Surface) -> Vec<u8> {
    let at =
        |ends: [f64; 2], i: usize| pow(10.0, ends[0] + (ends[1] - ends[0]) * (i as f64 + 0.5) / CELLS as f64);
    let sizes: Vec<f64> = (0..CELLS).map(|i| surface.size_term(at(SIZES, i))).collect();
    let texts: Vec<f64> = (0..CELLS).map(|i| surface.data_term(at(TEXTS, i))).collect();
    let share = |left: f64| (ln(left) - ln(0.05)) / (ln(8.0) - ln(0.05));
    texts.iter().flat_map(|text| sizes.iter().map(move |size| level(share(size + text)))).collect()
}

pub fn draw(frontier: &Frontier) -> Figure {
    let figure = vec![vec![map(frontier), valley(frontier)], vec![parts(frontier)]];
    Figure::new(figure, alternative(frontier))
}

/// Sizes across the map, evenly in their logarithm.
fn across(steps: u32) -> impl Iterator<Item = f64> {
    (0..=steps).map(move |i| pow(10.0, SIZES[0] + (SIZES[1] - SIZES[0]) * f64::from(i) / f64::from(steps)))
}

fn inside(plan: &Plan) -> bool {
    (SIZES[0]..=SIZES[1]).contains(&log10(plan.n)) && (TEXTS[0]..=TEXTS[1]).contains(&log10(plan.d))
}

fn point(plan: Plan) -> [f64; 2] {
    [plan.n, plan.d]
}

/// Plans that lie on the map, as points of a line.
fn line(plans: impl Iterator<Item = Plan>) -> Vec<[f64; 2]> {
    plans.filter(inside).map(point).collect()
}

fn map(frontier: &Frontier) -> Panel {
    let x = Axis::logarithmic("parameters N", SIZES.map(|p| pow(10.0, p))).ticks([
        (1e6, "1M"),
        (1e9, "1B"),
        (1e12, "1T"),
    ]);
    let y = Axis::logarithmic("tokens D", TEXTS.map(|p| pow(10.0, p))).ticks([
        (1e8, "100M"),
        (1e10, "10B"),
        (1e12, "1T"),
        (1e14, "100T"),
    ]);
    let corners = [SIZES[0], TEXTS[0], SIZES[1], TEXTS[1]].map(|p| pow(10.0, p));
    let mut panel = Panel::new("map", "Loss over size and text", x, y).height(318.0).cells(
        "surface",
        corners,
        [CELLS, CELLS],
        frontier.field.clone(),
        Ramp::Sequential,
    );
    let contours = CONTOURS.into_iter().flat_map(|loss| {
        let along = across(140).filter_map(move |n| {
            frontier.surface.tokens_for(n, loss).map(|d| Plan { n, d }).filter(inside).map(point)
        });
        along.chain([GAP])
    });
    panel = panel.line("contours", "", contours, Tone::Ink, Stroke::Ghost);
    let budgets = || (0..=40).map(|i| pow(10.0, 15.0 + f64::from(i) * 0.325));
    panel =
        panel.line("frontier", "", line(budgets().map(|c| frontier.surface.best(c))), FOUND, Stroke::Solid);
    if frontier.kaplan {
        panel = panel.line("kaplan-line", "", line(budgets().map(kaplan)), look("kaplan").0, Stroke::Dashed);
    }
    let budget = across(140).filter_map(|n| with_bill(n, frontier.budget, frontier.served));
    panel = panel.line("budget", "", line(budget), Tone::Ink, Stroke::Thick);
    let built = BUILT.map(|(_, n, d, ..)| Dot::new([n, d], Tone::Ink, Glyph::Diamond).hollow());
    panel = panel.dots("built", "", built, 4.0);
    for (id, (name, n, d, [right, up], anchor)) in BUILT_NAMES.into_iter().zip(BUILT) {
        panel = panel.words(id, [n * pow(10.0, right), d * pow(10.0, up)], name, anchor, Tone::Ink);
    }
    for recipe in frontier.recipes.iter().filter(|recipe| inside(&recipe.plan)) {
        let (tone, glyph) = look(recipe.id);
        panel = panel.dots(recipe.id, "", [Dot::new(point(recipe.plan), tone, glyph)], 5.5);
    }
    let mine = frontier.mine.filter(inside).map(|plan| Dot::new(point(plan), MINE, Glyph::Plus));
    panel.dots("mine", "", mine, 6.0)
}

/// Names of the marks that hold the models' names.
const BUILT_NAMES: [&str; 6] = ["gpt-3", "gopher", "chinchilla", "llama-8b", "llama-70b", "llama-405b"];

/// How a plan's size compares with the best, in decades.
fn tilt(frontier: &Frontier, plan: Plan) -> f64 {
    log10(plan.n / frontier.best.n)
}

/// Where the ball of a recipe comes to rest in the valley, if that is in the picture.
pub fn rest(frontier: &Frontier, recipe: &Recipe) -> Option<[f64; 2]> {
    let [at, loss] = [tilt(frontier, recipe.plan), frontier.surface.loss(recipe.plan)];
    (at.abs() <= REACH && loss <= frontier.best_loss() + SHOWN).then_some([at, loss])
}

fn valley(frontier: &Frontier) -> Panel {
    let best = frontier.best_loss();
    let (bottom, top) = (best - 0.08 * SHOWN, best + SHOWN);
    let multiples = [(-2.0, "÷100"), (-1.0, "÷10"), (0.0, "best"), (1.0, "×10"), (2.0, "×100")];
    let x = Axis::linear("size against the best", [-REACH, REACH]).ticks(multiples);
    // Without a grid: names stand above the valley.
    let y = Axis::linear("loss", [bottom, top + 0.24 * SHOWN]).unit("nats");
    let at = |tilt: f64| {
        let plan = with_bill(frontier.best.n * pow(10.0, tilt), frontier.budget, frontier.served)?;
        Some([tilt, frontier.surface.loss(plan)])
    };
    let curve = (0..=160).filter_map(|i| at(-REACH + REACH * f64::from(i) / 80.0)).filter(|p| p[1] <= top);
    let mut panel = Panel::new("valley", "Loss along the line of the budget", x, y)
        .height(318.0)
        .rule("floor", "", At::Y(best), TRUTH, Stroke::Dashed)
        .line("curve", "", curve, Tone::Ink, Stroke::Thick);
    let height = frontier.height();
    let (mut drops, mut rests, mut balls) = (Vec::new(), Vec::new(), Vec::new());
    for (row, recipe) in frontier.recipes.iter().enumerate() {
        let Some([at, loss]) = rest(frontier, recipe) else { continue };
        let (tone, glyph) = look(recipe.id);
        drops.extend([[at, top], [at, loss], GAP]);
        rests.push(Dot::new([at, loss], tone, glyph).hollow());
        balls.push(Dot::new([at, loss + height * (top - loss)], tone, glyph));
        // Two names side by side would meet, so each has a row of its own.
        let up = top + (0.18 - 0.075 * row as f64) * SHOWN;
        let left = at > 0.3 * REACH;
        panel = panel.words(
            ["name-rounded", "name-refit", "name-kaplan"][row],
            [at + if left { -0.06 } else { 0.06 }, up],
            format!("{}: {}", recipe.name, short(recipe.plan.n)),
            if left { Anchor::End } else { Anchor::Start },
            tone,
        );
    }
    panel = panel.line("drops", "", drops, TRUTH, Stroke::Ghost).dots("rests", "", rests, 6.5);
    panel = panel.dots("balls", "", balls, 6.0);
    let Some(plan) = frontier.mine else { return panel };
    let loss = frontier.surface.loss(plan).min(top);
    panel.handle("plan", [frontier.tilt, loss], [Some("tilt"), None], MINE)
}

/// Your plan between one of half its size and one of twice its size, on the same budget.
fn parts(frontier: &Frontier) -> Panel {
    // Where the budget leaves your size nothing to read with, the best plan stands in for it.
    let (middle, whose) = match frontier.mine {
        Some(plan) => (plan, "your plan"),
        None => (frontier.best, "the best plan"),
    };
    let plans = [(0.5, "half the size"), (1.0, whose), (2.0, "twice the size")];
    let shown = plans.map(|(times, _)| with_bill(middle.n * times, frontier.budget, frontier.served));
    let surface = &frontier.surface;
    let left = |plan: &Plan| surface.loss(*plan) - surface.floor;
    let most = shown.iter().flatten().map(left).fold(0.0, f64::max);
    let title = format!(
        "Slopes: size {}, text {}",
        format_number(surface.size_power * surface.size_term(middle.n), 4),
        format_number(surface.data_power * surface.data_term(middle.d), 4),
    );
    let y = Axis::categories("", plans.iter().map(|(_, name)| *name)).reversed();
    // The words at the ends of the bars need room; twentieths move rarely.
    let end = ((1.16 * most * 20.0).ceil() / 20.0).max(0.1);
    let x = Axis::linear("above the floor E", [0.0, end]).unit("nats").grid();
    let (mut sizes, mut texts) = (Vec::new(), Vec::new());
    for (i, plan) in shown.iter().enumerate() {
        let Some(plan) = plan else { continue };
        let (size, text) = (surface.size_term(plan.n), surface.data_term(plan.d));
        sizes.push(Bar::new(i as f64, 0.6, size, Tone::Series(2)));
        texts.push(
            Bar::new(i as f64, 0.6, size + text, Tone::Series(4))
                .starting_at(size)
                .text(format_number(size + text, 4)),
        );
    }
    Panel::new("parts", title, x, y)
        .height(164.0)
        .horizontal_bars("size-term", sizes)
        .labelled("size term: too small")
        .horizontal_bars("text-term", texts)
        .labelled("text term: too little")
}

pub fn describe(frontier: &Frontier, mark: &str, index: usize) -> Option<String> {
    let surface = &frontier.surface;
    let says = |name: &str, plan: Plan| {
        format!(
            "{name}: {} parameters, {} tokens, loss {} nats by these constants",
            short(plan.n),
            short(plan.d),
            format_number(surface.loss(plan), 4)
        )
    };
    match mark {
        "surface" => {
            let at = |ends: [f64; 2], i: usize| {
                pow(10.0, ends[0] + (ends[1] - ends[0]) * (i as f64 + 0.5) / CELLS as f64)
            };
            let plan = Plan { n: at(SIZES, index % CELLS), d: at(TEXTS, index / CELLS) };
            Some(says("a model here", plan))
        }
        "built" => BUILT.get(index).map(|(name, n, d, ..)| says(name, Plan { n: *n, d: *d })),
        "balls" | "rests" => {
            let mut drawn = frontier.recipes.iter().filter(|recipe| rest(frontier, recipe).is_some());
            drawn.nth(index).map(|recipe| says(recipe.name, recipe.plan))
        }
        "rounded" | "refit" | "kaplan" => {
            let recipe = frontier.recipes.iter().find(|recipe| recipe.id == mark)?;
            Some(says(recipe.name, recipe.plan))
        }
        "mine" | "plan" => frontier.mine.map(|plan| says("your plan", plan)),
        "budget" => Some(format!("all plans that cost {} operations", format_number(frontier.budget, 0))),
        "frontier" => Some("the best plan for each budget, by these constants".to_owned()),
        "kaplan-line" => Some("the plan for each budget by the rule of 2020".to_owned()),
        "floor" => Some(format!("the best loss of this budget: {}", format_number(frontier.best_loss(), 4))),
        "size-term" | "text-term" => {
            let times = [0.5, 1.0, 2.0].get(index)?;
            let middle = frontier.mine.unwrap_or(frontier.best);
            let plan = with_bill(middle.n * times, frontier.budget, frontier.served)?;
            Some(format!(
                "{} parameters: {} nats for being too small, {} for having read too little",
                short(plan.n),
                format_number(surface.size_term(plan.n), 4),
                format_number(surface.data_term(plan.d), 4)
            ))
        }
        _ => None,
    }
}

fn alternative(frontier: &Frontier) -> String {
    let recipes: Vec<String> = frontier
        .recipes
        .iter()
        .map(|recipe| {
            format!(
                "{} asks for {} and loses {} nats",
                recipe.name,
                short(recipe.plan.n),
                format_number(frontier.surface.loss(recipe.plan) - frontier.best_loss(), 4)
            )
        })
        .collect();
    let mine = match frontier.mine {
        Some(plan) => format!(
            "Your plan of {} parameters and {} tokens loses {}.",
            short(plan.n),
            short(plan.d),
            format_number(frontier.surface.loss(plan) - frontier.best_loss(), 4)
        ),
        None => "Your plan has nothing left to read with.".to_owned(),
    };
    format!(
        "For a budget of {} operations the best loss is {} nats: {}. {mine}",
        format_number(frontier.budget, 0),
        format_number(frontier.best_loss(), 4),
        recipes.join("; ")
    )
}
