"""The schema's history leads to exactly the tables that the code uses, on both databases, and only ever forwards."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from bot.errors import SchemaError, StoreError
from bot.store import Store, migrations
from bot.store.tables import metadata
from bot.store.tables.stories import stories
from tests.store.samples import change

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def empty(empty_url):
    store = Store.open(empty_url)
    yield store
    store.close()


def upgrade(url: str) -> tuple[str | None, str]:
    store = Store.open(url)
    try:
        return store.upgrade()
    finally:
        store.close()


def schema(store: Store) -> dict[str, str]:
    """What the database itself says of every table, index and constraint."""
    if store.dialect == "sqlite":
        query = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE tbl_name <> 'alembic_version'"
    else:
        query = """
            SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            UNION ALL
            SELECT 'constraint ' || conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass
            UNION ALL
            SELECT 'column ' || table_name || '.' || column_name,
                   concat_ws(' ', data_type, character_maximum_length, collation_name, is_nullable, column_default, is_identity)
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
            """
    with store.reading() as tx:
        found = {row[0]: " ".join(row[1].replace('"', "").split()) for row in tx.connection.execute(text(query))}
    assert len(found) > 50
    return {name: clauses(definition) for name, definition in found.items()}


def clauses(definition: str) -> str:
    """The clauses of a CREATE TABLE sorted: the order of constraints in it means nothing."""
    head, bracket, rest = definition.partition("(")
    return head + bracket + ", ".join(sorted(part.strip(" )") for part in rest.split(",")))


def test_an_empty_database_is_refused_upgraded_and_accepted(empty):
    with pytest.raises(SchemaError, match=r"no tables yet.*policywatch db upgrade"):
        empty.check_schema()
    before, after = empty.upgrade()
    assert before is None
    assert empty.check_schema() == after
    assert empty.upgrade() == (after, after)


def test_tables_and_history_agree(empty):
    empty.upgrade()
    with empty.reading() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    migrated = schema(empty)
    with empty.transaction() as tx:
        metadata.drop_all(tx.connection)
        metadata.create_all(tx.connection)
    assert schema(empty) == migrated


def test_each_step_is_named_by_its_number_and_follows_the_one_before():
    script = ScriptDirectory(str(migrations.FOLDER))
    steps = [step.revision for step in script.walk_revisions()][::-1]
    names = sorted(file.name.partition("_")[0] for file in (migrations.FOLDER / "versions").glob("[0-9]*.py"))
    assert names == steps
    assert script.get_current_head() == names[-1]


def test_upgrades_of_two_processes_take_turns(empty_url):
    with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        results = [future.result() for future in [pool.submit(upgrade, empty_url) for _ in range(2)]]
    head = results[0][1]
    assert sorted(results, key=lambda pair: pair[0] or "") == [(None, head), (head, head)]


def test_upgrades_of_two_threads_take_turns(empty_url):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(upgrade, [empty_url] * 3))
    assert [before for before, _ in results].count(None) == 1


@pytest.mark.parametrize(
    ("revision", "says"), [("9999", "newer than this version"), ("0000", "newer than this version")]
)
def test_a_database_of_another_history_is_refused_with_words(empty, revision, says):
    empty.upgrade()
    with empty.transaction() as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    with pytest.raises(SchemaError, match=says):
        empty.check_schema()
    with pytest.raises(SchemaError, match=says):
        empty.upgrade()


def test_an_older_schema_is_told_the_command(empty, monkeypatch):
    empty.upgrade()
    monkeypatch.setattr("bot.store.migrations._revisions", lambda _: ("0001", "0002", frozenset({"0001", "0002"})))
    with pytest.raises(SchemaError, match=r"0001.*needs 0002.*policywatch db upgrade"):
        empty.check_schema()


def test_stories_of_an_older_version_learn_when_they_were_decided(empty, clock):
    empty.upgrade()
    with empty.transaction() as tx:
        for decided in ("2020-06-10", None, "2019", "some day"):
            said = change(decided=decided)
            tx.stories.create(said, stage=said.stage, at=clock(), now=clock())
        kept = select(stories.c.decided_at).order_by(stories.c.id)
        written = tx.connection.execute(kept).scalars().all()
        tx.connection.execute(text("ALTER TABLE stories DROP COLUMN decided_at"))
        tx.connection.execute(text("ALTER TABLE sources DROP COLUMN ttl"))
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    assert empty.upgrade()[0] == "0002"
    with empty.reading() as tx:
        found = tx.connection.execute(kept).scalars().all()
    assert found == written
    assert [when and when.isoformat() for when in found] == [
        "2020-06-10T12:00:00+00:00",
        None,
        "2019-07-01T12:00:00+00:00",
        None,
    ]


def test_a_failed_upgrade_leaves_nothing_behind(empty):
    with empty.transaction() as tx:
        tx.connection.execute(text("CREATE TABLE stories (id INTEGER)"))  # in the way
    with pytest.raises(StoreError):
        empty.upgrade()
    with empty.transaction() as tx:
        tx.connection.execute(text("DROP TABLE stories"))
        tx.connection.execute(text("CREATE TABLE articles (id INTEGER)"))  # would be there already, had anything stayed
        tx.connection.execute(text("DROP TABLE articles"))
    empty.upgrade()
    empty.check_schema()


def test_an_upgrade_in_memory_works_and_foreign_keys_are_on_again():
    store = Store.open("sqlite://")
    store.upgrade()
    with store.reading() as tx:
        assert tx.connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert tx.sources.all() == []
    store.close()


def test_the_folder_may_hold_a_percent_sign(tmp_path, monkeypatch):
    import shutil

    from bot.store import migrations

    odd = tmp_path / "100%s"
    shutil.copytree(migrations.FOLDER, odd)
    monkeypatch.setattr(migrations, "FOLDER", odd)
    assert upgrade(f"sqlite:///{tmp_path}/x.db")[0] is None
