"""Bodies that the contract accepts; the number tells them apart."""

from typing import Any, Final

LOGIN: Final = "email"
SECRET: Final = "password"


def user(number: int) -> dict[str, Any]:
    return {
        "email": f"email{number}@example.com",
        "username": f"username{number}",
        "password": f"correct horse battery staple {number}",
    }


def tag(number: int) -> dict[str, Any]:
    return {
        "name": f"name{number}",
    }


def article(number: int) -> dict[str, Any]:
    return {
        "title": "Title",
        "body": "Body",
        "status": "draft",
    }


def comment(number: int) -> dict[str, Any]:
    return {
        "body": "Body",
    }


def milestone(number: int) -> dict[str, Any]:
    return {
        "title": "Title",
        "position": number,
        "done": True,
    }


def campaign(number: int) -> dict[str, Any]:
    return {
        "name": f"Name {number}",
        "code": "00000000-0000-4000-8000-000000000001",
        "budget": "1.00",
        "starts": "2026-01-01",
        "ends": "2026-01-01",
        "mailed_at": "08:00:00",
        "cooldown": "PT1H",
        "share": 1.0,
        "reach": 1,
        "active": True,
        "channels": ["Channels"],
        "settings": {"number": 1},
    }
