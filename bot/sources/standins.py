"""What servers send, with status 200, in place of what was asked for: consent pages, paywalls, checks for browsers (pure)."""

from __future__ import annotations

import re

PROMPTS = re.compile(
    r"subscribe (?:now|today|to (?:continue|read|keep))|(?:already|are you) a(?: paid)? (?:subscriber|member)"
    r"|(?:sign|log) in to (?:continue|read|keep)|to (?:continue|keep) reading|this (?:article|content|story) is (?:only )?(?:for|available to) "
    r"(?:our )?(?:subscribers|members)|unlock (?:this|the full) (?:article|story)|register (?:now |for free )?to (?:continue|read)"
    r"|free articles? (?:left|remaining)|start your (?:free )?trial",
    re.IGNORECASE,
)
"""A paragraph that asks to pay or to sign in."""
CONSENT = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|(?:we|our partners)\b.{0,80}\bstore and/or access information"
    r"|accept (?:all )?(?:cookies|and continue)|manage (?:your )?(?:cookie|privacy|consent)|this site uses cookies|cookie (?:policy|settings|preferences)"
    r"|(?:we|our) (?:and our )?(?:[\d,.]+ )?(?:partners|vendors)\b.{0,60}\b(?:use|process|store|set)\b.{0,60}\b(?:cookies|personal data|information on)"
    r"|(?:wir|unsere)\b.{0,40}\bpartner\b.{0,80}\b(?:cookies|informationen auf)|nous et nos (?:[\d ]+ )?partenaires"
    r"|\bcookies?\b.{0,120}\b(?:einwilligung|consentement)\b|\b(?:einwilligung|consentement)\b.{0,120}\bcookies?\b",
    re.IGNORECASE,
)
"""A paragraph that asks for consent to cookies and the like. Consent alone is what half of all news on faces speaks of."""
CHALLENGE = re.compile(
    r"just a moment|enable javascript|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|unusual traffic"
    r"|access (?:to this page )?(?:has been )?denied|pardon our interruption|attention required|request unsuccessful",
    re.IGNORECASE,
)
_SITE = r"[\W\d]*(?:\s[|–—·-]\s.{0,60})?"
"""What may follow in a title: the site's name, and no other word."""
_CHALLENGE_TITLE = re.compile(rf"(?:{CHALLENGE.pattern}){_SITE}", re.IGNORECASE)
_ABSENT_TITLE = re.compile(
    r"(?:(?:error )?40[34]|oops)?[\W\d]*(?:(?:the |this )?page (?:was |could |can )?not (?:be )?found|seite (?:wurde )?nicht gefunden"
    rf"|page (?:introuvable|non trouvée)|404(?: not found| error)?|(?:403 )?forbidden){_SITE}",
    re.IGNORECASE,
)
_LONGEST = 4_000
"""What is longer, in characters, is a text of its own, whatever it speaks of."""


def stand_in(title: str, text: str) -> str | None:
    """Say in a few words what a page is instead of a text worth judging, or None where it may be one.

    Args:
        title: the page's title.
        text: its main text, paragraphs separated by a blank line.
    """
    if _ABSENT_TITLE.fullmatch(title.strip()):
        return "a page that says that nothing was found"
    if len(text) > _LONGEST:
        return None
    if _CHALLENGE_TITLE.fullmatch(title.strip()):
        return "a check for browsers"
    asking = sum(len(part) for part in text.split("\n\n") if CONSENT.search(part))
    return "a consent page" if asking and 2 * asking >= len(text) else None
