"""Two workers and one event at the same instant: one story, and one of them tells."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from bot.model import Transition
from bot.store import Store
from bot.store.tables.stories import stories
from tests.store.test_stories import POLICE, feed_in
from tests.stories.build import analysis, article, change

WORKERS = 4
ROUNDS = 5


def test_one_event_seen_by_many_workers_at_once_is_one_story_told_once(store: Store) -> None:
    for number in range(ROUNDS):
        together = threading.Barrier(WORKERS)

        def work(worker: int, firm: str, together: threading.Barrier = together) -> list[Transition]:
            said = analysis(change(firm, "halt", **POLICE))
            report = article(
                f"{firm} will not sell to police",
                source_id=f"outlet-{worker}",
                url=f"https://outlet{worker}.example/{firm}",
            )
            together.wait(10)
            with store.transaction(lock=True) as tx:
                _, events = feed_in(tx, report, said, report.published)
            return [event.transition for event in events if event.transition]

        with ThreadPoolExecutor(WORKERS) as pool:
            told = [one for found in pool.map(work, range(WORKERS), [f"Firm{number}"] * WORKERS) for one in found]
        assert told == [Transition.NEW]
    with store.reading() as tx:
        assert tx.connection.execute(select(func.count()).select_from(stories)).scalar_one() == ROUNDS
        assert {story.article_count for number in range(1, ROUNDS + 1) if (story := tx.stories.get(number))} == {
            WORKERS
        }
