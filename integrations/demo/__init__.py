"""The demo distributor: an ERP kept in the `demo` schema. The worker reads, only the executor writes."""

from integrations.demo.cast import Cast, cast
from integrations.demo.mailbox import write_mails
from integrations.demo.once_each import ONCE_EACH
from integrations.demo.people import PEOPLE, DemoPerson
from integrations.demo.reader import DemoReader
from integrations.demo.seed import Seeded, is_seeded, reseed, seed, seeded_at
from integrations.demo.situations import SITUATIONS

__all__ = [
    "ONCE_EACH",
    "PEOPLE",
    "SITUATIONS",
    "Cast",
    "DemoPerson",
    "DemoReader",
    "Seeded",
    "cast",
    "is_seeded",
    "reseed",
    "seed",
    "seeded_at",
    "write_mails",
]
