"""What the assistant knows, may do and does. Names no vendor system."""
