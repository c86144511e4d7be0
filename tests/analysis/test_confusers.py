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
    "animals_and_crops": [
        ("Facial recognition for cows helps farmers", "The software tells livestock apart."),
        ("App uses face recognition to find lost dogs", ""),
    ],
    "research": [
        ("Study finds racial bias in facial recognition algorithms", "Researchers tested the accuracy of 40 algorithms."),
        ("Researchers fool facial recognition with glasses", "The adversarial pattern spoofs the algorithm."),
    ],
    "earnings_and_stocks": [
        ("Facial recognition firm's shares jump after earnings", "Analysts raised the price target for the stock."),
    ],
    "non_face": [
        ("City bans licence plate readers", "The cameras have no facial recognition, the council said."),
        ("Bank drops voice recognition for phone customers", "It never used facial recognition."),
        ("Supermarket ends palm payment", "Customers had confused the palm scans with face recognition."),
    ],
    "stale_or_anniversary": [
        ("Five years after San Francisco banned facial recognition, what has changed?", "A look back at the ordinance of 2019."),
        ("A timeline of facial recognition bans", "In 2019 San Francisco banned it; in 2020 Boston followed."),
    ],
    "satire_or_fake": [
        ("Satire: Council bans faces to defeat facial recognition", "Residents welcomed the paper bags."),
        ("Parody: Man asks facial recognition to forget him", ""),
    ],
    "deployment_nobody_decided": [
        ("Police secretly used facial recognition for years, documents show", "Records show officers ran searches."),
        ("Hundreds of departments are using face recognition app, report says", ""),
    ],
    "records_request": [
        ("Group sues transit agency for facial recognition records", "The suit seeks public records under freedom of information law."),
    ],
}  # fmt: skip

TOLD = {
    "device_unlock": [
        ("Baltimore bans facial recognition, including face unlock on city phones", ""),
        ("San Francisco amends facial recognition ban so that employees may unlock phones with Face ID", "The Board of Supervisors voted on Tuesday."),
    ],
    "market_report": [
        ("US blacklists SenseTime and other makers of facial recognition, a blow to a growing market", "The Commerce Department put the companies on a list."),
        ("IBM exits facial recognition market", ""),
    ],
    "tutorial": [
        ("Amazon bans police use of Rekognition for one year", "Developers can still follow its tutorials."),
        ("Microsoft retires facial recognition API after ethics review", "The step-by-step guides will be taken down."),
    ],
    "product_launch": [
        ("FTC fines face recognition startup over data use", ""),
        ("Ring will not launch facial recognition for police, Amazon says", ""),
    ],
    "attendance_payment": [
        ("Regulator orders stadium to stop facial recognition payments", ""),
        ("ICO orders Serco to stop facial recognition attendance system", "Staff had no alternative."),
    ],
    "ban_of_other_things": [
        ("Council bans facial recognition and face masks at protests in Oakland", "The Oakland City Council voted on Tuesday."),
        ("New Orleans bans facial recognition and predictive policing", ""),
    ],
    "crime_story": [
        ("Police in Detroit barred from arrests based only on facial recognition", "The city council voted for the new policy."),
        ("Detroit limits police use of facial recognition after wrongful arrest", "The suspect had been misidentified."),
    ],
    "opinion": [
        ("Microsoft president calls for limits as company refuses to sell facial recognition to police", "Microsoft will not sell the technology to police."),
        ("Boston council votes to ban facial recognition, saying it is time to act", ""),
    ],
    "entertainment": [
        ("Madison Square Garden sued over facial recognition at concerts", ""),
        ("Tribunal finds cinema chain broke the law with facial recognition", ""),
    ],
    "non_face": [
        ("Portland bans facial recognition, not licence plate readers", ""),
        ("Council bans facial recognition and gait recognition in Cambridge", "The Cambridge City Council voted on Monday."),
    ],
    "animals_and_crops": [
        ("Court rules zoo's use of facial recognition on visitors unlawful", ""),
        ("Hangzhou wildlife park ordered to delete facial recognition data", "A court ruled for the visitor."),
    ],
    "research": [
        ("Amazon halts sale of facial recognition to police after study finds bias", ""),
        ("Duke University deletes facial recognition dataset after outcry", ""),
    ],
    "earnings_and_stocks": [
        ("Facebook to pay $650 million to settle facial recognition lawsuit, shares fall", ""),
        ("US bans investment in facial recognition firm SenseTime, shares drop", ""),
    ],
    "stale_or_anniversary": [
        ("A year after its ban, New Orleans lets police use facial recognition again", "The council voted 4-2."),
        ("Amazon extends moratorium on police use of facial recognition a year on", ""),
    ],
    "syndicated_copy": [
        ("Clearview AI ordered to delete facial images by French regulator CNIL - Daily Gazette", "PARIS (AP) - The regulator CNIL ordered the company to delete them."),
        ("King County Council votes to ban facial recognition | Local News", "It is the first county in the country to do so."),
    ],
    "satire_or_fake": [
        ("School board votes to ban facial recognition in Buffalo", "It is no joke, a member said."),
        ("Oakland City Council bans facial recognition", "A satire had claimed the opposite a week before."),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "title", "text"), [(kind, *sample) for kind, samples in SILENT.items() for sample in samples]
)
def test_confuser_is_silent(ask: Ask, kind: str, title: str, text: str) -> None:
    """No alert on a text of this kind."""
    analysis = ask(title, text)
    assert not analysis.relevant, (kind, analysis.score, [change.line for change in analysis.changes])


@pytest.mark.parametrize(
    ("kind", "title", "text"), [(kind, *sample) for kind, samples in TOLD.items() for sample in samples]
)
def test_near_miss_is_told(ask: Ask, kind: str, title: str, text: str) -> None:
    """A decision in the words of a confuser is still a decision."""
    analysis = ask(title, text)
    assert analysis.relevant, (kind, analysis.score)


CLASSES = {
    "device_unlock", "market_report", "tutorial", "product_launch", "attendance_payment", "ban_of_other_things", "crime_story",
    "opinion", "entertainment", "non_face", "animals_and_crops", "research", "earnings_and_stocks", "stale_or_anniversary",
    "syndicated_copy", "satire_or_fake",
}  # fmt: skip
"""The confusers of the domain."""


def test_every_class_has_both_sides() -> None:
    """A copy has no silent side of its own here: its original decides, and the stories keep it from alerting twice."""
    assert set(TOLD) == CLASSES
    assert set(SILENT) >= CLASSES - {"syndicated_copy"}
    assert min(len(samples) for samples in TOLD.values()) >= 2


@pytest.mark.parametrize(("title", "text"), TOLD["syndicated_copy"])
def test_a_copy_says_what_its_original_says(ask: Ask, title: str, text: str) -> None:
    """The outlet's name at the end of a copied headline changes neither actor nor action."""
    copied = ask(title, text).lead
    original = ask(title.rpartition(" - ")[0] or title.rpartition(" | ")[0], text).lead
    assert copied is not None
    assert original is not None
    assert (copied.actor, copied.action, copied.line) == (original.actor, original.action, original.line)


def test_not_on_topic(ask: Ask) -> None:
    """A text without the technology is dismissed with a reason."""
    analysis = ask("City bans plastic bags", "The council voted 7-2.")
    assert not analysis.on_topic
    assert analysis.changes == ()
    assert analysis.reasons[0].code == "no_topic"
