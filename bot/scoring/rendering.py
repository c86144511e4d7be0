"""The report as a table for a terminal, at most about 120 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.scoring.copies import CopyScore
from bot.scoring.judging import Counts, Mistake
from bot.scoring.labels import NO_ACTION, SURE_ENOUGH
from bot.scoring.report import Report
from bot.scoring.stories import BCubed, Mix, StoryScore

_TITLE_WIDTH = 74
_MIXES = 10
_LETTERS = 5
_KINDS = {"false": "False alerts", "missed": "Missed", "action": "Wrong action", "actor": "Wrong actor"}


def render(report: Report, *, worst: int = 12) -> str:
    """The whole report as text.

    Args:
        report: what :func:`bot.scoring.score` gave.
        worst: how many mistakes of each kind are listed; with 0 that part is left out.
    """
    parts = [_relevance(report), _fields(report)]
    if report.confusion:
        parts.append(_confusion(report))
    if report.calibration:
        parts.append(_calibration(report))
    if report.stories:
        parts.append(_stories(report.stories))
    if report.copies:
        parts.append(_copies(report.copies))
    parts.extend(_mistakes(report.mistakes, worst))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _percent(value: float | None) -> str:
    return "    –" if value is None else f"{value:5.3f}"


def _line(name: str, *cells: str) -> str:
    return f"  {name:<24}" + "  ".join(cells)


def _counts(name: str, counts: Counts) -> str:
    shares = (f"{label} {_percent(value)}" for label, value in
              (("precision", counts.precision), ("recall", counts.recall), ("F1", counts.f1)))  # fmt: skip
    return _line(name, *shares, f"({counts.found} found, {counts.missed} missed, {counts.false} false)")


def _relevance(report: Report) -> list[str]:
    counted = report.items - report.unsure - report.soft
    left_out = f"{report.unsure} labels below {SURE_ENOUGH} and {report.soft} soft ones left out"
    return [
        f"Relevance: {counted} of {report.items} items count ({left_out})",
        _counts("core changes", report.relevance),
        _counts("lenient", report.lenient),
    ]


def _fields(report: Report) -> list[str]:
    rows = [f"Fields, among the {report.relevance.found} changes found (strongest primary change)"]
    rows += [_line(one.name, _percent(one.share), f"({one.right} of {one.judged})") for one in report.fields]
    return rows


def _confusion(report: Report) -> list[str]:
    said = sorted({pair[1] for pair in report.confusion}, key=lambda name: (name == NO_ACTION, name))
    gold = sorted({pair[0] for pair in report.confusion}, key=lambda name: (name == NO_ACTION, name))
    rows = [f"Actions: rows are labels, columns what was said (first {_LETTERS} letters)"]
    rows.append(f"  {'':<12}" + "".join(f"{name[:_LETTERS]:>{_LETTERS + 1}}" for name in said))
    for one in gold:
        cells = (report.confusion.get((one, other), 0) for other in said)
        rows.append(f"  {one:<12}" + "".join(f"{cell or '·':>{_LETTERS + 1}}" for cell in cells))
    return rows


def _calibration(report: Report) -> list[str]:
    rows = ["Calibration: of the items with about this score, how many hold a change"]
    for one in report.calibration:
        share = one.right / one.items
        bar = "#" * round(20 * share)
        cells = (f"{one.right:4d} of {one.items:4d}", _percent(share), f"mean score {one.mean:.3f}", bar)
        rows.append(_line(f"{one.low:.1f}…{one.high:.1f}", *cells).rstrip())
    return rows


def _bcubed(name: str, value: BCubed) -> str:
    shares = (f"{label} {_percent(share)}" for label, share in
              (("precision", value.precision), ("recall", value.recall), ("F1", value.f1)))  # fmt: skip
    return _line(name, *shares, f"({value.items} items)")


def _stories(stories: StoryScore) -> list[str]:
    per_event = stories.alerts_per_event
    rows = [
        f"Stories: {stories.events} events",
        _bcubed("B-cubed, found items", stories.clusters),
        _bcubed("B-cubed, all items", stories.with_missed),
        _line("alerts for each event", "–" if per_event is None else f"{per_event:.3f}",
              f"({stories.alerts} alerts on {stories.alerted_events} events)"),
    ]  # fmt: skip
    if stories.as_expected[1]:
        right, judged = stories.as_expected
        rows.append(_line("alerts as expected", _percent(right / judged), f"({right} of {judged})"))
    rows += _listed("not found", stories.not_found)
    rows += _listed("merged away untold", stories.merged_away)
    rows += _listed("told more than once", [f"{event} ({count})" for event, count in stories.repeated])
    rows += _listed("wrong merges", [_mix(mix) for mix in stories.wrong_merges])
    rows += _listed("wrong splits", [_mix(mix) for mix in stories.wrong_splits])
    rows += _listed("unexpected alerts", stories.unexpected)
    return rows


def _listed(name: str, values: Sequence[str]) -> Iterator[str]:
    if not values:
        yield _line(name, "none")
        return
    yield _line(name, str(len(values)))
    yield from (f"      {value}" for value in values[:_MIXES])
    if len(values) > _MIXES:
        yield f"      … and {len(values) - _MIXES} more"


def _mix(mix: Mix) -> str:
    return f"{mix.name} = " + " + ".join(f"{name} ({count})" for name, count in mix.parts)


def _copies(copies: CopyScore) -> list[str]:
    return [
        "Near-copies (pairs)",
        _line("found", f"{copies.found} of {copies.listed}",
              f"({copies.found_relevant} of {copies.listed_relevant} where both are relevant)"),
        _line("traps taken for copies", f"{len(copies.trapped)} of {copies.traps}"),
        _line("not in the list", str(len(copies.unlisted)), "  ".join("=".join(pair) for pair in copies.unlisted[:4])),
    ]  # fmt: skip


def _mistakes(mistakes: Sequence[Mistake], worst: int) -> Iterator[list[str]]:
    for kind, heading in _KINDS.items():
        of_kind = [one for one in mistakes if one.kind == kind]
        if not of_kind or not worst:
            continue
        rows = [f"{heading}: {len(of_kind)}"]
        for one in of_kind[:worst]:
            title = one.title if len(one.title) <= _TITLE_WIDTH else one.title[: _TITLE_WIDTH - 1] + "…"
            rows.append(f"  {one.score:.2f}  {one.id:<14} {title}")
            rows.append(f"        {one.detail}")
        if len(of_kind) > worst:
            rows.append(f"  … and {len(of_kind) - worst} more")
        yield rows
