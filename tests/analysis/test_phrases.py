"""Phrases of headline and lead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = """
from bot.analysis import Analyser
from bot.analysis.reading import read_article
from bot.config.topic import load_topic
from tests.analysis.conftest import shipped_files
english = Analyser(load_topic(shipped_files())[0])._languages["en"]
text = (
    "The council of a city by the river voted on Tuesday evening to stop its police from using facial recognition. Civil liberties groups "
    "welcomed the vote and asked the state's lawmakers to follow with a moratorium for all agencies, while the mayor said that officers would "
    "lose a tool."
)
read = read_article(english.lexicon, "City bans facial recognition by police after protest", text)
said = english.phrases.read(read.title, read.text)
print(said.weight.hex(), [weight.hex() for weight in said.actions.values()])
"""


def test_every_process_weighs_the_same_words_the_same_to_the_last_digit():
    def weights(seed: str) -> str:
        environ = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", READ]
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout

    found = {weights(seed) for seed in "123"}
    assert len(found) == 1
    assert "0x1" in found.pop()
