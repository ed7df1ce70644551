"""Enrolling authenticators and checking their codes, on serve's role. The database keeps what only serve can open."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.decisions import Person
from agent.domain.second_factor import AuthenticatorState, Enrolment
from agent.errors import DecisionRefused, SecondFactorMissing, SecondFactorWrong, SettingMissing
from agent.guardrails.second_factor import counter_of, new_secret, provisioning_uri
from integrations.database.code_check import WRONG_CODE, Checked
from integrations.database.enrolment_codes import digest_of
from integrations.database.pool import Pool, statements, transaction

ENROL = "with a code from an admin `expediter person authenticator enrol` sets one up"


def new_key() -> str:
    """A key for EXPEDITER_SECOND_FACTOR_KEY."""
    return Fernet.generate_key().decode()


class Seal:
    """Secrets as the database keeps them. The first key seals, all of them open, so that keys can be changed."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises SettingMissing for what is no key; it is not repeated."""
        try:
            self._box = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SettingMissing(
                "EXPEDITER_SECOND_FACTOR_KEY holds no key; `expediter person authenticator key` makes one."
            ) from None

    def closed(self, person_id: int, secret: str) -> str:
        return self._box.encrypt(f"{person_id}:{secret}".encode()).decode()

    def opened(self, person_id: int, sealed: str) -> str:
        """Raises SettingMissing when the key does not fit, and when the secret was sealed for somebody else."""
        try:
            owner, _, secret = self._box.decrypt(sealed).decode().partition(":")
        except InvalidToken:
            owner, secret = "", ""
        if owner != str(person_id):
            raise SettingMissing(
                "The stored secret of this authenticator cannot be opened: EXPEDITER_SECOND_FACTOR_KEY is not the key it was "
                "sealed with. Give serve that key, or have an admin reset the authenticator."
            )
        return secret


class TotpCheck:
    """Looks at a code inside a transaction of whoever needs it."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def look(self, connection: Connection[DictRow], person_id: int, code: str, *, confirmed: bool = True) -> Checked:
        """As `CodeCheck` promises; with `confirmed=False` also for one that was only enrolled."""
        row = connection.execute("SELECT * FROM authenticator_of(%s)", (person_id,)).fetchone()
        if row is None or (confirmed and not row["confirmed"]):
            raise SecondFactorMissing(f"This takes a code from your authenticator, and you have none; {ENROL}.")
        counter = counter_of(self._seal.opened(person_id, row["sealed"]), code, row["now"])
        used = None if counter is None else _used(connection, row["id"], person_id, counter)
        if used is None:
            connection.execute("INSERT INTO second_factor_miss (person_id) VALUES (%s)", (person_id,))
        return Checked(used)


class PostgresAuthenticators:
    """Authenticators on a pool of serve's role."""

    def __init__(self, pool: Pool, seal: Seal) -> None:
        self._pool, self._seal, self.codes = pool, seal, TotpCheck(seal)

    def state(self, person_id: int) -> AuthenticatorState:
        with statements(self._pool) as connection:
            row = connection.execute(
                "SELECT confirmed_at FROM authenticator WHERE person_id = %s AND removed_at IS NULL", (person_id,)
            ).fetchone()
        if row is None:
            return AuthenticatorState.NONE
        return AuthenticatorState.CONFIRMED if row["confirmed_at"] else AuthenticatorState.ENROLLED

    def enrol(self, person: Person, enrolment_code: str) -> Enrolment:
        secret = new_secret()
        with transaction(self._pool) as connection:
            spent = connection.execute(
                "SELECT spend_enrolment_code(%s, %s) AS id", (person.id, digest_of(enrolment_code))
            ).fetchone()
            assert spent is not None
            connection.execute(
                "UPDATE authenticator SET removed_at = clock_timestamp()"
                " WHERE person_id = %s AND removed_at IS NULL AND confirmed_at IS NULL",
                (person.id,),
            )
            stored = connection.execute(
                "INSERT INTO authenticator (person_id, sealed, enrolment_code_id) VALUES (%s, %s, %s)"
                " ON CONFLICT (person_id) WHERE removed_at IS NULL DO NOTHING",
                (person.id, self._seal.closed(person.id, secret), spent["id"]),
            )
            if not stored.rowcount:
                raise DecisionRefused(
                    "You have an authenticator; `expediter person authenticator remove` takes it away with a code of it. "
                    "If you lost it, ask an admin to reset it."
                )
        return Enrolment(secret, provisioning_uri(secret, person.handle))

    def confirm(self, person_id: int, code: str) -> None:
        if self.state(person_id) is AuthenticatorState.CONFIRMED:
            raise DecisionRefused("Your authenticator is confirmed already.")
        self._with_code(person_id, code, "confirmed_at", confirmed=False)

    def remove(self, person_id: int, code: str) -> None:
        self._with_code(person_id, code, "removed_at", confirmed=True)

    def _with_code(self, person_id: int, code: str, moment: str, *, confirmed: bool) -> None:
        with transaction(self._pool) as connection:
            checked = self.codes.look(connection, person_id, code, confirmed=confirmed)
            if checked.use_id is not None:
                connection.execute(_SET[moment], (person_id,))
        if checked.use_id is None:
            raise SecondFactorWrong(WRONG_CODE)


_SET = {
    "confirmed_at": "UPDATE authenticator SET confirmed_at = clock_timestamp() WHERE person_id = %s AND removed_at IS NULL",
    "removed_at": "UPDATE authenticator SET removed_at = clock_timestamp() WHERE person_id = %s AND removed_at IS NULL",
}


def _used(connection: Connection[DictRow], authenticator_id: int, person_id: int, counter: int) -> int | None:
    """None when this code was used before."""
    row = connection.execute(
        "INSERT INTO second_factor_use (authenticator_id, person_id, counter) VALUES (%s, %s, %s)"
        " ON CONFLICT (authenticator_id, counter) DO NOTHING RETURNING id",
        (authenticator_id, person_id, counter),
    ).fetchone()
    return int(row["id"]) if row else None
