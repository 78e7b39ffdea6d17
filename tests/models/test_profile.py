import json

import numpy as np
import pytest

from models.profile import SCORE, Profile, profile

NAMES = ("steady", "moving", "empty", "flag")


def population(seed, move=0.0, rows=4000):
    draw = np.random.default_rng(seed)
    flag = (draw.random(rows) < 0.2).astype(float)
    known = np.column_stack([draw.normal(size=rows), draw.normal(move, size=rows), np.full(rows, np.nan), flag])
    return known, draw.beta(1, 20, size=rows)


def test_the_same_population_has_hardly_moved_and_another_has():
    before = profile(NAMES, *population(1))
    same = {each.name: each.psi for each in before.shifts(*population(2))}
    moved = {each.name: each.psi for each in before.shifts(*population(3, move=1.0))}
    assert list(same) == [*NAMES, SCORE]
    assert max(same.values()) < 0.02
    assert moved.pop("moving") > 0.5
    assert max(moved.values()) < 0.02


def test_the_index_equals_its_formula():
    before = profile(("x",), np.array([[0.0]] * 51 + [[1.0]] * 50), np.full(101, 0.1))
    shift = before.shifts(np.array([[0.0], [1.0], [1.0], [np.nan]]), np.full(4, 0.1))[0]
    # Edges are 0 and 1: bins are at most 0, at most 1, above, missing; half a row is added to each.
    p, q = np.array([51.5, 50.5, 0.5, 0.5]) / 103, np.array([1.5, 2.5, 0.5, 1.5]) / 6
    assert shift.psi == pytest.approx(((q - p) * np.log(q / p)).sum())
    assert (shift.missing_before, shift.missing_now) == (0, 0.25)


def test_missing_values_are_a_bin_of_their_own():
    known, pd = population(1)
    gone = known.copy()
    gone[:2000, 0] = np.nan
    shift = profile(NAMES, known, pd).shifts(gone, pd)[0]
    assert shift.missing_now == 0.5
    assert shift.psi > 1


def test_it_is_kept_as_json():
    made = profile(NAMES, *population(1))
    assert Profile.restore(json.loads(json.dumps(made.state()))) == made
