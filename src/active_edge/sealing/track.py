"""Seals of a folder followed on today's data: what their months show, what was crossed, and what is new of that."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pandas import Period

from active_edge.arguments import checked
from active_edge.errors import ActiveEdgeError, ConfigError, MissingInput, SealError
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.plugins.kept import kept_plugins
from active_edge.plugins.origin import Plugin
from active_edge.progress import Progress, silent
from active_edge.results.records import versions
from active_edge.sealing.batches import Batch, batch_of
from active_edge.sealing.folder import SealFolder
from active_edge.sealing.follow import Followed, followed
from active_edge.sealing.months import NewMonths, new_months
from active_edge.sealing.seal import Seal, SealedStrategy
from active_edge.sealing.told import Record, Told, Values
from active_edge.words import count, evidence, noun_of, p_value, shortened

EDGE, KILL, SOME, EXCLUDED = "edge shown", "failed", "one of the batch has an edge", "edge excluded"


@dataclass(frozen=True)
class Crossing:
    """A line that was crossed, and stays crossed.

    Attributes
    ----------
    what : `EDGE`, `KILL`, `SOME`, or `EXCLUDED` with the edge.
    strategy : its name; of a whole batch the name of the seal's file.
    month : after which it was crossed.
    new : whether no earlier look told of it.
    """

    what: str
    strategy: str
    month: str
    new: bool


@dataclass(frozen=True, eq=False)
class Track:
    """What a folder of seals shows.

    Attributes
    ----------
    batches : in their order; only those of this kind of market.
    left_out : seal's file -> why it was not followed.
    crossings : all that were ever crossed.
    gaps : what is missing from the chain of batches.
    records : of the months of each batch, and how far they can be trusted.
    page : track.html, where it was written.
    """

    market: Market
    looked: str
    batches: tuple[Batch, ...]
    left_out: dict[str, str]
    crossings: tuple[Crossing, ...]
    gaps: tuple[str, ...]
    records: tuple[Record, ...]
    page: Path | None = None
    _unannounced: list[tuple[Told, Crossing]] = field(default_factory=list, repr=False)

    @property
    def new(self) -> tuple[Crossing, ...]:
        """What was crossed since the look before."""
        return tuple(one for one in self.crossings if one.new)

    def crossed(self, what: str, strategy: str) -> str | None:
        """Month after which a line was crossed; None where it was not."""
        return next((one.month for one in self.crossings if (one.what, one.strategy) == (what, strategy)), None)

    def announced(self) -> None:
        """Write down that the new crossings were told; until then every look calls them new."""
        for told, one in self._unannounced:
            told.add_crossing(one.what, one.strategy, one.month, looked=self.looked)
        self._unannounced.clear()


@checked
def track(
    market: Market,
    *,
    out: str | Path = "seals",
    seals: Sequence[str | Path] = (),
    plugins: bool = True,
    announce: Callable[[Plugin], None] | None = None,
    page: bool = True,
    progress: Progress = silent,
) -> Track:
    """The seals of a folder followed on a market; their new months are written down beside them, then the page.

    Parameters
    ----------
    out : folder of seals.
    seals : files of it that must be followed, and no others; default all that belong to this market.
    plugins : False runs no plug-in of a seal; a strategy that needs one is then not followed.
    page : False writes no page.

    Timing: only complete months that begin after a seal count, each as it was told first.

    Raises
    ------
    SealError : there is no seal, a named one was changed, or a newer program wrote the record of its months.
    MissingInput : none of the seals can be followed on this market.
    """
    folder = SealFolder(Path(out))
    chosen, left_out = _chosen(folder, [Path(one) for one in seals], market)
    looked = datetime.now(UTC).isoformat(timespec="seconds")
    panels, batches, records, crossings, waiting = Panels(), [], [], [], []
    for number, (path, (seal, digest)) in enumerate(chosen.items()):
        progress("follow the seals", number, len(chosen))
        told = Told(path, digest)
        sources = {key: plugin.sources for key, plugin in seal.plugins.items()}
        with kept_plugins(sources, run=plugins, announce=announce):
            batch = _batch(path, seal, told, market, panels, looked)
        batches.append(batch)
        records.append(told.record())
        for crossing in _crossings(path, batch, told):
            crossings.append(crossing)
            if crossing.new:
                waiting.append((told, crossing))
    if not any(batch.followed for batch in batches):
        reasons = {**left_out, **{name: why for batch in batches for name, why in batch.unfollowed.items()}}
        raise MissingInput("no seal could be followed: " + "; ".join(f"{name}: {why}" for name, why in reasons.items()))
    gaps = tuple(folder.gaps())
    found = Track(market, looked, tuple(batches), left_out, tuple(crossings), gaps, tuple(records), None, waiting)
    if not page:
        return found
    from active_edge.sealing.page import write_track_page

    return replace(found, page=write_track_page(found, folder.path))


def _chosen(
    folder: SealFolder, wanted: Sequence[Path], market: Market
) -> tuple[dict[Path, tuple[Seal, str]], dict[str, str]]:
    """The seals to follow, and those left out with the reason."""
    if not folder.files:
        raise SealError(f"{folder.path}: holds no seal; make one with active-edge seal STRATEGY, or name its folder")
    sound, problems = dict(folder.sound), dict(folder.damaged)
    if wanted:
        known = {path.resolve(): path for path in folder.files}
        for path in wanted:
            if path.resolve() not in known:
                raise SealError(f"{path}: is no seal of {folder.path}; name its folder with --out")
            if known[path.resolve()] in problems:
                raise SealError(problems[known[path.resolve()]])
        keep = {known[path.resolve()] for path in wanted}
        sound, problems = {path: one for path, one in sound.items() if path in keep}, {}
    left_out = {path.name: text.removeprefix(f"{path}: ") for path, text in problems.items()}
    chosen = {}
    for path, (seal, digest) in sound.items():
        why = _another_world(seal, market)
        if why and wanted:
            raise ConfigError(f"{path}: {why}")
        if why:
            left_out[path.name] = why
        else:
            chosen[path] = (seal, digest)
    return chosen, left_out


def _another_world(seal: Seal, market: Market) -> str:
    """Why a seal cannot be followed on a market; empty where it can."""
    if seal.market.simulated != market.simulated:
        kinds = {True: "a simulated market", False: "a real one"}
        return f"was sealed on {kinds[seal.market.simulated]}, this is {kinds[market.simulated]}"
    if seal.market.simulated and seal.market.snapshot != market.snapshot:
        return f"was sealed on the simulated market {seal.market.snapshot}, this is {market.snapshot}, another one"
    if str(market.sessions[-1].date()) < seal.market.last_session:
        return (
            f"has seen data up to {seal.market.last_session}, this market ends on {market.sessions[-1].date()}; name "
            "newer data with --data"
        )
    return ""


def _batch(path: Path, seal: Seal, told: Told, market: Market, panels: Panels, looked: str) -> Batch:
    found, unfollowed = [], {}
    for one in seal.strategies:
        try:
            new = new_months(seal, one, market, panels, where=str(path))
        except SealError:
            raise
        except ActiveEdgeError as error:
            # One strategy that cannot be followed any more must not hide the others of its batch.
            unfollowed[one.name] = str(error)
            continue
        found.append(_follow(seal, one, new, told, market, looked))
    return batch_of(seal, told.digest, found, unfollowed)


def _follow(seal: Seal, one: SealedStrategy, new: NewMonths, told: Told, market: Market, looked: str) -> Followed:
    changed = told.add_months(one.name, new.returns, looked=looked, snapshot=market.snapshot)
    notes = [
        *one.history.sentences(),
        *new.notes,
        *([f"{new.stopped[0].upper()}{new.stopped[1:]}."] if new.stopped else []),
    ]
    if one.history.p is not None and not _alike(new.p, one.history.p, first=one.history.last_month, seal=seal):
        told.add_history(one.name, new.p, looked=looked, snapshot=market.snapshot)
        notes.append(
            f"The history before the seal was revised: its p was {p_value(one.history.p)} and would be "
            f"{p_value(new.p)}; the first one counts."
        )
    as_told, broken = _unbroken(told.months(one.name))
    notes += _anew(told, one.name)
    notes += [broken] if broken else []
    if changed:
        again = followed(seal, one, {month: new.returns.get(month, as_told[month]) for month in as_told}, wait=False)
        notes.append(
            f"{count(len(changed), 'month')} of it {noun_of(len(changed), 'was', 'were')} restated after the first "
            f"telling ({', '.join(shortened(changed, 3))}): on today's data e would be {evidence(again.e_now)}; what "
            "was told first counts."
        )
    notes += _versions(seal)
    return followed(seal, one, as_told, notes=tuple(notes))


def _unbroken(told: dict[str, Values]) -> tuple[dict[str, Values], str]:
    """The months up to the first that is lost, for evidence has no holes; and a sentence on it, or nothing."""
    before = None
    for month in told:
        now = Period(month, freq="M")
        if before is not None and now != before + 1:
            kept = {earlier: values for earlier, values in told.items() if earlier < month}
            return kept, f"{before + 1} is lost from the record and not in today's data; no later month counts."
        before = now
    return told, ""


def _anew(told: Told, name: str) -> list[str]:
    """That months count by today's data because their line is damaged, where that is known of any."""
    months = told.told_anew(name)
    if not months:
        return []
    n = len(months)
    return [
        f"{count(n, 'month')} of it {noun_of(n, 'counts', 'count')} by later data, for "
        f"{noun_of(n, 'its line', 'their lines')} in {told.path.name} {noun_of(n, 'is', 'are')} damaged: "
        f"{', '.join(shortened(months))}."
    ]


def _alike(now: float | None, then: float, *, first: str, seal: Seal) -> bool:
    """Whether the history still says the same; not asked where p was frozen before the seal, on fewer months."""
    if first != seal.market.last_month:
        return True
    return now is not None and math.isclose(now, then, rel_tol=1e-6, abs_tol=1e-9)


def _versions(seal: Seal) -> list[str]:
    now = versions()
    name = "active-edge"
    if seal.versions.get(name) == now.get(name):
        return []
    return [f"Sealed with {name} {seal.versions.get(name)}, followed with {now.get(name)}: digits may differ."]


def _crossings(path: Path, batch: Batch, told: Told) -> list[Crossing]:
    """Everything that was ever crossed: what was told before stays, with its month."""
    seal, before = batch.seal, told.crossed()
    found: dict[tuple[str, str], str | None] = {}
    for one in batch.followed:
        name, test = one.sealed.name, seal.test
        found[EDGE, name] = one.first_at(one.e, seal.named_claim)
        found[KILL, name] = one.first_at(one.against[test.kill], test.claim)
        for edge in test.excluded:
            found[f"{EXCLUDED} {edge:g}", name] = one.first_at(one.against[edge], test.claim)
    if len(seal.strategies) > 1:
        found[SOME, path.name] = batch.some_edge()
    now = {key: month for key, month in found.items() if month is not None}
    return [
        Crossing(what, name, month, (what, name) not in before) for (what, name), month in {**now, **before}.items()
    ]
