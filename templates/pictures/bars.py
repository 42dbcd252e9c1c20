"""The picture of counted answers: a bar for each choice, read from the reader's side."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from club.parts import Language
from templates.words import PERCENT, grouped, in_digits

FILE = str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")
TITLE_FONT, FONT = FontProperties(fname=FILE, size=15), FontProperties(fname=FILE, size=13)
WIDTH_IN, DPI = 8.0, 100
TITLE_IN, BAR_IN = 1.2, 0.72
TITLE_LETTERS, NAME_LETTERS = 58, 20
TITLE_LINES, NAME_LINES = 3, 3
NAMES_SHARE, COUNTS_SHARE = 0.32, 0.16  # Of the width.
MARK: dict[Language, str] = {"fa": "\u200f", "en": "\u200e"}
BAR, TRACK, INK = "#2f7d6b", "#e8eeec", "#1f2a28"


@dataclass(frozen=True, slots=True)
class Bar:
    """One choice and how often it was taken."""

    name: str
    count: int


def bar_picture(title: str, bars: Sequence[Bar], answered: int, language: Language) -> bytes:
    """A PNG; for a Persian reader bars grow from the right. Takes long: draw it off the loop."""
    height = TITLE_IN + BAR_IN * len(bars)
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    rtl = language == "fa"
    left = COUNTS_SHARE if rtl else NAMES_SHARE
    width = 1 - NAMES_SHARE - COUNTS_SHARE
    axes = figure.add_axes((left, 0.02, width, 1 - TITLE_IN / height))
    figure.text(
        0.97 if rtl else 0.03,
        1 - 0.25 / height,
        in_lines(title, TITLE_LETTERS, TITLE_LINES, language),
        ha="right" if rtl else "left",
        va="top",
        color=INK,
        fontproperties=TITLE_FONT,
        parse_math=False,
    )
    draw_bars(axes, bars, max(answered, 1), language)
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def draw_bars(
    axes: Axes, bars: Sequence[Bar], whole: int, language: Language, font: FontProperties = FONT
) -> None:
    """Each bar on a track of the whole, its name before it and its count behind."""
    places = range(len(bars))
    axes.barh(places, [whole] * len(bars), height=0.56, color=TRACK)
    axes.barh(places, [bar.count for bar in bars], height=0.56, color=BAR)
    axes.set_xlim(0, whole)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.axis("off")
    near, far = "left", "right"
    if language == "fa":
        axes.invert_xaxis()
        near, far = far, near
    gap = whole * 0.03
    for place, bar in enumerate(bars):
        percent = f"{round(100 * bar.count / whole)}{PERCENT[language]}"
        count = f"{grouped(bar.count, language)} ({percent})"
        for at, words, side in ((-gap, bar.name, far), (whole + gap, count, near)):
            axes.text(
                at,
                place,
                in_lines(words, NAME_LETTERS, NAME_LINES, language),
                ha=side,
                va="center",
                color=INK,
                fontproperties=font,
                parse_math=False,
            )


def in_lines(words: str, letters: int, most: int, language: Language) -> str:
    """The words in short lines, each read from the reader's side whatever it begins with."""
    lines = wrap(in_digits(words, language), letters)
    return "\n".join(MARK[language] + line for line in lines[:most])
