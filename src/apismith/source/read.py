"""A project's files → its facts."""

from pathlib import Path

from apismith.source.facts import Facts
from apismith.source.files import SourceFile, Unread, read_files
from apismith.source.readers.code import Code
from apismith.source.readers.names import Names
from apismith.source.readers.routes import Routes


def read_facts(root: Path) -> Facts:
    """All facts of the project below a folder, or of one file.

    Nothing of it is executed or imported, and it needs none of its dependencies.

    Args:
        root: a folder or a Python file.
    """
    return facts_of(*read_files(root))


def facts_of(files: list[SourceFile], unread: list[Unread]) -> Facts:
    """All facts of files that were read."""
    names = Names(files)
    code = Code(names)
    routes = Routes(code)
    return Facts(
        files,
        unread,
        names.modules,
        code.functions,
        code.classes,
        routes.routers,
        routes.routes,
        routes.inclusions,
        names.full_name,
        code.value,
        lambda function: list(routes.dependencies(function)),
    )
