"""Proves the words of the house: every message in every language, with every kind of facts."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError, meta, nodes

from club.parts import Language
from templates import labels
from templates.facts import FACTS
from templates.kinds import Fact
from templates.laws import Fault, broken, limit_of, units
from templates.render import FOLDER, Reader, compose, engine
from templates.words import CALENDARS, LANGUAGES

__all__ = ["Fault", "label_faults", "message_faults", "messages", "refusal_faults"]

SHARED = "shared"  # Pieces that messages include; no messages themselves.
SAMPLES = ("usual", "longest", "sparsest")


def messages(folder: Path, language: Language) -> set[str]:
    """The names of all messages in a language."""
    root = folder / language
    files = (file.relative_to(root) for file in root.rglob("*.html"))
    return {file.with_suffix("").as_posix() for file in files if file.parts[0] != SHARED}


def message_faults(folder: Path = FOLDER, facts: Mapping[str, Fact] = FACTS) -> list[Fault]:
    """Everything wrong with the messages of a folder; an empty list when nothing is."""
    faults: list[Fault] = []
    written = {language: messages(folder, language) for language in LANGUAGES}
    for name in sorted(set().union(*written.values())):
        asked: dict[Language, set[str]] = {}
        for language in LANGUAGES:
            if name in written[language]:
                found, asked[language] = _source_faults(folder, name, language, facts)
                faults += found or _rendered_faults(folder, name, language, facts, asked[language])
            else:
                mend = "write it: the languages are equals"
                faults.append(Fault(f"{language}/{name}.html", "does not exist", mend))
        if len(asked) == len(LANGUAGES) and asked["fa"] != asked["en"]:
            different = ", ".join(sorted(asked["fa"] ^ asked["en"]))
            faults.append(Fault(name, f"only one language says {different}", "use it in both"))
    return faults


def refusal_faults(codes: Iterable[str], folder: Path = FOLDER) -> list[Fault]:
    """A refusal without words, in any language."""
    return [
        Fault(f"{language}/errors/{code}.html", "the refusal has no words", "write the file")
        for code in sorted(codes)
        for language in LANGUAGES
        if f"errors/{code}" not in messages(folder, language)
    ]


def label_faults(file: Path = labels.FILE, facts: Mapping[str, Fact] = FACTS) -> list[Fault]:
    """Everything wrong with the words on buttons."""
    faults: list[Fault] = []
    for key, patterns in labels.read(file).items():
        place = f"{file.name} [{key}]"
        if set(patterns) != set(LANGUAGES):
            faults.append(Fault(place, "needs fa and en and nothing else", "write both"))
            continue
        asked = labels.names_in(patterns["fa"])
        if asked != labels.names_in(patterns["en"]):
            faults.append(Fault(place, "the languages show different facts", "use the same"))
        elif unknown := asked - facts.keys():
            faults.append(_unknown_fact(place, min(unknown)))
        else:
            for language in LANGUAGES:
                longest = {name: facts[name].longest for name in asked}
                length = units(labels.worded(patterns[language], language, longest))
                if not 0 < length <= labels.MAX_LENGTH:
                    what = f"{language} is {length} units long, {labels.MAX_LENGTH} are allowed"
                    faults.append(Fault(place, what, "say it shorter"))
    return faults


def _source_faults(
    folder: Path, name: str, language: Language, facts: Mapping[str, Fact]
) -> tuple[list[Fault], set[str]]:
    """What reading the file shows, its included pieces too; and the facts that it asks for."""
    environment = engine(folder, Reader(language))
    faults: list[Fault] = []
    asked: set[str] = set()
    waiting, seen = [f"{name}.html"], set[str]()
    while waiting:
        piece = waiting.pop()
        seen.add(piece)
        place = f"{language}/{piece}"
        try:
            tree = _parsed(environment, piece)
        except TemplateNotFound:
            faults.append(Fault(f"{language}/{name}.html", f"includes {piece}", "it is not there"))
            continue
        except TemplateSyntaxError as error:
            faults.append(Fault(f"{place}:{error.lineno}", f"{error.message}", "mend the syntax"))
            continue
        faults += _printing_faults(place, tree, facts)
        undeclared = meta.find_undeclared_variables(tree) - environment.globals.keys()
        faults += [_unknown_fact(place, fact) for fact in sorted(undeclared - facts.keys())]
        asked |= undeclared
        for other in meta.find_referenced_templates(tree):
            if other is None:
                faults.append(Fault(place, "computes what it includes", "write the name"))
            elif other not in seen:
                waiting.append(other)
    return faults, asked


def _parsed(environment: Environment, piece: str) -> nodes.Template:
    """The tree of one file; compiling it as well shows filters that do not exist."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, piece)
    environment.compile(source)
    return environment.parse(source)


def _printing_faults(
    place: str, tree: nodes.Template, facts: Mapping[str, Fact]
) -> Iterator[Fault]:
    """Facts printed without the filter that writes them, in branches that no sample reaches too."""
    for output in tree.find_all(nodes.Output):
        for leaf, used in (found for node in output.nodes for found in _printed(node)):
            here = f"{place}:{leaf.lineno}"
            name = _fact_name(leaf)
            if name is None or (name not in facts and isinstance(leaf, nodes.Name)):
                continue  # An unknown name by itself is the template's own.
            if name not in facts:
                yield _unknown_fact(here, name)
            elif (allowed := facts[name].filters) is not None and used not in allowed:
                shown = f"{name}|{used}" if used else name
                mend = " or ".join(f"{name}|{choice}" for choice in sorted(allowed))
                yield Fault(here, f"prints {{{{ {shown} }}}}", mend or "only ask it with {% if %}")


def _printed(node: nodes.Node, used: str | None = None) -> Iterator[tuple[nodes.Node, str | None]]:
    """The facts that an expression prints, each with the first filter on it."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        used, node = node.name, node.node
    if isinstance(node, nodes.CondExpr | nodes.Concat):
        for part in node.iter_child_nodes(exclude=("test",)):
            yield from _printed(part, used)
    else:
        yield node, used


def _fact_name(leaf: nodes.Node) -> str | None:
    match leaf:
        case nodes.Getattr(node=nodes.Name(name="loop")):
            return None
        case nodes.Name(name=name) | nodes.Getattr(attr=name):
            return str(name)
        case nodes.Getitem(arg=nodes.Const(value=str(name))):
            return name
        case _:
            return None


def _rendered_faults(
    folder: Path, name: str, language: Language, facts: Mapping[str, Fact], asked: set[str]
) -> Iterator[Fault]:
    """What reading the message as people get it shows."""
    for sample in SAMPLES:
        given = {fact: getattr(facts[fact], sample) for fact in asked}
        for calendar in CALENDARS:
            place = f"{language}/{name}.html ({sample} facts, {calendar})"
            try:
                message = compose(folder, name, Reader(language, calendar), given)
            except (TemplateError, TypeError, ValueError, AssertionError, LookupError) as error:
                yield Fault(place, f"cannot be rendered: {error}", "mend what it does with facts")
            else:
                yield from broken(place, message, language, limit_of(name))


def _unknown_fact(place: str, name: str) -> Fault:
    return Fault(place, f"“{name}” is no fact of the house", "add a line to templates/facts.py")
