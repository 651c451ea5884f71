"""Bodies that the contract accepts; the number tells them apart."""

from typing import Any, Final

LOGIN: Final = "email"
SECRET: Final = "password"


def user(number: int) -> dict[str, Any]:
    return {
        "email": f"user{number}@example.com",
        "username": f"user{number}",
        "password": f"correct horse battery staple {number}",
    }
