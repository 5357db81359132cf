"""Makes assets/fonts/*.woff2 from the released fonts. Needed only when a character is missing.

    npm install --prefix /tmp/fonts source-serif@4.5.1 inter-ui@4.1.1
    pip install fonttools brotli
    python xtask/fonts/subset.py /tmp/fonts/node_modules assets/fonts

Source Serif reserves its name (SIL Open Font Licence, section 3), and a subset is a modified
version: so the families are called Tinkerable Serif and Tinkerable Sans, in the files and in CSS.
"""

import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# What the site writes and no more: each character costs about a hundred bytes on every first visit.
ASCII = [*range(0x20, 0x7F)]
# Names of people and places stand in the running text.
LETTERS = [c for c in range(0xC0, 0x100) if c not in (0xD7, 0xF7)]
# The Greek alphabet without accents, and of the capitals those that are no Latin letters.
GREEK = [*range(0x3B1, 0x3CA), *map(ord, "ΓΔΘΛΞΠΣΦΨΩ")]
SPACES = [0xA0, 0x2009, 0x202F]
SIGNS = "–—‘’“”…·×÷−±≤≥≈≠∞∝√∑∂ℓ′°←→↑↓↔µ¼½¾" + "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₊₋"
# Marks of figures and lists, which the sans serif draws.
MARKS = "■▲◆○●✓✗"
COMMON = [*ASCII, *SPACES, *map(ord, SIGNS)]
FEATURES = ["kern", "liga", "tnum"]

SERIF = "source-serif/VAR/SourceSerif4Variable-{}.ttf"
FONTS = [
    (SERIF.format("Roman"), "tinkerable-serif", "Tinkerable Serif", "Regular", {"opsz": 14, "wght": (400, 700)},
     [*COMMON, *GREEK, *LETTERS]),
    (SERIF.format("Italic"), "tinkerable-serif-italic", "Tinkerable Serif", "Italic", {"opsz": 14, "wght": 400},
     [*ASCII, *SPACES, *map(ord, "–—‘’“”…·×−")]),
    ("inter-ui/variable/InterVariable.woff2", "tinkerable-sans", "Tinkerable Sans", "Regular",
     {"opsz": 14, "wght": (400, 600)}, [*COMMON, *GREEK, *map(ord, MARKS)]),
]


def steady_kerning(font: TTFont) -> None:
    """Kerning of the lightest weight for all: how it varies would be half of the file."""
    def steady(value):
        if value is not None and hasattr(value, "XAdvDevice"):
            del value.XAdvDevice
        return value

    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType != 2:
                continue
            table.ValueFormat1 &= 4
            records = (
                [r for pairs in table.PairSet for r in pairs.PairValueRecord]
                if table.Format == 1
                else [r for row in table.Class1Record for r in row.Class2Record]
            )
            for record in records:
                steady(record.Value1)


def make(source: Path, target: Path, family: str, style: str, axes: dict, wanted: list) -> None:
    font = TTFont(source)
    options = Options()
    options.layout_features = FEATURES
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
    font = instantiateVariableFont(TTFont(small), axes)
    if "fvar" in font:
        steady_kerning(font)
    full = f"{family} {style}"
    for name_id, text in [(1, family), (2, style), (3, full), (4, full), (6, full.replace(" ", "-"))]:
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font.flavor = "woff2"
    font.save(target)
    missing = "".join(chr(c) for c in sorted(set(wanted) - set(font.getBestCmap())))
    print(f"{target.name}: {target.stat().st_size} bytes; not in the font: {missing or 'nothing'}")


def main() -> None:
    packages, out = map(Path, sys.argv[1:])
    for source, stem, family, style, axes, wanted in FONTS:
        make(packages / source, out / f"{stem}.woff2", family, style, axes, wanted)


main()
