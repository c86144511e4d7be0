"""The tracker pages, health and readiness over HTTP. Reads through ports; knows neither SQL nor Slack."""

from bot.web.app import Tracker, build_app
from bot.web.ports import Pages

__all__ = ["Pages", "Tracker", "build_app"]
