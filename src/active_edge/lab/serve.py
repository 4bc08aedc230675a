"""A lab from its market to a server that answers on this machine until it is stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from active_edge.errors import ConfigError, MissingInput
from active_edge.lab.desk import STAGES
from active_edge.lab.markets import Markets, places_for
from active_edge.lab.server import LOCAL, Lab, application, described
from active_edge.lab.variant import content_of
from active_edge.market import Market
from active_edge.screen import Screen
from active_edge.strategy import Strategy
from active_edge.yaml_schema import yaml_schema

if TYPE_CHECKING:
    from uvicorn import Server

HOST = LOCAL[0]


def make_lab(
    market: Market,
    strategies: Mapping[str, Strategy],
    *,
    family: str,
    out: Path,
    screens: Mapping[str, Screen] = MappingProxyType({}),
    others: Sequence[Path] = (),
) -> Lab:
    """The lab of a market, which begins with the first of some strategies.

    Parameters
    ----------
    family : what the ledger calls the trials of this sitting.
    out : results folder of full runs; strategies and screens are saved beside it.
    screens : what may take the place of a strategy's screen, by the name it is offered as; the strategies' own are
        offered before them.
    others : folders of further markets that may be chosen, beside those `places_for` finds.

    Raises
    ------
    ConfigError : no strategy to begin with.
    """
    if not strategies:
        raise ConfigError("no strategy to begin with; name one, or copy the shipped ones with active-edge init")
    places = places_for(market.path, others)
    markets = Markets(market, places, family=family, out=out)
    own = {strategy.screen.name: strategy.screen for strategy in strategies.values()}
    start: dict[str, Any] = {
        "strategies": {name: content_of(strategy) for name, strategy in strategies.items()},
        "screens": {name: screen.model_dump(mode="json") for name, screen in (own | dict(screens) | own).items()},
        "markets": markets.names,
        "first": next(iter(strategies)),
        "schemas": {"screen": yaml_schema("screens"), "strategy": yaml_schema("strategies")},
        "stages": STAGES,
        "market": described(markets.desk(markets.names[0])),
    }
    return Lab(markets, start, out)


@dataclass(frozen=True)
class Listening:
    """A lab's server on a bound port, and its address with the token."""

    lab: Lab
    address: str
    server: Server
    bound: Any

    def run(self) -> None:
        """Answer until stopped or interrupted; what ran in the background has ended then."""
        try:
            self.server.run(sockets=[self.bound])
        finally:
            self.lab.close()

    def stop(self) -> None:
        """Let `run` end."""
        self.server.should_exit = True


def listen(lab: Lab, port: int) -> Listening:
    """The server of a lab on 127.0.0.1, ready to run.

    Parameters
    ----------
    port : 0 lets the system choose.

    Raises
    ------
    MissingInput : the extra is not installed, or the port is taken.
    """
    try:
        from uvicorn import Config, Server
    except ImportError:
        raise MissingInput("the lab needs starlette and uvicorn; install active-edge[lab]") from None
    try:
        bound = Config("", host=HOST, port=port, log_level="critical").bind_socket()
    except SystemExit:
        raise MissingInput(f"port {port} of {HOST} cannot be had; name another with --port, or 0 for any") from None
    bound.listen()  # whoever comes before the server has started waits, and is not refused
    chosen = int(bound.getsockname()[1])
    config = Config(application(lab, chosen), log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    return Listening(lab, f"http://{HOST}:{chosen}/?token={lab.key}", Server(config), bound)
