from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Fingerprint
from bot.stories.nearcopies import best, compare, fingerprint, normalise

WORDS = [
    a + b
    for a in ("ba", "ke", "li", "mo", "ru", "sta", "ver", "ton", "pal", "gri")
    for b in ("den", "ka", "lo", "mir", "nast", "pel", "quo", "rit", "sum", "tov", "ux", "zan")
]


def text(seed: int, length: int) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def edited(body: list[str], share: float, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + "x" if chance.random() < share else word for word in body]


def found(one: Fingerprint, other: Fingerprint) -> bool:
    return bool(set(one.bands) & set(other.bands)) and compare(one, other) is not None


def recall(length: int, share: float) -> float:
    pairs = [(text(seed, length), seed) for seed in range(40)]
    hits = [
        found(fingerprint("One", " ".join(body)), fingerprint("Two", " ".join(edited(body, share, seed))))
        for body, seed in pairs
    ]
    return sum(hits) / len(hits)


@pytest.mark.parametrize(("share", "floor"), [(0.0, 1.0), (0.05, 1.0), (0.10, 1.0), (0.20, 0.9), (0.30, 0.5)])
def test_edited_copies_are_found(share: float, floor: float) -> None:
    assert recall(400, share) >= floor


def test_unrelated_texts_are_no_copies() -> None:
    prints = [fingerprint(f"Headline {seed}", " ".join(text(seed, 300))) for seed in range(40)]
    assert not any(compare(one, other) for index, one in enumerate(prints) for other in prints[:index])


def test_a_text_cut_short_is_found_in_the_whole_one() -> None:
    body = text(1, 600)
    whole, short = (
        fingerprint("Council bans face scans", " ".join(body)),
        fingerprint("Ban on face scans", " ".join(body[:45]) + " …"),
    )
    assert set(whole.bands) & set(short.bands)
    copy = compare(whole, short)
    assert copy is not None
    assert copy.kind == "opening"
    assert compare(short, whole) == copy


def test_datelines_bylines_and_feed_tails_do_not_matter() -> None:
    body = "The city council voted on Tuesday to bar its police from using face recognition for three years."
    for written in (
        f"SPRINGFIELD, Mass. (AP) — {body}",
        f"By Jane Doe\n{body}",
        f"{body} Read more",
        f"{body} The post Council votes appeared first on The Example.",
        f"(Reuters) - {body} […]",
    ):
        assert normalise(written) == body
        assert compare(fingerprint("a", written), fingerprint("b", body)) is not None


def test_an_aggregators_suffix_does_not_change_a_headline() -> None:
    one = fingerprint("Springfield council votes to bar face recognition - The Daily Example", "")
    other = fingerprint("Springfield council votes to bar face recognition", "")
    assert set(one.bands) & set(other.bands)
    copy = compare(one, other)
    assert copy is not None
    assert copy.kind == "title"


def test_short_headlines_alone_prove_nothing() -> None:
    assert compare(fingerprint("Face recognition banned", ""), fingerprint("Face recognition banned", "")) is None


def test_one_template_with_another_name_in_it_is_no_copy() -> None:
    series = "In the {} part of our series on rules around the world we look at what laws there are on face recognition in {}, who makes them and who keeps them."
    france = fingerprint("Face recognition laws in France: our series", series.format("first", "France"))
    japan = fingerprint("Face recognition laws in Japan: our series", series.format("second", "Japan"))
    assert compare(france, japan) is None
    assert compare(france, fingerprint("Our series: French law", series.format("first", "France"))) is not None


def test_one_template_with_another_step_in_it_is_no_copy() -> None:
    report = "The Wichita City Council {} on Saturday {} police use of facial recognition."
    proposed = fingerprint(
        "Wichita City Council proposes ban on police use of facial recognition",
        report.format("introduced an ordinance", "that would ban"),
    )
    passed = fingerprint(
        "Wichita City Council passes ban on police use of facial recognition", report.format("voted 7 to 2", "to ban")
    )
    assert compare(proposed, passed) is None
    approved = fingerprint(
        "Wichita City Council approves ban on police use of facial recognition", report.format("voted 7 to 2", "to ban")
    )
    assert compare(passed, approved) is not None, "two desks' words for one step"


def test_the_best_copy_is_the_likest_and_then_the_first() -> None:
    body = text(7, 300)
    mine = fingerprint("a", " ".join(body))
    stored = {
        5: fingerprint("b", " ".join(edited(body, 0.1, 3))),
        9: fingerprint("c", " ".join(body)),
        4: mine,
        2: fingerprint("z", " ".join(text(8, 300))),
    }
    hit = best(mine, stored)
    assert hit is not None
    assert hit[0] == 4
    assert best(mine, {2: stored[2]}) is None
    assert best(mine, {}) is None


@given(st.text(), st.text(), st.text(), st.text())
def test_total_and_symmetric(title: str, body: str, other_title: str, other_body: str) -> None:
    one, other = fingerprint(title, body), fingerprint(other_title, other_body)
    assert compare(one, other) == compare(other, one)
    assert fingerprint(title, body) == one
    assert all(-(2**63) <= band < 2**63 for band in one.bands)
    if one.signature:
        assert compare(one, one) is not None
