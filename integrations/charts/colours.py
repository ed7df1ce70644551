"""Colours that people who cannot tell red from green can tell apart (Okabe and Ito's)."""

IN_TIME = "#0072B2"
LATE = "#D55E00"
NOTHING = "#CC79A7"
NOTHING_INK = "#8f2f69"
"""The same, dark enough to be read as text."""
GREY = "#6b7280"
LIGHT = "#e5e7eb"
INK = "#1f2937"

#: From mild to grave, the last for what has no date.
GRAVITY = ("#56B4E9", "#F0E442", "#E69F00", "#D55E00", "#8a3b00", "#CC79A7")
