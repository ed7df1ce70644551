"""Odoo over JSON-2 or JSON-RPC."""
