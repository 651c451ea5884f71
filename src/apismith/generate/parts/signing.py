"""Access tokens that are signed with a private key: others verify them with its published half."""

from functools import partial

from apismith.contract.choices import ALGORITHMS, Algorithm
from apismith.contract.model import Contract
from apismith.contract.routes import has_key_set
from apismith.generate.plan import Part, register

CRYPTOGRAPHY = "cryptography>=50,<51"
ENVIRONMENT = """\
# Private keys that sign access tokens, in PEM, one behind the other: the first signs, all verify. Line breaks may be
# written as \\n. Make one: python -m app.manage make-signing-key. Without any, each process has a key of its own, which
# production refuses. Instead of the keys themselves, a file with them:
# SIGNING_KEYS=
# SIGNING_KEYS_FILE=
"""

register(
    Part(
        "asymmetric",
        when=has_key_set,
        replaces=True,
        requires=(CRYPTOGRAPHY,),
        settings=("app.core.keys", "SigningSettings"),
        secrets={"signing_keys": ("app.core.keys", "make")},
        environment=ENVIRONMENT,
    )
)


def _signs(algorithm: Algorithm, contract: Contract) -> bool:
    return contract.auth is not None and contract.auth.algorithm == algorithm


for _algorithm in ALGORITHMS:
    if _algorithm != "HS256":
        register(Part(_algorithm.lower(), when=partial(_signs, _algorithm), replaces=True))
