from __future__ import annotations

import pytest

from bot.stories.measures import contradict, measures


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Inslee signed SB 6280 on Tuesday", {"s6280"}),
        ("SB-6280 and S.B. 6280", {"s6280"}),
        ("California's AB 1215 and H.R. 7356", {"a1215", "h7356"}),
        ("House Bill 2031 of 2021", {"2031"} - {"2031"}),
        ("Public Act 103 amends the law", {"103"}),
        ("The bill, S. 1691, was introduced on 8 May 2025", {"s1691"}),
        ("In 2020 the act passed 9 to 4", set()),
        ("", set()),
    ],
)
def test_bills_that_a_text_names(text: str, named: set[str]) -> None:
    assert measures(text) == named


def test_only_numbers_of_one_chamber_contradict() -> None:
    assert contradict(frozenset({"s6280"}), frozenset({"s5528"}))
    assert not contradict(frozenset({"s182"}), frozenset({"h338"}))
    assert not contradict(frozenset({"s182", "h338"}), frozenset({"h338"}))
    assert not contradict(frozenset(), frozenset({"h338"}))
    assert not contradict(frozenset({"205"}), frozenset({"206"}))
