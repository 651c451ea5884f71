"""Lists in pages, by keyset: a cursor says after which row to go on, so that no row is skipped or repeated.

A cursor is opaque and signed: one that was altered, or made for another order, is refused.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import GenericAlias
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.config import get_settings
from app.core.ids import Id
from app.core.statements import Condition, Selection, built_once
from app.core.values import Word
from app.exceptions import InvalidCursor

Item = TypeVar("Item")

LONGEST_PAGE: Final = 100


class PageQuery(BaseModel):
    """The query parameters of every list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="Most items in the answer.")] = 20
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before this one.")] = (
        None
    )
    with_total: Annotated[bool, Word, Field(description="Whether to count all rows of the list, which takes time.")] = (
        False
    )


class Page(BaseModel, Generic[Item]):
    """Some items of a list, and how to get the next ones."""

    items: Annotated[list[Item], Field(max_length=LONGEST_PAGE)]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` to go on; null on the last page.")]
    total: Annotated[int | None, Field(description="How many rows the whole list has; null unless asked for.")] = None


class LinkHeader:
    """The header `Link` of an answer, which says where the next page is (RFC 8288)."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response

    def of(self, page: Page[Item]) -> Page[Item]:
        """The page itself, announced in the header."""
        if page.next_cursor is not None:
            asked = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
            query = urlencode([*asked, ("cursor", page.next_cursor)])
            self._response.headers["Link"] = f'<{quote(self._request.scope["path"])}?{query}>; rel="next"'
        return page


async def get_next_link(request: Request, response: Response) -> LinkHeader:
    return LinkHeader(request, response)


NextLink = Annotated[LinkHeader, Depends(get_next_link)]


@dataclass(frozen=True)
class Order:
    """One order of a list: a column, and the id to tell equal values apart.

    `kind` is the Python type of the column's values, `name` what a client calls the order. Rows without a value come
    last in either direction.
    """

    name: str
    column: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Id]
    kind: type[Any]
    descending: bool = False
    nullable: bool = False

    @cached_property
    def _values(self) -> TypeAdapter[tuple[Any, Id]]:
        values: Any = GenericAlias(tuple, (self.kind | None if self.nullable else self.kind, Id))
        return TypeAdapter(values)

    @cached_property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        column, id = (self.column.desc(), self.id.desc()) if self.descending else (self.column.asc(), self.id.asc())
        return (column.nulls_last() if self.nullable else column), id

    def page(
        self, statement: Selection, query: PageQuery, params: Mapping[str, Any]
    ) -> tuple[Selection, dict[str, Any]]:
        """The statement for one page, and the values that it binds.

        It asks for one row more than the page holds, which tells whether there is a next page.
        """
        bound = {**params, "page_limit": query.limit + 1}
        if query.cursor is None:
            return first_page(statement, self), bound
        bound["after_value"], bound["after_id"] = self._decode(query.cursor)
        return next_page(statement, self, bound["after_value"] is None), bound

    def after(self, value_is_null: bool) -> Condition:
        """The condition that a row comes behind the one whose values are bound."""
        value, id = bindparam("after_value", type_=self.column.type), bindparam("after_id", type_=self.id.type)
        if value_is_null:
            return and_(self.column.is_(None), self.id < id if self.descending else self.id > id)
        here, there = tuple_(self.column, self.id), tuple_(value, id)
        after = here < there if self.descending else here > there
        return or_(after, self.column.is_(None)) if self.nullable else after

    def next_cursor(self, rows: Sequence[RowMapping], limit: int) -> str | None:
        """The cursor behind the last of `limit` rows, None where no row is left after it."""
        if len(rows) <= limit:
            return None
        last = rows[limit - 1]
        values = self._values.dump_json((last[self.column.key], last["id"]))
        return base64.urlsafe_b64encode(self._sign(values) + values).decode().rstrip("=")

    def _decode(self, cursor: str) -> tuple[Any, Id]:
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            signature, values = raw[:16], raw[16:]
            if hmac.compare_digest(signature, self._sign(values)):
                return self._values.validate_json(values)
        except (ValueError, binascii.Error, ValidationError):
            pass
        raise InvalidCursor

    def _sign(self, values: bytes) -> bytes:
        key = get_settings().secret_key.get_secret_value().encode()
        return hmac.digest(key, self.name.encode() + b"\0" + values, hashlib.sha256)[:16]


@built_once
def first_page(statement: Selection, order: Order) -> Selection:
    """The statement for the beginning of a list."""
    return statement.order_by(*order.columns).limit(bindparam("page_limit"))


@built_once
def next_page(statement: Selection, order: Order, value_is_null: bool) -> Selection:
    """The statement for what comes behind a row, whose value may be missing."""
    return first_page(statement, order).where(order.after(value_is_null))
