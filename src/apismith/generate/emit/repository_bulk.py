"""The part of a repository that creates several rows together."""

from apismith.contract.inputs import input_name
from apismith.contract.model import Relation
from apismith.generate.code import Module
from apismith.generate.emit.repository_writes import Writes, plain_values, row_values, slug_of
from apismith.generate.view import View


class BulkWrites:
    """Writes the statements and methods that create several rows, for entities that clients create so.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.writes = Writes(module, view)

    # Statements

    def statements(self) -> list[str]:
        """The constants."""
        view, use = self.view, self.module.use
        if not view.is_bulk:
            return []
        cls, insert, bind = self.writes.cls, use("sqlalchemy", "insert"), use("sqlalchemy", "bindparam")
        lines = [
            f"INSERT_ALL = {insert}({cls}).returning({cls}.id, sort_by_parameter_order=True)",
            f'STORED = {view.constant}.where({cls}.id.in_({bind}("row_ids", expanding=True)))',
        ]
        lines += [
            f"TAKEN_{field.name.upper()} = {use('sqlalchemy', 'select')}({cls}.{field.name})"
            f'.where({cls}.{field.name}.in_({bind}("slugs", expanding=True)))'
            for field in self.writes.slugs
        ]
        lines += [self._look_up(relation) for relation in (*view.references, *view.written_sets)]
        for relation in view.written_sets:
            table = use("app.models", view.association(relation).table)
            lines.append(f"PUT_{relation.name.upper()} = {insert}({table})")
        return lines

    def _look_up(self, relation: Relation) -> str:
        target, use = self.view.target(relation), self.module.use
        cls, select, bind = use("app.models", target.cls), use("sqlalchemy", "select"), use("sqlalchemy", "bindparam")
        alive = f", {cls}.deleted_at.is_(None)" if target.entity.soft_delete else ""
        where = f'{cls}.{target.key}.in_({bind}("keys", expanding=True)){alive}'
        return f'LOOK_UP_{relation.name.upper()} = {select}({cls}.id, {cls}.{target.key}.label("key")).where({where})'

    # Methods

    def methods(self) -> list[str]:
        """The methods of the class."""
        return [self._bulk_create(), self._stored()] if self.view.is_bulk else []

    def _bulk_create(self) -> str:
        view, use = self.view, self.module.use
        create, sequence = (
            use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create"),
            use("collections.abc", "Sequence"),
        )
        given = [f"{relation.name}_id" for relation in view.to_one if relation.owner or relation.parent]
        id_type = use("app.core.ids", "Id")
        arguments = f", *, {', '.join(f'{name}: {id_type}' for name in given)}" if given else ""
        lines = [
            f"    async def bulk_create(self, items: {sequence}[{create}]{arguments}) -> list[{id_type}]:",
            '        """The ids of the new rows, in the order of the items."""',
        ]
        values = ["**to_values(item)"] if view.written_fields else []
        zipped: list[tuple[str, str]] = []
        for field in self.writes.slugs:
            chosen = f"[{slug_of(self.module, view, field, 'item')} for item in items]"
            lines.append(f"        new_{field.name}s = await self._free_slugs(TAKEN_{field.name.upper()}, {chosen})")
            zipped.append((f"new_{field.name}", f"new_{field.name}s"))
            values.append(f'"{field.name}": new_{field.name}')
        for relation in view.references:
            name, ids = input_name(view.contract, relation), f"{relation.name}_ids"
            keys = f"[item.{name} for item in items]"
            lines.append(f'        {ids} = await self._ids_of(LOOK_UP_{relation.name.upper()}, "{name}", {keys})')
            zipped.append((f"{relation.name}_id", ids))
            values.append(f'"{relation.name}_id": {relation.name}_id')
        for relation in view.written_sets:
            name, ids = input_name(view.contract, relation), f"{relation.name}_ids"
            keys = f"[item.{name} for item in items]"
            lines.append(f'        {ids} = await self._ids_of_each(LOOK_UP_{relation.name.upper()}, "{name}", {keys})')
        values += [f'"{name}": {name}' for name in given]
        names = ", ".join(["item", *(name for name, _ in zipped)])
        several = f"zip(items, {', '.join(rows for _, rows in zipped)}, strict=True)" if zipped else "items"
        kind = "" if values else f": list[dict[str, {use('typing', 'Any')}]]"
        lines.append(f"        values{kind} = [{row_values(values)} for {names} in {several}]")
        slugs = "".join(f'"{field.name}", ' for field in self.writes.slugs)
        slugs = f", slugs=({slugs})" if slugs else ""
        inserted = f"await self._insert_all(INSERT_ALL, values{slugs})"
        if not view.written_sets:
            return "\n".join([*lines, f"        return {inserted}"])
        lines.append(f"        new_ids = {inserted}")
        for relation in view.written_sets:
            lines += self._add_all(relation)
        return "\n".join([*lines, "        return new_ids"])

    def _add_all(self, relation: Relation) -> list[str]:
        link, name = self.view.association(relation), relation.name
        pair = f'{{"{link.near}": new_id, "{link.far}": other}}'
        return [
            f"        {name}_links = [{pair} for new_id, others in zip(new_ids, {name}_ids, strict=True) "
            "for other in others]",
            f"        if {name}_links:",
            f"            await self._db.execute(PUT_{name.upper()}, {name}_links)",
        ]

    def _stored(self) -> str:
        use, view = self.module.use, self.view
        read, id_type = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read"), use("app.core.ids", "Id")
        return (
            f"    async def stored(self, row_ids: Sequence[{id_type}]) -> list[{read}]:\n"
            '        """The rows with these ids, in their order."""\n'
            "        return await self._stored(STORED, row_ids)"
        )

    # Functions

    def functions(self) -> list[str]:
        """What both ways to create a row call."""
        view, use = self.view, self.module.use
        if not (view.is_bulk and view.written_fields):
            return []
        create, anything = use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Create"), use("typing", "Any")
        members = ", ".join(plain_values(view))
        return [f"def to_values(body: {create}) -> dict[str, {anything}]:\n    return {{{members}}}"]
