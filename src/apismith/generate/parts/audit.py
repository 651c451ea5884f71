"""The audit log: who changed which row, and how it was before and after."""

from apismith.generate.plan import Part, register

register(Part("audit", when=lambda contract: contract.audited, replaces=True))
register(Part("audit-log", when=lambda contract: contract.audited and contract.auth is not None, replaces=True))
