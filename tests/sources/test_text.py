import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import text


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("Plain", "Plain"), ("  a \n b\t c ", "a b c"), ("<b>IBM</b>'s pledge", "IBM's pledge"), ("AT&amp;T", "AT&T"),
        ("Q&amp;amp;A", "Q&A"), ("It&amp;#8217;s", "It’s"), ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"), ("R&D", "R&D"),
        ("a<script>alert(1)</script>b", "ab"), ("one<br/>two", "onetwo"), ("caf\u0065\u0301", "café"), ("x\x00y\x1bz", "xyz"),
        ("facial recog\u00adnition", "facial recognition"), ("\u202eevil", "evil"), ("non\u00a0breaking", "non breaking"),
        ("&nbsp;", ""), ("<!-- c -->", ""), ("\ud800lone", "lone"), ("&lt;b&gt;", "<b>"),
    ],
)  # fmt: skip
def test_titles_become_one_line_of_plain_text(markup: str, plain: str) -> None:
    assert text.line_of_html(markup) == plain


def test_long_titles_are_cut_at_a_word() -> None:
    cut = text.line("word " * 200)
    assert len(cut) <= text.MAX_TITLE
    assert cut.endswith("word…")


def test_markup_becomes_paragraphs() -> None:
    markup = (
        "<style>p{}</style><p>The council  voted\n8-1.</p><p>It bans <i>all</i> city use.</p>Tail<ul><li>One</li><li>Two</ul>"
        "<table><tr><td>A</td><td>B</td></tr></table>line<br>next<br><br>new<noscript>track</noscript><!-- c -->"
    )
    assert text.paragraphs_of_html(markup) == (
        "The council voted 8-1.\n\nIt bans all city use.\n\nTail\n\nOne\n\nTwo\n\nA B\n\nline\nnext\n\nnew"
    )


def test_plain_text_keeps_its_paragraphs() -> None:
    assert text.paragraphs("one\ntwo\r\n\r\n  three \n \n\n four") == "one two\n\nthree\n\nfour"
    assert text.paragraphs_of_html("one &amp; two\n\nthree") == "one & two\n\nthree"


def test_what_blog_software_appends_is_left_out() -> None:
    markup = '<p>News.</p><p>The post <a href="/x">City bans it</a> appeared first on <a href="/">Example</a>.</p>'
    assert text.paragraphs_of_html(markup) == "News."
    assert text.paragraphs_of_html("<p>News […]</p><p>Continue reading City bans it →</p>") == "News […]"
    assert text.paragraphs_of_html("<p>Read more about the vote than anyone else did. " + "x" * 300) != ""


def test_a_headline_from_the_text() -> None:
    assert text.headline("The city voted. More follows.") == "The city voted."
    assert len(text.headline("word " * 100)) <= 120
    assert text.headline("") == ""


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 50_000, "<" * 200_000, "&" * 200_000, "<a " * 100_000, "<![CDATA[" * 50_000, "<p>" * 100_000, "<!--" * 50_000,
     "<table><tr><td>" * 20_000, "&#" * 100_000, "<b>x</i>" * 40_000, "<br>" * 100_000, "<br> " * 100_000],
    ids=range(12),
)  # fmt: skip
def test_hostile_markup_costs_bounded_time(markup: str) -> None:
    before = time.process_time()
    text.paragraphs_of_html(markup)
    text.line_of_html(markup)
    assert time.process_time() - before < 2.0


@given(st.text(max_size=300))
def test_any_text_gives_storable_text(given_text: str) -> None:
    for clean in (
        text.line(given_text), text.line_of_html(given_text), text.paragraphs(given_text), text.paragraphs_of_html(given_text),
        text.paragraphs_of_html("<p>" + given_text), text.headline(text.paragraphs(given_text)),
    ):  # fmt: skip
        clean.encode()
        assert "\x00" not in clean
        assert "\ue000" not in clean
