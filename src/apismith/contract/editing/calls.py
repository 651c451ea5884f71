"""A choice of the backend as a call: what was said, with what is given now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

from apismith.contract.editing.listed import more_arguments

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor
    from apismith.contract.editing.module import Module


@dataclass(frozen=True, slots=True)
class Made:
    """The call, and the arguments that it says."""

    made: cst.Call
    said: frozenset[str]


def kind_called(said: cst.BaseExpression | None, names: Mapping[str, str | None]) -> str | None:
    """The word of the language that an expression calls."""
    if not isinstance(said, cst.Call):
        return None
    called = get_full_name_for_node(said.func)
    return next((name for name, bound in names.items() if bound is not None and bound == called), None)


def changed_call(
    said: cst.BaseExpression | None,
    kind: str,
    order: Sequence[str],
    fitting: Sequence[str],
    words: Sequence[str],
    values: Mapping[str, str],
    editor: "Editor",
    module: "Module",
) -> Made:
    """A call of a kind that keeps the arguments of the one before that it can take.

    Args:
        said: the call before; None where it starts from nothing.
        kind: what is called then.
        order: the arguments of the former kind that may stand without their names.
        fitting: the arguments of the new one.
        words: arguments without a name that must be among them.
        values: arguments with one.
        editor: the contract.
        module: the file that it stands in.
    """
    renaming = editor.renaming(module)
    call = said if isinstance(said, cst.Call) else cst.Call(cst.Name(kind))
    args: list[cst.Arg] = []
    names: set[str] = set()
    for position, arg in enumerate(call.args):
        name = arg.keyword.value if arg.keyword else order[position] if position < len(order) else ""
        if name and name not in fitting:
            continue
        names.add(name)
        new = module.expression(values[name], renaming) if name in values else arg.value
        args.append(arg.with_changes(value=new))
    call = call.with_changes(func=module.expression(kind, renaming), args=_loose(args, call.args))
    present = {module.tree.code_for_node(arg.value) for arg in args}
    for word in words:
        if word not in present:
            call = more_arguments(call, cst.Arg(cst.parse_expression(word)))
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    for name, value in values.items():
        if name not in names:
            new = module.expression(value, renaming)
            call = more_arguments(call, cst.Arg(new, keyword=cst.Name(name), equal=equal))
    return Made(call, frozenset({*names, *values} - {""}))


def _loose(args: list[cst.Arg], before: Sequence[cst.Arg]) -> list[cst.Arg]:
    """The arguments that are left, the last one without a comma that separated it from the next."""
    if args and len(args) < len(before) and not isinstance(before[-1].comma, cst.Comma):
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return args
