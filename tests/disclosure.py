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
