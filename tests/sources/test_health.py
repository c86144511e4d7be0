from __future__ import annotations

from datetime import timedelta

from bot.model import Failure, FailureKind, Health, SourceKind
from bot.sources.health import Assessment, Notice, assess, assess_schedule, quiet_for, why
from tests.sources.samples import NOW, source, state

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BROKEN = Failure(FailureKind.HTTP, "news.example answered 500 Internal Server Error.", 500)
GONE = Failure(FailureKind.GONE, "news.example answered 410 Gone.", 410)


def told(found: Assessment) -> str:
    assert found.notice is not None
    assert found.notice.since == found.since
    return found.notice.text


def test_one_failure_is_no_news_and_several_are_told_once() -> None:
    once = assess(source(), state(failures=0.5, polls_failed=1), BROKEN, NOW)
    assert (once.health, once.notice) == (Health.OK, None)
    several = assess(source(), state(failures=3.0, polls_failed=6, last_ok_at=NOW - HOUR), BROKEN, NOW)
    assert several.health is Health.FAILING
    assert (
        told(several)
        == "Example News has failed since 12 Jun 08:00 UTC: news.example answered 500 Internal Server Error."
    )
    again = assess(
        source(), state(failures=9.0, polls_failed=18, health=Health.FAILING, health_since=NOW - DAY), BROKEN, NOW
    )
    assert (again.notice, again.since) == (None, NOW - DAY)


def test_light_failures_for_a_day_are_failing_too() -> None:
    lost = Failure(FailureKind.DNS, "The name news.example cannot be resolved.")
    assert assess(source(), state(failures=1.0, polls_failed=4, last_ok_at=NOW - HOUR), lost, NOW).health is Health.OK
    assert (
        assess(source(), state(failures=1.0, polls_failed=4, last_ok_at=NOW - DAY), lost, NOW).health is Health.FAILING
    )


def test_recovery_is_told_once() -> None:
    back = assess(source(), state(health=Health.FAILING, health_since=NOW - 2 * DAY, last_entry_at=NOW), None, NOW)
    assert back.health is Health.OK
    assert told(back) == "Example News works again after 2 days."
    assert assess(source(), state(health=Health.OK, last_entry_at=NOW), None, NOW).notice is None


def test_gone_is_believed_the_second_time() -> None:
    assert assess(source(), state(failures=1.0, polls_failed=1), GONE, NOW).health is Health.OK
    gone = assess(source(), state(failures=2.0, polls_failed=2), GONE, NOW)
    assert gone.health is Health.GONE
    assert "410" in told(gone)
    other = assess(source(), state(failures=5.0, polls_failed=5, health=Health.GONE), BROKEN, NOW)
    assert (other.health, other.notice) == (Health.GONE, None)


def test_a_page_that_names_its_feed_is_passed_on() -> None:
    moved = Failure(FailureKind.NOT_A_FEED, "It is a page.", moved_to="https://news.example/new.xml")
    assert "https://news.example/new.xml" in told(assess(source(), state(failures=3.0, polls_failed=3), moved, NOW))


def test_silence_is_measured_by_habit() -> None:
    weekly = {"habit": 7 * DAY}
    assert quiet_for(state(**weekly, last_entry_at=NOW - 40 * DAY), NOW) is None
    assert quiet_for(state(**weekly, last_entry_at=NOW - 43 * DAY), NOW) == 43 * DAY
    assert quiet_for(state(habit=HOUR, last_entry_at=NOW - 2 * DAY), NOW) is None, "a weekend is not silence"
    assert quiet_for(state(habit=HOUR, last_entry_at=NOW - 4 * DAY), NOW) == 4 * DAY
    assert quiet_for(state(last_entry_at=NOW - 59 * DAY), NOW) is None
    assert quiet_for(state(), NOW) is None
    assert quiet_for(state(baseline_at=NOW - 59 * DAY), NOW) is None
    assert quiet_for(state(baseline_at=NOW - 61 * DAY), NOW) == 61 * DAY, "entries without dates, and none since"


def test_silence_and_its_end_are_told() -> None:
    silent = assess(source(), state(habit=7 * DAY, last_entry_at=NOW - 50 * DAY), None, NOW)
    assert silent.health is Health.SILENT
    assert told(silent) == "Example News has published nothing for 50 days; usually something comes about every 7 days."
    again = assess(
        source(), state(habit=7 * DAY, last_entry_at=NOW, health=Health.SILENT, health_since=NOW - DAY), None, NOW
    )
    assert told(again) == "Example News publishes again after 1 day."


def test_a_document_is_never_silent() -> None:
    page = source(kind=SourceKind.DOCUMENT)
    assert assess(page, state(habit=DAY, last_entry_at=NOW - 400 * DAY), None, NOW).health is Health.OK


def test_a_source_that_is_not_polled_is_late() -> None:
    on_time = assess_schedule(source(), state(next_poll_at=NOW - timedelta(minutes=20), interval=HOUR), NOW)
    assert (on_time.health, on_time.notice) == (Health.OK, None)
    late = assess_schedule(source(), state(next_poll_at=NOW - 3 * HOUR, interval=HOUR), NOW)
    assert told(late) == "Example News was due 3 hours ago and has not been polled."
    back = assess(source(), state(health=Health.LATE, health_since=NOW - HOUR, last_entry_at=NOW), None, NOW)
    assert told(back) == "Example News is polled on time again after 1 hour."
    assert assess_schedule(source(), state(), NOW).notice is None
    failing = state(next_poll_at=NOW - DAY, interval=HOUR, health=Health.FAILING)
    assert assess_schedule(source(), failing, NOW).health is Health.FAILING


def test_the_key_tells_source_state_and_moment() -> None:
    assert Notice("s", Health.FAILING, Health.OK, NOW, "x.").dedupe_key == "notice:s:failing:2020-06-12T09:00:00+00:00"


def test_listings_say_why() -> None:
    silent = state(habit=7 * DAY, last_entry_at=NOW - 50 * DAY, health=Health.SILENT)
    assert why(source(), silent, NOW) == "has published nothing for 50 days; usually something comes about every 7 days"
    late = state(next_poll_at=NOW - 3 * HOUR, health=Health.LATE)
    assert why(source(), late, NOW) == "was due 3 hours ago and has not been polled"
    assert why(source(), state(last_error="HTTP 404", health=Health.FAILING), NOW) == "HTTP 404"
    assert why(source(), state(last_entry_at=NOW), NOW) == ""
