"""A thesis in prose, for a portfolio manager: what holds, what does not, what these data cannot say."""

from __future__ import annotations

from collections.abc import Sequence

from active_edge.article.answers import ANSWERS, Answer
from active_edge.verdicts import Word
from active_edge.words import count, listed

HEADINGS = {
    Word.SUPPORTED: "What holds",
    Word.REFUTED: "What does not hold",
    Word.NOT_DISTINGUISHABLE: "What these data cannot tell from nothing",
    Word.TOO_SHORT: "What is too short to judge",
    Word.NOT_TESTABLE: "What cannot be tested on these data",
}


def thesis_text(answers: Sequence[Answer], *, on: str, dated: str) -> str:
    """The answers as Markdown: `on` what data, `dated` on which day; what is not testable stands under what lacks."""
    words = [answer.verdict for answer in answers]
    answered = sum(word in ANSWERS for word in words)
    counted = ", ".join(f"{words.count(word)} {word}" for word in HEADINGS if word in words)
    lines = [
        "# What of the article is true",
        "",
        f"Made by `scripts/run scripts/docs.py --thesis` on {dated}, on {on}. "
        f"{count(len(answers), 'claim')}: {counted}. {answered} have an answer.",
        "",
    ]
    for word, heading in HEADINGS.items():
        inside = [answer for answer in answers if answer.verdict == word]
        if inside:
            lines += [f"## {heading}", ""]
            lines += _listed(inside) if word == Word.NOT_TESTABLE else [part for one in inside for part in _told(one)]
    return "\n".join(lines).rstrip() + "\n"


def _told(answer: Answer) -> list[str]:
    measured = answer.measured
    beside = () if measured is None else measured.beside
    span = "" if measured is None else f" {measured.start} to {measured.end}; {measured.source}."
    head = f"**{answer.claim.id} {answer.claim.statement}.** {answer.reason}"
    return [f"{' '.join([head, *beside])}{span} Published before: {answer.claim.known}", ""]


def _listed(answers: Sequence[Answer]) -> list[str]:
    by_lack: dict[str, list[str]] = {}
    for answer in answers:
        by_lack.setdefault(answer.reason, []).append(f"{answer.claim.id} {answer.claim.statement}")
    return [part for reason, claims in by_lack.items() for part in (f"**{listed(claims)}.** {reason}", "")]
