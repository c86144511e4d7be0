"""The schema's history, and how a database is brought up to it.

Each file in ``versions/`` is one step, named by its number; it is written by hand, says everything itself and never
imports the tables, which go on changing. A step must work while the previous version of the code is still running
(deployments overlap): add first, remove a version later. On SQLite change existing tables inside
``with op.batch_alter_table(...)``. When tables and steps differ, ``tests/store/test_migrations.py`` prints what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from bot.errors import SchemaError, StoreError

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent

UPGRADE_LOCK = 0x706F_6C69_6379_7570  # "policyup": several processes may start an upgrade at once; they take turns

COMMAND = "policywatch db upgrade"


def check(connection: Connection) -> str:
    """Compare the database's schema with the code's.

    Returns:
        The revision, which is the code's own.

    Raises:
        SchemaError: There is none, it is older, or it is newer; the message says what to do.
    """
    current, head, known = _revisions(connection)
    if current == head:
        return head
    if current is None:
        raise SchemaError(f"the database has no tables yet; run: {COMMAND}")
    _refuse_newer(current, known)
    raise SchemaError(f"the database's schema is {current}, this version needs {head}; run: {COMMAND}")


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema up to the code's, in one transaction; safe to run in several processes at once.

    Returns:
        The revisions before (None: the database was empty) and after.

    Raises:
        SchemaError: The database is newer than the code.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            return _upgrade(connection)
    with engine.connect() as connection:
        # Rebuilding a table drops the old one; with foreign keys on, that would delete what refers to it.
        _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                result = _upgrade(connection)
                _check_foreign_keys(connection)
        finally:
            _foreign_keys(connection, "ON")
    return result


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    from alembic import command

    current, head, known = _revisions(connection)
    if current is not None:
        _refuse_newer(current, known)
    if current != head:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return current, head


def _revisions(connection: Connection) -> tuple[str | None, str, frozenset[str]]:
    """The database's revision, the code's, and all that the code knows.

    Alembic would say the same, and would be ten megabytes of every process that only wants to know.
    """
    current = None
    if inspect(connection).has_table("alembic_version"):
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    known = sorted(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))
    return current, known[-1], frozenset(known)


def _refuse_newer(current: str, known: frozenset[str]) -> None:
    if current not in known:
        raise SchemaError(
            f"the database's schema ({current}) is newer than this version of Policywatch; "
            "deploy the version that upgraded it, or restore a backup"
        )


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))  # the value is interpolated
    config.set_main_option("path_separator", "os")
    return config


def _foreign_keys(connection: Connection, switch: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(
        f"PRAGMA foreign_keys = {switch}"
    ).close()  # without effect inside a transaction, so not through SQLAlchemy


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StoreError(f"the upgrade would leave rows of {broken[0]} that refer to nothing; nothing was changed")
