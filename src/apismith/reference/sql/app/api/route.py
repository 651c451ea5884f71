"""What every route of the API does around its endpoint."""

import re
from typing import Final

from fastapi import Request
from fastapi.params import Form
from fastapi.responses import Response

from app.api.idempotency import Handler, answered_once
from app.core.routing import PathFirstRoute
from app.core.strict_json import StrictRequest
from app.exceptions import UnsupportedMediaType

JSON: Final = re.compile(r"application/([\w.-]+\+)?json\s*(;|$)", re.IGNORECASE)


class Route(PathFirstRoute):
    """Reads JSON strictly, and answers a POST with an `Idempotency-Key` once.

    This runs inside of the unit of work: what it writes is committed together with what the endpoint wrote.
    """

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        if "POST" in (self.methods or ()):
            handle = answered_once(handle)

        async def handle_json(request: Request) -> Response:
            if not JSON.match(request.headers.get("content-type", "application/json")):
                raise UnsupportedMediaType
            return await handle(StrictRequest(request.scope, request.receive))

        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)
        return handle_json if takes_json else handle
