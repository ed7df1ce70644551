"""Mails and what is attached to them, made for measuring."""
