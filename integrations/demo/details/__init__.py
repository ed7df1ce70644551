"""Reads of the demo distributor that only actions need."""
