"""The few statements that SQLite and PostgreSQL spell differently, under one name each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Insert,
    LargeBinary,
    Select,
    Table,
    Text,
    UpdateBase,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")
Insertion = postgresql.Insert | sqlite.Insert

FEW = 4
"""Rows or hashes below which a statement for each of them is as fast as any other way on SQLite."""
CHUNK = 400
"""Values in one IN list; far below SQLite's limit of variables, and few enough to plan fast."""


def is_postgresql(connection: Connection) -> bool:
    """Tell which of the two databases this is."""
    return connection.dialect.name == "postgresql"


def insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Start an INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Insertion:
    """Start such an INSERT for a dialect by its name, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def run_many(connection: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement once for each row.

    On SQLite by the driver itself and its own loop, on values converted a column at a time: what SQLAlchemy does with each
    parameter of each row, and around each statement, costs several times as much as the database does.

    Args:
        connection: In a write transaction.
        statement: An INSERT or UPDATE, built once: what the driver takes is remembered with it.
        rows: Its parameters, the same ones in each.
    """
    if not rows:
        return
    if is_postgresql(connection):
        connection.execute(statement, rows)
    else:
        text, written = _for_sqlite(statement, tuple(rows[0]))
        columns = (_column(rows, *each) for each in written)
        _driver(connection).executemany(text, list(zip(*columns, strict=True)))


def run_one(connection: Connection, statement: UpdateBase, row: Mapping[str, Any]) -> int:
    """Execute a statement that was built once, as :func:`run_many` does; gives how many rows it changed."""
    if is_postgresql(connection):
        return connection.execute(statement, row).rowcount
    return _executed(connection, statement, row).rowcount


def read_one(
    connection: Connection, statement: ReturningInsert[*tuple[Any, ...]] | Select[Any], row: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """Execute a statement that was built once, as :func:`run_many` does; gives the rows that it gives.

    They come from SQLite as the driver has them: ask for numbers, texts and hashes only.
    """
    if is_postgresql(connection):
        return connection.execute(statement, row).all()
    return _executed(connection, statement, row).fetchall()


def _executed(connection: Connection, statement: UpdateBase | Select[Any], row: Mapping[str, Any]) -> sqlite3.Cursor:
    text, written = _for_sqlite(statement, tuple(row))
    parameters = [
        row.get(name, otherwise) if write is None else write(row.get(name, otherwise))
        for name, otherwise, write in written
    ]
    return _driver(connection).execute(text, parameters)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


Written = list[tuple[str, Any, Callable[[Any], Any] | None]]
"""Of each parameter its name, its value where a row has none, and what makes of it what the driver takes."""


@lru_cache(maxsize=64)
def _for_sqlite(statement: UpdateBase | Select[Any], names: tuple[str, ...]) -> tuple[str, Written]:
    """A statement as SQLite's driver takes it, and how its parameters are made of a row, as their types do."""
    dialect = sqlite.dialect(paramstyle="qmark")
    columns = list(names) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    binds = [compiled.binds[name] for name in compiled.positiontup or ()]
    return compiled.string, [
        (bind.key, bind.value, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds
    ]


def _column(
    rows: Sequence[Mapping[str, Any]], name: str, otherwise: Any, write: Callable[[Any], Any] | None
) -> list[Any]:
    """One parameter of many rows."""
    values = [row.get(name, otherwise) for row in rows]
    if write is None:
        return values
    before = result = None
    for place, value in enumerate(values):
        if value is not before:  # often one object stands in all rows: the time, the reason of every silence
            before, result = value, write(value)
        values[place] = result
    return values


def insert_new(
    connection: Connection, insertion: Insertion, rows: Sequence[Mapping[str, Any]], id_: Column[Any], key: Column[Any]
) -> list[tuple[int, Any]]:
    """Insert rows, except those whose key is taken.

    SQLite executes a statement once for each row in its own C code, many times as fast as one statement for all of them is
    put together; it tells no ids then, but a write transaction holds the whole database, so what is above the highest id of
    before is ours.

    Args:
        connection: In a write transaction.
        insertion: An INSERT that does nothing on a conflict.
        rows: Their columns.
        id_: The column that numbers the table's rows, and only upwards.
        key: The column to tell the rows by.

    Returns:
        Id and key of each row that this call inserted.
    """
    if is_postgresql(connection):
        return [(row[0], row[1]) for row in connection.execute(_telling(insertion, id_, key), rows)]
    if len(rows) < FEW:
        telling = _telling(insertion, id_, key)
        return [(row[0], row[1]) for each in rows for row in read_one(connection, telling, each)]
    before = connection.execute(_highest(id_)).scalar() or 0
    run_many(connection, insertion, rows)
    return [(row[0], row[1]) for row in connection.execute(_above(id_, key), {"_before": before})]


@lru_cache(maxsize=16)
def _telling(insertion: Insertion, id_: Column[Any], key: Column[Any]) -> ReturningInsert[int, Any]:
    return insertion.returning(id_, key)


@lru_cache(maxsize=16)
def _highest(id_: Column[Any]) -> Select[Any]:
    return select(func.max(id_))


@lru_cache(maxsize=16)
def _above(id_: Column[Any], key: Column[Any]) -> Select[Any]:
    return select(id_, key).where(id_ > bindparam("_before"))


def for_update(connection: Connection, query: Select[Any], *, skip_locked: bool = False) -> Select[Any]:
    """Lock the rows that a SELECT finds. On SQLite the write transaction already locks everything."""
    return query.with_for_update(skip_locked=skip_locked) if is_postgresql(connection) else query


def one_of(connection: Connection, column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Match a text column against any number of values with a single parameter, so that the plan is reused."""
    if is_postgresql(connection):
        array = bindparam(None, list(values), type_=postgresql.ARRAY(Text), unique=True)
        return column == func.any(array)
    each = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(each.c.value))


def among(connection: Connection, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Match a column of ids against any number of them with a single parameter."""
    if is_postgresql(connection):
        return column == func.any(bindparam(None, list(ids), type_=postgresql.ARRAY(BigInteger), unique=True))
    each = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(each.c.value))


class mostly_null(FunctionElement[bool]):  # noqa: N801 - called as a function
    """Match rows where a column is NULL, as nearly all are: neither database is to look these up and sort them, in place of walking an order.

    PostgreSQL knows from its statistics how many there are. SQLite takes any index of the column for few: the plus sign hides it.
    """

    type = Boolean()
    inherit_cache = True


@compiles(mostly_null)
def _is_null(element: mostly_null, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)}) IS NULL"


@compiles(mostly_null, "sqlite")
def _is_null_unindexed(element: mostly_null, compiler: SQLCompiler, **options: Any) -> str:
    return f"+({compiler.process(element.clauses, **options)}) IS NULL"


def having(
    connection: Connection, query: Select[Any], column: Column[bytes], hashes: Sequence[bytes], **values: Any
) -> Iterator[Sequence[Any]]:
    """Read the rows of a query that have one of the hashes; one query on PostgreSQL, one for each chunk on SQLite.

    Args:
        connection: In a transaction.
        query: Built once, because building it costs more than the few rows do that it mostly finds; numbers, texts and
            hashes only.
        column: The column of hashes.
        hashes: Any number of them.
        **values: The query's own parameters.
    """
    if is_postgresql(connection):
        yield from connection.execute(_with_any(query, column), {"_hashes": list(hashes), **values})
        return
    if len(hashes) < FEW:
        for each in hashes:
            yield from read_one(connection, _with_one(query, column), {"_hash": each, **values})
        return
    for chunk in chunks(hashes):
        yield from connection.execute(_with_each(query, column), {"_hashes": chunk, **values})


@lru_cache(maxsize=16)
def _with_any(query: Select[Any], column: Column[bytes]) -> Select[Any]:
    return query.where(column == func.any(bindparam("_hashes", type_=postgresql.ARRAY(LargeBinary))))


@lru_cache(maxsize=16)
def _with_one(query: Select[Any], column: Column[bytes]) -> Select[Any]:
    return query.where(column == bindparam("_hash"))


@lru_cache(maxsize=16)
def _with_each(query: Select[Any], column: Column[bytes]) -> Select[Any]:
    return query.where(column.in_(bindparam("_hashes", expanding=True)))


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def excluded(name: str) -> ColumnElement[Any]:
    """Name the row that an ``on_conflict_do_update`` wanted to insert."""
    return literal_column(f"excluded.{name}")
