"""Other people's systems, one folder each; none knows another."""
