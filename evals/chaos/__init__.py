"""Approved changes of a real Odoo while everything around them dies, restarts, is late or loses answers."""
