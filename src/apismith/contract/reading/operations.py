"""Actions, queries, handlers, computed values and checks → the model's."""

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from apismith.contract.errors import (
    InvalidRoute,
    Unreadable,
    UnsupportedAnnotation,
    UnsupportedBody,
    WrongArguments,
)
from apismith.contract.language.entities import Deprecated
from apismith.contract.language.fields import NOTHING
from apismith.contract.language.operations import SaidHandler, SaidOperation
from apismith.contract.model import (
    Check,
    Computed,
    Deprecated as DeprecatedModel,
    Handler,
    Operation,
    Parameter,
    Result,
    Rule,
)
from apismith.contract.places import Key
from apismith.contract.reading.access import read_rule
from apismith.contract.reading.bodies import BodyReader, NotSupported, Shapes
from apismith.contract.reading.classes import docstring
from apismith.contract.reading.entities import Draft
from apismith.contract.reading.meanings import type_of, understood
from apismith.contract.reading.reading import Reading
from apismith.contract.reading.sources import SourceFile
from apismith.contract.reading.values import ValueReader

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ROUTE: Final = re.compile(r"(?P<method>[A-Z]+) (?P<path>/\S*)")
_IN_QUERY: Final = ("GET", "DELETE")


@dataclass(frozen=True)
class FunctionSource:
    """A function and where it is written."""

    function: Any
    source: SourceFile
    node: ast.FunctionDef


def function_source(reading: Reading, function: Any) -> FunctionSource | None:
    """Where a function is written, if that is in the contract."""
    code = getattr(function, "__code__", None)
    source = reading.sources.file(code.co_filename) if code else None
    if source is None or code is None:
        return None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            if first <= code.co_firstlineno <= node.lineno:
                return FunctionSource(function, source, node)
    return None


def read_operation(
    reading: Reading, shapes: Shapes, said: SaidOperation, default: Rule, draft: Draft | None
) -> Operation | None:
    """One action (with the entity that it belongs to) or query."""
    written = function_source(reading, said.function)
    route = _ROUTE.fullmatch(said.route) if isinstance(cast(object, said.route), str) else None
    if route is None or route["method"] not in _METHODS:
        message = f"'{said.route}' is no route, so nobody could call it."
        hint = 'A route is a method and a path: "POST /articles/{slug}/publish".'
        reading.mistakes.append(InvalidRoute(message, at=reading.argument(said, "route", 0), hint=hint))
        return None
    if written is None:
        _not_written(reading, said)
        return None
    name = said.function.__name__
    key: Key = ("entities", draft.name, "actions", name) if draft else ("queries", name)
    reading.places.put(key, written.source.word(written.node))
    reading.places.put((*key, "path"), reading.argument(said, "route", 0))
    reading.places.put((*key, "allow"), reading.argument(said, "allow", 1))
    reader = _Signature(reading, written, key, route["method"], route["path"], draft)
    parameters, roots = reader.parameters()
    result = reader.result()
    names = reading.names(written.source.path)
    body = None
    try:
        body = BodyReader(written.source, shapes, names, roots).statements(written.node.body)
    except NotSupported as error:
        reading.mistakes.append(error.mistake)
    in_path = re.findall(r"{(\w+)}", route["path"])
    given = {parameter.name for parameter in parameters}
    return Operation(
        name=name,
        method=cast(Any, route["method"]),
        path=route["path"],
        allow=read_rule(reading, said.allow, (*key, "allow")) if said.allow is not None else default,
        entity=draft.name if draft else None,
        key=next((word for word in in_path if word not in given), None) if draft else None,
        uses_me="me" in roots,
        parameters=tuple(parameters),
        result=result,
        body=body,
        description=docstring(said.function),
        deprecated=read_deprecated(reading, said.deprecated, key),
        span=reading.places.at(*key),
    )


def _not_written(reading: Reading, said: SaidOperation | SaidHandler) -> None:
    name = getattr(said.function, "__name__", repr(said.function))
    message = f"'{name}' is not written as a plain `def`, so it cannot be read."
    hint = "Write `def name(...)`, without async: what is generated is asynchronous anyway."
    reading.mistakes.append(Unreadable(message, at=reading.sources.span(said.said_at), hint=hint))


class _Signature:
    """Reads what a function takes and gives."""

    def __init__(
        self, reading: Reading, written: FunctionSource, key: Key, method: str, path: str, draft: Draft | None
    ) -> None:
        self._reading = reading
        self._written = written
        self._key = key
        self._method = method
        self._in_path = re.findall(r"{(\w+)}", path)
        self._draft = draft
        self._owner = (draft.name if draft else "") + "".join(
            p.capitalize() for p in written.function.__name__.split("_")
        )

    def parameters(self) -> tuple[list[Parameter], dict[str, str | None]]:
        """The parameters besides `self` and `me`, and what all names stand for."""
        found: list[Parameter] = []
        roots: dict[str, str | None] = {}
        nodes = {node.arg: node for node in ast.walk(self._written.node.args) if isinstance(node, ast.arg)}
        defaults = _defaults(self._written.node.args)
        for name, parameter in inspect.signature(self._written.function).parameters.items():
            if name == "self" and self._draft is not None:
                roots["self"] = self._draft.name
                continue
            node = nodes.get(name)
            at = self._written.source.span(node) if node else None
            self._reading.places.put((*self._key, "parameters", name), at)
            if parameter.annotation is inspect.Parameter.empty:
                message = f"'{name}' has no type, so it cannot be checked."
                self._reading.mistakes.append(UnsupportedAnnotation(message, at=at, hint=f"Write `{name}: str`."))
                continue
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                message = f"'{name}' takes any number of values, which no client could send."
                self._reading.mistakes.append(UnsupportedAnnotation(message, at=at, hint=f"Write `{name}: list[str]`."))
                continue
            annotation = node.annotation if node else None
            meant = understood(self._reading, self._written, parameter.annotation, annotation)
            if meant is None:
                continue
            roots[name] = meant.entity
            if name == "me":
                self._reading.callers.append((meant.entity, at))
                continue
            key: Key = (*self._key, "parameters", name)
            reader = ValueReader(self._reading, self._written.source, defaults.get(name), at)  # type: ignore[arg-type]
            empty = parameter.default is inspect.Parameter.empty
            value = reader.value(NOTHING if empty else parameter.default)
            found.append(
                Parameter(
                    name=name,
                    place="path" if name in self._in_path else "query" if self._method in _IN_QUERY else "body",
                    type=type_of(self._reading, meant, self._owner, name),
                    entity=meant.entity,
                    constraints=reader.constraints(value, meant.metadata, key),
                    default=reader.default(value, key),
                    title=value.title,
                    description=value.description,
                    examples=reader.examples(value, key),
                )
            )
        return found, roots

    def result(self) -> Result:
        """What the function answers."""
        annotation = inspect.signature(self._written.function).return_annotation
        node = self._written.node.returns
        if annotation is inspect.Signature.empty:
            message = f"'{self._written.function.__name__}' does not say what it answers."
            at = self._written.source.word(self._written.node)
            self._reading.mistakes.append(UnsupportedAnnotation(message, at=at, hint="Write `-> None` or a type."))
            return Result(shape="nothing")
        meant = understood(self._reading, self._written, annotation, node)
        if meant is None or meant.shape == "nothing":
            return Result(shape="nothing")
        if meant.entity is not None:
            shapes: Mapping[str, Any] = {"one": "entity", "page": "page", "list": "list", "set": "list"}
            return Result(shape=shapes[meant.shape], entity=meant.entity)
        kind = type_of(self._reading, meant, self._owner, "result")
        return Result(shape="value", type=kind) if kind else Result(shape="nothing")


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    found = dict(
        zip([a.arg for a in positional[len(positional) - len(arguments.defaults) :]], arguments.defaults, strict=True)
    )
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found | {a.arg: default for a, default in named if default is not None}


def read_handler(reading: Reading, said: SaidHandler) -> Handler | None:
    """One handler of an event."""
    written = function_source(reading, said.function)
    if written is None:
        _not_written(reading, said)
        return None
    name = said.function.__name__
    reading.places.put(("handlers", name), written.source.word(written.node))
    _check_row(reading, said, written)
    body = [s for s in written.node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if body and not isinstance(body[0], ast.Pass):
        message = "The body of a handler is not read: what it does is written in the generated backend."
        at = written.source.span(body[0])
        reading.mistakes.append(
            UnsupportedBody(message, at=at, hint="Write `...` and, later, app/services/handlers.py.")
        )
    return Handler(
        name=name,
        event=said.event.kind,
        entity=said.event.entity.__name__,
        background=said.background,
        publish=said.publish,
        description=docstring(said.function),
        span=reading.places.at("handlers", name),
    )


def _check_row(reading: Reading, said: SaidHandler, written: FunctionSource) -> None:
    """A handler takes a row of the entity that it is about."""
    parameters = list(inspect.signature(written.function).parameters.values())
    annotation = parameters[0].annotation if len(parameters) == 1 else None
    node = written.node.args.args[0].annotation if parameters and written.node.args.args else None
    entity = said.event.entity.__name__
    meant = understood(reading, written, annotation, node)
    if meant is not None and meant.entity != entity:
        message = f"'{written.function.__name__}' is called with one row of {entity}, and takes something else."
        at = written.source.span(node) if node else written.source.word(written.node)
        hint = f"Write `def {written.function.__name__}({entity.lower()}: {entity}) -> None: ...`."
        reading.mistakes.append(WrongArguments(message, at=at, hint=hint))


def read_computed(reading: Reading, shapes: Shapes, draft: Draft) -> list[Computed]:
    """The computed values of an entity."""
    found: list[Computed] = []
    for name, (part, node) in draft.computed.items():
        key: Key = ("entities", draft.name, "computed", name)
        reading.places.put(key, part.source.word(node))
        function = part.cls.__dict__[name].method
        annotation = inspect.signature(function).return_annotation
        meant = understood(reading, part, None if annotation is inspect.Signature.empty else annotation, node.returns)
        kind = type_of(reading, meant, draft.name, name) if meant else None
        if kind is None:
            message = f"'{name}' does not say what kind of value it is."
            reading.mistakes.append(UnsupportedAnnotation(message, at=reading.places.at(*key), hint="Write `-> int`."))
            continue
        names = reading.names(part.source.path)
        try:
            value = BodyReader(part.source, shapes, names, {"self": draft.name}).returned(node.body)
        except NotSupported as error:
            reading.mistakes.append(error.mistake)
            continue
        found.append(
            Computed(name=name, type=kind, value=value, description=docstring(function), span=reading.places.at(*key))
        )
    return found


def read_checks(reading: Reading, shapes: Shapes, draft: Draft, checks: Any) -> list[Check]:
    """The row checks of an entity: lambdas or functions over `self`."""
    found: list[Check] = []
    for number, check in enumerate(checks, 1):
        written = _check_source(reading, draft, check)
        if written is None:
            message = f"The condition number {number} is no function of this contract, so no row would be checked."
            at = reading.places.at("entities", draft.name, "rules", "check", number - 1)
            hint = "Write it out: `lambda self: self.price > 0`."
            reading.mistakes.append(UnsupportedBody(message, at=at, hint=hint))
            continue
        source, node = written
        name = f"check_{number}" if isinstance(node, ast.Lambda) else node.name
        reading.places.put(("entities", draft.name, "rules", "check", name), source.span(node))
        reader = BodyReader(source, shapes, reading.names(source.path), {"self": draft.name})
        try:
            if isinstance(node, ast.Lambda):
                where, text = reader.expression(node.body), ast.unparse(node.body)
            else:
                where, text = reader.returned(node.body), _returned_text(node)
        except NotSupported as error:
            reading.mistakes.append(error.mistake)
            continue
        found.append(Check(name=name, where=where, source=text))
    return found


def _returned_text(node: ast.FunctionDef) -> str:
    last = node.body[-1]
    return ast.unparse(last.value if isinstance(last, ast.Return) and last.value else last)


def _check_source(reading: Reading, draft: Draft, check: Any) -> tuple[SourceFile, ast.Lambda | ast.FunctionDef] | None:
    code = getattr(check, "__code__", None)
    source = reading.sources.file(code.co_filename) if code else None
    if source is None or code is None:
        return None
    if check.__name__ != "<lambda>":
        written = function_source(reading, check)
        return (source, written.node) if written else None
    place = next((p for p in code.co_positions() if p[0] is not None and p[2] is not None), None)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno and place is not None:
            starts = (node.lineno, node.col_offset)
            ends = (node.end_lineno or 0, node.end_col_offset or 0)
            inner = [(p[0] or 0, p[2] or 0) for p in code.co_positions() if p[0] is not None and p[2]]
            if all(starts <= position <= ends for position in inner):
                return source, node
    return None


def read_deprecated(reading: Reading, said: Deprecated | None, key: Key) -> DeprecatedModel | None:
    """The dates as ISO texts.

    Args:
        reading: the state.
        said: what the contract says.
        key: of what will go.
    """
    if said is None:
        return None
    for position, word in enumerate(("since", "sunset", "link")):
        reading.places.put((*key, "deprecated", word), reading.argument(said, word, position))
    return DeprecatedModel(since=str(said.since), sunset=str(said.sunset) if said.sunset else None, link=said.link)
