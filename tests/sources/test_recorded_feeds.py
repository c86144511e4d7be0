"""Every recorded feed document, as it is and mutilated, gives a reading or a failure and never an exception."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Failure, Reading
from bot.sources import read
from tests.sources.samples import NOW, fetched, source, state


@pytest.fixture(scope="session")
def recorded(shared_data: Path) -> list[Path]:
    return sorted(path for path in (shared_data / "feeds").rglob("*") if path.is_file())


@cache
def content(path: Path) -> bytes:
    return path.read_bytes()


def read_as(body: bytes, name: str) -> Reading | Failure:
    kind = "application/json" if name.endswith(".json") else "application/xml"
    return read(source(), state(), fetched(body, kind), NOW)


def test_every_recorded_document_is_read_without_an_exception(recorded: list[Path]) -> None:
    assert len(recorded) >= 760
    readable = 0
    for path in recorded:
        found = read_as(content(path), path.name)
        assert isinstance(found, Reading | Failure), path.name
        if isinstance(found, Reading) and found.entries:
            readable += 1
            keys = [entry.key for entry in found.entries]
            assert len(keys) == len(set(keys)), path.name
            for entry in found.entries:
                assert entry.title, path.name
                assert "\x00" not in entry.title + entry.text + entry.key + (entry.url or "")
                assert entry.url is None or entry.url.startswith(("http://", "https://")), path.name
                assert entry.published is None or entry.published.utcoffset() is not None
    assert readable >= 190


_cut = st.tuples(st.just("cut"), st.floats(0, 1), st.integers(0, 40))
_insert = st.tuples(
    st.just("insert"),
    st.floats(0, 1),
    st.binary(max_size=12) | st.sampled_from([b"<item>", b"</item>", b"]]>", b"<![CDATA[", b"&x;", b"<"]),
)
_swap = st.tuples(st.just("swap"), st.floats(0, 1), st.floats(0, 1))


def mutilated(body: bytes, steps: list[tuple[str, float, object]]) -> bytes:
    for kind, where, what in steps:
        at = int(where * len(body))
        if kind == "cut":
            body = body[:at] + body[at + what :]  # type: ignore[operator]
        elif kind == "insert":
            body = body[:at] + what + body[at:]  # type: ignore[operator]
        else:
            other = int(what * len(body))  # type: ignore[operator]
            body = body[:at] + body[other : other + 50] + body[at:]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), steps=st.lists(_cut | _insert | _swap, min_size=1, max_size=6))
def test_mutilated_documents_never_raise(
    recorded: list[Path], data: st.DataObject, steps: list[tuple[str, float, object]]
) -> None:
    path = data.draw(st.sampled_from(recorded).filter(lambda path: len(content(path)) < 60_000))
    found = read_as(mutilated(content(path), steps), path.name)
    assert isinstance(found, Reading | Failure)
    if isinstance(found, Reading):
        keys = [entry.key for entry in found.entries]
        assert len(keys) == len(set(keys))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(body: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b'{"items":['):
        assert isinstance(read_as(start + body, "x"), Reading | Failure)
