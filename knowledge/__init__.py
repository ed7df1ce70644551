"""The company's procedures and their index."""
