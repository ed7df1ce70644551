"""What is bought, kept in store and offered, kept up to date beside the orders: small tables that are read again as a whole."""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.domain.changes import Noun
from agent.domain.purchasing import Vendor
from agent.errors import ErpIncomplete, ErpRefused
from agent.guardrails.policy import ThresholdBook
from agent.ports.erp_reader import ErpReader
from agent.risk.live.touched import Touched
from agent.risk.live.world import World


@dataclass(frozen=True, slots=True)
class Trade:
    """Reads again what changes name. What the login may not see stays as it was: the full look says so."""

    world: World
    reader: ErpReader
    limits: ThresholdBook
    now: datetime

    def take_over(
        self, ids: Mapping[Noun, Set[int]], owners: Mapping[Noun, Set[int]], vendors: Mapping[int, Vendor], touched: Touched
    ) -> None:
        """Call it when the orders and purchase lines are up to date. `vendors`: those that changed."""
        purchases = ids.get(Noun.PURCHASE, set()) | owners.get(Noun.PURCHASE_LINE, set())
        if purchases or self._finished():
            self._purchases(purchases, touched)
        if self._offers(ids.get(Noun.ORDER, set()), owners.get(Noun.PARTNER, set())):
            oldest = self.now - timedelta(days=self.limits.longest(["quotation_forgotten_days"]))
            self._keep("quotations", self.reader.sent_quotations(oldest), touched)
        if ids.get(Noun.RULE):
            self._rules(touched)
        self.prices(owners.get(Noun.PRICE, set()) & self.world.products.keys(), touched)
        # Last: a scan that fails before has to find them changed again.
        self._keep("vendors", {**self.world.rest("vendors"), **vendors}, touched)

    def vendors(
        self, ids: defaultdict[Noun, set[int]], owners: defaultdict[Noun, set[int]], touched: Touched
    ) -> Mapping[int, Vendor]:
        """Those that changed; what names them, or is judged by what class they are, is added to what is read again."""
        known = self.world.rest("vendors")
        asked = (ids[Noun.PARTNER] | owners[Noun.PARTNER]) & known.keys()
        found = self.reader.vendors(sorted(asked)) if asked else []
        changed = {vendor.id: vendor for vendor in found if vendor != known[vendor.id]}
        for line in [line for line in self.world.purchase_lines.by_id.values() if line.vendor_id in changed] if changed else ():
            ids[Noun.PURCHASE].add(line.order_id)
            touched.products.add(line.product_id)
            touched.surroundings.add(line.product_id)
        if changed:
            owners[Noun.PRICE] |= {price.product_id for price in self.world.rest("vendor_prices") if price.vendor_id in changed}
        return changed

    def _finished(self) -> bool:
        """Whether some purchase has no open line any more: its last goods came, and nobody wrote it."""
        open_ids = self.world.purchase_lines.indexes["by_purchase"].rows.keys()
        return any(purchase.id not in open_ids for purchase in self.world.rest("purchases"))

    def _offers(self, orders: Set[int], customers: Set[int]) -> bool:
        """Whether some of these may be quotations, or were, or somebody is called differently who was sent one."""
        known = self.world.rest("quotations")
        asked = {quotation.customer_id for quotation in known}
        return bool(orders - self.world.orders.by_id.keys() or orders & {each.id for each in known} or customers & asked)

    def _purchases(self, changed: Set[int], touched: Touched) -> None:
        """Those of open lines alone are open themselves."""
        open_ids = self.world.purchase_lines.indexes["by_purchase"].rows.keys()
        same = open_ids - changed
        kept = [purchase for purchase in self.world.rest("purchases") if purchase.id in same]
        found = self.reader.purchases(sorted(changed & open_ids)) if changed & open_ids else []
        self._keep("purchases", sorted([*kept, *found], key=lambda purchase: purchase.id), touched)
        vendors = self.world.rest("vendors")
        strange = {line.vendor_id for line in self.world.purchase_lines.by_id.values()} - vendors.keys()
        if strange:
            self._keep("vendors", {**vendors, **{each.id: each for each in self.reader.vendors(sorted(strange))}}, touched)

    def _rules(self, touched: Touched) -> None:
        try:
            rules = self.reader.reorder_rules()
        except (ErpRefused, ErpIncomplete):
            return
        self._keep("reorder_rules", rules, touched)
        touched.products |= {rule.product_id for rule in rules} - self.world.products.keys()

    def prices(self, product_ids: Set[int], touched: Touched) -> None:
        """Read these products' price lists: orders that lack some of one may be offered another vendor."""
        if not product_ids:
            return
        try:
            found = self.reader.vendor_prices(sorted(product_ids))
        except (ErpRefused, ErpIncomplete):
            return
        kept = [price for price in self.world.rest("vendor_prices") if price.product_id not in product_ids]
        self._keep("vendor_prices", [*kept, *found], touched)
        touched.surroundings |= product_ids

    def _keep(self, name: str, value: Any, touched: Touched) -> None:
        if value != self.world.rest(name):
            self.world.keep(name, value)
            touched.beyond_orders = True
