"""The API. It reaches the world only through the context it is given."""

from importlib.metadata import version

from fastapi import FastAPI

from app.contract.model import ErrorRow
from app.web import pages
from app.web.context import WebContext
from app.web.failures import translate_failures
from app.web.headers import SecureHeaders
from app.web.routes import (
    absences,
    approvals,
    audit,
    authenticator,
    brief,
    chat,
    executions,
    findings,
    groups,
    health,
    jobs,
    mails,
    people,
    policies,
    proposals,
    risk,
    scorecard,
    shipments,
)
from app.web.seats import Seats

__all__ = ["WebContext", "create_app"]

LARGEST_BODY = 64 * 1024
DESCRIPTION = "Orders at risk, findings, proposals and the audit log. Every refusal is a status and one sentence in `error`."


def create_app(context: WebContext) -> FastAPI:
    """The application, ready for any ASGI server; nothing is connected here."""
    app = FastAPI(
        title="Expediter",
        version=version("expediter"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        responses={status: {"model": ErrorRow} for status in (401, 403, 404, 409, 503)},
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.context, app.state.seats = context, Seats()
    app.add_middleware(SecureHeaders)
    translate_failures(app)
    for module in (
        pages,
        health,
        mails,
        people,
        authenticator,
        risk,
        brief,
        findings,
        scorecard,
        shipments,
        proposals,
        absences,
        approvals,
        groups,
        executions,
        jobs,
        policies,
        chat,
        audit,
    ):
        app.include_router(module.router)
    return app
