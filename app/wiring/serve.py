"""The API's process: the trust root for who clicked. No ERP login, no model."""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import uvicorn

from agent.errors import SettingMissing
from agent.guardrails.policy import load_policy
from agent.guardrails.policy_in_force import PolicyInForce
from app.settings import CompanySettings, ServeSettings
from app.settings.base import plain
from app.web import WebContext, create_app
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.store import check, open_store
from app.wiring.supervised import announce_ready, end_with_parent, set_up_logging
from integrations.database.absences import PostgresAbsences
from integrations.database.answer_listener import AnswerListener
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.clock import DatabaseClock
from integrations.database.conversations import PostgresInboundDesk
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.finding_desk import PostgresFindingDesk
from integrations.database.given_up import PostgresJobDesk
from integrations.database.letters import PostgresLetters
from integrations.database.mail_inbox import PostgresMailDesk
from integrations.database.mail_scores import PostgresMailScores
from integrations.database.own_affairs import PostgresCarrierDesk
from integrations.database.people import PostgresPeople
from integrations.database.policies import PostgresPolicyDesk
from integrations.database.pool import Pool
from integrations.database.scorebook import PostgresScoreReading

if TYPE_CHECKING:
    from integrations.database.authenticators import PostgresAuthenticators

Made = TypeVar("Made")
PATIENCE_AT_THE_END_S = 3
logger = logging.getLogger(__name__)


def serve_context(settings: ServeSettings, url: str, stack: ExitStack) -> WebContext:
    """Everything the routes need, on serve's role; closed with the stack."""
    pool = open_store(url, "serve", stack)
    policies = PostgresPolicyDesk(pool)
    first = load_policy(settings.policy)
    authenticators = _once(partial(_authenticators, settings, pool))
    return WebContext(
        people=PostgresPeople(pool),
        desk=PostgresDecisionDesk(pool, lambda: authenticators().codes),
        authenticators=authenticators,
        executions=PostgresExecutionControl(pool),
        inbound=PostgresInboundDesk(pool, stack.enter_context(AnswerListener(url))),
        inbox=PostgresMailDesk(pool),
        mail_scores=PostgresMailScores(pool),
        letters=PostgresLetters(pool),
        board=PostgresFindingDesk(pool),
        carriers=PostgresCarrierDesk(pool),
        jobs=PostgresJobDesk(pool),
        scores=PostgresScoreReading(pool),
        audit=PostgresAuditLog(pool),
        policies=policies,
        absences=PostgresAbsences(pool),
        notices=PostgresApprovalNotices(pool),
        in_force=PolicyInForce(policies, first),
        clock=DatabaseClock(pool),
        check=lambda: check(pool),
    )


def _once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Requests run in threads: two of them must not make it twice."""
    turn, made = Lock(), cache(make)

    def get() -> Made:
        with turn:
            return made()

    return get


def _authenticators(settings: ServeSettings, pool: Pool) -> "PostgresAuthenticators":
    """Made when somebody first needs it: most companies' rules ask for no second factor, and its library is not small."""
    from integrations.database.authenticators import PostgresAuthenticators, Seal, new_key

    given = plain(settings.second_factor_key)
    keys = given.split(",") if given else [company_of(CompanySettings.read()).second_factor_key(new_key)]
    return PostgresAuthenticators(pool, Seal(keys))


def run(supervised: bool) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises SettingMissing when the port is taken."""
    set_up_logging()
    settings = ServeSettings.read()
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(settings.host, settings.port))
        url = database_url(settings.serve_database_url, company_of(CompanySettings.read()), "serve", stack)
        context = serve_context(settings, url, stack)
        app = create_app(context)
        if settings.has_slack:
            from app.wiring.slack import attach_slack

            attach_slack(app, context, settings, url, stack)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=PATIENCE_AT_THE_END_S
        )
        end_with_parent(supervised)
        _Server(config, settings, supervised).run(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, settings: ServeSettings, supervised: bool) -> None:
        super().__init__(config)
        self._settings, self._supervised = settings, supervised

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            logger.info("serving at http://%s:%s", self._settings.host, self._settings.port)
            announce_ready("serve", self._supervised)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as refused:
        reason = os.strerror(refused.errno or 0)
        raise SettingMissing(
            f"Port {port} on {host} cannot be opened ({reason}); end what uses it, or set EXPEDITER_PORT."
        ) from None
