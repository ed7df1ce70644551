"""The nouns of a distributor and their arithmetic. Pure: no input, no output, no clock."""
