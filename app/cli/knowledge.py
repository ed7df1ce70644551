"""The company's own procedures."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import Json
from app.contract.knowledge import PassageRow

group = typer.Typer(help="What the company's own documents say.", no_args_is_help=True)


@group.command()
def index(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of Markdown files; the demo company's procedures when left out.")
    ] = None,
    json: Json = False,
) -> None:
    """Read the documents and rebuild the index."""
    from app.wiring.cli import reading

    with reading() as company:
        sections = company.index_documents(folder)
        place = str(company.company.knowledge_folder)
    output.shown(json, {"sections": sections, "index": place}, lambda: output.say(f"{sections} sections are indexed in {place}."))


@group.command()
def ask(
    question: Annotated[list[str], typer.Argument(metavar="QUESTION")],
    limit: Annotated[int, typer.Option(min=1, max=20)] = 3,
    json: Json = False,
) -> None:
    """What the documents say, with document and section named; --json gives whole sections."""
    from app.wiring.cli import reading

    asked = " ".join(question)
    with reading() as company:
        passages = [PassageRow.of(found) for found in company.knowledge.search(asked, limit)]
        output.shown(json, passages, lambda: output.say(company.knowledge.ask(asked)))
    if not json and len(passages) > 1:
        output.say(f"see also {', '.join(f'{one.document} ({one.section})' for one in passages[1:])}", style="dim")
