"""Time stamps kept beside a seal: which speak of it, which do not, and what is not claimed of them."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from active_edge.errors import SealError
from active_edge.sealing.tokens import CHECKED_BY, OTS_MAGIC, TST_INFO, keep_token, read_token

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
    proof = "attestation" if kind == "OpenTimestamps" else "signature"
    assert f"Its {proof} is not checked here" in kept.sentence(seal)
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


@pytest.mark.parametrize("left", [0.95, 0.5, 0.9])
def test_a_time_stamp_that_was_cut_off_is_refused_however_much_of_it_reads_well(seal, tmp_path, left):
    whole = time_stamp(bytes.fromhex(DIGEST))
    token = tmp_path / "cut.tsr"
    token.write_bytes(whole[: int(left * len(whole))])
    with pytest.raises(SealError, match="cut-off RFC 3161"):
        keep_token(token, seal, DIGEST)


@pytest.mark.parametrize("content", [b"\x30\x05abc", b"hello", OTS_MAGIC])
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


AUTHORITY = """[tsa]
default_tsa = t
[t]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


def openssl(folder, command):
    """What openssl says; words of the command that begin with @ are files of the folder."""
    words = [str(folder / word[1:]) if word.startswith("@") else word for word in command.split()]
    return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def authority(tmp_path):
    """A folder with the key and the certificate of a time-stamping authority."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    folder = tmp_path / "authority"
    folder.mkdir()
    (folder / "c.cnf").write_text(AUTHORITY.format(folder=folder), encoding="utf-8")
    ask = "req -x509 -newkey rsa:2048 -nodes -subj /CN=tsa -days 2 -addext extendedKeyUsage=critical,timeStamping"
    openssl(folder, f"{ask} -keyout @key.pem -out @cert.pem")
    return folder


def test_a_token_signed_by_an_authority_is_read_and_the_check_that_is_named_proves_it(seal, tmp_path, authority):
    openssl(authority, f"ts -query -data {seal} -sha256 -cert -out @q.tsq")
    reply = "ts -reply -config @c.cnf -queryfile @q.tsq -inkey @key.pem -signer @cert.pem -out @token"
    openssl(authority, reply)
    kept = keep_token(authority / "token", seal, DIGEST)
    assert (kept.kind, kept.covers, kept.path.name) == ("RFC 3161", True, "001-held.yaml.tsr")
    told = datetime.strptime(kept.time, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=5)
    named = CHECKED_BY["RFC 3161"].format(token=kept.path, data=seal, seal=seal).removeprefix("openssl ")
    assert "Verification: OK" in openssl(authority, named.replace("CA.pem", "@cert.pem"))
    other = tmp_path / "002-held.yaml"
    other.write_bytes(b"kind: y\nhash: z\n")
    with pytest.raises(SealError, match="and not of"):
        keep_token(authority / "token", other, "cd" * 32)


def test_a_query_made_by_openssl_names_the_same_hash(seal, authority):
    openssl(authority, f"ts -query -data {seal} -sha256 -out @q.tsq")
    assert hashlib.sha256(seal.read_bytes()).digest() in (authority / "q.tsq").read_bytes()
