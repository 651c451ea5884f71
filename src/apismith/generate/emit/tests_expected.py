"""What each kind of caller gets: the statuses that tests of access expect, cell by cell."""

from dataclasses import dataclass, replace
from typing import Literal

from apismith.contract.access import Who, allows, callers, holds_for_anonymous
from apismith.contract.model import Operation, Relation, Rule
from apismith.contract.routes import list_rule
from apismith.generate.access import mentions_owner
from apismith.generate.operations import OperationView
from apismith.generate.view import View

Reach = Literal["all", "own", 401, 403]
"""Which rows a rule opens to a caller, or why none."""


def reach(rule: Rule, who: Who) -> Reach:
    """Which rows a rule opens to a caller."""
    if allows(rule, replace(who, owns=False)):
        return "all"
    if who.role is None:
        return 401
    return "own" if allows(rule, replace(who, owns=True)) else 403


@dataclass(frozen=True)
class Expected:
    """The statuses of an entity's routes, for a row that belongs to the caller called `owner`."""

    view: View

    def who(self, *, owned: bool) -> tuple[Who, ...]:
        """The callers to tell apart; an owner only where rows have one."""
        return tuple(who for who in callers(self.view.contract) if owned or not who.owns)

    def confined(self, rule: Rule) -> bool:
        """Whether the rule narrows a statement to the caller's rows."""
        return self.view.is_owned and mentions_owner(rule)

    def read(self, who: Who) -> int:
        """Reading one row."""
        return self._found(self.view.entity.access.read, who) or 200

    def update(self, who: Who) -> int:
        """Changing one row."""
        return self.write(self.view.entity.access.update, who) or 200

    def delete(self, who: Who) -> int:
        """Deleting one row."""
        return self.write(self.view.entity.access.delete, who) or 204

    def link(self, who: Who) -> int:
        """Adding to a set of one row, or taking from it."""
        return self.write(self.view.entity.access.update, who) or 204

    def list(self, who: Who) -> int:
        """Listing; below a parent that belongs to the caller called `owner`."""
        rule, rules = list_rule(self.view.entity), [list_rule(self.view.entity)]
        if self.view.parent is not None:
            rules.append(self.view.parent.entity.access.read)
        if who.role is None and not all(map(holds_for_anonymous, rules)):
            return 401
        own = reach(rule, who)
        if not self.confined(rule) and isinstance(own, int):
            return own
        return self._above(who) or (own if isinstance(own, int) else 200)

    def create(self, who: Who) -> int:
        """Creating; below a parent that belongs to the caller called `owner`."""
        view, rule = self.view, self.view.entity.access.create
        if who.role is None and view.owner is not None:
            return 401
        own = reach(rule, who)
        if isinstance(own, int):
            return own
        parent = view.parent
        if parent is None:
            return 201
        if not view.owner and parent.is_owned and mentions_owner(rule) and own == "own" and not who.owns:
            return self._above(who) or 403
        return self._above(who) or 201

    def set(self, relation: Relation, who: Who) -> int:
        """Listing the rows of a set."""
        view, target = self.view, self.view.target(relation)
        rules = (view.entity.access.read, target.entity.access.read)
        if who.role is None and not all(map(holds_for_anonymous, rules)):
            return 401
        own = reach(rules[1], who)
        other = Expected(target)
        if not other.confined(rules[1]) and isinstance(own, int):
            return own
        return self._found(rules[0], who) or (own if isinstance(own, int) else 200)

    def operation(self, operation: Operation, who: Who) -> int:
        """An action on one row, or a query."""
        view = OperationView(self.view.contract, operation)
        if who.role is None and (operation.uses_me or not holds_for_anonymous(operation.allow)):
            return 401
        if operation.entity is None or operation.key is None:
            own = reach(operation.allow, who)
            refused: int | None = own if isinstance(own, int) else None
        else:
            refused = self.write(operation.allow, who)
        return refused or (501 if view.is_stub else 204 if operation.result.shape == "nothing" else 200)

    def write(self, rule: Rule, who: Who) -> int | None:
        """Why a caller may not change the row; None where they may."""
        own = reach(rule, who)
        if isinstance(own, int):
            return own
        if own == "all" or who.owns or not self.confined(rule):
            return None
        return self._found(self.view.entity.access.read, who) or 403

    def _found(self, rule: Rule, who: Who) -> int | None:
        own = reach(rule, who)
        if isinstance(own, int):
            return own
        return 404 if own == "own" and not who.owns and self.confined(rule) else None

    def _above(self, who: Who) -> int | None:
        if self.view.parent is None:
            return None
        return Expected(self.view.parent)._found(self.view.parent.entity.access.read, who)
