"""The database's shape."""

import typer

from app.cli import output
from app.cli.options import Json

group = typer.Typer(help="The database's schema, roles and rights.", no_args_is_help=True)


@group.command()
def migrate(json: Json = False) -> None:
    """Bring schema, roles and rights up to this program's version. Safe to repeat; needs the owner's address."""
    from app.wiring.cli import migrate_database

    applied = migrate_database()
    words = f"applied {', '.join(applied)}" if applied else "nothing had to be done"
    output.shown(json, {"applied": applied}, lambda: output.say(f"The schema is up to date; {words}."))
