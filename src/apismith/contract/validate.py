from typing import Any

def validate(contract: Any, places: Any) -> list[Any]:
    return []
