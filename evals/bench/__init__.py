"""Measurements of the bars, each beside what it is compared with. Not tests: they need a quiet machine."""
