"""What a portfolio manager reads of sealed strategies: is there a claim, what is excluded, how long may it take."""

from active_edge.report.timelines import evidence_figure
from active_edge.report.track_page import render_track
from tests.report.runs import tracked_folder


def test_the_page_answers_first_and_says_what_is_missing():
    html = render_track(tracked_folder())
    for text in (
        "edge shown since 2019-04",
        "failed in 2017-08",
        "1 has shown an edge, 1 has failed",
        "not followed",
        "Batch 2 is not in seals",
        "the market has no series IWM",
        "2021-01 is a hole",
        "SIMULATED",
    ):
        assert text.lower() in html.lower(), text


def test_before_the_first_month_nothing_is_drawn_and_nothing_is_claimed():
    html = render_track(tracked_folder(several=False))
    assert "young: no claim yet" in html
    assert "No month that begins after the seal is complete yet" in html
    assert "nothing yet" in html


def test_evidence_is_drawn_on_a_logarithmic_axis_with_a_line_at_each_claim():
    one = tracked_folder().strategies[0]
    figure = evidence_figure(one.rising, one.falling, {"claim": 40.0, "failure": 20.0})
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert [trace["y"] for trace in figure["data"][2:]] == [[40.0, 40.0], [20.0, 20.0]]
    assert {40.0, 20.0} <= set(figure["layout"]["yaxis"]["tickvals"])
    low, high = figure["layout"]["yaxis"]["range"]
    assert 10**low <= 1 / 90
    assert 10**high >= 90


def test_words_of_strangers_are_escaped():
    page = tracked_folder()
    hostile = page.batches[0].__class__(**{**page.batches[0].__dict__, "unfollowed": {"<script>x</script>": "y"}})
    assert "<script>x" not in render_track(page.__class__(**{**page.__dict__, "batches": (hostile,)}))
