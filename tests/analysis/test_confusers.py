"""Texts that mention the technology and hold no policy change, each with near-misses that do hold one."""

from __future__ import annotations

import pytest

from tests.analysis.conftest import Ask

SILENT = {
    "device_unlock": [
        ("New phone unlocks with your face, even under the display", "The handset's face unlock uses facial recognition."),
        ("How to set up Face ID on an iPhone", "Facial recognition unlocks the phone when you look at it."),
        ("Pixel face unlock works with closed eyes", "Google said facial recognition on the phone will be fixed."),
    ],
    "market_report": [
        ("Facial Recognition Market to Reach $10 Billion by 2027 at a CAGR of 15%", "The report covers key players and market share."),
        ("Global Face Recognition Market Size, Share and Forecast 2026", ""),
    ],
    "tutorial": [
        ("Build a face recognition app with Python and OpenCV", "In this tutorial we train a model step by step."),
        ("Getting started with Amazon Rekognition custom labels", "In this post you learn how to call the API."),
    ],
    "product_launch": [
        ("Startup raises $20 million for facial recognition payments", "The funding round was led by a venture fund."),
        ("NEC unveils new facial recognition kiosk at trade show", "The solution promises a seamless check-in."),
    ],
    "attendance_payment": [
        ("Airline lets passengers board with facial recognition instead of boarding passes", "Boarding is faster, the airline said."),
        ("Office workers clock in with face recognition attendance system", ""),
    ],
    "ban_of_other_things": [
        ("Congress considers TikTok ban", "The app, which also uses facial recognition filters, collects data."),
        ("City bans face masks at protests", "Police said facial recognition does not work with masks."),
        ("School district bans phones in classrooms", "Some pupils use facial recognition to unlock them."),
    ],
    "crime_story": [
        ("Police use facial recognition to identify robbery suspect", "The suspect was arrested and charged with theft."),
        ("Murder suspect arrested after facial recognition match", ""),
    ],
    "opinion": [
        ("Opinion: We must ban facial recognition before it is too late", "I believe our society should act."),
        ("Editorial: Facial recognition needs limits", ""),
        ("Why facial recognition should worry you", "Here is what you need to know."),
        ("Is it time to ban facial recognition?", ""),
    ],
    "entertainment": [
        ("New film imagines a city ruled by facial recognition", "The movie opens on Friday."),
        ("Comedian jokes about facial recognition on TV", ""),
    ],
    "animals": [
        ("Facial recognition for cows helps farmers", "The software tells livestock apart."),
        ("App uses face recognition to find lost dogs", ""),
    ],
    "research": [
        ("Study finds racial bias in facial recognition algorithms", "Researchers tested the accuracy of 40 algorithms."),
        ("Researchers fool facial recognition with glasses", "The adversarial pattern spoofs the algorithm."),
    ],
    "earnings": [
        ("Facial recognition firm's shares jump after earnings", "Analysts raised the price target for the stock."),
    ],
    "deployment_nobody_decided": [
        ("Police secretly used facial recognition for years, documents show", "Records show officers ran searches."),
        ("Hundreds of departments are using face recognition app, report says", ""),
    ],
    "records_request": [
        ("Group sues transit agency for facial recognition records", "The suit seeks public records under freedom of information law."),
    ],
}  # fmt: skip

TOLD = [
    ("Baltimore bans facial recognition, including face unlock on city phones", ""),
    (
        "Apple sued in Illinois over face recognition in Photos app",
        "The class action says the company broke state privacy law.",
    ),
    ("FTC fines face recognition startup over data use", ""),
    ("Regulator orders stadium to stop facial recognition payments", ""),
    ("School board votes to ban facial recognition in Buffalo", ""),
    (
        "Council bans facial recognition and face masks at protests in Oakland",
        "The Oakland City Council voted on Tuesday.",
    ),
    (
        "Police in Detroit barred from arrests based only on facial recognition",
        "The city council voted for the new policy.",
    ),
    ("Amazon halts sale of facial recognition to police after study finds bias", ""),
    ("King County Council votes to ban facial recognition", "It is the first county in the country to do so."),
    ("Clearview AI ordered to delete facial images by French regulator CNIL", ""),
]


@pytest.mark.parametrize(
    ("kind", "title", "text"), [(kind, *sample) for kind, samples in SILENT.items() for sample in samples]
)
def test_confuser_is_silent(ask: Ask, kind: str, title: str, text: str) -> None:
    """No alert on a text of this kind."""
    analysis = ask(title, text)
    assert not analysis.relevant, (kind, analysis.score, [change.line for change in analysis.changes])


@pytest.mark.parametrize(("title", "text"), TOLD)
def test_near_miss_is_told(ask: Ask, title: str, text: str) -> None:
    """A decision in the words of a confuser is still a decision."""
    analysis = ask(title, text)
    assert analysis.relevant, analysis.score


def test_not_on_topic(ask: Ask) -> None:
    """A text without the technology is dismissed with a reason."""
    analysis = ask("City bans plastic bags", "The council voted 7-2.")
    assert not analysis.on_topic
    assert analysis.changes == ()
    assert analysis.reasons[0].code == "no_topic"
