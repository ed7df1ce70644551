"""Finding a sale order, a purchase or a delivery by its number, and a colleague by name."""

from agent.domain.contacts import Colleague
from agent.domain.order_numbers import shortened, spellings
from agent.domain.records import Record
from agent.errors import PreconditionFailed, RecordMissing
from agent.ports.erp_reader import ErpReader

KINDS = {"sale.order": "sale order", "purchase.order": "purchase", "stock.picking": "delivery"}


def find_record(number: str, reader: ErpReader) -> Record:
    """Raises RecordMissing, and PreconditionFailed when several have this number."""
    found = {
        record: None
        for model in KINDS
        for records in reader.find_by_number(model, spellings(number)).values()
        for record in records
        if record.name.casefold() == number.strip().casefold()
    }
    records = list(found)
    if not records:
        raise RecordMissing(f"There is no sale order, purchase or delivery {shortened(number.strip())} that may be read.")
    if len(records) > 1:
        raise PreconditionFailed(f"There are {len(records)} records {records[0].name}; open the right one in the ERP.")
    return records[0]


def find_colleague(name: str, reader: ErpReader) -> Colleague:
    """Raises RecordMissing, and PreconditionFailed when two have this name."""
    found = reader.colleagues(name)
    if not found:
        raise RecordMissing("Nobody who works with the ERP has that name; give the name or the login as the ERP shows it.")
    if len(found) > 1:
        raise PreconditionFailed(f"{len(found)} people of the ERP are called {found[0].name}; give the login instead.")
    return found[0]
