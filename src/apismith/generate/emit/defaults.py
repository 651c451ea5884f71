"""`app/defaults.py`: what the contract decided about the whole backend."""

from apismith.contract.model import Auth, Contract, Scalar
from apismith.generate.code import Module, literal
from apismith.generate.emitters import emits
from apismith.generate.names import database_name, title


@emits("app/defaults.py")
def defaults(contract: Contract) -> Module:
    """Names, and the defaults of settings."""
    module = Module("What the contract decided: the backend's names, and the defaults of its settings.")
    module.use("typing", "Final")
    auth = contract.auth or Auth(account="", login="", secret="")
    login = contract.by_name[auth.account].field(auth.login) if contract.auth else None
    description = contract.description or f"The API of {title(contract)}."
    module.add(
        "\n".join(
            [
                f"NAME: Final = {literal(contract.name)}",
                f"TITLE: Final = {literal(title(contract))}",
                f"DESCRIPTION: Final = {literal(description)}",
                'VERSION: Final = "0.1.0"',
                f"API_PREFIX: Final = {literal(f'/api/{contract.version}')}",
                "",
                f"DATABASE_URL: Final = {literal(database_url(contract))}",
                f"CORS_ORIGINS: Final[tuple[str, ...]] = {literal(contract.cors.origins)}",
                f"MAX_BODY_BYTES: Final = {contract.limits.body:_}",
                f"RATE_LIMIT: Final = {literal(contract.limits.default)}",
                f"RATE_LIMIT_LOGIN: Final = {literal(contract.limits.login)}",
                f"MAIL_FROM: Final = {literal(f'{contract.name} <no-reply@localhost>')}",
                "",
                f"ACCESS_TOKEN_MINUTES: Final = {auth.access_minutes}",
                f"REFRESH_TOKEN_DAYS: Final = {auth.refresh_days}",
                f"LOGIN_IS_EMAIL: Final[bool] = {login is not None and login.type.scalar is Scalar.EMAIL}",
                f"ROLES: Final[tuple[str, ...]] = {literal(('member', 'admin', *contract.roles))}",
            ]
        )
    )
    return module


def database_url(contract: Contract) -> str:
    """Where the database is while developing."""
    if contract.database.kind == "sqlite":
        return f"sqlite:///{database_name(contract)}.db"
    return f"postgresql://postgres:postgres@localhost:5432/{database_name(contract)}"
