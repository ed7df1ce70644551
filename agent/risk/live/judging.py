"""From what changed in the world to what has to be projected and judged again."""

from collections.abc import Iterator, Sequence

from agent.guardrails.policy import Policy
from agent.risk.live.judgements import NOTHING, Around, Judgements, Verdicts
from agent.risk.live.projecting import LiveProjection, Shifts
from agent.risk.live.surroundings import offered_differently
from agent.risk.live.touched import Touched
from agent.risk.live.world import World
from agent.risk.outlooks import LineOutlook
from agent.risk.projection import Projection, project, project_product
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.terms import terms_of


class Judged:
    """A world as it is judged at one moment; what is touched is judged again, as of the same moment."""

    def __init__(self, world: World, policy: Policy) -> None:
        self._world = world
        self._policy = policy
        self._view = LiveProjection(project(world.snapshot, terms_of(policy, world.snapshot)))
        self.judgements = Judgements(world.snapshot, self._view.projection, policy)

    def judge_again(self, touched: Touched) -> Verdicts:
        """The world shows what changed already."""
        if touched == Touched():
            return NOTHING
        snapshot = self._world.snapshot
        terms = terms_of(self._policy, snapshot)
        changed = (project_product(snapshot, product_id, terms) for product_id in sorted(touched.products))
        shifts = self._view.renew(changed)
        shifted = (snapshot.lines_by_id[line_id].order_id for line_id in shifts.lines if line_id in snapshot.lines_by_id)
        around = Around(frozenset(_lacking(snapshot, self._view.projection, touched, shifts)), frozenset(touched.surroundings))
        return self.judgements.judge({*touched.orders, *shifted}, touched.customers, around)


def _lacking(snapshot: Snapshot, projection: Projection, touched: Touched, shifts: Shifts) -> Iterator[int]:
    """Orders that have not all of some product, and see something else of what there is of it, or of who could give them some."""
    pools = shifts.gifts.keys() | shifts.stock | shifts.empty
    for product_id in touched.surroundings | touched.counted | {product_id for product_id, _ in pools}:
        product = projection.products.get(product_id)
        short = (outlook for outlook in product.outlooks if outlook.short_now > 0) if product else ()
        for lines in grouped(short, lambda outlook: (outlook.line.order_id, outlook.warehouse_id)).values():
            if _look_around(snapshot, lines, touched, shifts):
                yield lines[0].line.order_id


def _look_around(snapshot: Snapshot, lines: Sequence[LineOutlook], touched: Touched, shifts: Shifts) -> bool:
    """Whether these lines of one order, of one product in one warehouse, see something else now."""
    product_id, here = lines[0].product_id, (lines[0].product_id, lines[0].warehouse_id or 0)
    if product_id in touched.surroundings:
        return True
    if (product_id in touched.counted or here in shifts.empty) and any(line.unsupplied > 0 for line in lines):
        return True
    promised = snapshot.orders[lines[0].line.order_id].promise_date is not None
    if promised and here in shifts.gifts and offered_differently(snapshot, lines, shifts.gifts[here]):
        return True
    return bool(shifts.senders.get(product_id, frozenset()) - {here[1]})
