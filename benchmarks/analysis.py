"""Speed of the analysis: a 5 KB article, growth with the vocabulary, and the slowest of many odd inputs.

    python -m benchmarks.analysis [--inputs 10000]

CPU times; medians; the compiled topic is taken out of the garbage collector's sight, as the worker does. The automaton is measured against one alternation of the same words in ``re``.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import ahocorasick
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

from benchmarks.odd_inputs import Words, byte_strings, mutated_articles
from benchmarks.train_ranker import load_analyser
from bot.analysis import Analyser, summary
from bot.model import Article
from bot.topic import Actor, Topic

WHEN = datetime(2021, 3, 15, tzinfo=UTC)
LEAD = (
    "The Portland City Council voted on Wednesday to ban facial recognition by police and private businesses until the end of 2021. "
    "\u201cWe do not want this technology,\u201d said Jo Ann Hardesty, a commissioner. Amazon had announced a moratorium in June. "
)
REST = "The committee met for the third time this year to hear about roads, schools and the budget. Members asked about costs. "


LONG = 500
"""Characters from which an input says something about growth."""


def article(title: str, text: str, language: str = "en") -> Article:
    """An article that only its words matter of."""
    return Article("https://example.org/a", "", "https://example.org/a", title, text, "bench", WHEN, WHEN, language)


def milliseconds(work: Callable[[], object], rounds: int = 30) -> float:
    """Median CPU time of one call."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def five_kilobytes(analyser: Analyser) -> None:
    """An ordinary article and one whose every sentence decides something."""
    for name, text in (("ordinary", (LEAD + REST * 60)[:5000]), ("every sentence on topic", (LEAD * 30)[:5000])):
        one = article("Portland bans facial recognition", text)
        print(f"5 KB article, {name}: {milliseconds(partial(analyser.analyse, one)):.1f} ms")


def growth(topic: Topic) -> None:
    """The same article with ever more actors; and the automaton against a regular expression."""
    one = article("Portland bans facial recognition", (LEAD + REST * 60)[:5000])
    for extra in (0, 2_000, 8_000, 20_000):
        actors = tuple(Actor(f"x{number}", f"Organisation {number} Holding") for number in range(extra))
        bigger = Analyser(
            Topic(topic.id, topic.vocabularies, (*topic.actors, *actors), topic.places, fingerprint=str(extra))
        )
        print(f"{len(topic.actors) + extra:6} actors: {milliseconds(partial(bigger.analyse, one), 10):.1f} ms")
    rng = random.Random(3)
    names = ["".join(rng.choices("abcdefghiklmnoprstuw", k=rng.randrange(4, 12))) + " group" for _ in range(1_400)]
    names += [alias.lower() for actor in topic.actors for alias in (actor.name, *actor.aliases)][:600]
    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, name)
    automaton.make_automaton()
    pattern = re.compile("|".join(map(re.escape, names)))
    text = one.text.lower()
    fast = milliseconds(lambda: list(automaton.iter(text)))
    slow = milliseconds(lambda: pattern.findall(text))
    print(
        f"2,000 aliases over 5 KB: automaton {fast:.2f} ms, alternation {slow:.2f} ms, ratio {slow / max(fast, 0.001):.0f}"
    )


def odd_inputs(analyser: Analyser, count: int) -> None:
    """Random bytes and cut-up articles, drawn by Hypothesis: none raises, none explodes."""
    for name, strategy in (("random byte strings", byte_strings()), ("mutated articles", mutated_articles())):
        found = timed(analyser, strategy, count)
        times = [one[0] for one in found]
        long = [taken / length * 1000 for taken, length in found if length >= LONG]
        print(
            f"{len(times):,} {name}: no exception; median {statistics.median(times):.2f} ms, slowest {max(times):.1f} ms"
        )
        if long:
            median, slowest = statistics.median(long), max(long)
            print(
                f"    of {len(long):,} with {LONG:,} characters or more, per 1,000 characters: median {median:.2f} ms, slowest {slowest:.2f} ms"
            )


def timed(analyser: Analyser, strategy: SearchStrategy[Words], count: int) -> list[tuple[float, int]]:
    """CPU milliseconds of the analysis of each drawn input, the better of two, and its length; an exception ends the run with that input."""
    times: list[tuple[float, int]] = []

    @seed(7)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def run(words: Words) -> None:
        one = article(*words)
        taken = []
        for _ in range(2):  # whatever the collector or a neighbour does in between is no cost of the input
            start = time.process_time()
            summary(analyser.analyse(one))
            taken.append((time.process_time() - start) * 1000)
        times.append((min(taken), len(one.title) + len(one.text)))

    run()
    return times


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Speed of the analysis.")
    parser.add_argument("--inputs", type=int, default=10_000)
    options = parser.parse_args()
    analyser = load_analyser()
    gc.freeze()
    five_kilobytes(analyser)
    growth(analyser.topic)
    odd_inputs(analyser, options.inputs)


if __name__ == "__main__":
    main()
