"""Odoo through odoorpc's `execute_kw`."""
