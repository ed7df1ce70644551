"""Signing checkpoints of the audit chain, and checking who signed (Ed25519, RFC 8032)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agent.domain.audit import Checkpoint
from agent.errors import PreconditionFailed

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both in hex. The private one belongs into the executor's settings, the public one to whoever verifies."""

    private: str
    public: str


def new_keys() -> KeyPair:
    key = Ed25519PrivateKey.generate()
    return KeyPair(key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex())


def signed(checkpoint: Checkpoint, private: str) -> Checkpoint:
    """The checkpoint with its signature. Raises PreconditionFailed when this is no key."""
    key = Ed25519PrivateKey.from_private_bytes(key_bytes(private))
    signature = key.sign(checkpoint.statement()).hex()
    return replace(checkpoint, signed_by=name_of(key.public_key().public_bytes_raw()), signature=signature)


def objection(checkpoint: Checkpoint, public: str) -> str | None:
    """Why the owner of this key did not sign it, in words; None when they did. Raises PreconditionFailed when this is no key."""
    key = key_bytes(public)
    if checkpoint.signature is None:
        return f"the checkpoint at entry {checkpoint.entries} is not signed"
    if checkpoint.signed_by != name_of(key):
        return f"the checkpoint at entry {checkpoint.entries} was signed with another key ({checkpoint.signed_by})"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(checkpoint.signature), checkpoint.statement())
    except (InvalidSignature, ValueError):
        return f"the signature of the checkpoint at entry {checkpoint.entries} is false"
    return None


def trusted_by(public: Sequence[str], checkpoints: Iterable[Checkpoint]) -> set[int]:
    """At which entries checkpoints stand that one of these keys signed; unsigned ones and those of other keys prove nothing here.

    Raises PreconditionFailed for what is no key, a false signature in a trusted key's name, and when nothing is left to trust.
    """
    keys = {name_of(key_bytes(key)): key for key in public}
    signed_here = [each for each in checkpoints if each.signed_by in keys]
    for checkpoint in signed_here:
        if trouble := objection(checkpoint, keys[checkpoint.signed_by or ""]):
            raise PreconditionFailed(f"The checkpoints are not to be trusted: {trouble}.")
    if not signed_here:
        raise PreconditionFailed("No checkpoint is signed with that key, so nothing vouches for the chain's end.")
    return {checkpoint.entries for checkpoint in signed_here}


def name_of(public: bytes) -> str:
    return sha256(public).hexdigest()[:16]


def key_bytes(text: str) -> bytes:
    """Raises PreconditionFailed without repeating the text, which may be a secret."""
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise PreconditionFailed(f"An audit key has {2 * KEY_BYTES} hex digits; `expediter audit key` makes a pair.")
    return found
