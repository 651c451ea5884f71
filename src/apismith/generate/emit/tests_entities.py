"""`tests/test_<module>.py`: everything that clients may expect of one entity."""

from apismith.contract.model import Contract
from apismith.generate.code import Module
from apismith.generate.emit.tests_access import AccessTests
from apismith.generate.emit.tests_account import AccountTests
from apismith.generate.emit.tests_bulk import BulkTests
from apismith.generate.emit.tests_lists import Lists
from apismith.generate.emit.tests_operations import Operations
from apismith.generate.emit.tests_owned import OwnedTests
from apismith.generate.emit.tests_requests import Requests
from apismith.generate.emit.tests_rows import Rows
from apismith.generate.emit.tests_sets import Sets
from apismith.generate.emit.tests_writer import Writer
from apismith.generate.emitters import emits
from apismith.generate.view import View

MARK = "pytestmark = pytest.mark.anyio"


@emits("tests/test_{module}.py", each="entity")
def entity_tests(view: View) -> Module | None:
    """The tests of one entity."""
    module = Module(f"{view.nouns.capitalize()}, as clients see them.")
    writer = Writer(module, view)
    module.add(f'{MARK}\n\n{view.constant} = f"{{{writer.support("API")}}}/{view.path}"')
    Rows(writer).write()
    Requests(writer).write()
    BulkTests(writer).write()
    AccountTests(writer).write()
    OwnedTests(writer).write()
    AccessTests(writer).write()
    Lists(writer).write()
    Sets(writer).write()
    operations = Operations(writer)
    operations.write(view.operations)
    operations.write_handlers()
    return _finished(writer)


@emits("tests/test_queries.py")
def query_tests(contract: Contract) -> Module | None:
    """The tests of the queries that answer with no entity."""
    queries = tuple(query for query in contract.queries if query.result.entity is None)
    if not queries:
        return None
    module = Module("Queries that answer with a plain value, as clients see them.")
    writer = Writer(module, View(contract, contract.entities[0]))
    module.add(MARK)
    Operations(writer).write(queries)
    return _finished(writer)


def _finished(writer: Writer) -> Module | None:
    if not writer.tests:
        return None
    writer.module.use_module("pytest")
    writer.module.add(*writer.tests)
    return writer.module
