"""What an edit of a report corrects, and what is no edit of it."""

from __future__ import annotations

import pytest

from bot.stories import correction, other_item, shortened
from tests.stories.build import article, change

WAS = "Boise bans facial recognition"


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Correction: Boise delays its vote", "", "Correction: Boise delays its vote"),
        ("CORRECTED — Boise delays its vote", "", "Correction: Boise delays its vote"),
        (WAS, "It voted.\n\nAn earlier version of this story misstated the vote.", "Correction: An earlier version of this story misstated the vote."),
        (WAS, "It voted. Correction: The vote is on Friday.", "Correction: The vote is on Friday."),
        (WAS, "It voted. This article has been retracted.", "Correction: This article has been retracted."),
        (WAS, "It voted. The agency corrected its records after the audit.", None),
        (WAS, "It voted on Tuesday, seven to two.", None),
        ("Boise bans facial recognition in a close vote", "It voted.", None),
    ],
)  # fmt: skip
def test_corrections_are_told_in_the_outlets_words(title, text, said):
    assert correction(article(WAS, text="It voted."), article(title, text=text)) == said


def test_what_was_a_correction_before_is_none_again():
    text = "It voted. Correction: The vote was on Friday."
    before = article("Correction: Boise votes", text=text)
    assert correction(before, article("Correction: Boise votes on Friday", text=text + " More follows.")) is None


@pytest.mark.parametrize(
    ("title", "url", "actor", "other"),
    [
        ("Boise council delays vote", "https://a.example/2", "Boise", False),
        ("Microsoft halts sales", "https://a.example/2", "Microsoft", True),
        ("Microsoft halts sales", "https://a.example/1", "Microsoft", True),
        ("Council changes its mind", "https://a.example/1", "Boise", False),
        ("Council changes its mind", "https://a.example/1", None, False),
        ("Facial recognition banned", "https://a.example/2", "Boise", False),
    ],
)
def test_one_id_for_two_items(title, url, actor, other):
    before = article(WAS, url="https://a.example/1")
    now = change(actor, "ban") if actor else None
    assert other_item(before, article(title, url=url), change("Boise", "ban"), now) is other


def test_the_beginning_of_a_text_is_the_text_cut_off():
    text = "The council voted on Tuesday.\n\nIt will sign the ordinance."
    assert shortened(text, "The council voted on Tuesday. It will …")
    assert shortened(text, "The council voted on Tuesday. [...]")
    assert shortened(text, "")
    assert not shortened(text, text)
    assert not shortened(text, "The council voted on Monday.")
