"""The picture of a campaign: how its letters arrived over time, and what became of the others."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from templates.pictures.bars import (
    BAR,
    BAR_IN,
    DPI,
    FILE,
    INK,
    TITLE_LINES,
    TRACK,
    WIDTH_IN,
    Bar,
    draw_bars,
    in_lines,
)
from templates.render import Reader
from templates.words import day_of_year, grouped, in_digits

TITLE_IN, CHART_IN, TICKS_IN, GAP_IN = 0.8, 3.0, 0.85, 0.25
CHART_LEFT, CHART_WIDTH = 0.15, 0.8
NAMES_SHARE, COUNTS_SHARE = 0.29, 0.25  # Of the width: counts may be of a million.
TITLE_LETTERS = 48
# Larger than on other pictures: there is more on this one, and phones shrink it.
TITLE_FONT, FONT, TICK_FONT = (FontProperties(fname=FILE, size=size) for size in (18, 16, 14))
MOST_TICKS = 5
STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3_600 * hours for hours in (1, 2, 3, 6, 12, 24, 48, 96, 168)),
)
DAY_S = 24 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is drawn: so many of all letters had arrived until each moment, and bars below."""

    title: str
    started_at: datetime
    delivered: Sequence[tuple[datetime, int]]
    letters: int
    bars: Sequence[Bar]


def delivery_picture(shown: Delivery, reader: Reader) -> bytes:
    """A PNG, its times in the reader's zone, calendar and digits. Takes long: off the loop."""
    bars_in = BAR_IN * len(shown.bars)
    height = TITLE_IN + CHART_IN + TICKS_IN + bars_in + GAP_IN
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    rtl = reader.language == "fa"
    figure.text(
        0.97 if rtl else 0.03,
        1 - 0.2 / height,
        in_lines(shown.title, TITLE_LETTERS, TITLE_LINES, reader.language),
        ha="right" if rtl else "left",
        va="top",
        color=INK,
        fontproperties=TITLE_FONT,
        parse_math=False,
    )
    bottom = (TICKS_IN + bars_in + GAP_IN) / height
    over_time = figure.add_axes((CHART_LEFT, bottom, CHART_WIDTH, CHART_IN / height))
    _draw_over_time(over_time, shown, reader)
    left = COUNTS_SHARE if rtl else NAMES_SHARE
    width = 1 - NAMES_SHARE - COUNTS_SHARE
    ends = figure.add_axes((left, 0.1 / height, width, bars_in / height))
    draw_bars(ends, shown.bars, max(shown.letters, 1), reader.language, FONT)
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _draw_over_time(axes: Axes, shown: Delivery, reader: Reader) -> None:
    """The area under what had arrived; time runs from the left in both languages."""
    start = shown.started_at
    seconds = [0.0, *((at - start).total_seconds() for at, _ in shown.delivered)]
    sums = [0, *(number for _, number in shown.delivered)]
    last = max(seconds[-1], 1.0)
    if seconds[-1] < last:
        seconds, sums = [*seconds, last], [*sums, sums[-1]]
    axes.fill_between(seconds, sums, color=BAR, alpha=0.25, linewidth=0)
    axes.plot(seconds, sums, color=BAR, linewidth=2.5)
    axes.axhline(shown.letters, color=INK, linewidth=1, linestyle=(0, (4, 4)), alpha=0.6)
    axes.set_xlim(0, last)
    axes.set_ylim(0, max(shown.letters, 1) * 1.06)
    places, names = _moments(start, last, reader)
    axes.set_xticks(places, names, fontproperties=TICK_FONT, color=INK)
    counts = _counts(shown.letters)
    figures = [grouped(count, reader.language) for count in counts]
    axes.set_yticks(counts, figures, fontproperties=TICK_FONT, color=INK)
    axes.grid(color=TRACK, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)


def _moments(start: datetime, last_s: float, reader: Reader) -> tuple[list[float], list[str]]:
    """Round moments of the reader's own time, a few; the day where more than one is shown."""
    local = start.astimezone(reader.zone)
    into_s = local.hour * 3_600 + local.minute * 60 + local.second + local.microsecond / 1e6
    step = next((step for step in STEPS_S if last_s / step < MOST_TICKS), STEPS_S[-1])
    first = -into_s % step
    places = [first + step * number for number in range(int((last_s - first) // step) + 1)]
    form = "%H:%M:%S" if step < 60 else "%H:%M"
    names, day = [], None
    several_days = into_s + last_s >= DAY_S
    for place in places:
        # Added in UTC: on the day that clocks change, too, a moment has its own name.
        moment = (start + timedelta(seconds=place + 1e-3)).astimezone(reader.zone)
        name = in_digits(f"{moment:{form}}", reader.language)
        if several_days and moment.date() != day:
            day = moment.date()
            name += "\n" + day_of_year(day, reader.language, reader.calendar)
        names.append(name)
    return places, names


def _counts(letters: int) -> list[int]:
    """Round figures below all letters, a few, and all of them."""
    rounds = (figure * 10**zeros for zeros in range(10) for figure in (1, 2, 5))
    step = next(step for step in rounds if letters <= step * MOST_TICKS)
    return [*(count for count in range(0, letters, step) if 2 * (letters - count) > step), letters]
