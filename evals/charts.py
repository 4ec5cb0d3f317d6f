"""Plots as SVG, in the page's own colours: shares with their ranges, and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evals import names

_WIDTH, _ROW, _LEFT, _RIGHT = 720, 26, 268, 168


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 1 with the range that chance may have moved it in."""

    label: str
    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """An amount, and how it is said."""

    label: str
    amount: float
    said: str


def shares(title: str, rows: Sequence[Share]) -> str:
    """A point with its range for each, on one scale from 0 to 100 %."""
    plot = _WIDTH - _LEFT - _RIGHT
    height = _ROW * len(rows) + 28

    def x(value: float) -> float:
        return _LEFT + plot * value

    parts = []
    for tenth in range(0, 101, 25):
        at = x(tenth / 100)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="4" y2="{height - 22}"/>')
        parts.append(f'<text class="small" x="{at:.1f}" y="{height - 6}" text-anchor="middle">{tenth}%</text>')
    for place, row in enumerate(rows):
        y = 4 + _ROW * place + _ROW / 2
        said = names.number("right", row.value)
        span = f"{names.number('right', row.low)} – {names.number('right', row.high)}"
        parts += [
            f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(row.label)}</text>',
            f'<line class="span" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y}" y2="{y}"/>',
            f'<circle class="point" cx="{x(row.value):.1f}" cy="{y}" r="5"/>',
            f'<text class="strong" x="{_WIDTH - _RIGHT + 14}" y="{y + 4}">{said}</text>',
            f'<text class="small" x="{_WIDTH}" y="{y + 4}" text-anchor="end">{span}</text>',
        ]
    return _figure(title, height, parts)


def bars(title: str, rows: Sequence[Bar]) -> str:
    """A bar for each; the longest has the whole width."""
    plot = _WIDTH - _LEFT - _RIGHT
    most = max((row.amount for row in rows), default=0) or 1
    parts = []
    for place, row in enumerate(rows):
        y, length = 4 + _ROW * place, plot * row.amount / most
        parts += [
            f'<text x="{_LEFT - 12}" y="{y + 17}" text-anchor="end">{escape(row.label)}</text>',
            f'<rect class="bar" x="{_LEFT}" y="{y + 5}" width="{length:.1f}" height="{_ROW - 10}" rx="2"/>',
            f'<text class="strong" x="{_LEFT + length + 8:.1f}" y="{y + 17}">{escape(row.said)}</text>',
        ]
    return _figure(title, _ROW * len(rows) + 8, parts)


def _figure(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )
