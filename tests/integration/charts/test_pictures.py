"""Pictures say what was found: their text is searched, their bytes are those of a picture."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import matplotlib
import pytest

from agent.domain.stock import Product
from agent.ports.charts import PictureFormat
from agent.risk.assess import assess
from agent.risk.pictures import ageing_of, timeline_of
from integrations.charts import MatplotlibCharts
from tests.unit.risk.builders import CHAIR, NORTH, World, in_days, policy

CHARTS = MatplotlibCharts()


def words_of(svg: bytes) -> str:
    return " ".join(unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode()))


def waiting_world() -> World:
    world = World()
    world.line(world.order(promise=in_days(3)), 10, reserved=4)
    world.stock(4, reserved=4)
    world.purchase(3, at=in_days(6))
    return world


def test_a_timeline_names_what_comes_when_and_what_never_does():
    world = waiting_world()
    words = words_of(CHARTS.timeline(timeline_of(world.snapshot(), policy()), PictureFormat.SVG))
    for said in (
        world.orders[0].name,
        "Acme",
        "Blue Chair",
        "promised 06 Aug",
        "4 Units reserved, Main",
        f"3 Units · {world.purchases[0].order_name}, Nordholz",
        "3 Units without any supply",
        "as of 2026-08-03 09:00 UTC",
    ):
        assert said in words


@pytest.mark.parametrize(("form", "begins"), [(PictureFormat.SVG, b"<?xml"), (PictureFormat.PNG, b"\x89PNG\r\n")])
def test_the_same_world_gives_the_same_picture(form, begins):
    timeline = timeline_of(waiting_world().snapshot(), policy())
    picture = CHARTS.timeline(timeline, form)
    assert picture.startswith(begins)
    assert picture == CHARTS.timeline(timeline, form)


def test_a_name_with_signs_of_formulas_is_drawn_as_it_is():
    world = waiting_world()
    world.products = (Product(CHAIR, "Chair $x_1$ <b>&amp;", "CH", "Units", storable=True),)
    assert "Chair $x_1$ <b>&amp;" in words_of(CHARTS.timeline(timeline_of(world.snapshot(), policy()), PictureFormat.SVG))


def test_an_order_without_a_promise_has_no_line_for_one():
    world = World()
    world.line(world.order(promise=None), 10)
    assert "promised" not in words_of(CHARTS.timeline(timeline_of(world.snapshot(), policy()), PictureFormat.SVG))


def test_ageing_counts_orders_by_warehouse_and_days_late():
    world = World()
    for promise in (-2, -2, -20):
        world.line(world.order(promise=in_days(promise)), 5, reserved=5)
    world.line(world.order(promise=in_days(1), warehouse_id=NORTH), 5)
    ageing = ageing_of(assess(world.snapshot(), policy()).orders, world.snapshot())
    counts = {warehouse: dict(zip(ageing.buckets, row, strict=True)) for warehouse, row in ageing.warehouses}
    assert {name: count for name, count in counts["Main"].items() if count} == {"1–3 days": 2, "longer": 1}
    assert {name: count for name, count in counts["North"].items() if count} == {"nothing in sight": 1}
    words = words_of(CHARTS.ageing(ageing, PictureFormat.SVG))
    assert "Main" in words
    assert "North" in words


def test_where_nothing_is_at_risk_the_picture_says_so():
    world = World()
    words = words_of(CHARTS.ageing(ageing_of([], world.snapshot()), PictureFormat.SVG))
    assert "no order is at risk" in words


def test_pictures_that_are_drawn_at_once_are_those_that_are_drawn_one_by_one():
    """Matplotlib's settings are those of the whole process; the worker draws in several threads."""
    timeline, settings = timeline_of(waiting_world().snapshot(), policy()), dict(matplotlib.rcParams)
    alone = CHARTS.timeline(timeline, PictureFormat.SVG)
    begin = Barrier(6)

    def drawn(_number: int) -> bytes:
        begin.wait()
        return MatplotlibCharts().timeline(timeline, PictureFormat.SVG)

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(drawn, range(6))) == {alone}
    assert dict(matplotlib.rcParams) == settings
