"""Tables that the server keeps for itself; their models are verbatim files of the reference app."""

from apismith.contract.model import Contract
from apismith.generate.relational import ID, TIMESTAMP, Column, ForeignKey, SqlType, Table


def server_models(contract: Contract) -> list[tuple[str, str]]:
    """Module and class of each model that no entity of the contract asks for."""
    return [("app.models.refresh_tokens", "RefreshToken")] if contract.auth else []


def server_tables(contract: Contract, *, accounts: str) -> list[Table]:
    """The tables of these models.

    Args:
        contract: whose choices say which there are.
        accounts: the table of the accounts.
    """
    return [_refresh_tokens(accounts)] if contract.auth else []


def _refresh_tokens(accounts: str) -> Table:
    uuid = SqlType("Uuid()", ("Uuid",))
    columns = (
        Column("id", uuid, primary_key=True),
        Column("account_id", ID, indexed=True, references=ForeignKey(accounts, "CASCADE")),
        Column("token_hash", SqlType("String(64)", ("String",))),
        Column("client", SqlType("String(200)", ("String",)), nullable=True),
        Column("created_at", TIMESTAMP),
        Column("last_used_at", TIMESTAMP),
        Column("expires_at", TIMESTAMP),
    )
    return Table("refresh_tokens", columns)
