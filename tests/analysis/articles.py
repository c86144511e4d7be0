"""Full articles of our own wording on events like those of the news; names, places and figures may be real, quotations are not."""

AXON = (
    "Axon rules out face matching on its police body cameras for now",
    """The largest maker of police body cameras in the United States said on Thursday that it will not put facial recognition on \
its devices, following the advice of an ethics board that it set up last year.

Axon said the technology was not yet accurate enough to be used in the field. "We do not believe that face matching technology \
should be on our cameras at this time," Paul Winter, the company's head of research, wrote in a blog post.

The board had recommended that the company hold off until the systems perform equally well for all groups. Motorola Solutions, a \
rival, declined to comment. In May, San Francisco banned the use of facial recognition by city agencies, and lawmakers in \
California are weighing a three-year moratorium on its use in body cameras.

It is not clear whether the decision covers its software for managing video evidence.""",
)
BRIDGES = (
    "Court of Appeal finds South Wales Police use of live facial recognition unlawful",
    """The use of automated facial recognition by South Wales Police breached privacy rights, data protection law and equality \
duties, the Court of Appeal ruled on Tuesday.

A former councillor from Cardiff brought the case with the help of the campaign group Liberty. The High Court had dismissed his \
claim last September. "I am glad that the judges saw what facial recognition does to us," Mr Morgan said.

South Wales Police said it would not appeal. The Metropolitan Police, which began using live facial recognition in London in \
February, said it would study the judgment. Liberty has called for a ban on facial recognition in public places.""",
)
WATCHDOG = (
    "Clearview AI fined \u00a37.5m by UK watchdog and told to delete data",
    """The Information Commissioner's Office has fined the US company Clearview AI \u00a37,552,800 for collecting images of faces \
from the internet without people's knowledge, and has ordered it to delete the data of residents of the United Kingdom.

The watchdog said that the company had broken UK data protection law. Clearview no longer offers its services in the UK, but it \
has customers elsewhere. A lawyer for the firm said it was not subject to the regulator's jurisdiction. Regulators in France, \
Italy and Australia have taken similar action.""",
)
GOVERNOR = (
    "Inslee signs law regulating government facial recognition, vetoes task force",
    """OLYMPIA - Gov. Jay Inslee on Tuesday signed Senate Bill 6280, which sets rules for how state and local agencies in \
Washington may use facial recognition. The law takes effect July 1, 2021.

Police will need a warrant to use the technology for ongoing surveillance, except in emergencies. The bill was sponsored by a \
senator who works at Microsoft, which had supported it. The American Civil Liberties Union of Washington opposed it and wanted a \
moratorium instead.""",
)
DRUGSTORE = (
    "FTC bars Rite Aid from using facial recognition for five years",
    """Rite Aid will be prohibited from using facial recognition technology for surveillance for five years under a settlement \
with the Federal Trade Commission, which said the pharmacy chain had failed to prevent harm to shoppers in hundreds of stores.

"These facial recognition systems left customers facing humiliation," said Anna Poole, a director at the F.T.C., on Tuesday.

The order, which a court must approve, also requires the company to delete the images it collected. Rite Aid said it stopped \
using the technology in a small group of stores more than three years ago.""",
)
SENATORS = (
    "Senators introduce bill to halt federal use of facial recognition",
    """WASHINGTON - Two Democratic senators introduced a bill on Thursday that would bar federal agencies, including the FBI and \
Immigration and Customs Enforcement, from using facial recognition until Congress passes a law that permits it.

The Facial Recognition and Biometric Technology Moratorium Act, by Ed Markey of Massachusetts and Jeff Merkley of Oregon, would \
also withhold grants from state and local police departments that do not adopt moratoriums of their own.

The bill comes after a Detroit man was wrongly arrested because of a false match. IBM, Amazon and Microsoft have said this month \
that they will pause or end sales to police.""",
)
COMPUTERS = (
    "IBM quits facial recognition business, citing racial profiling",
    """IBM no longer offers general-purpose facial recognition or analysis software, its chief executive, Arvind Krishna, told \
members of Congress in a letter on Monday.

"We will not condone the use of facial recognition technology for mass surveillance," Krishna wrote. "It is time to talk about \
whether facial recognition technology should be employed by law enforcement agencies."

Amazon, whose Rekognition service is used by police departments, did not respond to a request for comment.""",
)
STORES = (
    "Bunnings and Kmart pause facial recognition in stores during privacy probe",
    """The Australian retailers Kmart and Bunnings have stopped using facial recognition technology in their stores while the \
privacy regulator investigates whether it is lawful.

The consumer group Choice had revealed that they captured shoppers' faceprints. "We ban people who berate our team from our \
stores," said a manager of Bunnings. Choice urged other retailers to follow.""",
)
REPEAL = (
    "New Orleans council loosens ban on facial recognition, letting police request its use for violent crimes",
    """The New Orleans City Council voted 4-2 on Thursday to let police use facial recognition to identify suspects in violent \
crimes, undoing part of a ban that it passed less than two years ago.

Under the new ordinance an officer must ask a supervisor for approval. One council member called facial recognition racist and \
voted no. In 2020 the council prohibited the use of the technology along with cell-site simulators.""",
)
ROBBERY = (
    "Police used facial recognition to find suspect in mall robbery, records show",
    """Detectives in Fairfax used facial recognition to identify a man who is accused of robbing a jewelry store last month, \
according to court records filed this week.

The man, 24, was arrested on Friday. The department ran an image from a surveillance camera against a database of booking photos. \
Civil liberties groups have long criticized the use of the technology without rules and want the state to ban it. Virginia \
restricted local police use of facial recognition in 2021.""",
)
OPINION = (
    "Opinion: San Francisco was right to ban facial recognition. Congress should follow",
    """When San Francisco banned the use of facial recognition by its agencies last year, critics said the city had overreached. I \
think they were wrong.

Amazon then announced a one-year pause on police use of its Rekognition software, and IBM dropped out of the business. But a \
patchwork is not enough. Congress must ban the technology until we know how to control it.""",
)
