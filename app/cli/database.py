"""The database's shape."""

import typer

from app.cli import output
from app.cli.options import Json

group = typer.Typer(help="The database's schema, roles and rights.", no_args_is_help=True)


@group.command()
def migrate(json: Json = False) -> None:
    """Bring schema, roles and rights up to this program's version. Safe to repeat; needs the owner's address."""
    from app.wiring.office import migrate_database

    applied, locked_out = migrate_database()
    words = f"applied {', '.join(applied)}" if applied else "nothing had to be done"
    result = {"applied": applied, "roles_without_login": locked_out}
    output.shown(json, result, lambda: output.say(f"The schema is up to date; {words}."))
    if locked_out:
        output.warn(f"{', '.join(locked_out)} cannot log in yet; for each: ALTER ROLE {locked_out[0]} LOGIN PASSWORD '…'.")
