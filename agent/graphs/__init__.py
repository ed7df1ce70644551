"""One file for each workflow. Importing `rules` reaches no model library; `chat` does."""
