"""What operators type: one module a subject, each command a few lines over the rooms. `bot.cli` puts them together."""
