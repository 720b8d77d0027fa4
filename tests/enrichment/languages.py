"""Invented sentences in many languages, by tag."""

from pathlib import Path

SENTENCES = Path(__file__).with_name("sentences.tsv")
"""One invented piece of news in each of many languages: tag, text. All say much the same."""
BY_TAG = dict(line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines())
