"""What the tests of delivery share: a wired courier on each database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.alerts.delivery import Courier, RoundReport, deliver_round
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, NewDelivery
from bot.store import Store
from bot.store.outbox_desk import OutboxDesk
from tests.alerts.fakes import DyingDesk, FakeRenderer, FakeSender, KilledError
from tests.conftest import Clock

CHANNEL = "C0POLICY01"
OPERATORS = "C0OPERATOR"


def post(story: int, channel: str = CHANNEL, transition: str = "new", **more: object) -> NewDelivery:
    return NewDelivery(
        kind=DeliveryKind.POST,
        channel=channel,
        dedupe_key=f"post:{story}:{channel}:{transition}",
        route="policy",
        story_id=story,
        transition=transition,
        **more,
    )


@dataclass
class Office:
    """One worker's courier and the Slack it talks to."""

    store: Store
    clock: Clock
    sender: FakeSender
    renderer: FakeRenderer = field(default_factory=FakeRenderer)
    settings: DeliverySettings = field(default_factory=lambda: DeliverySettings(operators=(OPERATORS,), senders=2))
    owner: str = "worker-1"
    dies_at: str | None = None

    def courier(self) -> Courier:
        desk = OutboxDesk(self.store)
        outbox = DyingDesk(desk, self.dies_at) if self.dies_at else desk
        return Courier(outbox, self.sender, self.renderer, self.clock, self.owner, self.settings)

    async def round(self) -> RoundReport:
        return await deliver_round(self.courier())

    async def killed(self) -> None:
        with pytest.raises(KilledError):
            await self.round()

    async def rounds(self, until: timedelta = timedelta(hours=2), most: int = 200) -> None:
        """Go on as the worker does: sleep until something is due, work, until nothing is owed."""
        end = self.clock() + until
        for _ in range(most):
            due = (await self.round()).next_due
            if due is None or due > end:
                return
            self.clock.now = max(due, self.clock() + timedelta(milliseconds=1))
        raise AssertionError("never comes to rest")

    def enqueue(self, *new: NewDelivery) -> list[int | None]:
        with self.store.transaction() as tx:
            return [tx.outbox.enqueue(one, self.clock()) for one in new]

    def edit(self, parent: int, **later: float) -> int | None:
        with self.store.transaction() as tx:
            return tx.outbox.request_edit(parent, self.clock(), self.clock() + timedelta(**later))

    def get(self, delivery_id: int | None) -> Delivery:
        assert delivery_id is not None
        with self.store.reading() as tx:
            found = tx.outbox.get(delivery_id)
        assert found is not None
        return found

    def all(self) -> list[Delivery]:
        with self.store.reading() as tx:
            return tx.outbox.list(limit=10_000)[::-1]

    def texts(self, channel: str = CHANNEL) -> list[str]:
        return self.sender.texts(channel)

    def with_settings(self, **values: object) -> None:
        self.settings = replace(self.settings, **values)


@pytest.fixture
def office(store: Store, clock: Clock) -> Office:
    """A worker on each database in turn."""
    return Office(store, clock, FakeSender(clock))


@pytest.fixture
def lite(sqlite_store: Store, clock: Clock) -> Office:
    """A worker on SQLite, where the database makes no difference."""
    return Office(sqlite_store, clock, FakeSender(clock))


@pytest.fixture
def colleague() -> Callable[[Office], Office]:
    """Another worker on the same database and the same Slack."""
    return lambda office: replace(office, owner="worker-2", renderer=FakeRenderer(), dies_at=None)
