"""The only door to writes."""
