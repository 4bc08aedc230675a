"""A thesis answered claim by claim: on the market folders and published files named, else on shipped real returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from active_edge.article.answers import Answer, answer_claims
from active_edge.article.article import ARTICLE, load_claims
from active_edge.article.ground import Ground
from active_edge.article.watch import Reading, read_watch_list
from active_edge.choice import chosen_folder
from active_edge.ledger import Ledger, Trial
from active_edge.published.ground import ground_of_folder, joined, shipped_ground
from active_edge.published.thesis_views import thesis_view
from active_edge.report.thesis_page import render_thesis
from active_edge.results.evidence import write_thesis
from active_edge.results.index import write_index
from active_edge.results.thesis import Thesis, judge_thesis

LEDGER_NAME = "claims"


@dataclass(frozen=True)
class ThesisRun:
    """Every claim answered, and on what.

    `stored` are the claims of strategies as the newest runs of the results folder judge them.

    Attributes
    ----------
    answers : in the order of the claims. simulated : whether a generator made the data.
    data : the folders by their names, or what stands for none. on : the last day that counted, empty for all.
    """

    answers: tuple[Answer, ...]
    simulated: bool
    data: str
    stored: Thesis
    ground: Ground
    on: str = ""

    def told(self) -> str:
        """On what and until when it was answered, in a sentence."""
        until = f", to {self.on}" if self.on else ""
        if self.simulated:
            return (
                f"SIMULATED market ({self.data}{until}): these answers show what the program does, and answer nothing "
                "of the article."
            )
        return f"REAL data: {self.data}{until}."

    def readings(self, today: pd.Timestamp) -> list[Reading]:
        """The watch list on a day, or on the last day that counts where that is earlier."""
        return read_watch_list(self.ground, min(today, pd.Timestamp(self.on)) if self.on else today)


def answer_thesis(
    data: Sequence[str | Path] = (),
    *,
    on: str | None = None,
    claims: str | Path | None = None,
    out: str | Path = "results",
) -> ThesisRun:
    """Every claim answered on the data named; the claims that got a number enter the ledger.

    Parameters
    ----------
    data : market folders and folders of published files; a table is taken from the first that has it. None: the folder
        of ACTIVE_EDGE_DATA, else the real returns that come with the program's libraries. Those fill what real folders
        lack, too.
    on : the last day that counts.
    claims : as `load_claims`; default the article's.
    out : results folder that the trials are noted for.

    Raises
    ------
    ConfigError : the file of claims is wrong.
    MissingInput, DataError : a folder holds nothing of use, or real and simulated ones are named together.
    LedgerError : the ledger cannot be read or written.
    """
    asked = load_claims(ARTICLE if claims is None else claims)
    named, ground = _ground(data, on)
    answers = answer_claims([claim for claim in asked if not claim.on_run], ground)
    stored = judge_thesis(out, claims=None if claims is None else claims)
    answers = [_with_runs(answer, stored) for answer in answers]
    Ledger().record(_trials(answers, ground), out=Path(out))
    return ThesisRun(tuple(answers), ground.simulated, named, stored, ground, on or "")


def watch_list(data: Sequence[str | Path], today: pd.Timestamp, *, on: str | None = None) -> list[Reading]:
    """The watch list on a day, or on `on` where that is earlier; `data` as in `answer_thesis`."""
    return read_watch_list(_ground(data, on)[1], min(today, pd.Timestamp(on)) if on else today)


def _ground(data: Sequence[str | Path], on: str | None) -> tuple[str, Ground]:
    """What the data are called, and their tables."""
    until = None if on is None else pd.Timestamp(on)
    folders = [Path(one) for one in data]
    if not folders and (chosen := chosen_folder(None)) is not None:
        folders = [chosen]
    grounds = [ground_of_folder(folder, until) for folder in folders]
    if not any(ground.simulated for ground in grounds):
        grounds.append(shipped_ground(until))
    names = ", ".join(folder.resolve().name for folder in folders)
    named = names or "the real returns that come with the libraries arch and linearmodels"
    return named, joined(grounds)


def write_thesis_page(run: ThesisRun, today: pd.Timestamp, *, out: str | Path = "results") -> Path:
    """The page `thesis.html` of a results folder, written with its lines beside it; the list of runs names it."""
    results = Path(out)
    view = thesis_view(
        run.answers,
        title="What of the article is true?",
        told=f"{run.told()} Answered {today.date()}.",
        simulated=run.simulated,
        out=results,
        readings=run.readings(today),
    )
    page = write_thesis(results, render_thesis(view), [answer.to_dict() for answer in run.answers])
    write_index(results)
    return page


def _with_runs(answer: Answer, stored: Thesis) -> Answer:
    """The answer with the runs of its claim's strategies; of a run on a market of the other kind none."""
    return replace(
        answer,
        runs=tuple(
            judged
            for judged in stored.claims
            if judged.run and judged.claim.strategy in answer.claim.strategies and judged.simulated == answer.simulated
        ),
    )


def _trials(answers: Sequence[Answer], ground: Ground) -> list[Trial]:
    snapshot = "published" if ground.market is None else ground.market.snapshot
    return [
        Trial(
            strategy=answer.claim.name,
            screen=LEDGER_NAME,
            configuration={"claim": answer.claim.name, "statistic": answer.statistic, "given": answer.claim.given},
            start=answer.measured.start,
            end=answer.measured.end,
            snapshot=snapshot,
            simulated=ground.simulated,
            information_ratio=None,
            kind="evidence",
        )
        for answer in answers
        if answer.measured is not None and not answer.measured.is_fact
    ]
