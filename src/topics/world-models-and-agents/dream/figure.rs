//! Three screens, the way of the codes, and how far dreams are off.

use super::Dream;
use crate::lab::figure::charts::{Curve, with_curves};
use crate::lab::figure::{At, Axis, Dot, EMPTY, Figure, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone, level};
use crate::lab::schema::readout::format_number;
use crate::models::dream::{FARTHEST, Frame, PIXELS, SIDE, distance};

const TRUTH: Tone = Tone::Ink;
const DREAM: Tone = Tone::Accent;
const PHOTO: Tone = Tone::Muted;

impl Dream {
    /// What each screen shows: truth, dream, the last true frame.
    fn screens(&self) -> [Frame; 3] {
        let ahead = self.ahead();
        let truth = self.show[ahead + 1];
        let dream = match ahead {
            0 => self.eye.decode(&self.eye.encode(&truth)),
            _ => self.eye.decode(&self.dreamt[ahead - 1].code),
        };
        [truth, dream, self.show[1]]
    }

    pub(super) fn pixel(&self, mark: &str, index: usize) -> Option<String> {
        let which = ["truth", "dream", "photo"].iter().position(|id| *id == mark)?;
        let value = *self.screens()[which].get(index).filter(|_| index < PIXELS)?;
        let (column, row) = (index % SIDE, index / SIDE);
        Some(format!("{mark}, column {column}, row {row}: brightness {}", format_number(value, 2)))
    }

    pub(super) fn draw(&self) -> Figure {
        let screens = self.screens();
        let off = distance(&screens[0], &screens[1]);
        let photo = distance(&screens[0], &screens[2]);
        let ahead = self.ahead();
        let stopped = ahead > 0 && self.dreamt[ahead - 1].clamped;
        let titles = [
            format!("Truth, {ahead} ahead"),
            if stopped {
                "Dream, stopped".to_owned()
            } else {
                format!("Dream, {} px off", format_number(off, 1))
            },
            format!("Photo, {} px off", format_number(photo, 1)),
        ];
        let ids = [("truth-screen", "truth"), ("dream-screen", "dream"), ("photo-screen", "photo")];
        let row = ids.iter().zip(titles).zip(&screens);
        let row = row.map(|((ids, title), frame)| screen(*ids, title, frame)).collect();
        let alternative = format!(
            "{ahead} steps ahead the dream is {} pixels off the truth and the photograph {}. Over {} films the \
             dream is {} pixels off ten steps ahead, a photograph {}.",
            format_number(off, 1),
            format_number(photo, 1),
            self.tests.len(),
            format_number(self.verdict().off[9], 2),
            format_number(self.photo[9], 2),
        );
        Figure::new(vec![row, vec![self.codes_panel(), self.errors()]], alternative)
    }

    /// The first two numbers of the code on their way, true and dreamt.
    fn codes_panel(&self) -> Panel {
        let single = self.eye.width() == 1;
        let reach = if single { 1.0 } else { 2.5 };
        // What has run away stands at the edge.
        let place = |code: &[f64], before: &[f64]| {
            let y = if single { code[0] - before[0] } else { code[1] };
            [code[0].clamp(-2.5, 2.5), y.clamp(-reach, reach)]
        };
        let ahead = self.ahead();
        let codes: Vec<Vec<f64>> = self.show.iter().take(ahead + 2).map(|f| self.eye.encode(f)).collect();
        let truth: Vec<[f64; 2]> = codes.windows(2).map(|w| place(&w[1], &w[0])).collect();
        let mut dreamt = vec![truth[0]];
        for step in 0..ahead {
            let before = if step == 0 { &codes[1] } else { &self.dreamt[step - 1].code };
            dreamt.push(place(&self.dreamt[step].code, before));
        }
        let ends = [
            (truth[truth.len() - 1], TRUTH, Glyph::Circle),
            (dreamt[dreamt.len() - 1], DREAM, Glyph::Diamond),
        ];
        let y = if single { "its change" } else { "second number" };
        Panel::new(
            "codes",
            "What the numbers do",
            Axis::linear("first number of the code", [-2.5, 2.5]),
            Axis::linear(y, [-reach, reach]),
        )
        .height(240.0)
        .line("truth-way", "", truth, TRUTH, Stroke::Solid)
        .line("dream-way", "", dreamt, DREAM, Stroke::Dashed)
        .dots("ends", "", ends.map(|(at, tone, glyph)| Dot::new(at, tone, glyph)), 5.0)
    }

    /// The mean distance over the test films, by steps ahead.
    fn errors(&self) -> Panel {
        let curve = |off: &[f64; FARTHEST]| -> Vec<[f64; 2]> {
            off.iter().enumerate().map(|(i, off)| [(i + 1) as f64, *off]).collect()
        };
        let x = Axis::linear("steps ahead", [0.0, FARTHEST as f64 + 4.0]).ticks([
            (0.0, "0"),
            (5.0, "5"),
            (10.0, "10"),
            (15.0, "15"),
            (20.0, "20"),
        ]);
        let y = Axis::linear("px off", [0.0, 7.0]).grid();
        let title = format!("Over 60 films, from {} swings", self.fitted);
        let panel = Panel::new("errors", title, x, y).height(240.0).rule(
            "now",
            "",
            At::X(self.ahead() as f64),
            Tone::Faint,
            Stroke::Solid,
        );
        with_curves(
            panel,
            vec![
                Curve::new("photo-off", "photo", curve(&self.photo), PHOTO).stroke(Stroke::Dashed),
                Curve::new("dream-off", "dream", curve(&self.verdict().off), DREAM).stroke(Stroke::Thick),
            ],
        )
    }
}

fn screen((id, mark): (&'static str, &'static str), title: String, frame: &Frame) -> Panel {
    let end = SIDE as f64;
    let cells = frame.iter().map(|pixel| if *pixel < 0.02 { EMPTY } else { level(*pixel) }).collect();
    Panel::new(id, title, Axis::hidden([0.0, end]), Axis::hidden([end, 0.0]))
        .height(180.0)
        .square()
        .boxes("frame", [Tile::new([0.0, 0.0, end, end], Tone::Faint, Fill::Outline)])
        .cells(mark, [0.0, 0.0, end, end], [SIDE, SIDE], cells, Ramp::Sequential)
}
