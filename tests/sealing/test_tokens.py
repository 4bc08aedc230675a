"""Time stamps kept beside a seal: which speak of it, which do not, and what is not claimed of them."""

import hashlib
import subprocess

import pytest

from active_edge.errors import SealError
from active_edge.sealing.tokens import OTS_MAGIC, TST_INFO, keep_token, read_token

DIGEST = "ab" * 32
SHA256 = bytes.fromhex("300d06096086480165030402010500")


@pytest.fixture
def seal(tmp_path):
    path = tmp_path / "001-held.yaml"
    path.write_text(f"kind: x\nhash: {DIGEST}\n", encoding="utf-8")
    return path


def der(tag: int, *values: bytes) -> bytes:
    value = b"".join(values)
    length = len(value)
    head = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + head + value


def time_stamp(digest: bytes) -> bytes:
    """A time-stamp response as RFC 3161 lays it out: status, and signed data that hold a TSTInfo."""
    info = der(
        0x30,
        der(0x02, b"\x01"),
        der(0x06, b"\x2a\x03\x04"),
        der(0x30, SHA256, der(0x04, digest)),
        der(0x02, b"\x05"),
        der(0x18, b"20261125223659Z"),
    )
    content = der(0x30, TST_INFO, der(0xA0, der(0x04, info)))
    signed = der(0x30, bytes.fromhex("06092a864886f70d010702"), der(0xA0, der(0x30, der(0x02, b"\x03"), content)))
    return der(0x30, der(0x30, der(0x02, b"\x00")), signed)


def open_timestamp(digest: bytes) -> bytes:
    return OTS_MAGIC + b"\x01\x08" + digest + b"\xf0\x10rest"


def git_tag(seal_text: bytes, *, message: str = "sealed", kind: str = "blob") -> bytes:
    name = hashlib.sha1(b"blob %d\0" % len(seal_text) + seal_text).hexdigest()
    head = (
        f"object {name}\ntype {kind}\ntag sealed-1\ntagger A. Manager <a@example.org> 1764110000 +0000\n\n{message}\n"
    )
    return (head + "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n").encode()


@pytest.mark.parametrize(
    ("make", "kind", "ending"),
    [
        (lambda text: time_stamp(hashlib.sha256(text).digest()), "RFC 3161", ".tsr"),
        (lambda text: time_stamp(bytes.fromhex(DIGEST)), "RFC 3161", ".tsr"),
        (lambda text: open_timestamp(hashlib.sha256(text).digest()), "OpenTimestamps", ".ots"),
        (git_tag, "git tag", ".tag"),
        (lambda text: git_tag(text, message=f"seal {DIGEST}", kind="commit"), "git tag", ".tag"),
    ],
)
def test_a_token_of_the_seal_is_kept_beside_it_and_its_signature_not_vouched_for(seal, tmp_path, make, kind, ending):
    token = tmp_path / "token"
    token.write_bytes(make(seal.read_bytes()))
    kept = keep_token(token, seal, DIGEST)
    assert (kept.kind, kept.covers, kept.path.name) == (kind, True, f"001-held.yaml{ending}")
    assert "Its signature is not checked here" in kept.sentence(seal)
    assert keep_token(token, seal, DIGEST).path == kept.path


@pytest.mark.parametrize(
    "content",
    [
        time_stamp(hashlib.sha256(b"other").digest()),
        open_timestamp(hashlib.sha256(b"other").digest()),
        git_tag(b"other"),
        git_tag(b"other", message="no hash", kind="commit"),
    ],
)
def test_a_token_of_something_else_is_refused_and_one_put_there_by_hand_is_named(seal, tmp_path, content):
    token = tmp_path / "token"
    token.write_bytes(content)
    with pytest.raises(SealError, match="and not of"):
        keep_token(token, seal, DIGEST)
    assert read_token(token, seal, DIGEST).covers is False


def test_the_time_of_a_time_stamp_is_told(seal, tmp_path):
    token = tmp_path / "t.tsr"
    token.write_bytes(time_stamp(bytes.fromhex(DIGEST)))
    assert read_token(token, seal, DIGEST).time == "2026-11-25 22:36 UTC"


@pytest.mark.parametrize("content", [b"\x30\x05abc", b"hello", time_stamp(b"x" * 32)[:90], OTS_MAGIC])
def test_a_file_of_no_known_kind_is_kept_and_called_unchecked(seal, tmp_path, content):
    token = tmp_path / "token"
    token.write_bytes(content)
    kept = keep_token(token, seal, DIGEST)
    assert kept.covers is None
    assert "is kept, and not checked" in kept.sentence(seal)


def test_an_empty_file_a_missing_one_and_a_second_token_are_refused(seal, tmp_path):
    token = tmp_path / "token"
    token.write_bytes(b"")
    with pytest.raises(SealError, match="has 0 bytes"):
        keep_token(token, seal, DIGEST)
    with pytest.raises(SealError, match="cannot be read"):
        keep_token(tmp_path / "none", seal, DIGEST)
    token.write_bytes(time_stamp(bytes.fromhex(DIGEST)))
    keep_token(token, seal, DIGEST)
    token.write_bytes(time_stamp(hashlib.sha256(seal.read_bytes()).digest()))
    with pytest.raises(SealError, match="another token is kept there"):
        keep_token(token, seal, DIGEST)


def test_a_query_made_by_openssl_names_the_same_hash(seal, tmp_path):
    query = tmp_path / "q.tsq"
    try:
        subprocess.run(
            ["openssl", "ts", "-query", "-data", str(seal), "-sha256", "-out", str(query)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl on this machine")
    assert hashlib.sha256(seal.read_bytes()).digest() in query.read_bytes()
