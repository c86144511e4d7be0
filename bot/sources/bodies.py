"""Bounded decompression of response bodies (pure): gzip, deflate, br and zstd, also stacked.

The size that counts is the size *after* decompression: a few kilobytes on the wire can hold gigabytes. Every decoder is
asked for a limited amount of output at a time, so that a bomb costs at most the limit and never the memory.
"""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_STEP = 256 * 1024
"""Most output asked for in one call, in bytes."""
_WINDOW_LOG = 23
"""Largest zstd window, as a power of two: 8 MB, which RFC 9659 sets for HTTP."""
_GZIPPED = b"\x1f\x8b"
"""What a gzip file begins with, and nothing else that is read here: sitemaps are published as such (``news.xml.gz``)."""
_STACKED = 2
"""Codings that may lie on each other; more is only ever hostile."""


class BodyTooLarge(Exception):
    """The body is longer than the limit, as received or after decompression."""


class BodyBroken(Exception):
    """The body cannot be decompressed; the message says why."""


class _Decoder(Protocol):
    def feed(self, data: bytes, limit: int) -> bytes: ...

    def complete(self) -> bool: ...


class _Gzip:
    """gzip, also with several members, and with padding behind it, which servers send and browsers ignore."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(31)
        self._padding = False

    def feed(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while not self._padding:
            data = _inflate(self._decoder, data, out, limit)
            if not self._decoder.eof or not data:
                break
            if data[:1] == b"\x1f":
                self._decoder = zlib.decompressobj(31)
            else:
                self._padding = True
        return bytes(out)

    def complete(self) -> bool:
        return self._decoder.eof


class _Deflate:
    """deflate, which servers send with the zlib wrapper (as RFC 9110 says) or without."""

    def __init__(self) -> None:
        self._decoder: zlib._Decompress | None = None
        self._start = b""

    def feed(self, data: bytes, limit: int) -> bytes:
        if self._decoder is None:
            self._start += data
            if len(self._start) < 2:
                return b""
            wrapped = self._start[0] & 0x0F == 8 and int.from_bytes(self._start[:2]) % 31 == 0  # RFC 1950 section 2.2
            self._decoder = zlib.decompressobj(15 if wrapped else -15)
            data, self._start = self._start, b""
        out = bytearray()
        _inflate(self._decoder, data, out, limit)
        return bytes(out)

    def complete(self) -> bool:
        return self._decoder is not None and self._decoder.eof


def _inflate(decoder: zlib._Decompress, data: bytes, out: bytearray, limit: int) -> bytes:
    """Decompress ``data`` into ``out`` step by step; gives what follows the end of the stream."""
    while not decoder.eof:
        piece = decoder.decompress(data, _STEP)
        out += piece
        if len(out) > limit:
            raise BodyTooLarge
        data = decoder.unconsumed_tail
        if not data and len(piece) < _STEP:  # a full step may leave output inside the decoder
            break
    return decoder.unused_data if decoder.eof else b""


class _Brotli:
    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while not (self._decoder.is_finished() and not data):
            piece = self._decoder.process(data, output_buffer_limit=_STEP)
            data = b""
            out += piece
            if len(out) > limit:
                raise BodyTooLarge
            if not piece:  # it can hold output back although it accepts more data: ask until nothing comes
                break
        return bytes(out)

    def complete(self) -> bool:
        return bool(self._decoder.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._decoder = self._fresh()

    @staticmethod
    def _fresh() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})

    def feed(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while True:
            if self._decoder.eof:
                if not data:
                    break
                self._decoder = self._fresh()  # another frame follows
            out += self._decoder.decompress(data, _STEP)
            if len(out) > limit:
                raise BodyTooLarge
            data = self._decoder.unused_data if self._decoder.eof else b""
            if not data and (self._decoder.eof or self._decoder.needs_input):
                break
        return bytes(out)

    def complete(self) -> bool:
        return self._decoder.eof


class BodyReader:
    """Collects one body from its chunks, decompressed and bounded.

    Args:
        encoding: the ``Content-Encoding`` header, empty for none.
        limit: most bytes, both as received and after decompression.

    Raises:
        BodyBroken: at once, when the encoding is unknown or stacked too high.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        names = [
            name for name in (part.strip().lower() for part in encoding.split(",")) if name not in {"", "identity"}
        ]
        if len(names) > _STACKED:
            message = f"{len(names)} content encodings on each other"
            raise BodyBroken(message)
        self._decoders = [(name, _decoder(name)) for name in reversed(names)]
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self.received = 0
        """Bytes as they came over the wire."""

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk.

        Raises:
            BodyTooLarge: the limit is passed.
            BodyBroken: the data is not what the encoding says.
        """
        if not self.received and chunk[:2] == _GZIPPED and not self._decoders:
            self._decoders.append(("gzip", _Gzip()))
        self.received += len(chunk)
        if self.received > self._limit:
            raise BodyTooLarge
        for name, decoder in self._decoders:
            try:
                chunk = decoder.feed(chunk, self._limit - self._size)
            except (zlib.error, brotli.error, zstd.ZstdError, EOFError, MemoryError) as error:
                message = f"the {name} body cannot be decompressed"
                raise BodyBroken(message) from error
        self._size += len(chunk)
        if self._size > self._limit:
            raise BodyTooLarge
        self._parts.append(chunk)

    def finish(self) -> bytes:
        """Give the whole body.

        Raises:
            BodyBroken: the compressed stream ended early; a truncated body would lose what it did not hold.
        """
        if self.received:
            for name, decoder in self._decoders:
                if not decoder.complete():
                    message = f"the {name} body ends before it is complete"
                    raise BodyBroken(message)
        return b"".join(self._parts)


def _decoder(name: str) -> _Decoder:
    if name in {"gzip", "x-gzip"}:
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    message = f"unknown content encoding {name[:40]!r}"
    raise BodyBroken(message)
