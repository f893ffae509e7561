"""What a reader can work out from a report: linear algebra of another kind than the program's."""

from __future__ import annotations

from fractions import Fraction


def nullspace(rows, columns):
    """Give a basis of the vectors that every row is orthogonal to, from all vectors, one row after the other."""
    basis = [{column: Fraction(1)} for column in columns]
    for row in rows:
        products = [sum(weight * row[key] for key, weight in vector.items() if key in row) for vector in basis]
        pivot = next((place for place, product in enumerate(products) if product), None)
        if pivot is not None:
            chosen, by = basis.pop(pivot), products.pop(pivot)
            basis = [
                less(vector, product / by, chosen) if product else vector
                for vector, product in zip(basis, products, strict=True)
            ]
    return basis


def less(vector, factor, other):
    """Give *vector* minus *factor* times *other*, zeros left out."""
    found = dict(vector)
    for key, weight in other.items():
        found[key] = found.get(key, 0) - factor * weight
    return {key: weight for key, weight in found.items() if weight}


def determined(relations, secret):
    """Give the hidden figures that have the same value in every solution of the relations."""
    free = nullspace([{key: row[key] for key in row if key in secret} for row in relations], sorted(secret))
    return secret - {key for vector in free for key in vector}


def told(relations, values):
    """Give the hidden counts that have the same value in every solution in which no count is below zero.

    Args:
        relations: what is known of sums.
        values: the true counts that are hidden, by key.

    A count that may differ does so along some direction in which the relations hold and no count of zero falls. Such
    directions form a cone: one that raises as many of the zeros as any is sought (a linear program, exact); what it
    does not raise is forced to stay, and the others are determined or not as if they could fall too.

    """
    free = nullspace([{key: row[key] for key in row if key in values} for row in relations], sorted(values))
    zeros = [key for key, value in values.items() if not value and any(key in vector for vector in free)]
    raised = _raised(free, zeros)
    forced = {key for key, value in values.items() if not value} - raised
    return forced | determined(relations, values.keys() - forced)


def _raised(free, zeros):
    """Give the *zeros* that some sum of the vectors of *free* raises while it lowers none of the others."""
    rows = []
    for key in zeros:  # its share t of the goal is at most what the direction adds to it, and at most one
        plus = {("+", place): -vector[key] for place, vector in enumerate(free) if key in vector}
        minus = {("-", place): vector[key] for place, vector in enumerate(free) if key in vector}
        rows += [({("t", key): Fraction(1), **plus, **minus}, Fraction(0)), ({("t", key): Fraction(1)}, Fraction(1))]
    solution = maximal(rows, {("t", key): Fraction(1) for key in zeros})
    return {key for key in zeros if solution.get(("t", key))}


def maximal(rows, goal):
    """Solve a linear program: the values, none below zero, that make *goal* largest and keep each row to its bound.

    The simplex method with Bland's rule, which ends, in fractions, from the solution of zeros; the goal is bounded.
    """
    basis = {("slack", place): (dict(row), bound) for place, (row, bound) in enumerate(rows)}
    goal = dict(goal)
    while entering := min((name for name, weight in goal.items() if weight > 0), key=str, default=None):
        ratios = [
            (bound / row[entering], str(name), name) for name, (row, bound) in basis.items() if row.get(entering, 0) > 0
        ]
        leaving = min(ratios)[2]
        row, bound = basis.pop(leaving)
        by = row.pop(entering)
        row = {name: weight / by for name, weight in row.items()} | {leaving: 1 / by}
        bound /= by
        for other, (weights, limit) in list(basis.items()):
            if factor := weights.pop(entering, 0):
                basis[other] = less(weights, factor, row), limit - factor * bound
        factor = goal.pop(entering)
        goal = less(goal, factor, row)
        basis[entering] = row, bound
    return {name: bound for name, (_, bound) in basis.items()}
