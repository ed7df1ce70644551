"""Every failure becomes a status and one sentence; never a traceback."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from agent import errors
from app.contract.model import ErrorRow
from app.web.headers import SECURE
from app.web.seats import NoSeat
from app.web.security import NotSignedIn

logger = logging.getLogger(__name__)

STATUS: dict[type[errors.ExpediterError], int] = {
    NotSignedIn: 401,
    NoSeat: 429,
    errors.NotPermitted: 403,
    errors.RecordMissing: 404,
    errors.DecisionRefused: 409,
    errors.PolicyRejected: 409,
    errors.PreconditionFailed: 409,
    errors.DatabaseUnavailable: 503,
    errors.SchemaOutdated: 503,
    errors.ErpUnavailable: 503,
    errors.ModelUnavailable: 503,
}
WORDS = {404: "There is nothing at this address; /docs lists what there is.", 405: "This address does not take that method."}


def translate_failures(app: FastAPI) -> None:
    app.add_exception_handler(errors.ExpediterError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def sentence(status: int, words: str, headers: dict[str, str] | None = None, kind: str | None = None) -> JSONResponse:
    return JSONResponse(ErrorRow(error=words, kind=kind).model_dump(exclude_none=True), status_code=status, headers=headers)


def _refused(_request: Request, refusal: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 500)
    kind = refusal.kind if isinstance(refusal, errors.ExpediterError) else None
    return sentence(status, str(refusal), {"WWW-Authenticate": "Bearer"} if status == 401 else None, kind)


def _malformed(_request: Request, wrong: Exception) -> JSONResponse:
    assert isinstance(wrong, RequestValidationError)
    faults = [f"{'.'.join(map(str, fault['loc'][1:])) or 'body'}: {fault['msg']}" for fault in wrong.errors()]
    return sentence(422, f"The request cannot be used: {'; '.join(faults)}.")


def _http(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, HTTPException)
    return sentence(failure.status_code, WORDS.get(failure.status_code, f"{failure.detail}."), dict(failure.headers or {}))


def _unexpected(request: Request, failure: Exception) -> JSONResponse:
    logger.error("unexpected failure", exc_info=failure, extra={"action": "request_failed", "path": request.url.path})
    # Answered outside of all middleware; and whether something was recorded before the fault is not known here.
    words = "Something went wrong inside Expediter; look whether it took effect before you try again. The server's log has more."
    return sentence(500, words, SECURE)
