from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Entry, Failure, FailureKind, Reading, SourceKind
from bot.sources import read
from bot.sources.documents import NEW, OLD, Passage, diff, text_of_version
from tests.sources.samples import NOW, fetched, source, state

RULES = [
    "These terms apply to everyone who uses the Example cloud services.",
    "We sell facial recognition to police departments under strict terms.",
    "You may not use the services to break the law or to harm other people.",
    "We review each customer before access to the face service is granted.",
]


def page(
    *rules: str,
    frame: str = "<nav>Menu</nav>",
    stamp: str = "Last updated: 1 May 2020",
    before: str = "<p>",
    after: str = "</p>",
) -> str:
    body = "".join(f"{before}{rule}{after}" for rule in rules)
    return f"<html><head><title>Terms</title></head><body>{frame}<main><h1>Terms of service</h1><p>{stamp}</p>{body}</main><footer>© 2020 Example Inc.</footer></body></html>"


def compare(new: str, old: str | None, select: dict[str, str] | None = None, **known: object) -> Reading | Failure:
    watched = source(kind=SourceKind.DOCUMENT, select=select or {}, name="Example terms")
    return read(
        watched,
        state(**known),
        fetched(new, "text/html; charset=utf-8", url="https://example.org/terms"),
        NOW,
        old.encode() if old else None,
    )


def changed(new: str, old: str, select: dict[str, str] | None = None) -> Entry:
    found = compare(new, old, select)
    assert isinstance(found, Reading), found
    assert found.snapshot == new.encode()
    (entry,) = found.entries
    return entry


def unchanged(new: str, old: str, select: dict[str, str] | None = None) -> None:
    found = compare(new, old, select)
    assert isinstance(found, Reading), found
    assert (found.entries, found.snapshot) == ((), None)


def test_the_first_version_is_the_baseline() -> None:
    found = compare(page(*RULES), None)
    assert isinstance(found, Reading)
    assert (found.entries, found.snapshot, found.total) == ((), page(*RULES).encode(), 1)


def test_changed_wording_is_an_entry_with_the_new_and_the_old_sentence() -> None:
    new = [*RULES]
    new[1] = "We do not sell facial recognition to police departments in the United States."
    entry = changed(page(*new), page(*RULES))
    assert entry.text.split("\n\n") == [NEW, new[1], OLD, RULES[1]]
    assert entry.title == "Example terms: wording changed in 1 place"
    assert (entry.url, entry.published, entry.shared_link) == ("https://example.org/terms", NOW, True)


def test_added_and_removed_sentences() -> None:
    added = changed(page(*RULES, "Police use of the face service is paused for one year."), page(*RULES))
    assert added.text.split("\n\n") == [NEW, "Police use of the face service is paused for one year."]
    removed = changed(page(*RULES[:1], *RULES[2:]), page(*RULES))
    assert removed.text.split("\n\n") == [OLD, RULES[1]]


def test_only_the_changed_sentence_of_a_long_paragraph_is_told() -> None:
    old = page(" ".join(RULES))
    new = page(" ".join(RULES).replace("under strict terms", "no longer"))
    assert changed(new, old).text.split("\n\n") == [
        NEW,
        "We sell facial recognition to police departments no longer.",
        OLD,
        RULES[1],
    ]


@pytest.mark.parametrize(
    "new",
    [
        page(*RULES, before="<div class='x'><span>", after="</span></div>"), page(*RULES, frame="<nav>Other menu</nav><header>New banner text here</header>"),
        page(*RULES, stamp="Last updated: 12 June 2020"), page(*RULES, stamp="Effective date: June 12, 2020"),
        page(*RULES).replace("© 2020 Example Inc.", "© 2021 Example Inc."), page(*(rule.replace(" ", "\n ") for rule in RULES)),
        page(RULES[1], RULES[0], *RULES[2:]),
    ],
    ids=["markup", "frame", "stamp", "effective", "copyright", "white space", "order"],
)  # fmt: skip
def test_what_is_not_wording_is_no_change(new: str) -> None:
    unchanged(new, page(*RULES))


def test_typography_is_not_wording() -> None:
    unchanged(page(*RULES, "It’s “final” – really."), page(*RULES, 'It\'s "final" - really.'))


@pytest.mark.parametrize(
    "sentence",
    [
        "Effective today, we stop selling the face service to police.",
        "Copyright infringement by face search is forbidden.",
    ],
)
def test_a_sentence_that_looks_like_furniture_is_told(sentence: str) -> None:
    assert sentence in changed(page(*RULES, sentence), page(*RULES)).text


def test_a_selector_narrows_the_document() -> None:
    def framed(banner: str, rule: str) -> str:
        return f"<body><div>{banner}</div><div id='terms'>{''.join(f'<p>{other}</p>' for other in RULES)}<p>{rule}</p></div></body>"

    unchanged(framed("Buy now", "Same."), framed("Buy later", "Same."), {"content": "#terms"})
    assert "Other" in changed(framed("Buy now", "Other."), framed("Buy now", "Same."), {"content": "#terms"}).text
    for select, kind in (({"content": "#gone"}, FailureKind.EMPTY), ({"content": "##"}, FailureKind.MALFORMED)):
        found = compare(framed("a", "b"), framed("a", "b"), select)
        assert isinstance(found, Failure)
        assert found.kind is kind


def test_an_error_page_is_no_change() -> None:
    found = compare("<html><body><main>Sorry, try later.</main></body></html>", page(*RULES))
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.NO_TEXT


def test_a_document_that_shrinks_is_believed_only_when_it_stays_so() -> None:
    old = page(*RULES, *(f"Clause number {n} says a lot about the use of the service by customers." for n in range(20)))
    found = compare(page(*RULES), old)
    assert isinstance(found, Failure)
    assert isinstance(compare(page(*RULES), old, polls_failed=2), Reading)


def test_versions_have_keys_of_their_own_and_a_flip_back_is_known_the_second_time() -> None:
    a, b = page(*RULES), page(*RULES[:3])
    assert changed(b, a).key != changed(a, b).key
    assert changed(b, a).key == changed(b, a).key


def test_an_unchanged_body_is_not_compared() -> None:
    watched = source(kind=SourceKind.DOCUMENT)
    same = fetched(page(*RULES))._replace(not_modified=True)
    found = read(watched, state(), same, NOW, b"something else")
    assert isinstance(found, Reading)
    assert found.entries == ()


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert diff(
        "The U.S. Government may ask Example Inc. Only then we act.",
        "The U.S. Government may order Example Inc. Only then we act.",
    ) == (
        Passage(
            "The U.S. Government may ask Example Inc. Only then we act.",
            "The U.S. Government may order Example Inc. Only then we act.",
        ),
    )


def test_the_text_of_a_version_can_be_shown() -> None:
    assert text_of_version(page(*RULES).encode(), {}).split("\n\n")[2:] == RULES


def test_a_hostile_pair_costs_bounded_time() -> None:
    before = time.process_time()
    old = "\n\n".join("Again and again. " * 400 for _ in range(20))
    diff(old, "Other. " + old[::-1])
    diff(
        "\n\n".join(f"Clause {n} of the old text." for n in range(1_200)),
        "\n\n".join(f"Rule {n * 7} in a new form." for n in range(1_200)),
    )
    assert time.process_time() - before < 8


_sentence = st.sampled_from(["We sell it.", "We stop.", "You may ask.", "All is well.", "No police use.", "It ends."])
_text = st.lists(st.lists(_sentence, min_size=1, max_size=3).map(" ".join), max_size=6).map("\n\n".join)


@settings(max_examples=200)
@given(_text, _text)
def test_a_difference_speaks_only_of_sentences_that_are_there(old: str, new: str) -> None:
    passages = diff(old, new)
    assert all((passage.old or "") in old and (passage.new or "") in new for passage in passages)
    assert all(passage.old != passage.new for passage in passages)
    if old == new:
        assert passages == ()
    for sentence in {part for paragraph in new.split("\n\n") for part in paragraph.split(". ")}:
        if sentence.rstrip(".") not in old:
            assert any(sentence.rstrip(".") in (passage.new or "") for passage in passages)


@pytest.mark.parametrize(
    ("body", "kind"), [(b"%PDF-1.7\n" + b"1 0 obj (words and words) Tj \n" * 40, "text/html"), (b"PK words " * 90, "application/msword")]
)  # fmt: skip
def test_what_is_no_page_is_no_document_to_compare(body: bytes, kind: str) -> None:
    watched = source(kind=SourceKind.DOCUMENT)
    found = read(watched, state(), fetched(body, kind, url="https://example.org/terms.pdf"), NOW)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.NO_TEXT
    assert found.detail.startswith("example.org gives a document of type")


def test_a_consent_page_in_its_place_is_no_version() -> None:
    asks = (
        "<p>We and our 842 partners use cookies to store information on your device and to show personalised ads.</p>"
        * 6
    )
    found = compare(
        f"<html><head><title>Your privacy</title></head><body>{asks}</body></html>", page(*RULES), polls_failed=9
    )
    assert isinstance(found, Failure)
    assert "a consent page instead of the document" in found.detail


def test_the_link_of_a_change_holds_no_key() -> None:
    watched = source(kind=SourceKind.DOCUMENT)
    answer = fetched(page(*RULES[1:]), "text/html", url="https://example.org/terms?api_key=s3cr3t")
    found = read(watched, state(), answer, NOW, page(*RULES).encode())
    assert isinstance(found, Reading)
    assert found.entries[0].url == "https://example.org/terms?api_key=hidden", "Slack shows it to everybody"
