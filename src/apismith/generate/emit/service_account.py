"""What the service of accounts does besides: whoever changes how they log in says the current password."""

from apismith.generate.code import Module
from apismith.generate.fields import CURRENT_PASSWORD
from apismith.generate.names import ACCOUNTS, account_names
from apismith.generate.view import View


def repository(view: View, other: View) -> tuple[str, str]:
    """Module and class of a repository that the service of an entity works with."""
    if view.credentials and other.cls == view.cls:
        return "app.repositories.auth", account_names(view.contract).get(ACCOUNTS, ACCOUNTS)
    return f"app.repositories.{other.module}", f"{other.cls}Repository"


def confirm(module: Module, view: View, *, confined: bool) -> list[str]:
    """The lines of an update that ask for the current password, and hash the new one.

    Args:
        module: where the imports go.
        view: the account entity.
        confined: whether the update keeps to the rows of the owner that its rule names.
    """
    key, secret = view.key, view.credentials[1]
    own = "me.id == id" if key == "id" else f"(await self._auth.me(me.account_id)).{key} == {key}"
    return [
        f"        {'owner_id = ' if confined else ''}UPDATE.authorize(me)",
        "        if CREDENTIALS & body.model_fields_set:",
        f"            await self._auth.confirm(me, body.{CURRENT_PASSWORD}, own={own})",
        "        password_hash = None",
        f"        if body.{secret} is not {module.use('pydantic', 'MISSING')}:",
        f"            password_hash = await {module.use('app.core.security', 'hash_password')}"
        f"(body.{secret}.get_secret_value())",
    ]


def end_sessions(module: Module, view: View, repository: str) -> list[str]:
    """The lines after it that end all other sessions, unless the new password is the login.

    Args:
        module: where the imports go.
        view: the account entity.
        repository: the expression of the repository of accounts.
    """
    secret = view.credentials[1]
    unlike = module.use("app.core.passwords", "require_unlike")
    return [
        f"        if body.{secret} is not MISSING:",
        f"            login = await {repository}.login(row_id)",
        f'            {unlike}("{secret}", body.{secret}.get_secret_value(), login)',
        f"            await {repository}.end_other_sessions(row_id, me)",
    ]


def new_password(module: Module, view: View) -> list[str]:
    """The lines that check and hash the password of a new account."""
    auth = view.contract.auth
    assert auth is not None, "accounts log in"
    unlike, hash_password = (
        module.use("app.core.passwords", "require_unlike"),
        module.use("app.core.security", "hash_password"),
    )
    return [
        f"        {auth.secret} = body.{auth.secret}.get_secret_value()",
        f'        {unlike}("{auth.secret}", {auth.secret}, body.{auth.login})',
        f"        password_hash = await {hash_password}({auth.secret})",
    ]
