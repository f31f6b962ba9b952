"""Bar charts as geometry: pure functions from figures to positions; the template draws them as SVG.

Bars lie on their side, one row each, under the name of their series. So every label stands beside its bar at any
width, nothing depends on colour, and a long series of years makes the chart longer instead of narrower. Across,
positions are percentages of the width (the text keeps its size when the chart shrinks); down, they are pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

ROW = 30
BAR = 20
HEAD = 34
GAP = 10
AXIS = 28
# Share of the width for the rows' names on the left.
NAMES = Decimal(14)
# Share of the width that one character of a value needs on the narrowest screen.
CHARACTER = Decimal("2.8")


@dataclass(frozen=True)
class Bar:
    """One figure: the name of its row (a year) and how much; `spoken`, where the name is short, is the whole of it."""

    name: str
    value: Decimal
    spoken: str = ""


@dataclass(frozen=True)
class Group:
    """A series: its name and its bars, top down."""

    name: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Tick:
    x: str
    label: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """A drawn bar. `x` and `width` are percentages, `y` and `middle` pixels, `value_x` where the number begins."""

    name: str
    value: str
    x: str
    width: str
    y: int
    middle: int
    value_x: str
    spoken: str


@dataclass(frozen=True)
class Block:
    """A drawn series: its name at `y`, its rows from `top` to `bottom`.

    `style` numbers its colour and pattern, 1 to 4, then again from 1.
    """

    name: str
    y: int
    top: int
    bottom: int
    style: int
    rows: Sequence[Row]


@dataclass(frozen=True)
class Layout:
    """A whole chart: its height in pixels, where the bars' base line stands, blocks and axis."""

    height: int
    base_x: str
    blocks: Sequence[Block]
    ticks: Sequence[Tick]


def nice_ticks(low: Decimal, high: Decimal, *, intervals: int = 4) -> list[Decimal]:
    """Round numbers that cover `low` to `high` and include 0: steps of 1, 2, 2.5 or 5 times a power of ten.

    At most `intervals` + 2 numbers. Where all figures are 0 the axis goes from 0 to 1.
    """
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        return [Decimal(0), Decimal(1)]
    rough = (high - low) / intervals
    power = Decimal(10) ** rough.adjusted()
    step = next(nice * power for nice in map(Decimal, ("1", "2", "2.5", "5", "10")) if nice * power >= rough)
    # -(-a // b) rounds up; Decimal's // rounds towards zero, which the signs here make the same.
    first = -_ceil(-low / step)
    last = _ceil(high / step)
    return [step * number for number in range(first, last + 1)]


def layout(groups: Sequence[Group], *, write: Callable[[Decimal], str]) -> Layout:
    """Where everything stands. `write` turns a number into the reader's language. Raises ValueError without figures."""
    values = [bar.value for group in groups for bar in group.bars]
    if not values:
        raise ValueError("A chart needs at least one figure.")
    ticks = nice_ticks(min(values), max(values))
    longest = max(len(write(value)) for value in values)
    scale = _Scale(ticks[0], ticks[-1], right=100 - max(Decimal(16), longest * CHARACTER))
    blocks: list[Block] = []
    y = 0
    for index, group in enumerate(groups):
        blocks.append(_block(group, y, index % 4 + 1, scale, write))
        y += HEAD + ROW * len(group.bars) + GAP
    return Layout(
        height=y + AXIS,
        base_x=_percent(scale(Decimal(0))),
        blocks=blocks,
        ticks=[Tick(_percent(scale(tick)), write(tick), "middle" if tick else "start") for tick in _sparse(ticks)],
    )


def factor(first: Decimal, last: Decimal) -> Decimal | None:
    """How many times `first` `last` is, to one place; None where that says nothing (from zero, or below it)."""
    if first <= 0 or last < 0:
        return None
    return (last / first).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class _Scale:
    """From figures to percentages of the width, between the rows' names and the space for the values."""

    low: Decimal
    high: Decimal
    right: Decimal
    left: Decimal = NAMES

    def __call__(self, value: Decimal) -> Decimal:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def _block(group: Group, y: int, style: int, scale: _Scale, write: Callable[[Decimal], str]) -> Block:
    rows = []
    for index, bar in enumerate(group.bars):
        top = y + HEAD + index * ROW
        start, end = sorted((scale(Decimal(0)), scale(bar.value)))
        rows.append(
            Row(
                name=bar.name,
                value=write(bar.value),
                x=_percent(start),
                width=_percent(end - start),
                y=top + (ROW - BAR) // 2,
                middle=top + ROW // 2,
                value_x=_percent(end),
                spoken=bar.spoken or bar.name,
            )
        )
    top = y + HEAD
    return Block(name=group.name, y=top - 8, top=top, bottom=top + ROW * len(rows), style=style, rows=rows)


def _sparse(ticks: list[Decimal]) -> list[Decimal]:
    """Every second tick where there are more labels than fit side by side on a narrow screen; 0 always stays."""
    if len(ticks) <= 4:
        return ticks
    zero = ticks.index(Decimal(0))
    return [tick for index, tick in enumerate(ticks) if (index - zero) % 2 == 0]


def _ceil(number: Decimal) -> int:
    whole = int(number)
    return whole + (number > whole)


def _percent(share: Decimal) -> str:
    """As SVG reads it, whatever the reader's language does with numbers."""
    return f"{share:.2f}%"
