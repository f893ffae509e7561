"""Mutants: the same module with one thing changed, which a test should notice.

What is changed: a comparison to its neighbour or its opposite, an arithmetic operator, `and` to `or`, a number by one
(and the last digit of a number in quotes: a PCMN number, a rate), a condition to its opposite, a returned value to
None, a statement to nothing. Texts of messages, annotations, decorators and assertions are left as they are.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_Node = TypeVar("_Node", bound=ast.AST)

_COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPPOSITES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_NO_PROGRAM = ("annotation", "returns", "decorator_list")


class Mutant(NamedTuple):
    """A module with one change.

    Attributes:
        module: its name.
        name: the function, what was there, and what is there now; tells mutants of a module apart, whatever the lines.
        line: where it was, in the source as it stands.
        source: the changed module.

    """

    module: str
    name: str
    line: int
    source: str


def mutants(module: str, source: str) -> list[Mutant]:
    """Give every mutant of a module, in the order of its text."""
    found: list[Mutant] = []
    names: dict[str, int] = {}
    lines = source.encode().splitlines(keepends=True)
    for site in _sites(ast.parse(source), ""):
        for new in _changes(site):
            name = f"{module}{site.scope}: {_shown(site.node)} -> {_shown(new)}"
            names[name] = names.get(name, 0) + 1
            numbered = name if names[name] == 1 else f"{name} ({names[name]})"
            found.append(Mutant(module, numbered, site.node.lineno, _spliced(lines, site.node, new)))
    return found


def _spliced(lines: list[bytes], old: ast.expr | ast.stmt, new: ast.expr | ast.stmt) -> str:
    """Write the module with *new* in the place of *old*, and all else as it stands."""
    text = f"({ast.unparse(new)})" if isinstance(new, ast.expr) else ast.unparse(new)
    before = b"".join(lines[: old.lineno - 1]) + lines[old.lineno - 1][: old.col_offset]
    after = lines[old.end_lineno - 1][old.end_col_offset :] + b"".join(lines[old.end_lineno :])
    return (before + text.encode() + after).decode()


class Site(NamedTuple):
    """A node, the field of its parent in which it hangs, its function, and the names that are bound twice there."""

    node: ast.expr | ast.stmt
    field: str
    scope: str
    rebound: frozenset[str]


def _sites(parent: ast.AST, scope: str, rebound: frozenset[str] = frozenset()) -> Iterator[Site]:
    """Walk all that runs: no annotation, no import for the type checker, no assertion, no text of a message."""
    for field, value in ast.iter_fields(parent):
        if field in _NO_PROGRAM:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_left_alone(node):
                continue
            inner, bound = scope, rebound
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inner, bound = f"{scope}.{node.name}", _bound_twice(node)
            if isinstance(node, ast.expr | ast.stmt):
                yield Site(node, field, inner, bound)
            yield from _sites(node, inner, bound)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.JoinedStr() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.startswith("__")
    return False


def _bound_twice(scope: ast.AST) -> frozenset[str]:
    """Give the names a function binds again: without one of the two, it goes on with another value."""
    names = [node.id for node in ast.walk(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return frozenset(name for name in names if names.count(name) > 1)


def _changes(site: Site) -> Iterator[ast.AST]:
    """Give what may stand in the place of a node."""
    node = site.node
    if isinstance(node, ast.expr):
        yield from _other_expressions(node)
        if site.field in ("test", "ifs") and not _is_reversed_otherwise(node):
            yield ast.UnaryOp(ast.Not(), node)
    elif isinstance(node, ast.AugAssign):
        yield _with(node, op=_ARITHMETIC[type(node.op)]())
        yield ast.Pass()
    elif isinstance(node, ast.Return) and not (node.value is None or _is_none(node.value)):
        yield ast.Return(ast.Constant(None))
    elif _may_go(node, site.rebound):
        yield ast.Pass()


def _other_expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                operators = list(node.ops)
                operators[index] = _COMPARISONS[type(operator)]()
                yield _with(node, ops=operators)
        case ast.BinOp():
            yield _with(node, op=_ARITHMETIC[type(node.op)]())
        case ast.BoolOp(op=operator):
            yield _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(value=str(value)) if value.replace(".", "", 1).isdecimal():
            yield ast.Constant(value[:-1] + str((int(value[-1]) + 1) % 10))  # a PCMN number, a rate


def _is_reversed_otherwise(node: ast.expr) -> bool:
    match node:
        case ast.Compare(ops=[operator]):
            return isinstance(operator, _OPPOSITES)
        case ast.UnaryOp(op=ast.Not()):
            return True
    return False


def _may_go(node: ast.AST, rebound: frozenset[str]) -> bool:
    """Say whether a statement may be left out without a missing name telling at once."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return False  # a docstring
        case ast.Expr() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.Assign(targets=targets):
            names = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            return names <= rebound
    return False


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: _Node, **fields: object) -> _Node:
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _shown(node: ast.AST) -> str:
    lines = ast.unparse(node).splitlines()
    return lines[0] if len(lines) == 1 else f"{lines[0]} ..."
