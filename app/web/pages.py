"""The two pages for a browser: what this is, and what the API offers. No script, nothing loaded from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1.2rem; color: #1c2430; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }} a {{ color: #0b5cad; }}
code, pre {{ font: 0.9rem ui-monospace, monospace; background: #f2f4f7; border-radius: 4px; padding: 0.1rem 0.35rem; }}
pre {{ padding: 0.8rem; overflow-x: auto; }} dt {{ margin-top: 0.9rem; }} dd {{ margin: 0.1rem 0 0; color: #46505e; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14181e; color: #e4e8ee; }} a {{ color: #7db7f2; }}
code, pre {{ background: #222932; }} dd {{ color: #a7b1be; }} }}
</style></head><body>{body}</body></html>"""

HOME = """<h1>Expediter</h1>
<p>The operations assistant of a distributor that runs Odoo: it finds the customer orders that will miss their promise and
says why, and changes nothing without a named person's approval.</p>
<h2>Where to go</h2>
<dl><dt><a href="/docs">/docs</a></dt>
<dd>What the API offers; <a href="/openapi.json">/openapi.json</a> is the same for machines.</dd>
<dt><a href="/readyz">/readyz</a></dt><dd>Whether this server could do its work right now, and if not, why.</dd></dl>
<h2>From a terminal</h2>
<pre>expediter risk list
expediter chat "which orders will miss their promise this week, and why?"
expediter proposals list</pre>
<p>Requests need a person's own token: <code>Authorization: Bearer …</code>. An admin issues one with
<code>expediter person token NAME</code>.</p>"""


@router.get("/", response_class=HTMLResponse)
def home() -> str:
    return PAGE.format(title="Expediter", body=HOME)


@router.get("/docs", response_class=HTMLResponse)
def reference(request: Request) -> str:
    """The OpenAPI description as plain HTML."""
    schema = request.app.openapi()
    entries = "".join(_entries(schema["paths"]))
    body = (
        f'<h1>Expediter API</h1><p>{escape(schema["info"]["description"])} Schemas: <a href="/openapi.json">openapi.json</a>.</p>'
    )
    return PAGE.format(title="Expediter API", body=f"{body}<dl>{entries}</dl>")


def _entries(paths: dict[str, Any]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            words = operation.get("description") or operation["summary"]
            yield f"<dt><code>{method.upper()} {escape(path)}</code></dt><dd>{escape(words)}</dd>"
