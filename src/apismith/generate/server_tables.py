"""Tables that the server keeps for itself; their models are verbatim files of the reference app."""

from apismith.contract.model import Contract
from apismith.contract.routes import has_second_factor
from apismith.generate.relational import ID, TIMESTAMP, Column, ForeignKey, Index, Table, plain, text


def server_models(contract: Contract) -> list[tuple[str, str]]:
    """Module and class of each model that no entity of the contract asks for."""
    found = [("app.models.idempotency_keys", "IdempotencyKey")]
    of_accounts = [("app.models.api_keys", "ApiKey"), ("app.models.refresh_tokens", "RefreshToken")]
    if has_second_factor(contract):
        of_accounts += [("app.models.second_factors", "RecoveryCode"), ("app.models.second_factors", "SecondFactor")]
    audited = [("app.models.audit_entries", "AuditEntry")] if contract.audited else []
    return [*found, *(of_accounts if contract.auth else []), *audited]


def server_tables(contract: Contract, *, accounts: str) -> list[Table]:
    """The tables of these models.

    Args:
        contract: whose choices say which there are.
        accounts: the table of the accounts.
    """
    of_accounts = [_api_keys(accounts), _refresh_tokens(accounts)] if contract.auth else []
    factors = [_second_factors(accounts), _recovery_codes(accounts)] if has_second_factor(contract) else []
    audited = [_audit_entries()] if contract.audited else []
    return [_idempotency_keys(), *of_accounts, *factors, *audited]


def _idempotency_keys() -> Table:
    columns = (
        Column("account", text(40), primary_key=True),
        Column("key", text(255), primary_key=True),
        Column("fingerprint", text(64)),
        Column("status", plain("SmallInteger"), nullable=True),
        Column("headers", plain("JSON"), nullable=True),
        Column("body", plain("Text"), nullable=True),
        Column("created_at", TIMESTAMP, indexed=True),
    )
    return Table("idempotency_keys", columns)


def _api_keys(accounts: str) -> Table:
    columns = (
        Column("id", plain("Uuid"), primary_key=True),
        Column("account_id", ID, indexed=True, references=ForeignKey(accounts, "CASCADE")),
        Column("name", text(100)),
        Column("secret_hash", text(64)),
        Column("scopes", text(200)),
        Column("created_at", TIMESTAMP),
        Column("expires_at", TIMESTAMP),
        Column("last_used_at", TIMESTAMP, nullable=True),
    )
    return Table("api_keys", columns)


def _refresh_tokens(accounts: str) -> Table:
    columns = (
        Column("id", plain("Uuid"), primary_key=True),
        Column("account_id", ID, indexed=True, references=ForeignKey(accounts, "CASCADE")),
        Column("token_hash", text(64)),
        Column("client", text(200), nullable=True),
        Column("created_at", TIMESTAMP),
        Column("last_used_at", TIMESTAMP),
        Column("expires_at", TIMESTAMP),
    )
    return Table("refresh_tokens", columns)


def _second_factors(accounts: str) -> Table:
    columns = (
        Column("account_id", ID, primary_key=True, references=ForeignKey(accounts, "CASCADE")),
        Column("secret", text(200)),
        Column("last_step", plain("BigInteger"), nullable=True),
        Column("confirmed_at", TIMESTAMP, nullable=True),
        Column("created_at", TIMESTAMP),
    )
    return Table("second_factors", columns)


def _recovery_codes(accounts: str) -> Table:
    columns = (
        Column("id", plain("Uuid"), primary_key=True),
        Column("account_id", ID, indexed=True, references=ForeignKey(accounts, "CASCADE")),
        Column("code_hash", text(64)),
    )
    return Table("recovery_codes", columns)


def _audit_entries() -> Table:
    columns = (
        Column("id", ID, primary_key=True),
        Column("created_at", TIMESTAMP),
        Column("entity", text(63)),
        Column("row_id", text(40)),
        Column("key", plain("Text")),
        Column("change", text(6)),
        *(Column(name, plain("JSON"), nullable=True) for name in ("before", "after", "members")),
        Column("operation", text(200), nullable=True),
        Column("actor", text(40), nullable=True),
        Column("api_key", plain("Uuid"), nullable=True),
        Column("request_id", text(128), nullable=True),
        Column("address", text(64), nullable=True),
    )
    indexed = (("created_at", "id"), ("entity", "key", "created_at"), ("actor", "created_at"))
    indexes = tuple(Index(f"ix_audit_entries_{'_'.join(names)}", names) for names in indexed)
    return Table("audit_entries", columns, indexes=indexes, append_only=True)
