"""A contract in all of its files, and what can be done to its text."""

import ast
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

import libcst as cst
from libcst import matchers as m

from apismith.contract import language
from apismith.contract.editing.backend import BackendText
from apismith.contract.editing.errors import CannotEdit, UnknownAccessRule, UnknownEntity, UnknownModule, WrongValue
from apismith.contract.editing.listed import more_elements
from apismith.contract.editing.module import Module
from apismith.contract.editing.syntax import (
    Renaming,
    apart,
    calls_of,
    class_named,
    definitions,
    with_field,
    with_method,
)
from apismith.contract.model import Contract, Entity
from apismith.contract.sketch import MODULES
from apismith.errors import did_you_mean

LANGUAGE: Final = "apismith"
_HOMES: Final = {name: module for module, names in MODULES.items() for name in names}
HOMES: Final = {**_HOMES, **dict.fromkeys(language.__all__, LANGUAGE)}
"""Where the words come from that contracts are written in."""

_RULES: Final = ("anyone", "member", "nobody", "owner", "you", "admin")


class Editor:
    """A contract that is being edited; nothing is written.

    Args:
        file: its file, or the `__init__.py` of its package.
        contract: what it says now.
    """

    def __init__(self, file: Path, contract: Contract) -> None:
        self.contract = contract
        self.package = file.parent if file.name == "__init__.py" else None
        self.root = Module(file, "", file.read_bytes())
        others = sorted(self.package.rglob("*.py")) if self.package else self._beside(file)
        self.modules = [self.root]
        for path in others:
            if path.resolve() != file.resolve():
                self.modules.append(Module(path, self._name(path), path.read_bytes()))
        self._homes = {entity.name: self._home(entity) for entity in contract.entities if entity.span}

    @property
    def accounts(self) -> bool:
        """Whether people log in."""
        return self.contract.auth is not None

    @property
    def account(self) -> str:
        """The entity whose rows log in."""
        return self.contract.auth.account if self.contract.auth else ""

    @property
    def declared(self) -> tuple[str, ...]:
        """The entities that the text has."""
        return tuple(self._homes)

    def files(self) -> dict[Path, bytes]:
        """The files that are not as they were."""
        return {one.path: one.content for one in self.modules if one.content != one.before}

    # What the contract has -------------------------------------------------------------------------------------------

    def entity(self, name: str) -> Entity:
        """An entity of the contract.

        Raises:
            UnknownEntity: the text has none of this name.
        """
        if name in self._homes:
            return self.contract.by_name[name]
        if name in self.contract.by_name:
            message = f"'{name}' is the account that a backend has by itself: it does not stand in the contract."
            raise UnknownEntity(message, hint=f"Write it down first: apismith add entity {name}.")
        message = f"The contract has no entity '{name}', so nothing was changed."
        near = did_you_mean(name, self._homes)
        raise UnknownEntity(message, hint=near or "'apismith contract' lists them.")

    def home(self, name: str) -> Module:
        """The file that an entity stands in."""
        self.entity(name)
        return self._homes[name]

    def usual(self, named: str | None = None) -> Module:
        """The file that something new goes into: the one that the user named, else that with most entities.

        Raises:
            UnknownModule: the contract is one file, or the name is no name.
        """
        if named is None:
            homes = list(self._homes.values())
            return max(reversed(homes), key=homes.count) if homes else self.root
        if self.package is None:
            message = f"'{self.root.path}' is a contract of one file, so nothing can go into a module '{named}'."
            raise UnknownModule(message, hint="Leave --in out, or make the contract a package.")
        found = [one for one in self.modules if one.name == named and one is not self.root]
        if found:
            return found[0]
        if not named.isidentifier():
            known = [one.name for one in self.modules if one.name]
            raise UnknownModule(f"'{named}' cannot be a module of the contract.", hint=did_you_mean(named, known))
        module = Module(self.package / f"{named}.py", named, None)
        title = named.replace("_", " ").capitalize()
        module.tree = cst.parse_module(f'"""{title}."""\n')
        self.modules.append(module)
        return module

    def rule(self, text: str) -> str:
        """A rule of access, as a contract says it.

        Raises:
            WrongValue: it is no rule.
            UnknownAccessRule: it names what is no rule of this contract.
        """
        try:
            parsed = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            parsed = None
        for node in list(ast.walk(parsed)) if parsed else list[ast.AST]():
            if isinstance(node, ast.Name):
                self._check_rule(node.id)
            elif not isinstance(node, ast.BinOp | ast.BitOr | ast.BitAnd | ast.Load):
                parsed = None
        if parsed is None:
            hint = "Join rules with '|' and '&', for example \"owner | admin\"."
            raise WrongValue(f"'{text}' is no rule of access.", hint=hint)
        return text.strip()

    def roles(self) -> Iterator[tuple[str, Module]]:
        """The names that roles have in the text, with their files."""
        for module in self.modules:
            calls = set(calls_of(module.tree, [module.known(LANGUAGE, "Role") or ""]))
            for name, node, _ in definitions(module.tree):
                if isinstance(node, cst.Assign | cst.AnnAssign) and node.value in calls:
                    yield name, module

    def defined(self, module: Module, above: str | None = None) -> set[str]:
        """The entities that need no quotes in a file, above a definition of it or at its end."""
        end = module.defined.get(above, 0) if above else len(module.tree.body)
        found: set[str] = set()
        for name, home in self._homes.items():
            if home is module:
                found |= {name} if module.quotes_nothing or module.defined.get(name, end) < end else set()
            elif not self._reaches(home, module):
                found.add(name)
        return found

    # What is added to it ---------------------------------------------------------------------------------------------

    def add_field(self, entity: str, text: str, targets: Collection[str] = ()) -> None:
        """Declare one more field, whose type names these entities."""
        module = self.home(entity)
        defined = self.defined(module, above=entity)
        for target in targets:
            other = self._homes.get(target, module)
            if other is not module and target not in defined:
                module.name_for_checkers(self._import(module, other), target)
        line = module.statement(text, self._called(module, targets))
        assert isinstance(line, cst.SimpleStatementLine)
        self._change_class(module, entity, lambda node: with_field(node, line))

    def add_method(self, entity: str, text: str) -> None:
        """Define one more method."""
        module = self.home(entity)
        method = module.statement(text, self._called(module, self._homes))
        assert isinstance(method, cst.FunctionDef)
        self._change_class(module, entity, lambda node: with_method(node, method))

    def set_option(self, entity: str, name: str, value: str) -> None:
        """Say one more option of an entity, such as `key`."""
        new = cst.Arg(
            keyword=cst.Name(name),
            value=cst.parse_expression(value),
            equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        )
        self._change_class(self.home(entity), entity, lambda node: node.with_changes(keywords=[*node.keywords, new]))

    def add_entity(self, module: Module, name: str, text: str, targets: Collection[str]) -> None:
        """Define one more entity, below those that are there."""
        self._require_list("entities", name)
        statement = module.statement(text, self._called(module, targets))
        own = [module.defined[one] for one, home in self._homes.items() if home is module and one in module.defined]
        at = max(own) + 1 if own else self._end(module)
        module.tree = module.tree.with_changes(body=apart(module.tree.body, at, statement))
        self._homes[name] = module
        self._list("entities", name, module)

    def add_function(self, module: Module, name: str, text: str) -> None:
        """Define one more query or handler, below all that it may name."""
        self._require_list("also", name)
        function = module.statement(text, self._called(module, self._homes))
        module.tree = module.tree.with_changes(body=apart(module.tree.body, self._end(module), function))
        self._list("also", name, module)

    def add_role(self, module: Module, text: str) -> None:
        """Define one more role, above all that may name it."""
        line = module.statement(text, self._called(module, ()))
        own = {name for name, home in self.roles() if home is module}
        places = [number for name, number in module.defined.items() if name in own]
        first = min((n for _, node, n in definitions(module.tree) if isinstance(node, cst.ClassDef)), default=None)
        at = max(places) + 1 if places else self._end(module) if first is None else first
        if not places and first is not None:
            module.tree = module.tree.with_changes(body=self._above(module.tree, at, line))
            return
        module.tree = module.tree.with_changes(body=apart(module.tree.body, at, line, 0 if places else 1))

    def set_choice(self, keyword: str, value: "Callable[[cst.BaseExpression | None, Module], str | cst.Call]") -> None:
        """Say one choice of the backend.

        Args:
            keyword: the argument of `Backend(...)`.
            value: from what is said now, and the file, to what is said then.
        """
        found = self._backend()
        if found is None:
            made = value(None, self.root)
            text = made if isinstance(made, str) else self.root.tree.code_for_node(made)
            line = f'backend = Backend("{self.contract.name}", {keyword}={text})'
            statement = self.root.statement(line, self._called(self.root, ()))
            body = self.root.tree.body
            self.root.tree = self.root.tree.with_changes(body=apart(body, len(body), statement))
            return
        made = value(found.argument(keyword), found.module)
        if isinstance(made, str):
            new: cst.BaseExpression = found.module.expression(made, self._called(found.module, ()))
        else:
            new = made
        # Its imports may have changed the tree.
        again = self._backend()
        assert again is not None
        said = again.argument(keyword)
        former = (
            {node.value for node in m.findall(said, m.Name()) if isinstance(node, cst.Name)} if said else set[str]()
        )
        again.set(keyword, new)
        for name in sorted(former & set(language.__all__)):
            found.module.forget(LANGUAGE, name)

    def renaming(self, module: Module) -> Renaming:
        """Says the words of the language as a file knows them."""
        return self._called(module, ())

    # How -------------------------------------------------------------------------------------------------------------

    def _above(
        self, tree: cst.Module, at: int, line: cst.CSTNode
    ) -> list[cst.SimpleStatementLine | cst.BaseCompoundStatement]:
        assert isinstance(line, cst.SimpleStatementLine)
        blank = cst.EmptyLine(indent=False)
        return apart([*tree.body], at, line.with_changes(leading_lines=[blank]), 1 if at else 2)

    def _check_rule(self, word: str) -> None:
        known = [*_RULES, *dict(self.roles())]
        if word not in known:
            message = f"The contract has no rule and no role '{word}', so nothing was changed."
            raise UnknownAccessRule(message, hint=did_you_mean(word, known))

    def _change_class(self, module: Module, name: str, change: Callable[[cst.ClassDef], cst.ClassDef]) -> None:
        node = class_named(module.tree, name)
        if node is None:
            message = f"'{name}' is no class statement in {module.path}, so nothing was changed."
            raise CannotEdit(message, at=self.entity(name).span, hint="Add it by hand, and run 'apismith evolve'.")
        tree = module.tree.deep_replace(node, change(node))
        assert isinstance(tree, cst.Module)
        module.tree = tree

    def _called(self, module: Module, entities: Collection[str]) -> Renaming:
        roles = dict(self.roles())

        def called(name: str) -> str:
            home = self._homes.get(name) if name in entities else roles.get(name)
            if home is not None:
                return name if home is module else module.call(self._import(module, home), name)
            return module.call(HOMES[name], name) if name in HOMES and name not in entities else name

        return Renaming(called)

    def _require_list(self, keyword: str, name: str) -> None:
        """Refuse what the backend would have to take, where it says what it takes in a way that cannot be added to."""
        found = self._backend()
        said = found.argument(keyword) if found else None
        if found is None or said is None or (isinstance(said, cst.Name) and said.value == "None"):
            return
        literal = found.literal(keyword)
        if literal is None or more_elements(literal, cst.Name("one")) is None:
            message = f"'{keyword}' of the backend is no plain list, so '{name}' cannot be added to it."
            hint = f"Write '{keyword}=[...]' with the names in it, or leave it out to have all."
            raise CannotEdit(message, at=found.span(), hint=hint)

    def _list(self, keyword: str, name: str, home: Module) -> None:
        """Have the backend take something that is defined in a file."""
        found = self._backend()
        said = found.argument(keyword) if found else None
        if found is None or said is None or (isinstance(said, cst.Name) and said.value == "None"):
            if home is not self.root and not self._reaches(self.root, home):
                self.root.call(self._import(self.root, home), name)
            return
        module = found.module
        called = name if home is module else module.call(self._import(module, home), name)
        again = self._backend()
        assert again is not None
        literal = again.literal(keyword)
        new = more_elements(literal, cst.parse_expression(called)) if literal is not None else None
        assert literal is not None
        assert new is not None
        again.put(literal, new)

    def _backend(self) -> BackendText | None:
        for module in self.modules:
            for call in calls_of(module.tree, [module.known(LANGUAGE, "Backend") or ""]):
                return BackendText(module, call)
        return None

    def _end(self, module: Module) -> int:
        """The position below everything but the backend."""
        calls = set(calls_of(module.tree, [module.known(LANGUAGE, "Backend") or ""]))
        for _, node, number in definitions(module.tree):
            if isinstance(node, cst.Assign | cst.AnnAssign) and node.value in calls:
                return number
        return len(module.tree.body)

    def _home(self, entity: Entity) -> Module:
        assert entity.span is not None
        place = Path(entity.span.file).resolve()
        return next((one for one in self.modules if one.path.resolve() == place), self.root)

    def _beside(self, file: Path) -> list[Path]:
        """The other files that entities of the contract stand in."""
        spans = [entity.span for entity in self.contract.entities if entity.span]
        return sorted({Path(span.file) for span in spans if Path(span.file).resolve() != file.resolve()})

    def _name(self, path: Path) -> str:
        folder = self.package or self.root.path.parent
        parts = path.resolve().relative_to(folder.resolve()).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def _import(self, module: Module, other: Module) -> str:
        """How a file names another one of the contract."""
        if self.package is None:
            return other.name
        absolute = ".".join(filter(None, [self.package.resolve().name, other.name]))
        if any(one.module.split(".")[0] == self.package.resolve().name for one in module.imports):
            return absolute
        folder = module.path.parent
        target = other.path.parent if other.path.name == "__init__.py" else other.path.with_suffix("")
        parts = Path(os.path.relpath(target, folder)).parts
        ups = parts.count("..")
        return "." * (ups + 1) + ".".join(part for part in parts if part not in ("..", "."))

    def _reaches(self, module: Module, other: Module) -> bool:
        """Whether running a file runs another one first."""
        seen: list[Module] = []
        todo = [module]
        while todo:
            one = todo.pop()
            if one is other:
                return True
            if one not in seen:
                seen.append(one)
                todo += [near for near in self.modules if near is not one and self._imports(one, near)]
        return False

    def _imports(self, module: Module, other: Module) -> bool:
        relative = self._import(module, other)
        absolute = ".".join(filter(None, [self.package.resolve().name if self.package else "", other.name]))
        for one in module.imports:
            whole = f"{one.module.rstrip('.')}.{one.name}" if one.module.strip(".") else f"{one.module}{one.name}"
            if not one.guarded and ({one.module, whole} & {relative, absolute}):
                return True
        return False
