"""Attached files: each is read in a process of its own that has limits, and nothing but its text comes out."""
