"""Cases, scores and benchmarks: how good Expediter is, in numbers that one command prints."""
