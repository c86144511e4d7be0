"""What people do in Slack: buttons, modals and commands that change something.

Implements :class:`bot.slack.ports.Commands`. Each deed is one short transaction (:meth:`Deeds.analyse` fetches first) and
leaves labels (:mod:`bot.labels`) and owed deliveries; messages change because their edits are owed, never here. Doing the
same again changes nothing and answers the same.
"""

from __future__ import annotations

from bot.deeds.addresses import AddressDeeds
from bot.deeds.channels import ChannelDeeds
from bot.deeds.stories import StoryDeeds
from bot.wiring import Parts


class Deeds(StoryDeeds, ChannelDeeds, AddressDeeds):
    """All doers, over the parts of one process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts


__all__ = ["Deeds"]
