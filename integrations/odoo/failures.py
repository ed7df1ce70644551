"""What Odoo or the network answered, as refusals that say what to do next."""

import re
from http import HTTPStatus

from agent.errors import ErpAnswerLost, ErpIncomplete, ErpRefused, ErpUnavailable, ExpediterError
from integrations.odoo.address import Address
from integrations.odoo.transport import GATEWAY, Fault, NoAnswer

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
    "picking_ids": "sale_stock",
    "warehouse_id": "sale_stock",
    "sale_id": "sale_stock",
    "receipt_status": "purchase_stock",
    "move_dest_ids": "purchase_stock",
    "purchase_line_id": "purchase_stock",
    "purchase_line_ids": "purchase",
    "supplier_rank": "account",
}

#: Odoo lost its own database connection: whether it had committed is unknown.
_UNDECIDED = ("psycopg2.OperationalError", "psycopg2.InterfaceError")

#: A wrong password over JSON-RPC, a wrong key over JSON-2.
_NOT_LOGGED_IN = ("AccessDenied", "Unauthorized")

#: JSON-RPC's words, and JSON-2's.
_NO_MODEL = re.compile(r"Object \S+ doesn't exist|the model \S+ does not exist")


class LoginRefused(ErpRefused):
    """Odoo turned the call away because of who calls, before it looked at what is asked."""


def unreachable(address: Address, failure: NoAnswer) -> ErpUnavailable:
    """A call that got no answer of Odoo's own."""
    if failure.status in GATEWAY:
        return ErpUnavailable(
            f"The server at {address} says {failure.status}: Odoo behind it is down or overloaded; try again later."
        )
    if failure.status is not None:
        return ErpUnavailable(f"{address} answers, but not as an Odoo (HTTP {failure.status}); check the URL.")
    if failure.foreign:
        return ErpUnavailable(f"{address} answers, but not as an Odoo; check the URL.")
    return ErpUnavailable(f"Odoo at {address} cannot be reached: {failure.reason}; check the URL and that the server runs.")


def undecided(address: Address, failure: NoAnswer) -> ExpediterError:
    """A write that got no answer of Odoo's own: not sent, or its answer is lost."""
    if not failure.sent:
        return unreachable(address, failure)
    if failure.status is not None and 300 <= failure.status < 500 and failure.status != HTTPStatus.REQUEST_TIMEOUT:
        return ErpRefused(f"{address} turned the change away before Odoo saw it (HTTP {failure.status}); check the URL.")
    return ErpAnswerLost(
        f"The change was sent to Odoo at {address} and no answer came ({failure.reason}); look whether it took effect."
    )


def answered(fault: Fault, *, model: str, database: str, login: str) -> ExpediterError:
    """Odoo's own error answer to a read."""
    if missing := _missing(fault, model, database):
        return missing
    if fault.name.endswith("AccessError"):
        return ErpRefused(f"The login {login} may not do this with {model} in database {database}: {fault.message}")
    if fault.name.endswith(_NOT_LOGGED_IN):
        return wrong_login(login, database)
    if fault.name in _UNDECIDED:
        return ErpUnavailable(f"Odoo lost its own database ({fault.message}); try again later.")
    return ErpRefused(f"Odoo refused: {fault.message}")


def answered_write(fault: Fault, *, model: str, database: str, login: str) -> ExpediterError:
    """Odoo's own error answer to a write: rolled back, unless its database connection broke."""
    if fault.name in _UNDECIDED:
        return ErpAnswerLost(f"Odoo lost its own database while it wrote {model}; look whether the change took effect.")
    refusal = answered(fault, model=model, database=database, login=login)
    return refusal if isinstance(refusal, ErpRefused) else ErpRefused(str(refusal))


def login_failed(fault: Fault, *, database: str, login: str, address: Address) -> ExpediterError:
    if "does not exist" in fault.message and "database" in fault.message:
        return ErpRefused(f"There is no database {database} on {address}; check the database name.")
    if fault.name.endswith(_NOT_LOGGED_IN):
        return wrong_login(login, database)
    return ErpRefused(f"Odoo at {address} refused the login {login}: {fault.message}")


def wrong_login(login: str, database: str) -> ExpediterError:
    return LoginRefused(f"Odoo does not accept login {login} with this password or key on database {database}; check both.")


def _missing(fault: Fault, model: str, database: str) -> ErpIncomplete | None:
    name, message = fault.name, fault.message
    if _NO_MODEL.search(message) or (name.endswith("KeyError") and model in message):
        application, module = MODULE_OF.get(model.split(".")[0], (model, model.split(".")[0]))
        return ErpIncomplete(f"{application} is not installed in database {database}: install `{module}`.")
    if invalid := re.search(r"Invalid field '?([\w.]+)'?", message):
        field = invalid[1].rpartition(".")[2]
        bringer = _MODULE_OF_FIELD.get(field)
        way_out = f"install `{bringer}`" if bringer else "the module that brings it is not installed"
        return ErpIncomplete(f"Database {database} has no field {field} on {model}: {way_out}.")
    return None
