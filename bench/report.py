"""The record as a table on the terminal and as bench/RESULTS.md."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.results import FIGURES, SUBJECT, Figure, Record, verdict

Cells = Sequence[Sequence[str]]


def _value(record: Record, figure: Figure, peer: str, *, spread: bool) -> str:
    median, around = record.median(figure.key, peer), record.spread(figure.key, peer)
    if median is None or around is None:
        return "-"
    text = f"{median:,.{figure.digits}f}"
    if not spread:
        return text
    low, high = around
    return f"{text} ({low:,.{figure.digits}f}-{high:,.{figure.digits}f})"


def _promise(figure: Figure) -> str:
    if figure.factor is None:
        return ""
    return f"{'≥' if figure.higher_is_better else '≤'} {figure.factor}"


_WORDS = {True: "kept", False: "MISSED", None: ""}


def table(record: Record, peers: Sequence[str], *, spread: bool) -> Cells:
    """The head, then a row for each figure that has any value."""
    rows = [["", *peers, "ratio", "target", ""]]
    for figure in FIGURES:
        if figure.key not in record.values:
            continue
        found = verdict(record, figure)
        against = f"{found.ratio:.2f} x {found.other}" if found.ratio is not None else ""
        title = f"{figure.title}, {figure.unit}" if figure.unit else figure.title
        values = [_value(record, figure, peer, spread=spread) for peer in peers]
        rows.append([title, *values, against, _promise(figure), _WORDS[found.kept]])
    return rows


def shares_table(record: Record, peers: Sequence[str]) -> Cells:
    """Where the machine's processor time went while connections were opened through SOCKS5."""
    columns = ["proxy", "load", "origin", "kernel threads", "others", "idle"]
    rows = [["", *columns]]
    for peer in peers:
        shares = record.shares.get(peer)
        if shares:
            means = [sum(shares[who]) / len(shares[who]) for who in columns]
            rows.append([peer, *(f"{mean:.0%}" for mean in means)])
    return rows


def as_text(rows: Cells) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines)


def as_markdown(rows: Cells) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    rule = "|---" + "|---:" * (len(rows[0]) - 1) + "|"
    return "\n".join([head, rule, *body])


def errors_text(record: Record) -> list[str]:
    lines = [
        f"{peer}: {count} x {what}"
        for peer, counts in record.errors.items()
        for what, count in counts.items()
    ]
    return [*lines, *record.failures]


def quiet_text(record: Record) -> str:
    """How far the machine was ours: what other programs took in the median and at most."""
    if not record.others:
        return ""
    middle, most = statistics.median(record.others), max(record.others)
    return f"Other programs took {middle:.0%} of the machine in the median, {most:.0%} at most."


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def machine() -> str:
    return (
        f"{os.cpu_count()} x {_processor()}, Linux {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def as_document(
    record: Record, versions: Mapping[str, str], *, rounds: int, command: str, method: str
) -> str:
    """The whole of RESULTS.md."""
    peers = list(versions)
    errors = errors_text(record)
    told = "\n".join(f"* {peer} {version}" for peer, version in versions.items())
    return f"""# Side by side

{time.strftime("%Y-%m-%d %H:%M")}, by `{command}`. Medians of all windows in {rounds} rounds (the
middle half of them); the ratio is the median of the windows' own ratios, {SUBJECT} ÷ the peer named
beside it.

{as_markdown(table(record, peers, spread=True))}

**Machine**: {machine()}

{told}

**Method**: {method}

Where the processor time went while connections were opened through SOCKS5:

{as_markdown(shares_table(record, peers))}

{quiet_text(record)}

**Errors**: {"none" if not errors else ""}
{chr(10).join(f"* {line}" for line in errors)}
"""
