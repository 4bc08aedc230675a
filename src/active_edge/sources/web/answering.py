"""What an answer may cost, from its first byte to its last: time at every read, bytes as they come and unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from active_edge.errors import SourceFormatError
from active_edge.sources.web.refusals import TryAgain

ACCEPTED = "gzip"
"""The one way a body may be packed on its way: two, one in the other, unpack to a million times what came."""
PIECE_BYTES = 1 << 20
_PACKED = ("gzip", "x-gzip")
_GZIP = 31
"""Of zlib: a gzip member with its header, and its checksum at the end."""


def watch_reads(client: httpx.Client, watch: Callable[[], None]) -> None:
    """Call `watch`, which may raise, before each read from the network: status, headers and interim answers too.

    A time-out is of one silence; whoever sends a byte now and then never reaches it.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _WatchedBackend(pool._network_backend, watch)


def parts_of(url: str, response: httpx.Response, most: int) -> Iterator[bytes]:
    """The body in pieces of about `PIECE_BYTES`, unpacked where it came packed; an empty one may be among them.

    Raises
    ------
    SourceFormatError : more than `most` bytes came, or it is packed otherwise than was asked for.
    TryAgain : the packed body is damaged, or half of one.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return response.iter_raw()
    if encoding not in _PACKED:
        raise SourceFormatError(
            f"{url}: came packed as {encoding[:40]!r}, where only {ACCEPTED} was asked for; refused"
        )
    return _unpacked(url, _at_most(url, response, most))


def too_long(url: str, most: int) -> SourceFormatError:
    """The error of a body with more than `most` bytes."""
    return SourceFormatError(f"{url}: more than {most} bytes came, which is the most that is taken of it; refused")


def _at_most(url: str, response: httpx.Response, most: int) -> Iterator[bytes]:
    for part in response.iter_raw():
        if response.num_bytes_downloaded > most:
            raise too_long(url, most)
        yield part


def _unpacked(url: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for part in parts:
            rest = part
            while rest:
                if unpacker.eof:  # a gzip file may have several members, one after the other
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(rest, PIECE_BYTES)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
        yield unpacker.flush()
    except zlib.error as error:
        raise TryAgain(SourceFormatError(f"{url}: the body's packing is damaged ({error})")) from error
    if not unpacker.eof:
        raise TryAgain(SourceFormatError(f"{url}: the body ended early (half of what was packed came)"))


class _WatchedBackend(httpcore.NetworkBackend):
    """Connections whose every read is preceded by a call."""

    def __init__(self, inner: httpcore.NetworkBackend, watch: Callable[[], None]) -> None:
        self._inner, self._watch = inner, watch

    def connect_tcp(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        return _WatchedStream(self._inner.connect_tcp(*arguments, **named), self._watch)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _WatchedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, watch: Callable[[], None]) -> None:
        self._inner, self._watch = inner, watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._watch()
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        return _WatchedStream(self._inner.start_tls(*arguments, **named), self._watch)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
