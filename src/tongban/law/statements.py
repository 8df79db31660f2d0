"""From the body of a rule to one expression: branches, local names, sentences, loops."""

import ast
import re
from dataclasses import dataclass, field

from tongban.law import listforms, terms
from tongban.law.expressions import Lowering
from tongban.law.hints import STATEMENTS
from tongban.law.ir import Because, Expr, Fold, Local, Sentence, Text, Type
from tongban.law.local_words import LocalWords, assigned_names
from tongban.law.narrowing import narrowed
from tongban.law.scope import Scope
from tongban.law.terms import Operand, Refusal, Term
from tongban.law.words import opposite

_MOST_STATEMENTS = 2000


@dataclass
class Body:
    """Lowers one rule's body; collects its sentences."""

    lowering: Lowering
    words: LocalWords
    result: Type
    scalar_only: bool
    sentences: list[Sentence] = field(default_factory=list)
    statements: int = 0

    def lower(self, function: ast.FunctionDef, scope: Scope) -> Term:
        """Give the rule's value."""
        body = function.body
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        return self._block(body, scope, function, ())

    def _refuse(self, node: ast.AST, mistake: str, /, **said: object) -> Exception:
        return self.lowering.source.refuse(node, mistake, **said)

    def _block(self, body: list[ast.stmt], scope: Scope, parent: ast.AST, path: tuple[Text, ...]) -> Term:
        self.statements += 1
        if self.statements > _MOST_STATEMENTS:
            raise self._refuse(parent, "too-long")
        if not body:
            raise self._refuse(parent, "no-return")
        node, rest = body[0], body[1:]
        match node:
            case ast.Return(value=value) if value is not None:
                if rest:
                    raise self._refuse(rest[0], "unreachable")
                return self._returned(value, scope, path)
            case ast.Return():
                raise self._refuse(node, "no-value")
            case ast.If():
                return self._branch(node, rest, scope, path)
            case ast.For():
                return self._after(self._loop(node, scope), rest, scope, parent, path)
            case ast.Assign() | ast.AnnAssign():
                return self._after(self._assigned(node, scope), rest, scope, parent, path)
        raise self._unknown(node)

    def _unknown(self, node: ast.stmt) -> Exception:
        return self._refuse(node, STATEMENTS.get(type(node), "statement"))

    def _after(
        self,
        bound: dict[str, Operand],
        rest: list[ast.stmt],
        scope: Scope,
        parent: ast.AST,
        path: tuple[Text, ...],
    ) -> Term:
        """Lower what follows with the names bound, each under a unique local name."""
        lets: list[tuple[str, Term]] = []
        inner: dict[str, Operand] = {}
        for name, operand in bound.items():
            if isinstance(operand, Term):
                unique = self.lowering.fresh(name)
                lets.append((unique, operand))
                inner[name] = terms.named(unique, operand)
            else:
                inner[name] = operand
        body = self._block(rest, scope.with_names(inner), parent, path)
        for unique, operand in reversed(lets):
            body = terms.let(unique, operand, body)
        return body

    def _assigned(
        self, node: ast.Assign | ast.AnnAssign, scope: Scope, *, again: frozenset[str] = frozenset()
    ) -> dict[str, Operand]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or node.value is None:
            raise self._refuse(node, "assignment")
        name = targets[0].id
        self.words.set(name, node.value)
        if name in scope.names and name not in again:
            raise self._refuse(node, "assigned-twice", name=name)
        if isinstance(node, ast.AnnAssign):
            kind = scope.declared.type_of(node.annotation)
            return {name: self._fitted(node, self.lowering.lower(node.value, scope), kind)}
        return {name: self.lowering.lower(node.value, scope)}

    def _fitted(self, node: ast.AST, operand: Operand, kind: Type) -> Term:
        try:
            return terms.fit(operand, kind)
        except Refusal as refusal:
            raise self.lowering.refused(node, refusal) from None

    def _branch(self, node: ast.If, rest: list[ast.stmt], scope: Scope, path: tuple[Text, ...]) -> Term:
        test = self.lowering.test(node.test, scope)
        inside = narrowed(self.lowering, node.test, scope, holds=True)
        outside = narrowed(self.lowering, node.test, scope, holds=False)
        if not _returns(node.body) and not _returns(node.orelse):
            return self._merged(node, test, rest, scope, path)
        said = self.words.say(node.test)
        unmet = self.words.say(opposite(node.test))
        then = self._block(node.body + ([] if _always(node.body) else rest), inside, node, (*path, said))
        if _always(node.body) and _always(node.orelse) and rest:
            raise self._refuse(rest[0], "unreachable")
        after = node.orelse + ([] if _always(node.orelse) else rest)
        otherwise = self._block(after, outside, node, (*path, unmet))
        try:
            return terms.select(test, then, otherwise, node.lineno)
        except Refusal as refusal:
            raise self.lowering.refused(node, refusal) from None

    def _merged(
        self, node: ast.If, test: Term, rest: list[ast.stmt], scope: Scope, path: tuple[Text, ...]
    ) -> Term:
        bound, unset = self._choices(node, test, scope, frozenset())
        inner = Scope(
            scope.names, scope.declared, scope.parameters, scope.scalar_only, scope.unavailable | unset
        )
        return self._after(bound, rest, inner, node, path)

    def _choices(
        self, node: ast.If, test: Term, scope: Scope, again: frozenset[str]
    ) -> tuple[dict[str, Operand], frozenset[str]]:
        """Give the names both branches give a value, and those only one does."""
        sides: list[dict[str, Operand]] = []
        for body, holds in ((node.body, True), (node.orelse, False)):
            inner = narrowed(self.lowering, node.test, scope, holds=holds)
            sides.append(self._straight(body, inner, again))
        then, otherwise = sides
        for side, other in ((then, otherwise), (otherwise, then)):
            for name in set(side) & again:
                other.setdefault(name, scope.names[name])
        bound: dict[str, Operand] = {}
        for name in then:
            if name in otherwise:
                try:
                    bound[name] = terms.select(test, then[name], otherwise[name], node.lineno)
                except Refusal as refusal:
                    raise self.lowering.refused(node, refusal) from None
        return bound, frozenset(set(then) ^ set(otherwise))

    def _straight(self, body: list[ast.stmt], scope: Scope, again: frozenset[str]) -> dict[str, Operand]:
        """Lower assignments and branches without return; gives the values of all names assigned."""
        found: dict[str, Operand] = {}
        for node in body:
            match node:
                case ast.Assign() | ast.AnnAssign():
                    new = self._assigned(node, scope, again=again)
                case ast.If():
                    test = self.lowering.test(node.test, scope)
                    new, _ = self._choices(node, test, scope, again)
                case ast.Return():
                    raise self._refuse(node, "return-in-loop")
                case ast.For():
                    raise self._refuse(node, "loop-in-loop")
                case _:
                    raise self._unknown(node)
            found.update(new)
            scope = scope.with_names(new)
        return found

    def _loop(self, node: ast.For, scope: Scope) -> dict[str, Operand]:
        if not self.scalar_only:
            raise self._refuse(node, "scalar-only/loop")
        if node.orelse:
            raise self._refuse(node, "loop-else")
        carried = [name for name in assigned_names(node.body) if name in scope.names]
        if not carried:
            raise self._refuse(node, "loop-carries-nothing")
        try:
            items, item = listforms.items_of(self.lowering.term(node.iter, scope))
            variable, inner = listforms.bind(self.lowering, node.target, item, scope)
        except Refusal as refusal:
            raise self.lowering.refused(node, refusal) from None
        starts = {name: self._start(node, name, scope.names[name]) for name in carried}
        unique = {name: self.lowering.fresh(name) for name in carried}
        states = {name: _anywhere(unique[name], starts[name]) for name in carried}
        after = self._straight(node.body, inner.with_names(states), frozenset(carried))
        steps = {name: self._fitted(node, after[name], starts[name].type) for name in carried}
        names = tuple(unique[name] for name in carried)
        start_exprs, step_exprs = (tuple(one[name].expr for name in carried) for one in (starts, steps))
        result: dict[str, Operand] = {}
        for index, name in enumerate(carried):
            fold = Fold(items.expr, variable, names, start_exprs, step_exprs, index, starts[name].type)
            result[name] = _anywhere_term(fold, starts[name])
        return result

    def _start(self, node: ast.AST, name: str, operand: Operand) -> Term:
        if isinstance(operand, Term):
            return operand
        raise self._refuse(node, "loop-start", name=name)

    def _returned(self, node: ast.expr, scope: Scope, path: tuple[Text, ...]) -> Term:
        if isinstance(node, ast.IfExp) and any(_is_because(one) for one in (node.body, node.orelse)):
            said = self.words.say(node.test)
            unmet = self.words.say(opposite(node.test))
            test = self.lowering.test(node.test, scope)
            then = self._returned(
                node.body, narrowed(self.lowering, node.test, scope, holds=True), (*path, said)
            )
            otherwise = self._returned(
                node.orelse, narrowed(self.lowering, node.test, scope, holds=False), (*path, unmet)
            )
            return terms.select(test, then, otherwise, node.lineno)
        if isinstance(node, ast.Call) and _is_because(node):
            return self._because(node, scope)
        term = self._fitted(node, self.lowering.lower(node, scope), self.result)
        return self._reasoned(term, self._own_sentence(node, path))

    def _reasoned(self, term: Term, sentence: Sentence) -> Term:
        self.sentences.append(sentence)
        return Term(Because(term.expr, len(self.sentences) - 1, term.type), term.type, term.range)

    def _own_sentence(self, node: ast.expr, path: tuple[Text, ...]) -> Sentence:
        said = self.words.say(node)
        literal = isinstance(node, ast.Constant | ast.Attribute) or _is_literal_call(node)
        zh, en = ("；".join(one.zh for one in path), "; ".join(one.en for one in path))
        truth = isinstance(node, ast.Compare | ast.BoolOp) or _is_negation(node)
        equals = Text("：", ": ") if truth else Text(" = ", " = ")
        formula = Text("", "") if literal else Text(f"{said.zh}{equals.zh}", f"{said.en}{equals.en}")
        return Sentence(
            (f"{zh}：{formula.zh}" if zh else formula.zh, -1),
            (f"{en}: {formula.en}" if en else formula.en, -1),
            (),
        )

    def _because(self, node: ast.Call, scope: Scope) -> Term:
        texts = {keyword.arg: keyword.value for keyword in node.keywords}
        if len(node.args) != 1 or set(texts) != {"zh", "en"}:
            raise self._refuse(node, "because")
        term = self._fitted(node, self.lowering.lower(node.args[0], scope), self.result)
        values: list[tuple[Expr, Type]] = []
        sides: list[tuple[str | int, ...]] = []
        for lang in ("zh", "en"):
            written = texts[lang]
            if not isinstance(written, ast.Constant) or not isinstance(written.value, str):
                raise self._refuse(node, "because-text", lang=lang)
            sides.append(self._filled(node, written.value, scope, values))
        return self._reasoned(term, Sentence(sides[0], sides[1], tuple(values)))

    def _filled(
        self, node: ast.AST, text: str, scope: Scope, values: list[tuple[Expr, Type]]
    ) -> tuple[str | int, ...]:
        parts: list[str | int] = []
        for index, part in enumerate(re.split(r"\{([^{}]*)\}", text)):
            if index % 2 == 0:
                parts.append(part)
            elif part == "result":
                parts.append(-1)
            else:
                parts.append(self._place(node, part, scope, values))
        return tuple(parts)

    def _place(self, node: ast.AST, name: str, scope: Scope, values: list[tuple[Expr, Type]]) -> int:
        operand = scope.names.get(name)
        if not isinstance(operand, Term):
            known = ", ".join(n for n, o in scope.names.items() if isinstance(o, Term))
            raise self._refuse(node, "because-name", name=name, known=f"{known}, result")
        value = (operand.expr, operand.type)
        if value not in values:
            values.append(value)
        return values.index(value)


def _is_because(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_because(node.body) or _is_because(node.orelse)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "because"


def _is_negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_literal_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and all(isinstance(argument, ast.Constant) for argument in node.args)


def _returns(body: list[ast.stmt]) -> bool:
    return any(isinstance(one, ast.Return) for node in body for one in ast.walk(node))


def _always(body: list[ast.stmt]) -> bool:
    if not body:
        return False
    final = body[-1]
    return isinstance(final, ast.Return) or (
        isinstance(final, ast.If) and _always(final.body) and _always(final.orelse)
    )


def _anywhere(name: str, start: Term) -> Term:
    return _anywhere_term(Local(name, start.type), start)


def _anywhere_term(expr: Expr, start: Term) -> Term:
    """Give a carried name: how far it goes is not proved but watched when the rule runs."""
    return Term(expr, start.type, None)
