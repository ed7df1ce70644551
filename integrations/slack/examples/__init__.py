"""What people are shown, with invented content: for the real workspace to look at, for tests and for pictures."""
