"""`python -m bot …` is the same as `policywatch …`: platforms install requirements.txt and nothing else."""

from bot.cli import main

main()
