"""Measuring: labels and decisions in, figures out. Pure; the commands and benchmarks read the files and print.

::

    LABELS.jsonl ──> read_labels ──┐
                                   ├──> score ──> Report ──> render (text) | to_json (dict)
    DECISIONS.jsonl ─> read_decisions ─┘

What counts as right is written where it is decided: relevance and fields in :mod:`bot.scoring.judging`, stories in
:mod:`bot.scoring.stories`, near-copies in :mod:`bot.scoring.copies`, likeness of names in :mod:`bot.scoring.names`.
"""

from bot.scoring.copies import CopyGroup, read_copies
from bot.scoring.decisions import DecidedChange, Decision, read_decisions
from bot.scoring.labels import Label, read_labels
from bot.scoring.names import Names
from bot.scoring.rendering import render
from bot.scoring.report import Report, score, to_json

__all__ = [
    "CopyGroup",
    "DecidedChange",
    "Decision",
    "Label",
    "Names",
    "Report",
    "read_copies",
    "read_decisions",
    "read_labels",
    "render",
    "score",
    "to_json",
]
