"""The reference article (11 June 2020) in the words of different desks: each tells the same facts in its own way."""

from __future__ import annotations

WIRE = (
    "Microsoft says it will not sell face recognition to U.S. police until there is a federal law",
    """June 11 - Microsoft Corp said on Thursday it would not sell facial recognition technology to police departments in the \
United States until Congress passes a law that regulates it.

"We will not sell facial recognition technology to police departments in the United States until we have a national law in place, \
grounded in human rights, that will govern this technology," Microsoft President Brad Smith said at an online event.

Microsoft joins Amazon.com, which paused police use of its Rekognition software for a year on Wednesday, and IBM, which ended its \
general-purpose facial recognition business on Monday. The three companies have asked Congress to set rules for the technology.

Smith said Microsoft would also review how it decides which customers may use the technology.

"This is a start, but it should never have been sold to anyone," said a lawyer at the American Civil Liberties Union. An analyst at \
Wedbush said the effect on revenue would be small.

It is unclear whether the policy applies to police forces outside the United States.""",
)
TECH = (
    "Microsoft won't sell police its facial recognition technology, following similar moves by Amazon and IBM",
    """Microsoft is the latest tech company to close the door on police. Brad Smith, its president, said the company will not sell \
facial recognition to police departments in the US until a national law grounded in human rights is in force.

The move follows IBM, which said on Monday that it no longer offers general-purpose facial recognition, and Amazon, which said on \
Wednesday that it would pause police use of Rekognition for one year.

"If all of the responsible companies in the country cede this market, we won't necessarily serve the national interest," Smith said. \
"We will not sell facial recognition technology to police departments until there is a national law grounded in human rights."

The company promised to put further review factors in place for other customers. Smith, like his peers at the two other companies, urged \
Congress to pass a federal law on facial recognition.

Critics were not impressed. "A promise is not a law," said an advocate at Fight for the Future.

Microsoft did not say whether federal agencies or police in other countries are covered.""",
)
LOCAL = (
    "Microsoft halts facial recognition sales to U.S. police",
    """REDMOND, Wash. - Microsoft is halting sales of its facial recognition software to police departments in the United States \
until there is a federal law that protects human rights, the company said Thursday.

"We do not sell this technology to U.S. police departments today, and we will not sell it to them until there is a strong national law," \
the Redmond company said in a statement.

Earlier this week, Amazon announced a one-year moratorium on police use of its Rekognition software. IBM quit the facial recognition \
business on Monday. Microsoft said it will also strengthen the review of customers who want to use the technology, and called on Congress \
to act.

A professor at the University of Washington said the pledges show that protest works.

It was not immediately clear whether the halt covers sheriffs who buy through resellers.""",
)
SHORT = (
    "Microsoft joins Amazon and IBM: no facial recognition for US police",
    """Microsoft will not sell facial recognition technology to US police until there is a national law grounded in human rights, \
president Brad Smith said on Thursday. Amazon had paused police use of its Rekognition system on Wednesday, and IBM had ended its \
facial recognition offer on Monday. Microsoft called on Congress to regulate the technology, and promised to review which customers may use it. \
It remains unclear whether police abroad are affected.""",
)
BROADCAST = (
    "Microsoft bans police from using its facial recognition until there is a national law",
    """Microsoft has become the third big technology company this week to refuse its facial recognition software to American police.

The company said it would not sell the technology to police departments until a national law "grounded in human rights" was in place.

On Monday, IBM ended its general-purpose facial recognition offer. Two days later Amazon, which has sold Rekognition to police, announced that \
it would stop police from using it for a year.

"We won't sell facial recognition to police departments in the United States until the law is clear," Microsoft's president, Brad Smith, said.

The company also pledged to review how customers use facial recognition and asked Congress for rules.

Campaigners said that the firms should have acted earlier. "We want them to stop selling it for good," said a member of the group Liberty.

Whether police outside the United States can still buy it is not known.""",
)
CAUTIOUS = (
    "Microsoft to stay out of police facial recognition until Congress acts",
    """Following Amazon and IBM, Microsoft said on Thursday that it does not sell facial recognition to U.S. police departments and will \
not do so until there is a national law that is grounded in human rights.

IBM said on Monday that it was leaving the facial recognition business. On Wednesday Amazon, which had long defended its sales to police, \
suspended police use of Rekognition for one year.

"We will not sell facial recognition technology to police departments in the United States until we have a national law in place," \
Brad Smith, the company's president, told a newspaper's online event.

Smith said the company would add "additional review factors" for customers who use the technology, and urged Congress to pass a law on it.

An analyst said few police forces used the product. "It is good publicity," he said.

It was unclear whether the decision reaches police forces outside the United States.""",
)
ALL = {"wire": WIRE, "tech": TECH, "local": LOCAL, "short": SHORT, "broadcast": BROADCAST, "cautious": CAUTIOUS}
