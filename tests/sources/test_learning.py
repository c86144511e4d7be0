from __future__ import annotations

from datetime import timedelta

from bot.model import Failure, FailureKind, Health, Reading, SourceState, Validators
from bot.sources import learning, read
from bot.sources.learning import after_failure, after_success, target
from tests.sources.samples import NOW, URL, fetched, item, rss, source, state

NEW = "https://news.example/new"
BROKEN = Failure(FailureKind.HTTP, "news.example answered 500.", 500)


def succeeded(
    before: SourceState, body: bytes = rss(item(guid="1")), new: int = 1, **changes: object
) -> learning.Learned:
    answer = fetched(body)._replace(**changes)  # type: ignore[arg-type]
    found = read(source(), before, answer, NOW)
    assert isinstance(found, Reading)
    return after_success(source(), before, answer, found, tuple(entry.published for entry in found.entries[:new]), NOW)


def test_a_first_success_is_the_baseline() -> None:
    learned = succeeded(state()).state
    assert (learned.baseline_at, learned.last_ok_at, learned.last_polled_at) == (NOW, NOW, NOW)
    assert (learned.entries_total, learned.title) == (1, "Example News")
    assert learned.validators == Validators('"e"', "then", b"h" * 32)
    assert learned.last_entry_at == NOW - timedelta(hours=15)
    assert learned.next_poll_at is not None
    assert learned.next_poll_at > NOW
    assert succeeded(learned, new=0).state.baseline_at == NOW


def test_a_failure_keeps_validators_and_counts() -> None:
    known = succeeded(state()).state
    failed = after_failure(source(), known, BROKEN, NOW + timedelta(hours=1)).state
    assert (failed.validators, failed.known_slices, failed.baseline_at) == (
        known.validators,
        known.known_slices,
        known.baseline_at,
    )
    assert (failed.failures, failed.polls_failed, failed.last_error) == (0.5, 1, "news.example answered 500.")
    assert failed.last_ok_at == NOW
    again = succeeded(failed).state
    assert (again.failures, again.polls_failed, again.last_error) == (0.0, 0, None)


def test_operators_hear_of_failing_and_recovery_once() -> None:
    known, heard = succeeded(state()).state, []
    for hour in range(1, 20):
        learned = after_failure(source(), known, BROKEN, NOW + timedelta(hours=hour))
        known = learned.state
        heard += [learned.notice.health] if learned.notice else []
    assert heard == [Health.FAILING]
    recovered = succeeded(known)
    assert recovered.notice is not None
    assert (recovered.notice.health, recovered.state.health) == (Health.OK, Health.OK)


def test_a_permanent_redirect_is_followed_from_then_on_and_reported_once() -> None:
    moved = succeeded(state(), url=NEW, moved_to=NEW)
    assert moved.state.moved_to == NEW
    assert any(NEW in warning for warning in moved.warnings)
    assert target(source(), moved.state) == learning.Target(NEW, moved.state.validators)
    stays = succeeded(moved.state, url=NEW, new=0)
    assert (stays.state.moved_to, stays.warnings) == (NEW, ())


def test_while_the_new_address_fails_the_configured_one_is_tried_too() -> None:
    moved = state(moved_to=NEW, validators=Validators('"n"'))
    assert target(source(), moved._replace(polls_failed=1)) == learning.Target(URL, Validators())
    assert target(source(), moved._replace(polls_failed=2)).url == NEW
    assert succeeded(moved._replace(polls_failed=1), url=URL).state.moved_to is None


def test_another_address_in_the_configuration_voids_what_was_learned() -> None:
    known = succeeded(state()).state._replace(known_slices=b"12345678", moved_to=NEW, polls_failed=3, failures=3.0)
    elsewhere = source(url="https://other.example/feed")
    assert target(elsewhere, known) == learning.Target("https://other.example/feed", Validators())
    voided = learning.current(elsewhere, known)
    assert (voided.known_slices, voided.moved_to, voided.polls_failed) == (b"", None, 0)
    assert (voided.baseline_at, voided.added_at) == (known.baseline_at, known.added_at)
    assert learning.current(source(), known) is known


def test_no_entry_in_common_is_a_warning_and_a_sooner_poll() -> None:
    known = succeeded(state()).state._replace(interval=timedelta(hours=3))
    body = rss(*(item(f"N{n}", guid=f"n{n}") for n in range(5)))
    missed = succeeded(known, body, new=5)
    assert any("missed" in warning for warning in missed.warnings)
    assert missed.state.interval is not None
    assert missed.state.interval <= timedelta(hours=1)
    assert not any("missed" in warning for warning in succeeded(known, body, new=4).warnings)


def test_entries_without_dates_count_from_when_they_were_seen() -> None:
    known = succeeded(state()).state
    undated = rss(item("Undated", guid="2", date=None))
    answer = fetched(undated)
    found = read(source(), known, answer, NOW)
    assert isinstance(found, Reading)
    later = NOW + timedelta(hours=2)
    assert after_success(source(), known, answer, found, (None,), later).state.last_entry_at == later


def test_a_publishers_wish_goes_on_to_count_while_nothing_changes() -> None:
    daily = rss(item(guid="1"), head="<title>T</title><link>https://news.example/</link><ttl>60</ttl>")
    known = succeeded(state(), daily).state._replace(habit=timedelta(minutes=40), interval=timedelta(minutes=10))
    for _ in range(5):
        same = fetched(b"", not_modified=True, max_age=timedelta(minutes=1))._replace(validators=known.validators)
        found = read(source(), known, same, NOW)
        assert isinstance(found, Reading)
        known = after_success(source(), known, same, found, (), NOW).state
        assert (known.ttl, known.interval) == (timedelta(hours=1), timedelta(hours=1))
    assert succeeded(known).state.ttl is None, "what the feed does not say any more is forgotten"
    assert learning.current(source(url=NEW), known).ttl is None


def test_an_unchanged_answer_changes_only_the_schedule() -> None:
    known = succeeded(state()).state
    same = fetched(b"", not_modified=True)._replace(validators=known.validators)
    found = read(source(), known, same, NOW)
    assert isinstance(found, Reading)
    after = after_success(source(), known, same, found, (), NOW + timedelta(hours=1)).state
    assert (after.validators, after.known_slices, after.entries_total, after.title) == (
        known.validators, known.known_slices, known.entries_total, known.title,
    )  # fmt: skip


def test_a_poll_that_may_have_missed_something_promises_only_what_is_done() -> None:
    known = succeeded(state()).state
    answer = fetched(rss(*(item(f"N{n}", guid=f"n{n}") for n in range(5))))
    found = read(source(), known, answer, NOW)
    assert isinstance(found, Reading)
    for wish, then in (
        (None, "it is polled sooner."),
        (timedelta(hours=1), "it is polled sooner, and its `every` may be too long."),
        (timedelta(minutes=2), "its `every` may be too long."),
    ):
        (said,) = after_success(source(every=wish), known, answer, found, (NOW,) * 5, NOW).warnings
        assert said.endswith(f"some may have been missed; {then}")
