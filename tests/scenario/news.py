"""What the sample outlets of these tests publish: items, and feeds made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

# Cities whose councils decided nothing of the kind in the curated history.
CITIES = ("Springfield", "Tacoma", "Boise", "Tulsa", "Omaha", "Toledo", "Fresno", "Spokane", "Wichita", "Tucson")


@dataclass(frozen=True)
class Item:
    """One thing an outlet publishes."""

    title: str
    text: str
    published: datetime | None = None
    guid: str | None = None
    link: str = ""


def ban(city: str, published: datetime | None, *, outlet: str = "gazette", words: str = "") -> Item:
    """A report that a city council banned police use; `outlet` and `words` make it another desk's report."""
    text = f"The {city} City Council voted on Tuesday to ban the use of facial recognition by the police department. {words}"
    slug = f"{city.lower()}-ban"
    title = f"{city} City Council bans police use of facial recognition"
    return Item(title, text, published, f"{outlet}-{slug}", f"https://{outlet}.example/news/{slug}")


def considered(city: str, published: datetime) -> Item:
    """A report that a city council considers such a ban."""
    text = f"The {city} City Council is considering an ordinance that would ban the use of facial recognition by the police department."
    title = f"{city} City Council considers ban on police use of facial recognition"
    slug = f"{city.lower()}-considers"
    return Item(title, text, published, slug, f"https://gazette.example/news/{slug}")


def passed(city: str, published: datetime) -> Item:
    """A report that a city council passed it."""
    text = (
        f"The {city} City Council passed an ordinance on Tuesday that bans the use of facial recognition by the police department."
        " Seven members voted for it and two against, after three hours of testimony by residents, lawyers and officers."
        " The chief of police said that the department would follow the rules and hand its cameras back to the vendor."
    )
    title = f"{city} City Council passes ban on police use of facial recognition"
    slug = f"{city.lower()}-passes"
    return Item(title, text, published, slug, f"https://gazette.example/news/{slug}")


def bakery(number: int, published: datetime) -> Item:
    """A report on nothing of ours, long enough that nobody wants to read its page."""
    title = f"Bakery number {number} wins the county prize"
    return Item(
        title,
        "The bread was judged the best by all who had come. " * 15,
        published,
        f"bakery-{number}",
        f"https://gazette.example/b/{number}",
    )


def rss(items: Iterable[Item], *, title: str = "The Gazette") -> str:
    """RSS 2.0 of the items, in this order."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://gazette.example/</link><description>News</description>"
        f"{''.join(map(_item, items))}</channel></rss>"
    )


def _item(item: Item) -> str:
    parts = [f"<title>{escape(item.title)}</title>", f"<description>{escape(item.text)}</description>"]
    if item.link:
        parts.append(f"<link>{escape(item.link)}</link>")
    if item.guid:
        parts.append(f'<guid isPermaLink="false">{escape(item.guid)}</guid>')
    if item.published:
        parts.append(f"<pubDate>{format_datetime(item.published)}</pubDate>")
    return f"<item>{''.join(parts)}</item>"


def page(item: Item) -> str:
    """The article's own page, with paragraphs around its text as outlets have them."""
    filler = "The council met in the old town hall, and the meeting was open to everybody who wanted to listen to it."
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(item.title)}</title></head><body><main><article>'
        f"<h1>{escape(item.title)}</h1><p>{escape(item.text)}</p><p>{filler}</p><p>{filler} It ended late in the evening.</p>"
        "</article></main></body></html>"
    )
