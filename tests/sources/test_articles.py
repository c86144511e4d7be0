from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Failure, FailureKind, Fetched
from bot.sources.articles import ArticlePage, extract, fetch_article
from bot.sources.http import Fetcher
from bot.sources.robots import Robots
from tests.fakes.feed_server import FeedServer, Page
from tests.sources.samples import NOW, fetched

SENTENCES = [
    "The city council of Portland voted on Wednesday to keep its bureaus from using facial recognition.",
    "Commissioners said the technology had misidentified people of colour too often to be trusted by the public.",
    "The ordinance takes effect at once for city bureaus and on the first of January for private businesses.",
    "Civil liberties groups called it the widest ban of its kind, while the police association had opposed it.",
]
STORY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
PROMPT = "<p>Subscribe to continue reading this article.</p><p>Already a subscriber? Log in.</p>"


def page(main: str = STORY, *, head: str = "", title: str = "Portland bans facial recognition") -> str:
    return (
        f'<!DOCTYPE html><html lang="en-US"><head><title>{title}</title>{head}</head><body><nav><a href="/">Home</a> <a href="/x">Sport</a></nav>'
        f"<article><h1>{title}</h1>{main}</article><footer>© Example. All rights reserved.</footer></body></html>"
    )


URL = "https://news.example/2020/portland?utm_source=feed"


def extracted(html: str | bytes, content_type: str = "text/html; charset=utf-8", url: str = URL) -> ArticlePage:
    found = extract(fetched(html, content_type, url=url), NOW)
    assert isinstance(found, ArticlePage), found
    return found


def refused(html: str | bytes, content_type: str = "text/html", url: str = URL) -> Failure:
    found = extract(fetched(html, content_type, url=url), NOW)
    assert isinstance(found, Failure), found
    assert found.kind is FailureKind.NO_TEXT
    return found


def test_the_main_text_in_paragraphs_without_the_frame() -> None:
    found = extracted(page())
    assert found.text.split("\n\n") == SENTENCES
    assert (found.title, found.language) == ("Portland bans facial recognition", "en")


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2020-06-10T18:00:00Z">', '<meta name="Date" content="2020-06-10T20:00:00+02:00">',
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2020-06-10T18:00:00Z"}]}</script>',
        '<script type="application/ld+json">[{"datePublished": "2020-06-10 18:00 UTC"}]</script>',
        '<script type="application/ld+json">{broken</script><meta itemprop="datePublished" content="2020-06-10T18:00:00Z">',
    ],
)  # fmt: skip
def test_the_publication_date_as_the_page_says_it(head: str) -> None:
    assert extracted(page(head=head)).published == datetime(2020, 6, 10, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<link rel="canonical" href="/2020/portland">', "https://news.example/2020/portland"),
        ('<meta property="og:url" content="https://news.example/2020/portland">', "https://news.example/2020/portland"),
        ('<link rel="canonical" href="https://news.example/">', None), ('<link rel="canonical" href="javascript:x">', None), ("", None),
    ],
)  # fmt: skip
def test_the_canonical_address(head: str, canonical: str | None) -> None:
    assert extracted(page(head=head)).canonical_url == canonical


def test_a_prompt_beside_the_text_is_left_out() -> None:
    found = extracted(page(STORY + PROMPT))
    assert "ubscri" not in found.text
    assert found.text.startswith(SENTENCES[0])


@pytest.mark.parametrize(
    ("html", "what"),
    [
        (page(f"<p>{SENTENCES[0]}</p>{PROMPT}"), "paywall"),
        (page(f"<p>{SENTENCES[0]}</p>", head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>'), "paywall"),
        (page("<p>We value your privacy. We and our partners store and/or access information on a device, such as cookies.</p><p>Accept all cookies</p>"), "consent"),
        (page("<p>Enable JavaScript and cookies to continue</p>", title="Just a moment..."), "browsers"),
        (page("<p>Access denied. Request unsuccessful.</p>", title="Access Denied"), "browsers"),
        (page("<p>Short.</p>"), "without enough text"),
        ("", "empty"),
    ],
)  # fmt: skip
def test_what_is_not_the_article_is_not_taken_for_text(html: str, what: str) -> None:
    assert what in refused(html).detail


CLUTTER = {
    "en": "We and our 842 partners use cookies to store information on your device and to show personalised ads, measure content and gain audience insights. ",
    "de": "Wir und unsere 200 Partner verwenden Cookies, um Informationen auf Ihrem Gerät zu speichern und personalisierte Werbung anzuzeigen. ",
}  # fmt: skip


@pytest.mark.parametrize("language", CLUTTER)
def test_a_long_consent_page_is_not_taken_for_text(language: str) -> None:
    rest = "<p>You can change your choices at any time in the settings, where each of them is listed with its purposes.</p>"
    found = refused(page(f"<p>{CLUTTER[language] * 4}</p>{rest}", title="Your privacy"))
    assert "a consent page" in found.detail, "its words would take the place of the feed's, and the news would be lost"


@pytest.mark.parametrize(
    "title", ["Page not found", "404 - Example News", "Seite nicht gefunden | Beispiel", "Oops! Page not found"]
)
def test_a_page_that_was_not_found_is_not_taken_for_text(title: str) -> None:
    sorry = (
        "<p>Sorry, the page that you are looking for cannot be found. It may have been moved or deleted some time ago.</p>"
        * 5
    )
    assert "nothing was found" in refused(page(sorry, title=title)).detail


def test_the_beginning_of_an_article_that_is_not_free_is_not_taken_for_all_of_it() -> None:
    paid = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    teaser = f"<p>{' '.join(SENTENCES[:2] * 3)[:600]}</p>"
    assert "paywall" in refused(page(f"{teaser}<p>Subscribe now to continue reading.</p>", head=paid)).detail
    assert extracted(page(STORY * 3 + "<p>Subscribe now to continue reading.</p>", head=paid)).text


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Gericht: Gesichtserkennung nur mit Einwilligung", "Das Gericht entschied, dass die Polizei Gesichter nur mit Einwilligung der Betroffenen erfassen darf. "),
        ("Access denied: stadium ends face scans at its gates", "The stadium said on Tuesday that it ends facial recognition at all of its gates this season. "),
        ("404 days of face scans: city calls a halt", "The council voted on Tuesday to halt facial recognition across the whole of the city. "),
    ],
)  # fmt: skip
def test_news_that_speaks_of_consent_or_denied_access_is_news(title: str, sentence: str) -> None:
    found = extracted(page("".join(f"<p>{number}. {sentence}</p>" for number in range(4, 9)), title=title))
    assert found.text.count(sentence.strip()) == 5


def test_other_documents() -> None:
    assert "PDF" in refused(b"%PDF-1.7 ...", "").detail
    assert "image/png" in refused(b"\x89PNG", "image/png").detail
    assert "consent" in refused(page(), url="https://consent.news.example/?continue=x").detail


@pytest.mark.parametrize(
    ("content_type", "head", "codec"),
    [
        ("text/html; charset=windows-1252", "", "cp1252"), ("text/html; charset=ISO-8859-1", "", "cp1252"),
        ("text/html", '<meta charset="windows-1252">', "cp1252"), ("text/html", "", "utf-8"), ("text/html; charset=nonsense", "", "utf-8"),
        ("text/html", "", "utf-16"), ("text/html; charset=utf-8", "", "cp1252"),
    ],
)  # fmt: skip
def test_encodings(content_type: str, head: str, codec: str) -> None:
    found = extracted(page(f"<p>Zürich’s café ban.</p>{STORY}", head=head).encode(codec), content_type)
    assert found.text.startswith("Zürich’s café ban.")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=20))
def test_mutilated_pages_never_raise(where: float, cut: int, insert: bytes) -> None:
    body = page().encode()
    at = int(where * len(body))
    assert isinstance(extract(fetched(body[:at] + insert + body[at + cut :], "text/html"), NOW), ArticlePage | Failure)


def test_a_deep_page_costs_bounded_time() -> None:
    assert isinstance(extract(fetched("<div>" * 30_000 + STORY, "text/html"), NOW), ArticlePage | Failure)


async def test_robots_are_asked_before_the_page(server: FeedServer, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", Page("User-agent: *\nDisallow: /private\n", "text/plain"))
    server.serve("/private", Page(page(), "text/html"))
    server.serve("/story", Page(page(), "text/html"))
    robots = Robots(fetcher)
    refusal = await fetch_article(fetcher, robots, server.url("/private"), NOW)
    assert isinstance(refusal, Failure)
    assert refusal.kind is FailureKind.ROBOTS
    assert server.asked("/private") == []
    answer = await fetch_article(fetcher, robots, server.url("/story"), NOW)
    assert isinstance(answer, Fetched)
    assert isinstance(extract(answer, NOW), ArticlePage)
    bad = await fetch_article(fetcher, robots, "javascript:alert(1)", NOW)
    assert isinstance(bad, Failure)
