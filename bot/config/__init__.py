"""Configuration: YAML files -> frozen values, every mistake with file, line and what to write instead."""
