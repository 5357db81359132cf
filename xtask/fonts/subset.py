"""Makes assets/fonts/*.woff2 and their rules in fonts.css from the released fonts. Needed only when a
character is missing.

    npm install --prefix /tmp/fonts source-serif@4.5.1 inter-ui@4.1.1 @fontsource/stix-two-math@5.3.0
    pip install fonttools brotli
    python xtask/fonts/subset.py /tmp/fonts/node_modules assets/fonts

Source Serif reserves its name (SIL Open Font Licence, section 3), and a subset is a modified
version: so the families are called Tinkerable Serif and Tinkerable Sans, in the files and in CSS.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from fontTools.misc.roundTools import otRound
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.iup import iup_delta_optimize
from fontTools.varLib.instancer import instantiateVariableFont

# What the site writes and no more. The first characters of each face stand in every page, where each of
# them costs some eighty bytes before the first paint: what any article is written with, and no more, since a
# page that waits for one sign lays out all of its text again when that comes.
ASCII = set(range(0x20, 0x7F))
QUOTES = {0xA0, *map(ord, "–—‘’“”…·×−")}
SERIF_FIRST = ASCII - set(map(ord, "\"&\\^`{}~")) | QUOTES | {
    0x202F, *map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹₂½±→√∞°αβγεηθλμπΔáäčéíü"),
}
SANS_FIRST = ASCII - set(map(ord, "\"#@\\`{}~")) | QUOTES | {
    0x304, 0x2009, 0x202F, *map(ord, "≤≥≠±÷∞←→↑↓¼⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₊₋ₒₚⁿαβγδεηθκλμνρστφΔℓ°½√●○▲✓✗↩Āé"),
}
# Names of people and places stand in the running text.
ACCENTS = {c for c in range(0xC0, 0x100) if c not in (0xD7, 0xF7)}
# The Greek alphabet without accents, and of the capitals those that are no Latin letters.
GREEK = {*range(0x3B1, 0x3CA), *map(ord, "ΓΔΘΛΞΠΣΦΨΩ")}
COMMON_GREEK = set(map(ord, "αβγδθλστΔ"))
SIGNS = {0x2009, 0x202F, *map(ord, "←→±÷≤≥≈≠∞√∑∂ℓ′°µ↑↓¼½¾⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂")}
# Marks of figures and lists, which the sans serif draws.
MARKS = set(map(ord, "■▲◆○●✓✗"))

# Formulas: upright and slanted letters, digits, and signs, with the table that says how they grow and stand.
LATIN = set(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
SLANTED = {0x210E, *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D715)} - {0x1D455}
# Of a family's faces browsers ask the one that has the space.
FORMULAS = LATIN | SLANTED | GREEK | {0x20, 0xA0, *map(ord, "()+,./0123456789:;<=>[]{|}¯°±×÷ˆ˜‖′ℓ←→↦∂∇∈∏∑√−∗∝∞∣≈≠≤≥⊙⊤⋅⌈⌉⌊⌋…")}

SERIF = "source-serif/VAR/SourceSerif4Variable-{}.ttf"
MATH = "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
SANS = "inter-ui/variable/InterVariable.woff2"
UPRIGHT = {"opsz": 14, "wght": (400, 700)}
PLAIN = {"opsz": 14, "wght": (400, 600)}
# Source, file, family and what it is a part of, axes, characters. Files of the first paint come first.
FONTS = [
    (SERIF.format("Roman"), "tinkerable-serif", "Tinkerable Serif", "", UPRIGHT, SERIF_FIRST),
    (SANS, "tinkerable-sans", "Tinkerable Sans", "", PLAIN, SANS_FIRST),
    (SERIF.format("Italic"), "tinkerable-serif-italic", "Tinkerable Serif", "Italic", {"opsz": 14, "wght": 400},
     ASCII - set(map(ord, "\"\\^`{}~")) | QUOTES),
    (SERIF.format("Roman"), "tinkerable-serif-signs", "Tinkerable Serif", "Signs", UPRIGHT,
     (SIGNS | COMMON_GREEK) - SERIF_FIRST),
    (SERIF.format("Roman"), "tinkerable-serif-letters", "Tinkerable Serif", "Letters", UPRIGHT,
     (ASCII | GREEK) - SERIF_FIRST - COMMON_GREEK),
    (SERIF.format("Roman"), "tinkerable-serif-accents", "Tinkerable Serif", "Accents", UPRIGHT,
     ACCENTS - SERIF_FIRST),
    (SANS, "tinkerable-sans-signs", "Tinkerable Sans", "Signs", PLAIN,
     (ASCII | GREEK | SIGNS | MARKS) - SANS_FIRST),
    (MATH, "tinkerable-math", "Tinkerable Math", "Formulas", {"wght": 400}, FORMULAS),
]
# Faces for formulas that systems have, by the names that browsers know them by: who has one fetches none.
MATH_OF_SYSTEMS = ["STIXTwoMath-Regular", "STIX Two Math", "Cambria Math", "LatinModernMath-Regular"]

RULE = """\
@font-face {{
  font-family: "{family}";
  src: {local}url("{file}") format("woff2");
  font-weight: {weight};
  font-style: {style};
  font-display: {display};
  unicode-range: {ranges};
}}
"""

# Of a thousand units to the em: kerning below this is not seen, nor is an outline that is off by so much
# in a heavier weight.
LEAST_KERNING = 15
TOLERANCE = 4.0


def pairs(font: TTFont):
    """Every record of kerning."""
    for lookup in font["GPOS"].table.LookupList.Lookup if "GPOS" in font else []:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType == 2:
                yield table, (
                    [r for pair in table.PairSet for r in pair.PairValueRecord]
                    if table.Format == 1
                    else [r for row in table.Class1Record for r in row.Class2Record]
                )


def steady_kerning(font: TTFont) -> None:
    """Kerning of the lightest weight for all: how it varies would be half of the file."""
    for table, records in pairs(font):
        table.ValueFormat1 &= 4
        for value in (r.Value1 for r in records if r.Value1 is not None):
            if hasattr(value, "XAdvDevice"):
                del value.XAdvDevice


def seen_kerning(font: TTFont) -> None:
    for _, records in pairs(font):
        for value in (r.Value1 for r in records if r.Value1 is not None):
            if abs(getattr(value, "XAdvance", 0)) < LEAST_KERNING:
                value.XAdvance = 0


def seen_variations(font: TTFont) -> None:
    """Leaves out how a point moves where that follows from its neighbours."""
    for name, variations in font["gvar"].variations.items():
        coordinates, control = font["glyf"]._getCoordinatesAndControls(name, font["hmtx"].metrics)
        for variation in variations:
            variation.calcInferredDeltas(coordinates, control.endPts)
            whole = [(otRound(x), otRound(y)) for x, y in variation.coordinates]
            variation.coordinates = iup_delta_optimize(whole, coordinates, control.endPts, tolerance=TOLERANCE)


def make(source: Path, target: Path, family: str, part: str, axes: dict, wanted: set) -> str:
    """Writes a file; the answer is its rule."""
    font = TTFont(source)
    options = Options()
    options.layout_features = ["kern", "liga", "tnum", "ssty"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    # Through a file: glyphs without variations, spaces say, confuse the two tools otherwise.
    small = BytesIO()
    font.flavor = None
    font.save(small)
    font = TTFont(small)
    if "fvar" in font:
        font = instantiateVariableFont(font, axes)
    if "fvar" in font:
        steady_kerning(font)
    scale_upem(font, 1000)
    seen_kerning(font)
    if "gvar" in font:
        seen_variations(font)
    style = "Italic" if part == "Italic" else "Regular"
    # Programs that know no unicode-range find the first part under the family's name.
    own = family if part in ("", "Italic", "Formulas") else f"{family} {part}"
    full = f"{own} {style}"
    for name_id, text in [(1, own), (2, style), (3, full), (4, full), (6, full.replace(" ", "-"))]:
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font.flavor = "woff2"
    font.save(target)
    there = sorted(font.getBestCmap())
    missing = "".join(map(chr, sorted(wanted - set(there))))
    print(f"{target.name}: {target.stat().st_size} bytes; not in the font: {missing or 'nothing'}")
    weight = axes["wght"]
    return RULE.format(
        family=family,
        file=target.name,
        local="".join(f'local("{name}"), ' for name in MATH_OF_SYSTEMS if part == "Formulas"),
        weight=" ".join(map(str, weight)) if isinstance(weight, tuple) else weight,
        style=style.lower().replace("regular", "normal"),
        display="swap" if part else "block",
        ranges=", ".join(ranges(there)),
    )


def ranges(characters: list):
    """`U+20-7E` for characters in order."""
    start = end = characters[0]
    for character in [*characters[1:], None]:
        if character != end + 1:
            yield f"U+{start:X}" if start == end else f"U+{start:X}-{end:X}"
            start = character
        end = character


def main() -> None:
    packages, out = map(Path, sys.argv[1:])
    rules = [make(packages / source, out / f"{stem}.woff2", *rest) for source, stem, *rest in FONTS]
    sheet = out / "fonts.css"
    words, *old = re.split(r"(?=@font-face)", sheet.read_text())
    sheet.write_text(words + "\n".join([*rules, "".join(rule for rule in old if "url(" not in rule)]))


main()
