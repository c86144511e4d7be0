"""A policy change comes back from the database equal in every field."""

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import TARGETS, Action, PolicyChange, Reason, Span, Stage
from bot.store.rows import change_from_json, change_to_json
from tests.store.samples import analysis, article, change

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
maybe = st.none() | texts
spans = st.builds(
    Span, part=st.sampled_from(["title", "text"]), start=st.integers(0, 10**9), end=st.integers(0, 10**9), quote=texts
)
reasons = st.builds(Reason, code=texts, detail=texts, span=st.none() | spans, entry=maybe)
dates = st.none() | st.sampled_from(["2020", "2020-07", "2020-07-01"])
changes = st.builds(
    PolicyChange,
    actor=texts,
    action=st.sampled_from(Action),
    evidence=spans,
    actor_id=maybe,
    product=maybe,
    targets=st.lists(st.sampled_from(TARGETS), unique=True).map(tuple),
    jurisdictions=st.lists(texts, max_size=3).map(tuple),
    condition=maybe,
    duration=maybe,
    effective=dates,
    expires=dates,
    decided=dates,
    stage=st.sampled_from(Stage),
    primary=st.booleans(),
    quote=maybe,
    speaker=maybe,
    line=texts,
    score=st.floats(0, 1),
    reasons=st.lists(reasons, max_size=3).map(tuple),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_changes=st.lists(changes, max_size=3))
def test_changes_come_back_equal_and_in_order(store, given_changes):
    with store.transaction() as tx:
        article_id, _ = tx.articles.add(article(), analysis(), "f")
        ids = tx.articles.save_changes(article_id, given_changes)
        assert tx.articles.changes(article_id) == tuple(given_changes)
        assert [row_id for row_id, _ in tx.articles.changes_with_ids(article_id)] == ids
        assert len(set(ids)) == len(ids)


@given(changes)
def test_changes_as_json_come_back_equal(one):
    assert change_from_json(change_to_json(one)) == one


def test_no_field_is_forgotten():
    assert set(change_to_json(change())) == {field.name for field in dataclasses.fields(PolicyChange)}
