"""Time stamps that a user has for a seal: kept beside it, and read as far as a reader without keys and network can.

What is checked is whether a token speaks of this very seal; that its signature is genuine only its own tool can say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from active_edge.errors import SealError
from active_edge.ordinary import ordinary_bytes
from active_edge.whole import write_whole

LARGEST = 1_000_000
OTS_MAGIC = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294")
OTS_DIGESTS = {0x08: "sha256", 0x02: "sha1", 0x03: "ripemd160"}
DIGEST_LENGTHS = {"sha256": 32, "sha1": 20, "ripemd160": 20}
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
"""The object identifier 1.2.840.113549.1.9.16.1.4, as DER."""
ALGORITHMS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
SEQUENCE, INTEGER, OCTETS, TIME, OBJECT = 0x30, 0x02, 0x04, 0x18, 0x06
KINDS = {"RFC 3161": ".tsr", "OpenTimestamps": ".ots", "git tag": ".tag"}
CHECKED_BY = {
    "RFC 3161": "openssl ts -verify -in {token} -data {seal} -CAfile CA.pem",
    "OpenTimestamps": "ots verify -f {seal} {token}",
    "git tag": "git verify-tag NAME, in the repository it comes from",
}
"""What proves a token genuine."""


@dataclass(frozen=True)
class Token:
    """A token beside a seal.

    Attributes
    ----------
    kind : RFC 3161, OpenTimestamps, git tag, or unknown.
    covers : whether it speaks of this seal; None where that cannot be told.
    time : what it says of when, as text; empty where it does not say.
    """

    path: Path
    kind: str
    covers: bool | None
    time: str = ""

    def sentence(self, seal: Path) -> str:
        """What the token shows, what it does not, and what would."""
        if self.covers is None:
            return f"{self.path.name}: of an unknown kind; it is kept, and not checked."
        if not self.covers:
            return f"{self.path.name}: {self.kind}, and NOT of this seal."
        when = f", {self.time}" if self.time else ""
        tool = CHECKED_BY[self.kind].format(token=self.path.name, seal=seal.name)
        proof = "attestation" if self.kind == "OpenTimestamps" else "signature"
        return f"{self.path.name}: {self.kind} of this seal{when}. Its {proof} is not checked here: {tool}"


def tokens_beside(seal: Path, digest: str) -> tuple[Token, ...]:
    """Every token kept beside a seal's file.

    Parameters
    ----------
    digest : the seal's hash.
    """
    paths = sorted(path for path in seal.parent.glob(f"{seal.name}.*") if path.suffix in (*KINDS.values(), ".token"))
    return tuple(read_token(path, seal, digest) for path in paths)


def keep_token(file: Path, seal: Path, digest: str) -> Token:
    """A copy of a token, kept beside the seal it is of.

    Raises
    ------
    SealError : it cannot be read, is too large, is of another seal, or would replace another token.
    """
    try:
        content = ordinary_bytes(file)
    except OSError as error:
        raise SealError(f"{file}: cannot be read ({error.strerror})") from None
    if not content or len(content) > LARGEST:
        raise SealError(f"{file}: has {len(content):,} bytes; a token has some, and at most {LARGEST:,}")
    found = read_token(file, seal, digest)
    if found.covers is False:
        raise SealError(f"{file}: is a token ({found.kind}), and not of {seal}; it was not kept")
    kept = seal.with_name(f"{seal.name}{KINDS.get(found.kind, '.token')}")
    if kept.exists() and kept.read_bytes() != content:
        raise SealError(f"{kept}: another token is kept there; move it away first")
    write_whole(kept, content)
    return Token(kept, found.kind, found.covers, found.time)


def read_token(path: Path, seal: Path, digest: str) -> Token:
    """What a file says as a token of a seal; raises `SealError` where it cannot be read."""
    try:
        content = ordinary_bytes(path)[: LARGEST + 1]
    except OSError as error:
        raise SealError(f"{path}: cannot be read ({error.strerror})") from None
    for read in (_open_timestamps, _rfc3161, _git_tag):
        found = read(content)
        if found is not None:
            kind, algorithm, stamped, time = found
            return Token(path, kind, stamped in _names_of(seal.read_bytes(), digest, algorithm), time)
    return Token(path, "unknown", None)


def _names_of(text: bytes, digest: str, algorithm: str) -> set[bytes]:
    """What a token of the seal may have hashed: its file, its hash as bytes, its hash as text."""
    if algorithm == "git":
        return {digest.encode(), hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).digest()}
    body = text[: text.rstrip(b"\n").rfind(b"\n") + 1]
    spoken = (text, body, digest.encode(), digest.encode() + b"\n", bytes.fromhex(digest))
    known = (
        {hashlib.new(algorithm, one).digest() for one in spoken} if algorithm in hashlib.algorithms_available else set()
    )
    return known | ({bytes.fromhex(digest)} if algorithm == "sha256" else set())


Read = tuple[str, str, bytes, str]
"""Kind, algorithm, what was hashed to, time."""


def _open_timestamps(content: bytes) -> Read | None:
    """Header magic, version 1, the operation of the file's hash, the hash."""
    if not content.startswith(OTS_MAGIC) or len(content) < len(OTS_MAGIC) + 2:
        return None
    algorithm = OTS_DIGESTS.get(content[len(OTS_MAGIC) + 1], "")
    start = len(OTS_MAGIC) + 2
    return "OpenTimestamps", algorithm, content[start : start + DIGEST_LENGTHS.get(algorithm, 0)], ""


def _rfc3161(content: bytes) -> Read | None:
    """The message imprint and the time in the TSTInfo of a time-stamp token or response.

    TSTInfo ::= SEQUENCE { version, policy, SEQUENCE { SEQUENCE { algorithm … }, OCTET STRING }, serial, genTime, … }
    """
    at = content.find(TST_INFO)
    if at < 0 or content[:1] != bytes([SEQUENCE]):
        return None
    try:
        _inside(content, 0)
    except (IndexError, ValueError):
        return "cut-off RFC 3161", "", b"", ""  # Its signature is gone: what is left of it may read well.
    try:
        info = _inside(_inside(content, at + len(TST_INFO))[1], 0)[1]  # [0] EXPLICIT OCTET STRING
        fields = list(_elements(_inside(info, 0)[1]))
        imprint = list(_elements(fields[2][1]))
        algorithm = ALGORITHMS.get(next(_elements(imprint[0][1]))[1], "")
        stamped = imprint[1][1]
        time = next((value.decode("ascii") for tag, value in fields if tag == TIME), "")
    except (IndexError, ValueError, StopIteration):
        return None
    return "RFC 3161", algorithm, stamped, _spelt(time)


def _spelt(time: str) -> str:
    found = re.match(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)", time)
    return "{}-{}-{} {}:{} UTC".format(*found.groups()) if found else time


def _inside(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, value and end of the DER element at a place."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4:
            raise ValueError("no definite length")
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise ValueError("cut off")
    return tag, data[start : start + length], start + length


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, value, at = _inside(data, at)
        yield tag, value


def _git_tag(content: bytes) -> Read | None:
    """A tag object as ``git cat-file tag`` prints it: of the seal as a blob, or with the seal's hash in its message."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = re.match(r"object ([0-9a-f]{40})\ntype (\w+)\ntag (\S+)\ntagger (.*) (\d+) [+-]\d{4}\n", text)
    if found is None or "-----BEGIN " not in text:
        return None
    named = re.search(r"\b[0-9a-f]{64}\b", text[found.end() :])
    stamped = bytes.fromhex(found[1]) if found[2] == "blob" else named[0].encode() if named else b""
    return "git tag", "git", stamped, f"tagged {found[3]} by {found[4]}"
