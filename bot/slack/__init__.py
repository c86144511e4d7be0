"""Slack, both ways: messages out (blocks, client, terminal) and requests in (verify, app). The only room that knows Slack."""
