"""The clock of an accompaniment: the months used, the pauses, the months left, and the day on which that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from beancoop.model.periods import day_after
from beancoop.presentation.canvas import BOTTOM, BOX, TOP, WIDTH, Picture, below, legend, line, wide
from beancoop.presentation.timeline import Timeline
from beancoop.words import formats
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop.presentation.charts import Clock

STATES = {"used": phrase("used"), "paused": phrase("paused"), "left": phrase("left")}
"""What the days of a stretch are, in the order in which they are told and drawn."""
USED = phrase("{count} month used", "{count} months used")
PAUSED = phrase("{count} day of pause", "{count} days of pause")
LEFT = phrase("{count} month left", "{count} months left")
STILL = phrase("the clock stands still")
LABEL = phrase("{label}, from {first} to {last}: {parts}.")
STRETCH = phrase("{state}: from {first} to {last}")
_BAND = 40  # high
_LOOKS = {state: number for number, state in enumerate(STATES)}


def _said(clock: Clock, language: str) -> dict[str, str]:
    """Say how much there is of each state."""
    found = {"used": USED.read({"count": clock.months_used}, language)}
    if clock.days_paused:
        found["paused"] = PAUSED.read({"count": clock.days_paused}, language)
    left = clock.months_left
    found["left"] = STILL.read({}, language) if left is None else LEFT.read({"count": left}, language)
    return found


def label(clock: Clock, language: str) -> str:
    """Say what the clock shows to whoever does not see it."""
    first, last = clock.stretches[0].first, clock.stretches[-1].last
    said = ", ".join(_said(clock, language).values())
    return LABEL.read({"label": clock.label, "first": first, "last": last, "parts": said}, language)


def parts(clock: Clock, language: str) -> Markup:
    """Write below it how much there is of each state."""
    return legend(((_LOOKS[state], text) for state, text in _said(clock, language).items()), BOX)


def drawn(clock: Clock, language: str) -> Picture:
    """Draw it as a band through time."""
    height = TOP + _BAND + BOTTOM
    time = Timeline(clock.stretches[0].first, day_after(clock.stretches[-1].last))
    return Picture(height, [*_band(clock, time, language), *below(time.labels(language), height)])


def _band(clock: Clock, time: Timeline, language: str) -> Iterator[Markup]:
    shape = Markup('<rect class="bar s{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>')
    for each in clock.stretches:
        begin, end = time.x(each.first), time.x(day_after(each.last))
        said = {"state": STATES[each.state], "first": each.first, "last": each.last}
        yield shape.format(_LOOKS[each.state], begin, TOP, end - begin, _BAND, STRETCH.read(said, language))
    if time.first <= clock.today <= time.last:
        x, text = time.x(clock.today), formats.day(clock.today, language)
        half = wide(text, 2) / 2
        yield line("zero", (x, x), (TOP - 6, TOP + _BAND + 6))
        middle = min(max(x, half), WIDTH - half)
        yield Markup('<text class="time" x="{:.1f}" y="{}">{}</text>').format(middle, TOP - 10, text)
