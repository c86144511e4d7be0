import pytest

from bot.sources import guard

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.0.9",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1",
    "64:ff9b::7f00:1", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:c0a8:101::1",
    "2606:4700::5efe:7f00:1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "1::1", "4000::1", "not-an-address",
]  # fmt: skip
REACHABLE = [
    "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "223.255.255.255", "93.184.216.34",
    "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused_with_a_reason(address: str) -> None:
    assert guard.refused(address)


@pytest.mark.parametrize("address", REACHABLE)
def test_public_addresses_are_reachable(address: str) -> None:
    assert guard.refused(address) is None


def test_an_opened_network_is_reachable_and_nothing_else() -> None:
    allowed = guard.networks(["10.1.0.0/16", "fd12::/16"])
    assert guard.refused("10.1.2.3", allowed) is None
    assert guard.refused("::ffff:10.1.2.3", allowed) is None
    assert guard.refused("fd12::5", allowed) is None
    assert guard.refused("10.2.0.1", allowed) == "private"
    assert guard.refused("::ffff:10.2.0.1", allowed) == "private inside IPv4-mapped"


def test_a_bad_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/40"):
        guard.networks(["10.0.0.0/40"])
