"""Policywatch: facial-recognition policy changes, told once, with the sentence that says so."""

__version__ = "0.1.0"
