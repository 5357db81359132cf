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

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
# The Greek alphabet without accents, and the italics' usual variants ϕ ϵ.
GREEK = [*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA), 0x3D5, 0x3F5]
SPACES = [0x2009, 0x200A, 0x202F]
SIGNS = "–—‘’“”„…•·†×÷−±≤≥≈≠≡∞∝∼√∑∏∂∇∈∉∫ℓ′″°←→↑↓↔⇒⇐⟨⟩⌊⌋∥∘⊙⋅∅✓ŒœŠšŽžŁłćčěřığŌōű"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀᵢⱼ₀₁₂₃₄₅₆₇₈₉₊₋"
FEATURES = ["kern", "liga", "tnum", "pnum", "lnum", "onum", "sups"]

SERIF = "source-serif/VAR/SourceSerif4Variable-{}.ttf"
FONTS = [
    (SERIF.format("Roman"), "tinkerable-serif", "Tinkerable Serif", "Regular", {"opsz": 14, "wght": (400, 700)}),
    (SERIF.format("Italic"), "tinkerable-serif-italic", "Tinkerable Serif", "Italic", {"opsz": 14, "wght": 400}),
    ("inter-ui/variable/InterVariable.woff2", "tinkerable-sans", "Tinkerable Sans", "Regular",
     {"opsz": 14, "wght": (400, 600)}),
]


def only_digits(font: TTFont) -> None:
    """Superior letters (`sups`) are a second alphabet; only the figures are wanted."""
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag != "sups":
            continue
        for index in record.Feature.LookupListIndex:
            for table in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                digits = {font.getBestCmap()[c] for c in range(0x30, 0x3A)}
                table.mapping = {k: v for k, v in table.mapping.items() if k in digits}


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


def make(source: Path, target: Path, family: str, style: str, axes: dict) -> None:
    font = TTFont(source)
    only_digits(font)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    wanted = {*LATIN, *GREEK, *SPACES, *map(ord, SIGNS + RAISED)}
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
    missing = "".join(chr(c) for c in sorted(wanted - set(font.getBestCmap())))
    print(f"{target.name}: {target.stat().st_size} bytes; not in the font: {missing or 'nothing'}")


def main() -> None:
    packages, out = map(Path, sys.argv[1:])
    for source, stem, family, style, axes in FONTS:
        make(packages / source, out / f"{stem}.woff2", family, style, axes)


main()
