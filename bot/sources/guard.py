"""Which network addresses a fetch may reach (pure).

Feeds, redirects and article links are written by strangers, so a name in them may point into our own network. The check
belongs where the connection is made, on the address that is really dialled: names can resolve differently the second
time, and a literal address is never resolved at all. :mod:`bot.sources.transfer` calls :func:`refused` when libcurl
opens a socket.

The ranges are those of IANA's special-purpose address registries (RFC 6890 and its updates) that are not globally
reachable, with multicast. ``ipaddress.is_global`` alone is not enough: on Python 3.11 it lets multicast, NAT64 and 6to4
through, and an IPv4 address can be carried inside an IPv6 one in five ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_V4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud platform's internal service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6_GLOBAL = IPv6Network("2000::/3")
"""The only block from which global unicast addresses are given out; everything outside it is refused."""
_V6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")

# The list of the Fetch standard ("port blocking"): services that would take an HTTP request for their own protocol.
BAD_PORTS = frozenset(
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
        111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
        540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
        6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
        # and stores that answer to a line of text
        3306, 5432, 6379, 11211, 27017,
    }
)  # fmt: skip


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse CIDRs such as ``10.1.0.0/16`` or ``fd00::/8``.

    Raises:
        ValueError: one of them is not a network; the message names it.
    """
    return tuple(ip_network(text.strip(), strict=False) for text in texts if text.strip())


def is_among(host: str, allowed: Sequence[Network]) -> bool:
    """Tell whether a host is written as an address of one of these networks."""
    try:
        parsed = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return any(parsed in network for network in allowed)


def refused(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Say why ``address`` may not be reached, or None when it may.

    Args:
        address: a literal IPv4 or IPv6 address, with or without a scope id.
        allowed: networks the operator opened on purpose; they win over every refusal.

    Returns:
        A few words (``private``, ``loopback inside IPv4-mapped``) for an operator, or None.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an IP address"
    if _within(parsed, allowed):
        return None
    for inner, wrapping in _embedded(parsed):
        if _within(inner, allowed):
            return None
        if (why := _special(inner)) is not None:
            return f"{why} inside {wrapping}"
        if wrapping in {"IPv4-mapped", "NAT64"}:  # the carried address is the one that is reached
            return None
    return _special(parsed)


def _within(address: Address, allowed: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in allowed)


def _special(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((why for network, why in _V4 if address in network), None)
    bare = IPv6Address(int(address))  # a scope id never belongs to a network
    for network, why in _V6:
        if bare in network:
            return why
    return None if bare in _V6_GLOBAL else "outside the global unicast range"


def _embedded(address: Address) -> Iterator[tuple[IPv4Address, str]]:
    """IPv4 addresses that an IPv6 address carries: mapped, NAT64, 6to4, ISATAP, and the old compatible form."""
    if isinstance(address, IPv4Address):
        return
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped, "IPv4-mapped"
    elif IPv6Address(number) in _NAT64:
        yield low, "NAT64"
    elif address.sixtofour is not None:
        yield address.sixtofour, "6to4"
    elif IPv6Address(number) in _COMPATIBLE and number > 1:
        yield low, "IPv4-compatible"
    if (number >> 32) & 0xFDFFFFFF == 0x00005EFE:
        yield low, "ISATAP"
