"""What a test does to loggers ends with it."""

import logging

from bot.logs import configure_logs
from bot.settings import read_settings
from tests.logkeeping import kept_logs


def test_commands_that_configure_logs_leave_no_trace(caplog):
    known, silenced = logging.getLogger("tests.known"), logging.getLogger("tests.silenced")
    silenced.setLevel(logging.DEBUG)
    before = list(logging.root.handlers), logging.root.level
    with kept_logs():
        configure_logs(read_settings({"POLICYWATCH_LOG_LEVEL": "error"}, terminal=False))
        known.propagate, silenced.disabled = False, True
        silenced.setLevel(logging.CRITICAL)
        known.addFilter(lambda _: False)
        new = logging.getLogger("tests.new.one")
        new.setLevel(logging.CRITICAL)
        new.addHandler(logging.NullHandler())
        logging.disable(logging.CRITICAL)
        known.error("unheard")
    assert (list(logging.root.handlers), logging.root.level) == before
    assert (new.level, new.handlers) == (logging.NOTSET, [])
    known.warning("heard")
    new.warning("heard too")
    silenced.debug("and this")
    assert [record.message for record in caplog.records] == ["heard", "heard too", "and this"]
    silenced.setLevel(logging.NOTSET)
