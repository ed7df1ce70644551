"""Reads of Odoo that only actions need."""
