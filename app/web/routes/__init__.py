"""One module for each thing the API is about."""
