"""The people of the demo company, who may be played with `--as HANDLE`."""

from typing import NamedTuple

from agent.domain.decisions import Role


class DemoPerson(NamedTuple):
    handle: str
    name: str
    email: str
    roles: tuple[Role, ...]


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("maria", "Maria Keller", "maria@harbourvale.example", (Role.OPS_AGENT,)),
    DemoPerson("sofia", "Sofia Lindqvist", "sofia@harbourvale.example", (Role.SALES_MANAGER,)),
    DemoPerson("walter", "Walter Brandsma", "walter@harbourvale.example", (Role.WAREHOUSE_LEAD,)),
    DemoPerson("bianca", "Bianca Rossi", "bianca@harbourvale.example", (Role.BUYER,)),
    DemoPerson("pavel", "Pavel Novák", "pavel@harbourvale.example", (Role.PURCHASING_MANAGER,)),
    DemoPerson("fiona", "Fiona Gallagher", "fiona@harbourvale.example", (Role.FINANCE,)),
    DemoPerson("omar", "Omar Haddad", "omar@harbourvale.example", (Role.OPS_MANAGER,)),
    DemoPerson("ada", "Ada Okafor", "ada@harbourvale.example", (Role.AUDITOR,)),
)
