import contextlib
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.bodies import BodyBroken, BodyReader, BodyTooLarge
from tests.fakes.feed_server import CODINGS

MB = 1024 * 1024


def read(encoding: str, data: bytes, *, limit: int = MB, step: int = 1000) -> bytes:
    reader = BodyReader(encoding, limit)
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
    return reader.finish()


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("step", [1, 7, 65536])
def test_every_coding_gives_the_body_back_however_it_arrives(coding: str, step: int) -> None:
    body = os.urandom(2_000) + b"policy " * 3_000
    assert read(coding.removeprefix("raw-"), CODINGS[coding](body), step=step) == body


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024, 700_001])
def test_bodies_around_the_inner_step_are_complete(coding: str, size: int) -> None:
    body = b"x" * size
    assert read(coding.removeprefix("raw-"), CODINGS[coding](body), step=10**6) == body


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_costs_no_more_than_the_limit(coding: str) -> None:
    with pytest.raises(BodyTooLarge):
        read(coding.removeprefix("raw-"), CODINGS[coding](b"\0" * (8 * MB)), step=65536)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_truncated_body_is_broken_and_not_short(coding: str) -> None:
    data = CODINGS[coding](os.urandom(5_000))
    with pytest.raises(BodyBroken, match="before it is complete"):
        read(coding.removeprefix("raw-"), data[: len(data) // 2])


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_garbage_is_broken(coding: str) -> None:
    with pytest.raises(BodyBroken, match=coding):
        read(coding, b"<rss>this is not compressed at all</rss>" * 50)


def test_stacked_codings_are_undone_in_order_and_bounded() -> None:
    body = b"policy" * 500
    assert read("gzip, br", CODINGS["br"](CODINGS["gzip"](body))) == body
    assert read("identity", body) == body
    with pytest.raises(BodyBroken):
        BodyReader("gzip, gzip, gzip", MB)
    with pytest.raises(BodyBroken, match="unknown"):
        BodyReader("aes128gcm", MB)
    twice = zlib.compress(zlib.compress(b"\0" * (16 * MB)))
    with pytest.raises(BodyTooLarge):
        read("deflate, deflate", twice)


def test_several_members_and_padding() -> None:
    gzip, zstd = CODINGS["gzip"], CODINGS["zstd"]
    assert read("gzip", gzip(b"one ") + gzip(b"two")) == b"one two"
    assert read("gzip", gzip(b"one") + b"\0" * 40) == b"one"
    assert read("zstd", zstd(b"one ") + zstd(b"two"), step=3) == b"one two"


def test_plain_bodies_are_bounded_too() -> None:
    assert read("", b"x" * MB) == b"x" * MB
    with pytest.raises(BodyTooLarge):
        read("", b"x" * (MB + 1))


@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]), st.binary(max_size=400))
def test_any_bytes_give_a_body_or_a_known_error(encoding: str, data: bytes) -> None:
    with contextlib.suppress(BodyBroken, BodyTooLarge):
        read(encoding, data, limit=10_000, step=50)


def test_a_gzip_file_that_nobody_calls_so_is_unpacked_and_bounded() -> None:
    packed = CODINGS["gzip"](b"<urlset></urlset>")
    assert read("", packed) == b"<urlset></urlset>"
    with pytest.raises(BodyBroken):
        read("", packed[:-9])
    with pytest.raises(BodyTooLarge):
        read("", CODINGS["gzip"](b" " * (8 * MB)))
