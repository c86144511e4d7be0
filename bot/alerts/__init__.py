"""Telling people: which routes take a story (pure), what a Slack call's result means (pure), and the loop that sends.

``routing`` and ``filters`` decide what a story's transition owes; ``digests`` and ``notices`` compose what is not a
story; ``folding`` turns floods into one message; ``outbox`` decides what follows from a Slack call; ``delivery``
drives it all against the ports of ``ports``.
"""
