"""Odoo's and odoorpc's errors as refusals that say what to do next."""

import re
import socket
import ssl
from http import HTTPStatus
from urllib.error import HTTPError, URLError

from odoorpc.error import RPCError

from agent.errors import ErpAnswerLost, ErpIncomplete, ErpRefused, ErpUnavailable, ExpediterError
from integrations.odoo.address import Address

#: Which application a model belongs to, and the module that installs it.
MODULE_OF = {
    "sale": ("Sales", "sale_management"),
    "stock": ("Inventory", "stock"),
    "purchase": ("Purchase", "purchase"),
    "account": ("Invoicing", "account"),
}

#: Modules that bring fields of other modules' models.
_MODULE_OF_FIELD = {
    "delivery_status": "sale_stock",
    "warehouse_id": "sale_stock",
    "sale_id": "sale_stock",
    "receipt_status": "purchase_stock",
    "move_dest_ids": "purchase_stock",
    "purchase_line_id": "purchase_stock",
    "purchase_line_ids": "purchase",
    "supplier_rank": "account",
}

#: Raised by the network before a request can have left this machine, so nothing can have been changed by it.
_NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)

#: Odoo lost its own database connection: whether it had committed is unknown.
_UNDECIDED = ("psycopg2.OperationalError", "psycopg2.InterfaceError")

#: What odoorpc stumbles over when the answer is not the JSON that Odoo sends.
NOT_ODOO = (ValueError, KeyError, TypeError, AttributeError)


def unreachable(address: Address, error: Exception) -> ExpediterError:
    """A call that got no answer of Odoo's own."""
    if isinstance(error, HTTPError):
        if error.code in (502, 503, 504):
            return ErpUnavailable(
                f"The server at {address} says {error.code}: Odoo behind it is down or overloaded; try again later."
            )
        return ErpUnavailable(f"{address} answers, but not as an Odoo (HTTP {error.code}); check the URL.")
    if isinstance(error, NOT_ODOO):
        return ErpUnavailable(f"{address} answers, but not as an Odoo; check the URL.")
    return ErpUnavailable(f"Odoo at {address} cannot be reached: {_reason(error)}; check the URL and that the server runs.")


def undecided(address: Address, error: Exception) -> ExpediterError:
    """A write that got no answer of Odoo's own: not sent, or its answer is lost."""
    # urllib wraps only what happens before it waits for the answer
    if isinstance(error, URLError) and isinstance(error.reason, _NOT_SENT):
        return unreachable(address, error)
    if isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code != HTTPStatus.REQUEST_TIMEOUT:
        return ErpRefused(f"{address} turned the change away before Odoo saw it (HTTP {error.code}); check the URL.")
    return ErpAnswerLost(
        f"The change was sent to Odoo at {address} and no answer came ({_reason(error)}); look whether it took effect."
    )


def answered(error: RPCError, *, model: str, database: str, login: str) -> ExpediterError:
    """Odoo's own error answer to a read."""
    name, message = name_of(error), first_line(error)
    if missing := _missing(name, message, model, database):
        return missing
    if name.endswith("AccessError"):
        return ErpRefused(f"The login {login} may not do this with {model} in database {database}: {message}")
    if name.endswith("AccessDenied"):
        return wrong_login(login, database)
    if name in _UNDECIDED:
        return ErpUnavailable(f"Odoo lost its own database ({message}); try again later.")
    return ErpRefused(f"Odoo refused: {message}")


def answered_write(error: RPCError, *, model: str, database: str, login: str) -> ExpediterError:
    """Odoo's own error answer to a write: rolled back, unless its database connection broke."""
    if name_of(error) in _UNDECIDED:
        return ErpAnswerLost(f"Odoo lost its own database while it wrote {model}; look whether the change took effect.")
    refusal = answered(error, model=model, database=database, login=login)
    return refusal if isinstance(refusal, ErpRefused) else ErpRefused(str(refusal))


def login_failed(error: RPCError, *, database: str, login: str, address: Address) -> ExpediterError:
    message = first_line(error)
    if "does not exist" in message and "database" in message:
        return ErpRefused(f"There is no database {database} on {address}; check the database name.")
    if not error.info or name_of(error).endswith("AccessDenied"):
        return wrong_login(login, database)
    return ErpRefused(f"Odoo at {address} refused the login {login}: {message}")


def wrong_login(login: str, database: str) -> ExpediterError:
    return ErpRefused(f"Odoo does not accept login {login} with this password or key on database {database}; check both.")


def name_of(error: RPCError) -> str:
    """Class of the server's exception, such as `odoo.exceptions.AccessError`."""
    data = (error.info or {}).get("data") or {}
    return str(data.get("name") or "")


def first_line(error: RPCError) -> str:
    """The message without the paragraphs that Odoo adds, and never its traceback."""
    lines = str(error.args[0] if error.args else "").strip().splitlines() or ["no reason given"]
    return lines[-1].strip() if "FATAL" in lines[-1] else lines[0].strip()


def _missing(name: str, message: str, model: str, database: str) -> ErpIncomplete | None:
    if re.search(r"Object \S+ doesn't exist", message) or (name.endswith("KeyError") and model in message):
        application, module = MODULE_OF.get(model.split(".")[0], (model, model.split(".")[0]))
        return ErpIncomplete(f"{application} is not installed in database {database}: install `{module}`.")
    if invalid := re.search(r"Invalid field '?([\w.]+)'?", message):
        field = invalid[1].rpartition(".")[2]
        bringer = _MODULE_OF_FIELD.get(field)
        way_out = f"install `{bringer}`" if bringer else "the module that brings it is not installed"
        return ErpIncomplete(f"Database {database} has no field {field} on {model}: {way_out}.")
    return None


def _reason(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(reason, socket.gaierror):
        return "the host name is not known"
    if isinstance(reason, ssl.SSLError):
        return "its certificate is not accepted" if "CERTIFICATE" in str(reason) else "it does not speak TLS"
    return "the connection broke"
