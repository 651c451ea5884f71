"""Which form of an answer a client likes best (RFC 9110, section 12.5.1)."""

from typing import Final

ANY: Final = "*/*"


def preferred(accept: str, usual: str, other: str) -> str:
    """The media type to answer with: the usual one, unless the client ranks the other one strictly higher."""
    if other not in accept:
        return usual
    weights = _weights(accept)
    range_of_usual = f"{usual.partition('/')[0]}/*"
    of_usual = next((weights[it] for it in (usual, range_of_usual, ANY) if it in weights), 0.0)
    return other if weights.get(other, 0.0) > of_usual else usual


def _weights(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((it[2:] for it in parameters if it.startswith("q=")), "1")
        try:
            weights[media_type] = float(quality)
        except ValueError:
            weights[media_type] = 0.0
    return weights
