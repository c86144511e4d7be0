"""Grouping it: which address, which copy, which story, which stage. Pure decisions: values in, values and reasons out.

==================  ======================================================================================
module              decides
==================  ======================================================================================
``identity``        which address is the same address
``nearcopies``      which text is the same text
``keys``            what a report is looked up by
``reported``        what a report and a story name, and whether they mean one decider
``likeness``        how likely a report and a story are the same act (``actors``, ``places``, ``families``, ``details``)
``matching``        which story a change belongs to
``plans``           what an article means for the stories, and what of it is news
``stages``          which step of a change is news
``revisions``       what a later report adds to a story
``regrouping``      what people's merges and splits leave behind
``coverage``        which source of a story is best
``stances``         what an actor's policy is now
==================  ======================================================================================
"""

from bot.stories.coverage import rank
from bot.stories.identity import article_identity, canonical_url
from bot.stories.keys import keys_for, looks_for
from bot.stories.matching import decide
from bot.stories.nearcopies import best, fingerprint
from bot.stories.plans import assign
from bot.stories.regrouping import joined, learned
from bot.stories.revisions import another_under_link, correction, corrects, other_item, shortened
from bot.stories.stages import stage_of

__all__ = [
    "another_under_link",
    "article_identity",
    "assign",
    "best",
    "canonical_url",
    "correction",
    "corrects",
    "decide",
    "fingerprint",
    "joined",
    "keys_for",
    "learned",
    "looks_for",
    "other_item",
    "rank",
    "shortened",
    "stage_of",
]
