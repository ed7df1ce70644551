"""The guarantees that live in the database, tried as the role in question."""
