"""Changes in Odoo, one file per part of the business; `integrations.odoo.writer` puts them together."""
