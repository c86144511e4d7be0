from datetime import UTC, datetime, timedelta

import pytest

from bot.sources import headers

NOW = datetime(2020, 6, 12, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 7 ", 7), ("Fri, 12 Jun 2020 09:05:00 GMT", 300), ("Fri, 12 Jun 2020 11:05:00 +0200", 300),
        ("999999999999", 86_400), ("Tue, 01 Jan 2030 00:00:00 GMT", 86_400),
        ("0", None), ("-5", None), ("", None), ("soon", None), ("Thu, 11 Jun 2020 09:00:00 GMT", None), ("1.5", None),
        ("Fri, 99 Jun 2020", None), ("²", None),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: int | None) -> None:
    wanted = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert headers.retry_after({"Retry-After": value}, NOW) == wanted


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600), ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": 'max-age="30"'}, 30), ({"Cache-Control": "s-maxage=600"}, None), ({}, None),
        ({"Cache-Control": "max-age=0"}, None), ({"Cache-Control": "max-age=60", "Age": "61"}, None),
        ({"Cache-Control": "MAX-AGE=99999999999"}, 604_800),
    ],
)  # fmt: skip
def test_max_age(found: dict[str, str], seconds: int | None) -> None:
    assert headers.max_age(found) == (None if seconds is None else timedelta(seconds=seconds))


def test_validators_that_could_not_be_sent_back_are_dropped() -> None:
    assert headers.validator({"ETag": ' W/"abc" '}, "ETag") == 'W/"abc"'
    assert headers.validator({"ETag": "a\x00b"}, "ETag") is None
    assert headers.validator({"ETag": "x" * 2000}, "ETag") is None
    assert headers.validator({}, "ETag") is None


class TestHead:
    def test_names_in_any_case_and_the_first_of_several(self) -> None:
        head = headers.Head([b"HTTP/1.1 200 OK\r\n", b'ETag:  "1" \r\n', b'etag: "2"\r\n', b"\r\n"])
        assert (head.status, head.complete, head.get("etag"), head.get("ETAG")) == (200, True, '"1"', '"1"')
        assert (head.get("Age"), head.get("Age", "0")) == ("", "0")

    def test_interim_answers_and_trailers_do_not_count(self) -> None:
        interim = [b"HTTP/1.1 100 Continue\r\n", b"A: 1\r\n", b"\r\n"]
        head = headers.Head([*interim, b"HTTP/1.1 304\r\n", b"B: 2\r\n", b"\r\n", b"C: 3\r\n", b"D: 4\r\n", b"\r\n"])
        assert (head.status, [head.get(name) for name in "ABCD"]) == (304, ["", "2", "", ""])
        assert headers.Head(interim).status == 100

    @pytest.mark.parametrize("line", [b"HTTP/1.1\r\n", b"HTTP/1.1 \r\n", b"HTTP/1.1 x\r\n", b"HTTP/\r\n"])
    def test_a_status_line_without_a_status(self, line: bytes) -> None:
        assert headers.Head([line, b"\r\n"]).status == 0

    def test_a_head_that_breaks_off(self) -> None:
        assert not headers.Head([b"HTTP/1.1 200 OK\r\n", b"A: 1\r\n"]).complete
        assert not headers.Head([b"HTTP/1.1 100 Continue\r\n", b"\r\n", b"HTTP/1.1 200 OK\r\n"]).complete
        assert not headers.Head([]).complete

    def test_bytes_that_are_no_text_go_back_as_they_came(self) -> None:
        head = headers.Head([b"HTTP/1.1 200 OK\r\n", b"Location: /\xe4\xc3\xa4\r\n", b"\r\n"])
        assert head.get("Location").encode("utf-8", "surrogateescape") == b"/\xe4\xc3\xa4"
