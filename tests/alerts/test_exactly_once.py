"""Any order of work, faults and deaths: at rest, each delivery has exactly one message, and it shows the latest."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.alerts.settings import DeliverySettings
from bot.model import DeliveryState, Outcome
from bot.store import Store
from bot.store.tables.base import metadata
from tests.alerts.conftest import Office, post
from tests.alerts.fakes import FakeRenderer, FakeSender, KilledError
from tests.conftest import Clock

CHANNELS = ("C1", "C2")
FAULTS = (
    "ok", "crash_before", "crash_after", "lost_before", "lost_after", "late", "wait", Outcome.BAD_MESSAGE.value,
    Outcome.CHANNEL_BLOCKED.value, Outcome.STOPPED.value,
)  # fmt: skip
DEATHS = ("claim:after", "finish:before", "finish:after", "recover:after", "fold:after", "swept:before")


class ExactlyOnce(RuleBasedStateMachine):
    """Two workers on one database, a Slack with faults, and deaths at every border between them."""

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.store = Store.open("sqlite://")
        with self.store.transaction() as tx:
            metadata.create_all(tx.connection)
        self.clock = Clock(datetime(2020, 6, 11, 18, 4, tzinfo=UTC))
        limits = DeliverySettings(late_after=timedelta(days=9), default_max_per_hour=10_000, senders=2)
        first = Office(self.store, self.clock, FakeSender(self.clock), FakeRenderer("0"), limits)
        self.workers = (first, replace(first, owner="worker-2"))
        self.posts = {}
        self.wanted = {}

    @rule(story=st.integers(1, 6), channel=st.sampled_from(CHANNELS))
    def tell(self, story, channel):
        (number,) = self.workers[0].enqueue(post(story, channel))
        assert (number is None) == ((story, channel) in self.posts)
        if number is not None:
            self.posts[story, channel] = number

    @precondition(lambda self: self.posts)
    @rule(data=st.data())
    def more_coverage(self, data):
        parent = data.draw(st.sampled_from(sorted(self.posts.values())))
        renderer = self.workers[0].renderer
        renderer.state = str(int(renderer.state) + 1)
        if self.workers[0].edit(parent, seconds=data.draw(st.integers(0, 60))) is not None:
            self.wanted[parent] = int(renderer.state)

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds):
        self.clock.advance(seconds=seconds)
        self.workers[0].sender.accept_late()

    @rule(
        worker=st.sampled_from((0, 1)),
        script=st.lists(st.sampled_from(FAULTS), max_size=3),
        dies_at=st.one_of(st.none(), st.sampled_from(DEATHS)),
    )
    def work(self, worker, script, dies_at):
        office = replace(self.workers[worker], dies_at=dies_at)
        office.sender.script = list(script)
        with contextlib.suppress(KilledError):
            self.runner.run(office.round())
        office.sender.script = []

    @invariant()
    def never_more_messages_than_attempts_that_may_have_worked(self):
        if not hasattr(self, "store"):
            return
        for (story, channel), number in self.posts.items():
            there = self.messages(story, channel)
            assert len(there) <= 2, "one, and at most one double until it is swept"
            row = self.workers[0].get(number)
            if row.state is DeliveryState.SENT and not row.doubtful:
                assert len(there) == 1

    def messages(self, story, channel):
        head = f"post:{story}:new "
        return [one for one in self.workers[0].sender.channels.get(channel, []) if one.text.startswith(head)]

    def teardown(self):
        if not hasattr(self, "store"):
            return
        self.workers[0].sender.accept_late()
        self.clock.advance(minutes=10)  # leases run out
        self.runner.run(self.workers[1].rounds(until=timedelta(hours=12)))
        for (story, channel), number in self.posts.items():
            row = self.workers[0].get(number)
            there = self.messages(story, channel)
            if row.state is DeliveryState.DEAD:
                assert there == []
                continue
            assert row.state is DeliveryState.SENT
            assert [one.ts for one in there] == [row.ts]
            shown = int(there[0].text.partition("[")[2].partition("]")[0])
            assert shown >= self.wanted.get(number, 0)
        self.runner.close()
        self.store.close()


TestExactlyOnce = ExactlyOnce.TestCase
TestExactlyOnce.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
