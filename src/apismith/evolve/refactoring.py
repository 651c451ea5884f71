"""What the user has done to the project as a whole: learned from base and project, done to the new render, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apismith.evolve.moves import folder_moves, learn_moves, moved_path
from apismith.evolve.relocation import Relocation, learn_relocations, relocated
from apismith.evolve.renames import learn_renames
from apismith.evolve.rewriting import Renaming, renamed
from apismith.evolve.symbols import Symbol, module_name


@dataclass(frozen=True, slots=True)
class Refactoring:
    """Moves, relocations and renames, in the order in which they are replayed.

    Args:
        moves: where files are, by the path at which they are rendered.
        folders: the same of folders, for files that are new.
        symbols: new names, by the dotted name of what was renamed, in the modules where the user has it.
        relocations: definitions in other files.
    """

    moves: dict[str, str] = field(default_factory=dict[str, str])
    folders: dict[str, str] = field(default_factory=dict[str, str])
    symbols: dict[Symbol, str] = field(default_factory=dict[Symbol, str])
    relocations: tuple[Relocation, ...] = ()

    def replay(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """A render as it would be if the user had done to it what they did to the last one."""
        moved = self._moved(files)
        split = relocated(moved, list(self.relocations))
        imported = renamed(split, Renaming(modules=dict(one.modules for one in self.relocations)))
        return renamed(imported, Renaming(self.symbols))

    def path(self, rendered: str) -> str:
        """Where the user has, or would have, a file that is rendered at a path."""
        return self.moves.get(rendered) or moved_path(rendered, self.folders)

    def _moved(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        paths = {path: self.path(path) for path in files}
        modules = {
            module_name(old): module_name(new) for old, new in paths.items() if old != new and old.endswith(".py")
        }
        rewritten = renamed(files, Renaming(modules=modules))
        return {paths[path]: content for path, content in rewritten.items()}


def learn(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], moves: Mapping[str, str], renames: Mapping[str, str]
) -> Refactoring:
    """What the user has done to the project as a whole.

    Args:
        base: what was generated.
        mine: the user's project.
        moves: those that were learned by earlier evolutions.
        renames: the same.
    """
    found = learn_moves(base, mine, moves)
    if not found and all(mine.get(path) == content for path, content in base.items()):
        return Refactoring()
    folders = folder_moves(found, base, mine)
    moved = Refactoring(found, folders).replay(base)
    relocations = tuple(learn_relocations(moved, mine))
    settled = relocated(moved, list(relocations))
    symbols = learn_renames(settled, mine, renames)
    return Refactoring(found, folders, symbols, relocations)
