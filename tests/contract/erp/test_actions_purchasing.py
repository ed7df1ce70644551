"""Purchases: proposed, carried out, read back and taken back, in every ERP."""

from datetime import timedelta
from decimal import Decimal

import pytest

from agent.actions import Effect, action_named, marker_of, prepare
from agent.domain.decisions import Proposal
from agent.errors import PreconditionFailed, RecordMissing
from tests.fixtures.action_world import ActionWorld, day


def drafted(
    world: ActionWorld, quantity: str = "10", days: int = 9, price: float = 6.5, other: float = 7.15
) -> tuple[str, str, Proposal]:
    """The product's code, the draft's number, and the proposal that made it."""
    code = world.make.product(prices=(price, other))
    made = world.carried_out(
        "create_rfq",
        vendor=world.make.vendors[0],
        warehouse=world.make.home,
        goods=f"{code}: {quantity}",
        arrives=day(days).date(),
    )
    [paper] = world.reader.purchases_marked(marker_of(made))
    return code, paper.name, made


# create_rfq, cancel_purchase


def test_a_draft_is_made_at_the_vendors_price_cancelled_and_made_again(world: ActionWorld) -> None:
    _, name, made = drafted(world)
    [paper] = world.reader.purchase_papers([name])
    assert (paper.state, paper.vendor.name, paper.lines[0].ordered.amount) == ("draft", world.make.vendors[0], 10)
    assert paper.lines[0].price.amount == Decimal("6.5")
    assert paper.lines[0].vendor_promise_date.date() == day(9).date()
    assert Decimal(made.content.facts["cost"]) == 65
    assert world.rule(made.content) == "small-urgent-purchase"
    assert "10 Units at 6.50" in made.content.preview.changes[0].after
    undone = world.taken_back(made)
    assert world.rule(undone.content) == "draft-cancelled"
    again = world.taken_back(undone)
    assert again.content.arguments == made.content.arguments


def test_an_agreed_price_above_the_list_is_seen_by_more_people(world: ActionWorld) -> None:
    code = world.make.product(prices=(6.5,))
    asked = {"vendor": world.make.vendors[0], "warehouse": world.make.home, "goods": f"{code}: 2", "arrives": day(9).date()}
    content = world.prepared("create_rfq", **asked, prices=f"{code}: 7.80")
    assert content.facts["over_list_percent"] == "20.0"
    assert world.rule(content) == "urgent-purchase"


def test_without_a_price_nothing_is_bought(world: ActionWorld) -> None:
    code = world.make.product(prices=(6.5,))
    asked = {"warehouse": world.make.home, "goods": f"{code}: 2", "arrives": day(9).date()}
    with pytest.raises(PreconditionFailed, match=f"^{world.make.vendors[1]} has no price"):
        world.prepared("create_rfq", **asked, vendor=world.make.vendors[1])
    with pytest.raises(PreconditionFailed, match="say in which currency"):
        world.prepared("create_rfq", **asked, vendor=world.make.vendors[1], prices=f"{code}: 7")
    with pytest.raises(RecordMissing, match=r"^No vendor is called Nobody & Sons"):
        world.prepared("create_rfq", **asked, vendor="Nobody & Sons")


def test_a_price_that_the_vendor_raised_meanwhile_is_not_the_one_that_was_approved(world: ActionWorld) -> None:
    code = world.make.product(prices=(6.5,))
    asked = {"vendor": world.make.vendors[0], "warehouse": world.make.home, "goods": f"{code}: 10", "arrives": day(9).date()}
    content = world.prepared("create_rfq", **asked)
    world.make.reprice(code, 7.25)
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.facts["cost"], content.facts["over_list_percent"]) == ("65.00", "0.0")
    assert (fresh.facts["cost"], fresh.facts["under_list_percent"]) == ("72.50", "10.3"), (
        "what the list says counts when it is more"
    )


def test_a_purchase_that_was_confirmed_meanwhile_is_not_the_draft_whose_cancelling_was_approved(world: ActionWorld) -> None:
    _, name, _ = drafted(world)
    content = world.prepared("cancel_purchase", purchase=name)
    world.carried_out("confirm_purchase", purchase=name)
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.facts["state"], fresh.facts["state"]) == ("draft", "purchase")
    assert (world.rule(content), world.rule(fresh)) == ("draft-cancelled", "purchase-cancelled")
    world.carried_out("cancel_purchase", purchase=name)
    with pytest.raises(PreconditionFailed, match=f"^{name} is cancelled already"):
        prepare(content.action, content.arguments, world.reader)


# confirm_vendor_date


def test_the_day_that_a_vendor_confirmed_is_entered_and_taken_back(world: ActionWorld) -> None:
    code, name, _ = drafted(world, days=5)
    world.carried_out("confirm_purchase", purchase=name)
    world.make.order({code: 4}, days=12)
    entered = world.carried_out("confirm_vendor_date", purchase=name, arrives=day(16).date())
    [paper] = world.reader.purchase_papers([name])
    assert paper.lines[0].vendor_promise_date == day(16)
    facts = entered.content.facts
    assert (facts["days_slipped"], facts["orders_harmed"], facts["segment_harmed"]) == (11, 1, "standard")
    assert Decimal(facts["value_harmed"]) == 80
    assert world.rule(entered.content) == "vendor-slips"
    world.taken_back(entered)
    assert world.reader.purchase_papers([name])[0].lines[0].vendor_promise_date == day(5)


def test_a_slip_that_nobody_feels_harms_nobody(world: ActionWorld) -> None:
    code, name, _ = drafted(world, days=5)
    world.carried_out("confirm_purchase", purchase=name)
    world.make.order({code: 4}, days=20)
    content = world.prepared("confirm_vendor_date", purchase=name, arrives=day(16).date())
    assert content.facts["orders_harmed"] == 0
    assert world.rule(content) == "vendor-slips-harmlessly"


def test_a_date_that_says_nothing_new_or_of_nothing_that_is_to_come_is_refused(world: ActionWorld) -> None:
    _, name, made = drafted(world, days=5)
    with pytest.raises(PreconditionFailed, match=f"^{name} is expected for .* already"):
        world.prepared("confirm_vendor_date", purchase=name, arrives=day(5))
    with pytest.raises(PreconditionFailed, match=r"^Nothing of OTHER is still to come"):
        world.prepared("confirm_vendor_date", purchase=name, arrives=day(6), product="OTHER")
    world.taken_back(made)
    with pytest.raises(PreconditionFailed, match=f"^{name} is cancelled"):
        world.prepared("confirm_vendor_date", purchase=name, arrives=day(6))


def test_a_date_that_somebody_else_moved_meanwhile_is_no_longer_what_was_approved(world: ActionWorld) -> None:
    _, name, _ = drafted(world, days=5)
    content = world.prepared("confirm_vendor_date", purchase=name, arrives=day(16))
    world.carried_out("confirm_vendor_date", purchase=name, arrives=day(7))
    assert prepare(content.action, content.arguments, world.reader).before != content.before
    assert action_named(content.action).effect(content, world.reader, "") is Effect.OTHER


def test_a_day_that_is_over_is_not_entered(world: ActionWorld) -> None:
    _, name, _ = drafted(world, days=5)
    with pytest.raises(PreconditionFailed, match="is in the past"):
        prepare("confirm_vendor_date", {"purchase": name, "arrives": day(-2)}, world.reader, now=day(0))


# confirm_purchase


def test_a_purchase_is_confirmed_and_cancelled(world: ActionWorld) -> None:
    code, name, _ = drafted(world)
    confirmed = world.carried_out("confirm_purchase", purchase=name)
    assert world.reader.purchase_papers([name])[0].state == "purchase"
    [product] = world.reader.search_products(code)
    assert [line.outstanding.amount for line in world.reader.open_purchase_lines([product.id])] == [10]
    assert f"10 Units of Goods {code} are ordered from {world.make.vendors[0]} for 65.00" in confirmed.content.preview.consequence
    undone = world.taken_back(confirmed)
    assert world.rule(undone.content) == "purchase-cancelled"
    assert not world.reader.open_purchase_lines([product.id])


def test_a_purchase_that_an_order_counts_on_is_not_cancelled_unseen(world: ActionWorld) -> None:
    code, name, _ = drafted(world, days=5)
    world.make.order({code: 3}, days=2)
    order, _ = world.make.order({code: 4}, days=12)
    draft = world.prepared("cancel_purchase", purchase=name)
    assert (draft.facts["orders_harmed"], world.rule(draft)) == (0, "draft-cancelled"), "nobody counts on a draft"
    world.carried_out("confirm_purchase", purchase=name)
    content = world.prepared("cancel_purchase", purchase=name)
    assert (content.facts["orders_harmed"], Decimal(content.facts["value_harmed"])) == (1, 80), "the sooner one gets none of it"
    assert content.facts["currency"] == world.reader.purchase_papers([name])[0].amount.currency
    assert f"{order} of" in content.preview.consequence
    assert world.rule(content) == "awaited-purchase-cancelled"


def test_what_is_confirmed_is_not_confirmed_again(world: ActionWorld) -> None:
    _, name, _ = drafted(world)
    confirmed = world.carried_out("confirm_purchase", purchase=name)
    with pytest.raises(PreconditionFailed, match=f"^{name} is confirmed already"):
        prepare("confirm_purchase", confirmed.content.arguments, world.reader)


def test_a_purchase_that_became_dearer_meanwhile_is_not_what_was_approved(world: ActionWorld) -> None:
    _, name, _ = drafted(world)
    content = world.prepared("confirm_purchase", purchase=name)
    world.carried_out("change_vendor", purchase=name, vendor=world.make.vendors[1])
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.facts["cost"], fresh.facts["cost"]) == ("65.00", "71.50")


# change_vendor


def test_a_draft_is_bought_from_another_vendor_and_from_the_first_again(world: ActionWorld) -> None:
    _, name, _ = drafted(world)
    changed = world.carried_out("change_vendor", purchase=name, vendor=world.make.vendors[1])
    [paper] = world.reader.purchase_papers([name])
    assert (paper.vendor.name, paper.lines[0].price.amount) == (world.make.vendors[1], Decimal("7.15"))
    assert paper.lines[0].vendor_promise_date.date() == day(9).date()
    facts = changed.content.facts
    assert (facts["extra_cost"], facts["extra_percent"], facts["from_vendor"]) == ("6.50", "10.0", world.make.vendors[0])
    assert world.rule(changed.content) == "other-vendor"
    world.taken_back(changed)
    [paper] = world.reader.purchase_papers([name])
    assert (paper.vendor.name, paper.lines[0].price.amount) == (world.make.vendors[0], Decimal("6.5"))


def test_the_vendor_of_what_is_confirmed_is_not_changed(world: ActionWorld) -> None:
    _, name, _ = drafted(world)
    with pytest.raises(PreconditionFailed, match=f"^{name} is bought from {world.make.vendors[0]} already"):
        world.prepared("change_vendor", purchase=name, vendor=world.make.vendors[0])
    content = world.prepared("change_vendor", purchase=name, vendor=world.make.vendors[1])
    world.carried_out("confirm_purchase", purchase=name)
    with pytest.raises(PreconditionFailed, match=f"^{name} is not a draft any more"):
        prepare(content.action, content.arguments, world.reader)


def test_a_vendors_day_that_moved_is_told_in_days(world: ActionWorld) -> None:
    _, name, _ = drafted(world, days=5)
    content = world.prepared("confirm_vendor_date", purchase=name, arrives=day(5) - timedelta(days=2))
    assert content.preview.title == f"Expect {name} from {world.make.vendors[0]} 2 days earlier"
    assert world.rule(content) == "vendor-comes-earlier"
