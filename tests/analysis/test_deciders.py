"""Who decided, where a headline names only the one acted upon, a place, or a mere noun."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.model import Action, Article
from tests.analysis.conftest import WHEN, Ask

DECIDERS = [
    # the decider stands in the text, in the active
    ("Care home chain ordered to stop face scans of staff", "The Information Commissioner's Office told the operator to end the facial recognition scans.", "ICO"),
    ("Serco told to stop using facial recognition", "The order came from the Information Commissioner on Friday.", "ICO"),
    ("Rite Aid banned from using facial recognition", "The Federal Trade Commission barred the chain from it for five years.", "FTC"),
    ("Clearview AI fined over facial recognition", "Greece's Hellenic Data Protection Authority imposed a fine of 20 million euros.", "Hellenic Data Protection Authority"),
    ("Clearview AI fined 30 million euros for facial recognition", "The Dutch data protection authority said that the company had built an illegal database.", "Dutch Data Protection Authority"),
    ("Walgreens sued over facial recognition in stores", "The Illinois attorney general sued the chain on Monday.", "Illinois Attorney General"),
    # a court or regulator as a mere noun
    ("Court rules police use of facial recognition unlawful", "Judges at the High Court in London said that the force broke the law.", "High Court of England and Wales"),
    ("Appeals court finds police face recognition unlawful", "South Wales Police lost on three grounds in Cardiff.", "UK Court of Appeal"),
    ("Supreme Court lets facial recognition verdict against Facebook stand", "The Supreme Court refused to hear the case on Monday; the US company had appealed a facial recognition ruling.", "US Supreme Court"),
    ("Federal court rules FBI use of facial recognition unlawful", "", "Federal court"),
    ("Regulator finds that Kmart broke the law with facial recognition", "The chain scanned shoppers in 28 stores.", "OAIC"),
    ("Swedish police broke the law with Clearview, regulator finds", "", "Swedish Data Protection Authority"),
    # whose police it is decides what they lose
    ("Minneapolis police lose facial recognition", "The vote was 13-0.", "Minneapolis City Council"),
    ("Sheriff of King County may not use facial recognition any more", "", "King County Council"),
    # a place acts through its attorney general, its agency, its regulator
    ("NJ bars police from using Clearview", "Attorney General Gurbir Grewal told prosecutors on Friday to stop.", "New Jersey Attorney General"),
    ("New Jersey bars police from using Clearview", "The state attorney general said that officers should stop using the facial recognition app.", "New Jersey Attorney General"),
    ("Detroit will not arrest on a facial recognition match alone", "The Detroit Police Department promised to stop arrests that rest on facial recognition alone.", "Detroit Police Department"),
    ("Oakland bans facial recognition", "The Oakland City Council banned it on Tuesday; police had asked for exceptions.", "Oakland City Council"),
    ("Texas settles with Meta over facial recognition", "", "Texas Attorney General"),
    ("Detroit settles lawsuit over facial recognition", "", "City of Detroit"),
    ("San Jose police get council approval for facial recognition", "", "San Jose City Council"),
    ("Kenyan court halts rollout of facial recognition", "The High Court in Nairobi suspended it.", "High Court of Kenya"),
    ("Montana passes law limiting facial recognition", "Gov. Greg Gianforte signed the bill.", "Montana Legislature"),
    # a day between the vote and what was voted; the police that may no longer use it did not decide
    ("The Tulsa City Council voted on Tuesday to ban the use of facial recognition by the police department.", "", "Tulsa City Council"),
    ("Tulsa council votes on ban", "The Tulsa City Council voted 8-3 on Tuesday to ban facial recognition by the police department.", "Tulsa City Council"),
    ("The San Francisco Board of Supervisors agreed in May to prohibit facial recognition by the police department.", "", "San Francisco Board of Supervisors"),
    # the council's city stands elsewhere
    ("City Council votes to ban facial recognition", "BAKERSFIELD, Calif. - The council voted 5-2 on Tuesday.", "Bakersfield City Council"),
    ("School face recognition paused in New York", "The state Senate and Assembly approved a pause of two years.", "New York State Legislature"),
    # chambers of the Congress
    ("Democrats introduce bill to ban federal use of facial recognition", "", "US Congress"),
    ("Senators introduce bill to limit TSA facial recognition", "", "US Senate"),
    ("Lawmakers in Maine introduce bill to ban facial recognition", "Democrats in Augusta support it.", "Maine Legislature"),
    # the maker keeps it from the police
    ("US police cut off from facial recognition by Microsoft", "Microsoft said that it will not sell facial recognition to police.", "Microsoft"),
    ("Police may not use Rekognition for a year, Amazon says", "Amazon paused police use of its facial recognition.", "Amazon"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "actor"), DECIDERS, ids=[title for title, _, _ in DECIDERS])
def test_decider(ask: Ask, title: str, text: str, actor: str) -> None:
    """The one who decides, by canonical name where the article lets one know it."""
    lead = ask(title, text).lead
    assert lead is not None
    assert lead.actor == actor


@pytest.mark.parametrize(
    "title",
    [
        "Police barred from using facial recognition",
        "School facial recognition banned",
        "Facial recognition banned in schools",
        "Face recognition ordered off",
    ],
)
def test_a_mere_noun_is_nobody(ask: Ask, title: str) -> None:
    """Where nobody says who decided, the actor is left empty: neither the technology nor whom it is done to."""
    lead = ask(title, "The decision was made public on Tuesday.").lead
    assert lead is None or lead.actor == ""


def test_a_company_that_bans_it_itself_is_the_decider(ask: Ask) -> None:
    """The near-miss of `Rite Aid banned …`: nobody else acts, and the company is the subject of an active verb."""
    lead = ask("Wegmans bans facial recognition in its stores", "The chain said so on Monday.").lead
    assert lead is not None
    assert (lead.actor, lead.action) == ("Wegmans", Action.BAN)


def test_who_is_sued_by_nobody_named(ask: Ask) -> None:
    """Where no plaintiff is named the one sued stands for the case, and the line says so."""
    lead = ask("Macy's sued over facial recognition").lead
    assert lead is not None
    assert lead.line == "Macy's is sued over facial recognition"


@pytest.mark.parametrize(
    ("url", "actor"),
    [
        ("https://www.portland.gov/news/1", "Portland City Council"),
        ("https://www.oaklandside.example/1", "Oakland City Council"),
        ("https://www.example.org/portland/1", ""),
        ("https://news.example.org/a", ""),
    ],
)
def test_the_council_of_a_local_outlet(analyser: Analyser, url: str, actor: str) -> None:
    """`City Council` in a local outlet is the town's that its address names; elsewhere it is nobody's."""
    text = "The ordinances passed without a dissenting vote."
    local = Article(url, "", url, "City Council bans facial recognition", text, "src", WHEN, WHEN)
    lead = analyser.analyse(local).lead
    assert lead is not None
    assert lead.actor == actor


@pytest.mark.parametrize(
    ("short", "actor"),
    [
        ("ICO", "ICO"), ("CNIL", "CNIL"), ("FTC", "FTC"), ("OPC", "Office of the Privacy Commissioner of Canada"), ("OAIC", "OAIC"),
        ("EDPB", "EDPB"), ("AEPD", "AEPD"), ("IMY", "Swedish Data Protection Authority"), ("ANPD", "ANPD"), ("DPC", "Data Protection Commission (Ireland)"),
        ("PIPC", "Personal Information Protection Commission (Korea)"), ("CAC", "Cyberspace Administration of China"), ("OVIC", "Office of the Victorian Information Commissioner"),
        ("DHS", "US Department of Homeland Security"), ("CBP", "US Customs and Border Protection"), ("TSA", "Transportation Security Administration"),
    ],
)  # fmt: skip
def test_acronyms(ask: Ask, short: str, actor: str) -> None:
    """Authorities are known by their short names."""
    lead = ask(f"{short} orders company to stop facial recognition", "The privacy authority gave it two months.").lead
    assert lead is not None
    assert lead.actor == actor


@pytest.mark.parametrize(
    ("short", "actor"),
    [("NYPD", "New York Police Department"), ("LAPD", "Los Angeles Police Department"), ("RCMP", "RCMP")],
)
def test_acronyms_of_police(ask: Ask, short: str, actor: str) -> None:
    """So are police forces."""
    lead = ask(f"{short} bans facial recognition by officers").lead
    assert lead is not None
    assert lead.actor == actor


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("After wrongful arrest, man sues police over facial recognition", "Man "),
        ("noyb sues Clearview over facial recognition", "noyb "),
        ("Council of judges: regulator finds facial recognition unlawful", "Regulator "),
    ],
)
def test_a_line_begins_with_a_capital(ask: Ask, title: str, begins: str) -> None:
    """Of a common noun; a name keeps the letter that it is written with."""
    lead = ask(title).lead
    assert lead is not None
    assert lead.line.startswith(begins)


@pytest.mark.parametrize(
    ("title", "text", "actor"),
    [
        ("House bans facial recognition", "The House of Representatives voted on Tuesday.", "US House of Representatives"),
        ("In-house lawyers tell Megastore to stop facial recognition", "In-house counsel told the chain to stop facial recognition.", ""),
        ("Clearing-house to stop facial recognition", "The clearing-house said that it will end facial recognition.", ""),
    ],
)  # fmt: skip
def test_a_house_behind_a_hyphen_is_no_chamber(ask: Ask, title: str, text: str, actor: str) -> None:
    """`In-house counsel` is not the House."""
    actors = {change.actor for change in ask(title, text).changes}
    assert ("US House of Representatives" in actors) == bool(actor), actors
