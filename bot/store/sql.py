"""The few statements that SQLite and PostgreSQL spell differently, under one name each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")
Insertion = postgresql.Insert | sqlite.Insert

FEW = 4
"""Rows up to which one statement that tells their ids is as fast as any other way to insert them on SQLite."""
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
    if is_postgresql(connection) or len(rows) < FEW:
        return [(row[0], row[1]) for row in connection.execute(insertion.returning(id_, key), rows)]
    before = connection.execute(select(func.max(id_))).scalar() or 0
    connection.execute(insertion, rows)
    return [(row[0], row[1]) for row in connection.execute(select(id_, key).where(id_ > before))]


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


def present(
    connection: Connection, column: ColumnElement[bytes], hashes: Sequence[bytes], *where: ColumnElement[bool]
) -> set[bytes]:
    """Tell which of the hashes stand in a column; one query on PostgreSQL, one for each chunk on SQLite."""
    return {row[0] for row in having(connection, select(column).where(*where), column, hashes)}


def having(
    connection: Connection, query: Select[Any], column: ColumnElement[bytes], hashes: Sequence[bytes]
) -> Iterator[Row[Any]]:
    """Read the rows of a query that have one of the hashes; one query on PostgreSQL, one for each chunk on SQLite."""
    if is_postgresql(connection):
        array = bindparam(None, list(hashes), type_=postgresql.ARRAY(LargeBinary), unique=True)
        yield from connection.execute(query.where(column == func.any(array)))
        return
    for chunk in chunks(hashes):
        yield from connection.execute(query.where(column.in_(chunk)))


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def excluded(name: str) -> ColumnElement[Any]:
    """Name the row that an ``on_conflict_do_update`` wanted to insert."""
    return literal_column(f"excluded.{name}")
