"""Access rules as generated code states them."""

from apismith.contract.access import holds_for_anonymous as is_open, is_closed
from apismith.contract.model import Atom, HasRole, Operation, Rule
from apismith.generate.view import View


def mentions_owner(rule: Rule) -> bool:
    """Whether the rule looks at the row's owner."""
    if isinstance(rule, Atom):
        return rule.rule in ("owner", "you")
    if isinstance(rule, HasRole):
        return False
    return any(mentions_owner(part) for part in rule.of)


def rule_source(rule: Rule, names: set[str]) -> str:
    """The rule as generated code writes it; adds the names that it needs from `app.core.access`."""
    match rule:
        case Atom(rule="you"):
            names.add("owner")
            return "owner"
        case Atom(rule=word):
            names.add(word)
            return word
        case HasRole(role=role):
            names.add("role")
            return f'role("{role}")'
        case _:
            joiner = " | " if rule.rule == "any" else " & "
            parts = [rule_source(part, names) for part in rule.of]
            return joiner.join(f"({part})" if rule.rule == "all" and " | " in part else part for part in parts)


def list_rule(view: View) -> Rule:
    """Who may list an entity."""
    return view.entity.listing.allow or view.entity.access.read


def service_rules(view: View) -> dict[str, Rule]:
    """The rules that a service states, by the names of their constants; open ones that nobody asks are left out."""
    entity = view.entity
    rules: dict[str, Rule] = {"READ": entity.access.read}
    if entity.listing.allow is not None and entity.listing.allow != entity.access.read:
        rules["LIST"] = entity.listing.allow
    rules |= {"CREATE": entity.access.create, "UPDATE": entity.access.update, "DELETE": entity.access.delete}
    if view.parent is not None and not view.is_self_parent:
        rules["READ_PARENT"] = view.parent.entity.access.read
    for relation in view.listed_sets:
        rules[f"READ_{relation.name.upper()}"] = view.target(relation).entity.access.read
    for operation in view.operations:
        rules[rule_name(operation)] = operation.allow
    return {name: rule for name, rule in rules.items() if not (is_open(rule) or is_closed(rule))}


def rule_name(operation: Operation) -> str:
    """Constant of an operation's rule."""
    name = operation.name.upper()
    return f"{name}_ALLOWED" if name in ("READ", "LIST", "CREATE", "UPDATE", "DELETE", "READ_PARENT") else name
