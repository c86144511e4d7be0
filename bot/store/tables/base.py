"""The one :data:`metadata` of all tables, and the column types that every table uses.

Types clean and check at the edge, so that both databases hold and give back the same values:

===============  ==================================  ==================================================================
type             Python value                        stored as
===============  ==================================  ==================================================================
``UtcDateTime``  aware ``datetime``, naive refused   ``timestamptz``; SQLite: ISO text in UTC, which sorts
``Duration``     ``timedelta``                       microseconds
``PlainText``    ``str``                             text without what PostgreSQL refuses (see :func:`clean`)
``Json``         JSON-able value                     ``jsonb``; SQLite: JSON text
``Tags``         tuple of short strings              ``|US|US-CA|``: one text that LIKE can search on both databases
``Word``         a ``StrEnum`` member                its value
===============  ==================================  ==================================================================
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    or_,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

# Names for every constraint: Alembic's batch mode on SQLite can only change a constraint that has one.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING_CONVENTION)

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Id = BigInteger().with_variant(Integer, "sqlite")
"""Surrogate keys and references to them: 64 bits; SQLite numbers rows by itself only when the type is INTEGER."""

Hash = LargeBinary(32)
"""A SHA-256: stands in unique indexes for texts too long for a PostgreSQL b-tree (2,704 bytes a row)."""


def auto_id() -> Identity:
    """Number a table's rows: the second argument of an ``id`` column of type ``Id``."""
    return Identity()


def clean(text: str, limit: int | None = None) -> str:
    """Make a text storable on both databases: NUL and lone surrogates become U+FFFD, so that offsets stay right.

    Args:
        text: Any string, however broken.
        limit: Most code points kept; the rest is cut off.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit]
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = "".join(REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


@lru_cache(maxsize=1024)  # the entries of a document are asked for by key and address several times in a row
def digest(*parts: str) -> bytes:
    """SHA-256 over texts of any length and content; the parts are kept apart by their lengths."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join([len(each).to_bytes(8, "big") + each for each in encoded])).digest()


class _Bare(sqlite.DATETIME):
    """SQLite's column without SQLAlchemy's conversions: :class:`UtcDateTime` does both ways in one call each."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Take the text as it is."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Give the text as it is."""


_BARE: TypeEngine[Any] = _Bare()  # type: ignore[no-untyped-call]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. A naive value is refused with ValueError: SQLite would otherwise drop time zones in silence.

    The processors are overridden themselves: through ``process_bind_param`` each value costs two calls, and a claim reads nine
    instants of each source.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type in the database."""
        return dialect.type_descriptor(_BARE if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | datetime | None]:
        """Turn an aware value into UTC; on SQLite into text without its zone, which sorts."""
        return _as_text if dialect.name == "sqlite" else _as_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """Give the instant back in UTC."""
        return _from_text if dialect.name == "sqlite" else _from_session


_WITHOUT_ZONE = len("2020-06-11 00:00:00.000000")


def _as_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValueError(f"a time without a time zone cannot be stored: {value!r}")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    value = _as_utc(value)
    return None if value is None else value.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


def _from_text(value: str | None) -> datetime | None:
    # six times as fast as replacing the zone afterwards
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _from_session(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Duration(TypeDecorator[timedelta]):
    """A length of time, exact to the microsecond on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Count microseconds."""
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        """Turn microseconds back."""
        return None if value is None else timedelta(microseconds=value)


class PlainText(TypeDecorator[str]):
    """Text from anywhere, cleaned and cut to ``limit`` code points on its way in."""

    impl = Text
    cache_ok = True

    def __init__(self, limit: int | None = None) -> None:
        super().__init__()
        self.limit = limit

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002
        """Clean the text."""
        limit = sys.maxsize if self.limit is None else self.limit

        def cleaned(value: str | None) -> str | None:
            if value is None or (value.isascii() and "\x00" not in value and len(value) <= limit):
                return value
            return clean(value, limit)

        return cleaned


class Json(TypeDecorator[Any]):
    """A JSON value. Strings in it are cleaned; ``None`` is SQL NULL."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Clean every string, and turn mappings and sequences into what ``json`` knows."""
        return clean_json(value) if value else value

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write an empty list, as most are, without asking ``json``."""
        write = super().bind_processor(dialect)
        if dialect.name != "sqlite" or write is None:
            return write
        return lambda value: "[]" if value == [] else write(value)


def clean_json(value: Any) -> Any:
    """Copy a JSON-able value with every string cleaned."""
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, Mapping):
        return {clean(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


class Tags(TypeDecorator[tuple[str, ...]]):
    """A few short strings in order, in one text that both databases can search: see :func:`tagged`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Join the strings; what would be taken for a border is percent-escaped."""
        if value is None:
            return None
        return "".join(f"|{escape_tag(item)}" for item in value) + "|"

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        """Split and unescape."""
        if value is None:
            return None
        return tuple(item.replace("%7C", "|").replace("%25", "%") for item in value.split("|")[1:-1])


def escape_tag(item: str) -> str:
    """Write one string as it stands inside a ``Tags`` column."""
    return clean(item).replace("%", "%25").replace("|", "%7C")


def tagged(column: ColumnElement[Any], wanted: Iterable[str], *, below: bool = False) -> ColumnElement[bool]:
    """Match rows whose ``Tags`` column holds one of the strings.

    Args:
        column: A ``Tags`` column.
        wanted: The strings; none at all matches no row.
        below: Also match places within them: ``US`` takes ``US-CA`` and ``US/…`` in, ``US-CA`` takes ``US-CA/…``.
    """
    text = column.cast(Text)
    endings = ("|", "-", "/") if below else ("|",)
    return or_(
        False,
        *(text.contains(f"|{escape_tag(item)}{ending}", autoescape=True) for item in wanted for ending in endings),
    )


class Word(TypeDecorator[StrEnum]):
    """A member of an enumeration, stored as its value."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(40)
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Store the member's value; a plain string must be one of them."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Give the member back."""
        return None if value is None else self.kind(value)
