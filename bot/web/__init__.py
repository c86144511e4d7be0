"""The tracker pages, health and readiness over HTTP. Reads through ports; knows neither SQL nor Slack."""

from bot.web.app import Pages, Tracker, build_app

__all__ = ["Pages", "Tracker", "build_app"]
