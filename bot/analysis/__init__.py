"""Understanding a text: which policy changes it tells, who did what, to whom, where, on what condition, and how surely.

Pure functions over a :class:`bot.topic.Topic`. A text becomes tokens (`text`), the vocabulary's mentions (`lexicon`), the
words that the grammar knows (`items`), acts (`clauses`, `operators`), frames with actors (`frames`, `who`, `judging`), a score
from named facts (`features`), and changes with fields and lines (`changes`, `fields`, `compose`).
"""

from bot.analysis.analyser import Analyser, analyse
from bot.analysis.compose import summary

__all__ = ["Analyser", "analyse", "summary"]
