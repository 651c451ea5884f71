"""A second factor: a code that an app shows, asked for after the password."""

from apismith.contract.routes import has_second_factor
from apismith.generate.parts.signing import CRYPTOGRAPHY
from apismith.generate.plan import Part, register

ENVIRONMENT = """\
# Encrypts the secrets of second factors. Several, separated by commas: the first encrypts, all decrypt. Make one:
# python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"
# SECOND_FACTOR_KEYS=
"""

register(
    Part(
        "second-factor",
        when=has_second_factor,
        replaces=True,
        requires=(CRYPTOGRAPHY, "pyotp>=2.12,<3"),
        settings=("app.core.codes", "SecondFactorSettings"),
        secrets={"second_factor_keys": ("app.core.codes", "make_key")},
        environment=ENVIRONMENT,
    )
)
