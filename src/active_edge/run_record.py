"""How a run was made: the content of run.yaml, complete enough to make the run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from active_edge.errors import MissingInput
from active_edge.stored import FORMAT, Part, check_format, plain_json, read_typed

RECORD_FORMAT = 1
REMEDY = "move its folder away and run the backtest again"


@dataclass(frozen=True, kw_only=True)
class MarketRecord(Part):
    """The market a run was made on; `folder` is its absolute path, None for the default simulated market."""

    folder: str | None
    snapshot: str
    simulated: bool
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OptionsRecord(Part):
    """What the run was asked for beside its strategies: number of random portfolios, seed, other choices tried or not,
    its own placebo or not.

    The benchmarks are a strategy's own and stand in its configuration.
    """

    random_portfolios: int
    seed: int
    sensitivity: bool
    placebo: bool = False


@dataclass(frozen=True)
class Look(Part):
    """A test as it was when a trial was first looked at, which stays.

    Attributes
    ----------
    p : one-sided, of no edge.
    months : first and last that it was read from, ``2016-01``.
    recorded, trials : the day, and the trials that were then charged for.
    """

    p: float
    months: tuple[str, str]
    recorded: str = ""
    trials: int = 1


@dataclass(frozen=True, kw_only=True)
class LedgerRecord(Part):
    """What the ledger said when the run was judged: the content of its `Tally`."""

    trials: int
    ratios: int = 0
    ratio_variance: float | None = None
    restarted: str | None = None
    other_ratios: int = 0
    now: int = 0
    lines: int = 0
    damage: tuple[str, ...] = ()
    first: Mapping[str, Look] = field(default_factory=dict)
    free: str | None = None
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class PluginRecord(Part):
    """A file of the user's own code that the run used, and the sha256 of what was run; `file` is absolute."""

    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class TriedRecord(Part):
    """One strategy of the call with every default written out, and the first and last session it was traded.

    `decided` are the dates of weights that a user gave, which ``targets.parquet`` in the folder of `run` holds; empty
    where a screen decided.
    """

    run: str
    strategy: Mapping[str, Any]
    screen: Mapping[str, Any]
    start: str
    end: str
    decided: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunRecord(Part):
    """How one run was made; the fields are the keys of run.yaml.

    Attributes
    ----------
    trial, run : id in the ledger, and the name of the folder.
    created : when, ISO 8601; the one entry in which two runs of the same inputs differ.
    start, end : first and last session of the run, ISO dates.
    options, ledger : None in a record written before formats were numbered, which cannot be made again.
    versions : package -> version.
    strategy, screen : resolved, every default written out.
    decided : dates of weights that a user gave; empty where the screen decided.
    together : every strategy the run was judged together with, itself included, in their order; empty where it was
        judged by itself.
    """

    trial: str
    run: str
    created: str
    market: MarketRecord
    start: str
    end: str
    options: OptionsRecord | None
    ledger: LedgerRecord | None
    versions: Mapping[str, str]
    plugins: tuple[PluginRecord, ...] = ()
    strategy: Mapping[str, Any]
    screen: Mapping[str, Any]
    decided: tuple[str, ...] = ()
    together: tuple[TriedRecord, ...] = ()

    @property
    def tried(self) -> TriedRecord:
        """The run as one of those tried together."""
        return TriedRecord(
            run=self.run,
            strategy=self.strategy,
            screen=self.screen,
            start=self.start,
            end=self.end,
            decided=self.decided,
        )

    @property
    def seed(self) -> int | None:
        """Seed of every draw; None where it is not known."""
        return None if self.options is None else self.options.seed

    @property
    def description(self) -> str:
        """What the strategy is, else what its screen is, in its author's words; empty where neither says."""
        return str(self.strategy.get("description") or self.screen.get("description") or "")

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Strategy and screen, as they are shown and compared."""
        return {"strategy": self.strategy, "screen": self.screen}

    def configuration_text(self) -> str:
        """`configuration` as YAML."""
        import yaml

        return yaml.safe_dump(plain_json(self.configuration), sort_keys=False, allow_unicode=True)

    def to_json(self) -> dict[str, Any]:
        """The content of run.yaml: `format`, then every field."""
        content: dict[str, Any] = plain_json(self)
        return {FORMAT: RECORD_FORMAT, **content}

    @classmethod
    def from_json(cls, content: Any, *, where: str = "run.yaml") -> RunRecord:
        """The record in parsed YAML; one written before formats were numbered is read without options and ledger.

        Raises
        ------
        MissingInput : it is not the record of a run, or of a newer format.
        """
        if not isinstance(content, Mapping) or "created" not in content:
            raise MissingInput(f"{where}: is not the record of a run; {REMEDY}")
        given = {key: value for key, value in content.items() if key != FORMAT}
        if check_format(content, known=RECORD_FORMAT, where=where, remedy=REMEDY) == 0:
            given = _of_format_0(given)
        return read_typed(cls, given, where=where, remedy=REMEDY)


def _of_format_0(old: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of today from those of before formats were numbered; a command stood where options stand now."""
    return {
        "trial": str(old.get("trial", "")),
        "run": str(old.get("run", "")),
        "created": str(old["created"]),
        "market": {
            "folder": None,
            "snapshot": str(old.get("snapshot", "")),
            "simulated": bool(old.get("simulated", False)),
            "sources": list(old.get("market") or ()),
        },
        "start": str(old.get("from", "")),
        "end": str(old.get("to", "")),
        "options": None,
        "ledger": None,
        "versions": dict(old.get("versions") or {}),
        "strategy": dict(old.get("strategy") or {}),
        "screen": dict(old.get("screen") or {}),
    }
