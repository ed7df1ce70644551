"""`python -m app.cli`: how `up` starts its children."""

from app.cli import main

main()
