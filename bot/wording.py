"""Changed wording of a watched document, judged as an article is (pure): what is new says something, what is old no longer does.

Terms speak of "we" and "you" and announce nothing. So the article that a new version becomes gets a headline that says who
speaks now, with the sentence that tells most, and only the new wording is judged. Where a rule has gone and nothing like it
has come, the headline says that, and what the rule had decided counts as reversed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.model import Action, Analysis, Article, Reason, Source, Stage
from bot.sources.documents import NEW, OLD
from bot.sources.text import shorten

SAYS, NO_LONGER = " now says in its terms: ", " no longer says in its terms: "
MOST_SENTENCES = 60
"""Sentences of one version that are tried for the headline."""
MAX_TITLE = 400
_RULES = frozenset({Action.HALT, Action.PAUSE, Action.RESTRICT, Action.BAN, Action.COMMIT, Action.DELETE})
"""What a rule of an actor's own terms may have decided; its absence reverses that."""
_MAX_LINE = 130

Analyse = Callable[[Article], Analysis]


def is_version(article: Article) -> bool:
    """Whether an article is a document's changed wording."""
    return bool(article.discriminator) and article.text.startswith((f"{NEW}\n\n", f"{OLD}\n\n"))


def headed(article: Article, source: Source, analyse: Analyse) -> Article:
    """A version with the headline of the sentence that says most.

    Args:
        article: as the document's entry gave it.
        source: whose terms they are.
        analyse: judges an article.
    """
    speaker = source.actor or source.name
    best = _best(article, speaker, SAYS, _sentences(article.text, NEW), analyse)
    gone = _best(article, speaker, NO_LONGER, _sentences(article.text, OLD), analyse)
    chosen = best if best[1].relevant or not _is_rule(gone[1]) else gone
    return chosen[0]


def examine(article: Article, analyse: Analyse) -> Analysis:
    """Judge a version on what is new in it, or on the rule that has gone, as its headline says."""
    if NO_LONGER not in article.title:
        new, _, _ = article.text.partition(f"\n\n{OLD}\n\n")  # a prefix, so that places in it stay what they are
        return analyse(article if article.text.startswith(f"{OLD}\n\n") else replace(article, text=new))
    told = analyse(article)
    speaker, _, sentence = article.title.partition(NO_LONGER)
    line = shorten(f"{speaker} drops from its terms: {sentence}", _MAX_LINE).rstrip(".")
    why = Reason("wording_gone", "the document no longer says so")
    changes = tuple(
        replace(change, stage=Stage.REVERSED, line=line, reasons=(*change.reasons, why))
        for change in told.changes
        if change.action in _RULES
    )
    relevant = told.relevant and any(change.primary for change in changes)
    return replace(told, changes=changes, relevant=relevant, reasons=(*told.reasons, why))


def _is_rule(analysis: Analysis) -> bool:
    return analysis.relevant and analysis.lead is not None and analysis.lead.action in _RULES


def _best(
    article: Article, speaker: str, says: str, sentences: list[str], analyse: Analyse
) -> tuple[Article, Analysis]:
    """The version under the headline that scores highest, with that judgement on the sentence alone."""
    found = [(article, Analysis((), 0.0, relevant=False, on_topic=False, reasons=()))]
    for sentence in sentences[:MOST_SENTENCES]:
        titled = replace(article, title=shorten(f"{speaker}{says}{sentence}", MAX_TITLE))
        analysis = analyse(replace(titled, text=sentence))
        if analysis.on_topic:
            found.append((titled, analysis))
    return max(found, key=lambda one: (one[1].relevant, one[1].on_topic, one[1].score))


def _sentences(text: str, under: str) -> list[str]:
    """The sentences that stand under a heading."""
    found: dict[str, list[str]] = {NEW: [], OLD: []}
    heading = NEW
    for part in text.split("\n\n"):
        if part in found:
            heading = part
        else:
            found[heading].append(part)
    return found[under]
