#!/usr/bin/env python3
"""Plots what compression.sh measured, as SVG for light and dark pages.

usage: Benchmarks/plot.py RESULTS.csv PLOT.svg

A panel for each corpus: how small a NAR becomes, over how fast it is compressed, a point for each level.
"""

import csv
import math
import sys
from html import escape

WIDTH, PANEL_HEIGHT = 860, 300
LEFT, RIGHT, TOP, BOTTOM, LEGEND = 64, 24, 34, 46, 34
LABELLED = {1, 3, 6, 9, 12, 15, 19}
TITLES = {"headers": "C headers", "programs": "big programs", "python": "Python library"}
SERIES = [
    (("NarKit", 0), "NarKit, one thread", "a"),
    (("NarKit", 2), "NarKit, two workers", "b"),
    (("zstd", 0), "zstd, one thread", "a beside"),
    (("zstd", 2), "zstd -T2", "b beside"),
]
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.level { font-size: 10px; fill: #57606a; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.page { fill: #ffffff; }
.a { stroke: #0969da; fill: #0969da; }
.b { stroke: #bc4c00; fill: #bc4c00; }
path { fill: none !important; stroke-width: 2; }
circle { stroke-width: 1.5; }
circle.beside { fill: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .level { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .page { fill: #0d1117; }
  .a { stroke: #58a6ff; fill: #58a6ff; }
  .b { stroke: #f0883e; fill: #f0883e; }
  circle.beside { fill: none; }
}
"""


def read(path):
    """The points of each corpus: {corpus: {(tool, workers): [(level, MB/s, ratio)]}}."""
    corpora = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            nar = int(row["nar_bytes"])
            point = (int(row["level"]), nar / 1e6 / float(row["seconds"]), nar / int(row["compressed_bytes"]))
            series = corpora.setdefault(row["corpus"], {})
            series.setdefault((row["tool"], int(row["workers"])), []).append(point)
    return corpora


def step(span):
    """A round distance between lines of a grid."""
    unit = 10 ** math.floor(math.log10(span / 4))
    return next(unit * factor for factor in (1, 2, 2.5, 5, 10) if span / (unit * factor) <= 5)


def panel(title, series, top, speeds, is_last):
    """The elements of one corpus."""
    points = [point for line in series.values() for point in line]
    low, high = min(point[2] for point in points), max(point[2] for point in points)
    distance = step(high - low)
    low, high = math.floor(low / distance) * distance, math.ceil(high / distance) * distance
    right, bottom = WIDTH - RIGHT, top + PANEL_HEIGHT

    def x(speed):
        return LEFT + (right - LEFT) * math.log(speed / speeds[0]) / math.log(speeds[1] / speeds[0])

    def y(ratio):
        return bottom - (bottom - top) * (ratio - low) / (high - low)

    yield f'<text class="title" x="{LEFT}" y="{top - 12}">{escape(title)}</text>'
    for index in range(round((high - low) / distance) + 1):
        ratio = low + index * distance
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y(ratio):.1f}" y2="{y(ratio):.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y(ratio) + 4:.1f}" text-anchor="end">{ratio:g}×</text>'
    for speed in ticks(*speeds):
        yield f'<line class="grid" x1="{x(speed):.1f}" x2="{x(speed):.1f}" y1="{top}" y2="{bottom}"/>'
        yield f'<text x="{x(speed):.1f}" y="{bottom + 18}" text-anchor="middle">{speed:g}</text>'
    if is_last:
        yield f'<text x="{(LEFT + right) / 2}" y="{bottom + 38}" text-anchor="middle">MB of NAR per second</text>'
    yield (f'<text text-anchor="middle" transform="translate(16 {(top + bottom) / 2}) rotate(-90)">'
           "NAR bytes ÷ compressed bytes</text>")
    for key, name, style in SERIES:
        line = sorted(series.get(key, []))
        if "beside" not in style:
            path = " L".join(f"{x(speed):.1f} {y(ratio):.1f}" for _, speed, ratio in line)
            yield f'<path class="{style}" d="M{path}"/>'
        for level, speed, ratio in line:
            radius = 5.5 if "beside" in style else 2.5
            tip = f"{name}, level {level}: {speed:.0f} MB/s, {ratio:.2f}×"
            yield (f'<circle class="{style}" cx="{x(speed):.1f}" cy="{y(ratio):.1f}" r="{radius}">'
                   f"<title>{escape(tip)}</title></circle>")
            if level in LABELLED and "beside" not in style:
                dx, anchor = (9, "start") if style == "b" else (-9, "end")
                yield (f'<text class="level" x="{x(speed) + dx:.1f}" y="{y(ratio) + (-4 if dx > 0 else 11):.1f}" '
                       f'text-anchor="{anchor}">{level}</text>')


def ticks(low, high):
    """Round speeds for a logarithmic axis."""
    for power in range(0, 5):
        for factor in (1, 2, 5):
            if low <= factor * 10 ** power <= high:
                yield factor * 10 ** power


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    corpora = read(sys.argv[1])
    every = [point[1] for series in corpora.values() for line in series.values() for point in line]
    speeds = (min(every) * 0.85, max(every) * 1.15)
    height = LEGEND + len(corpora) * (TOP + PANEL_HEIGHT + BOTTOM)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
             'aria-label="How small and how fast NARs are compressed at each level of Zstandard">',
             f"<style>{STYLE}</style>", f'<rect class="page" width="{WIDTH}" height="{height}"/>']
    left = LEFT
    for _, name, style in SERIES:
        radius = 5.5 if "beside" in style else 2.5
        if "beside" not in style:
            parts.append(f'<path class="{style}" d="M{left - 2} 18 L{left + 22} 18"/>')
        parts.append(f'<circle class="{style}" cx="{left + 10}" cy="18" r="{radius}"/>')
        parts.append(f'<text x="{left + 30}" y="22">{escape(name)}</text>')
        left += 190
    for index, (corpus, series) in enumerate(corpora.items()):
        top = LEGEND + TOP + index * (TOP + PANEL_HEIGHT + BOTTOM)
        title = f"{TITLES.get(corpus, corpus)}; the numbers are levels"
        parts += panel(title, series, top, speeds, index == len(corpora) - 1)
    parts.append("</svg>")
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
