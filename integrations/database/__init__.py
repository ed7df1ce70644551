"""PostgreSQL: schema, roles, the embedded server and what is stored."""
