"""Every number of a page says what it is on hover, and no name stands for two numbers."""

from collections import defaultdict

import pytest

from active_edge.report.page import render_run
from tests.report.markup import parsed
from tests.report.runs import full_run


@pytest.fixture(scope="module")
def page():
    return parsed(render_run(full_run()))


def words(element) -> str:
    return " ".join(element.text_content().replace("\u202f", " ").split())


def test_every_measure_and_every_head_of_numbers_has_a_definition(page):
    measures = [box for box in page.xpath("//dl[@class='measures']/div") if not box.get("title")]
    assert [words(box.xpath("dt")[0]) for box in measures] == []
    heads = page.xpath("//table[not(contains(@class, 'edges'))]/thead//th[contains(@class, 'number')]")
    assert len(heads) > 40
    assert {words(head) for head in heads if not head.get("title")} == set()


def test_a_measure_of_one_name_has_one_value_on_the_page(page):
    told = defaultdict(set)
    for box in page.xpath("//dl[@class='measures']/div"):
        told[words(box.xpath("dt")[0])].add(words(box.xpath("dd/span[@class='value']")[0]))
    assert {name: values for name, values in told.items() if len(values) > 1} == {}
    for table in page.xpath("//table[thead]"):
        heads = [words(head) for head in table.xpath("thead//th")]
        for row in table.xpath("tbody/tr"):
            cells = [words(cell) for cell in row]
            if cells[0] in ("Portfolio, net", "IWM"):
                for head, cell in zip(heads[1:], cells[1:], strict=True):
                    told[f"{cells[0]}: {head}"].add(cell.split(" · ")[0])
    assert told["IWM: Smallest edge visible"] == {"3.6 %"} == told["Smallest edge visible"]
    assert told["Portfolio, net: Return a year"] == told["Return a year"]
    assert len(told["IWM: Alpha a year"]) == 1
