'''A book of quotations whose texts "try" to be 'code': {{ braces }}, {% blocks %}, \\back\\slashes, """, ☃.'''

from enum import StrEnum
from typing import Literal

from pydantic import Field

from apismith import Access, Backend, Entity, Listing, Reverse, SQLite, action, anyone, computed, count, query

ALL = Access(read=anyone, create=anyone, update=anyone, delete=anyone)


class Mood(StrEnum):
    """How it is "said"; {{ mood }}."""

    loud = 'with "quotes"'
    quiet = "it's {quiet}"
    strange = "back\\slash, {{ braces }}, %s, ünïcode ☃"


class Speaker(Entity):
    """Who said it: "O'Neill", {{ name }}, %(name)s, ${name}, C:\\new\\table.

    A second paragraph with \'\'\'three quotes\'\'\' and \"\"\"three more\"\"\", and a trailing backslash \\
    """

    name: str = Field(min_length=1, max_length=80, title='The "name"', description="A 'name'\nover two lines \\ {x}")
    motto: str = Field(default='"It\'s" {{ 1 + 1 }} {% raw %} \\n \n\ttab %s ${HOME} ☃ \U0001f600', max_length=200)
    quotations: Reverse[set["Quotation"]]
    access = ALL

    @computed
    def said(self) -> int:
        """How many "quotations"; \\ and {{ more }}."""
        return count(self.quotations)


class Quotation(Entity, bulk=40):
    """'''"""

    text: str = Field(min_length=1, max_length=400, description='"""', examples=['"', "'", "\\", "{{ x }}", "\n"])
    code: str = Field(default="\\d", pattern=r"""^[\\\w"'{}]{1,20}$""", max_length=20)
    mood: Mood = Mood.strange
    marks: Literal['"', "'", "\\", "{{}}", "\n", "ß", "", " "] = "\\"
    escaped: str = Field(default="'''\"\"\"", description="${a} #{b} <c> &d; `e` %f%% \\N{DASH}")
    speaker: Speaker
    access = ALL
    listing = Listing(filters=["mood", "speaker.name", "marks"], order="text")

    @action("POST /quotations/{id}/soften", allow=anyone)
    def soften(self) -> "Quotation":
        """Make it "quiet": \\q, {{ q }}, 'q'."""
        self.mood = Mood.quiet
        self.text = 'it\'s "soft" {{ now }} \\ ☃'
        return self


@query("GET /quotations/braces", allow=anyone)
def braces() -> list[Quotation]:
    """Those in {{ braces }}."""
    return [q for q in Quotation if q.code == "{}" or q.text != "'\"\\%{{"]


backend = Backend("quotes", database=SQLite(), auth=None)
