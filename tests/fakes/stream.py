"""A month of news from forty outlets, made up from templates: who reports what, how often, and how it is copied.

The places and companies are real, the decisions are not. Every line says which matter and which step of it it is on, so that a
test can count: one first message for each matter, one for each later step, none for anything else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.replay import Line

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OUTLETS = tuple(f"outlet{number:02d}.example" for number in range(1, 41))
WIRE_SHARE = 0.4
"""Reports that are the wire's words under another headline."""


@dataclass(frozen=True)
class Step:
    """One step of a matter: when it is decided, how desks headline it, and the sentences that say it."""

    day: float
    titles: tuple[str, ...]
    says: tuple[str, ...]
    outlets: int


@dataclass(frozen=True)
class Matter:
    """Something decided, in one or more steps."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Told:
    """A line of the stream and what it is on."""

    line: Line
    matter: str | None
    """None: on nothing that should alert."""
    step: int = 0
    archive: bool = False
    """Published again by its outlet with a new GUID and date."""


MATTERS = (
    Matter(
        "tacoma-ban",
        (
            Step(
                1,
                (
                    "Tacoma council considers ban on facial recognition",
                    "Tacoma weighs ban on police facial recognition",
                ),
                (
                    "The Tacoma City Council is considering an ordinance that would ban the use of facial recognition by the police department.",
                    "A proposed ordinance before the Tacoma City Council would ban police use of facial recognition.",
                ),
                9,
            ),
            Step(
                12,
                (
                    "Tacoma City Council passes ban on police use of facial recognition",
                    "Tacoma bans police use of facial recognition",
                ),
                (
                    "The Tacoma City Council passed an ordinance on Tuesday that bans the use of facial recognition by the police department.",
                    "The Tacoma City Council voted seven to two to ban police use of facial recognition.",
                ),
                25,
            ),
            Step(
                27,
                (
                    "Tacoma's ban on police use of facial recognition takes effect",
                    "Tacoma facial recognition ban now in force",
                ),
                (
                    "The Tacoma City Council's ban on police use of facial recognition took effect on Sunday.",
                    "A ban on the use of facial recognition by police in Tacoma, passed by the Tacoma City Council, took effect on Sunday.",
                ),
                7,
            ),
        ),
    ),
    Matter(
        "microsoft-halt",
        (
            Step(
                4,
                (
                    "Microsoft will not sell facial recognition to police",
                    "Microsoft bars police from its facial recognition",
                    "Microsoft halts sale of facial recognition to police",
                ),
                (
                    "Microsoft said on Thursday that it will not sell facial recognition technology to police departments.",
                    "Microsoft has stopped selling facial recognition technology to police departments, the company said.",
                ),
                40,
            ),
        ),
    ),
    Matter(
        "amazon-pause",
        (
            Step(
                5,
                (
                    "Amazon pauses police use of its facial recognition",
                    "Amazon suspends police use of facial recognition for a year",
                ),
                (
                    "Amazon said on Friday that it would pause police use of its facial recognition software for one year.",
                ),
                18,
            ),
        ),
    ),
    Matter(
        "spokane-ban",
        (
            Step(
                12.2,
                (
                    "Spokane City Council bans police use of facial recognition",
                    "Spokane votes to ban facial recognition",
                ),
                (
                    "The Spokane City Council voted on Tuesday to ban the use of facial recognition by the police department.",
                ),
                8,
            ),
        ),
    ),
    Matter(
        "ico-fine",
        (
            Step(
                17,
                (
                    "ICO fines Clearview AI over facial recognition database",
                    "UK watchdog fines Clearview AI over face database",
                ),
                (
                    "The Information Commissioner's Office has fined Clearview AI for collecting images of people for its facial recognition database.",
                ),
                11,
            ),
        ),
    ),
)
_FILLER = (
    "Residents and officers had argued over it for months.", "A spokesperson declined to answer further questions.",
    "Several groups welcomed the news and asked others to follow.", "Details were given in a statement of two pages.",
    "The matter had been on the agenda since last autumn.", "Some said it went too far, others not far enough.",
    "It was reported first by a local paper.", "Nobody could say what it would cost.",
    "The decision was expected by most observers.", "Another hearing on the budget is due next week.",
    "Cameras of the older kind stay where they are.", "The vendor did not return a call.",
)  # fmt: skip
_OTHER = (
    (
        "New phone unlocks by face in half a second",
        "The maker says that its new face unlock works in the dark and with hats.",
    ),
    (
        "Market for facial recognition to double by 2031",
        "A report says that the market for facial recognition will double by 2031.",
    ),
    ("Opinion: why face scans worry me", "I have thought about facial recognition for a long time, and it worries me."),
    ("How facial recognition works", "Facial recognition compares the distances between points of a face."),
)


def month(seed: int = 1) -> list[Told]:
    """The whole month in order of publication."""
    chance = random.Random(seed)
    told: list[Told] = []
    for matter in MATTERS:
        for number, step in enumerate(matter.steps):
            told += _reports(matter.name, number, step, chance)
    told += _others(chance)
    told += _edited(told, chance)
    told += list(_archive(told))
    return sorted(told, key=lambda one: (one.line.published or START, one.line.id))


def _reports(matter: str, number: int, step: Step, chance: random.Random) -> Iterator[Told]:
    wire = _text(step, chance)
    for rank, outlet in enumerate(chance.sample(OUTLETS, step.outlets)):
        copied = rank > 0 and chance.random() < WIRE_SHARE
        body = wire if copied or rank == 0 else _text(step, chance)
        if chance.random() < 0.3:
            body = " ".join(body.split()[:45]) + " …"  # a feed that cuts texts short
        title = chance.choice(step.titles)
        if chance.random() < 0.2:
            title = f"{title} - {outlet.split('.')[0].title()} News"
        at = START + timedelta(days=step.day, hours=chance.random() * 20 if rank else 0)
        slug = f"{matter}-{number}"
        yield Told(_line(f"{outlet}-{slug}", outlet, slug, title, body, at, chance), matter, number)


def _text(step: Step, chance: random.Random) -> str:
    return " ".join([chance.choice(step.says), *chance.sample(_FILLER, 6)])


def _line(key: str, outlet: str, slug: str, title: str, body: str, at: datetime, chance: random.Random) -> Line:
    address = chance.choice(("https://{}/news/{}", "https://www.{}/news/{}?utm_source=rss", "https://{}/news/{}/amp/"))
    return Line(key, title, body, address.format(outlet, slug), at, outlet, "en")


def _others(chance: random.Random) -> Iterator[Told]:
    for day in range(30):
        title, text = _OTHER[day % len(_OTHER)]
        outlet = chance.choice(OUTLETS)
        at = START + timedelta(days=day, hours=3)
        yield Told(_line(f"other-{day}", outlet, f"other-{day}", title, text, at, chance), None)


def _edited(told: list[Told], chance: random.Random) -> list[Told]:
    """Some outlets edit their headline hours later, and with it GUID and address."""
    some = [one for one in told if one.matter and chance.random() < 0.1]
    return [
        replace(
            one,
            line=replace(
                one.line,
                id=f"{one.line.id}-edited",
                title=f"{one.line.title}, officials say",
                url=f"{(one.line.url or '').split('?')[0].removesuffix('/amp/')}-2",
                published=(one.line.published or START) + timedelta(hours=3),
            ),
        )
        for one in some
    ]


def _archive(told: list[Told]) -> Iterator[Told]:
    """On the twentieth day every outlet publishes all it ever had again, with new GUIDs and dates."""
    day = START + timedelta(days=20)
    for number, one in enumerate(one for one in told if one.line.published and one.line.published < day):
        line = replace(one.line, id=f"{one.line.id}-again", published=day + timedelta(seconds=number))
        yield replace(one, line=line, archive=True)
