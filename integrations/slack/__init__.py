"""Slack: a view over rows of the database. What is clicked names a row; the row decides."""
