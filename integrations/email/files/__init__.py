"""Attached files: each is read in a process of its own, and nothing but its text comes out."""
