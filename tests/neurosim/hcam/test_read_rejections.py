"""What a read refuses, and how it says so."""

import re

import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.hcam import (
    HCAMAttention,
    causal_mask,
    chunk_steps,
    position_code,
    summarise,
)
from tests.neurosim.hcam.reference_reads import drawn_read

FORM = re.compile(r"^[\w.]+: [\w.() *]+=.+; expected .+\. .+\.$", re.DOTALL)


def assert_refused(error, pattern, call, *args, **kwargs):
    with pytest.raises(error, match=pattern) as caught:
        call(*args, **kwargs)
    assert FORM.match(str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    ("sizes", "error", "pattern"),
    [
        ({"heads": 3}, ValueError, "heads=3 does not divide feature_size=8"),
        ({"feature_size": 10, "heads": 4}, ValueError, "heads=4 does not divide feature_size=10"),
        ({"dim": 7, "heads": 7}, ValueError, "dim=7 is odd; expected an even number"),
        ({"k": 0}, ValueError, "k=0 is too small"),
        ({"k": -1}, ValueError, "k=-1 is too small"),
        ({"k": 2.0}, TypeError, "k=2.0 is of float"),
        ({"k": True}, TypeError, "k=True is of bool"),
        ({"dim": 0}, ValueError, "dim=0 is too small"),
        ({"heads": "2"}, TypeError, "heads='2' is of str"),
        ({"masked_rows": "zeros"}, UnknownNameError, "masked_rows='zeros' is unknown"),
        ({"seed": -1}, ValueError, "seed=-1 is negative"),
        ({"seed": None}, TypeError, "seed=None is no seed"),
    ],
)
def test_modules_that_make_no_sense(sizes, error, pattern):
    assert_refused(error, pattern, HCAMAttention, **({"dim": 8, "heads": 2} | sizes))


def test_odd_width_is_fine_without_positions():
    module = HCAMAttention(7, heads=7, positions=False)
    assert module(torch.ones(1, 2, 7), torch.ones(1, 3, 2, 7)).shape == (1, 2, 7)


def test_k_is_checked_when_it_is_changed():
    module = HCAMAttention(8, heads=2)
    with pytest.raises(ValueError, match="k=0 is too small"):
        module.k = 0
    assert module.k == 8


Q, Z, K = torch.ones(2, 3, 8), torch.ones(2, 5, 4, 8), torch.ones(2, 5, 8)
MASK, STEPS = torch.ones(2, 3, 5, dtype=torch.bool), torch.ones(2, 5, 4, dtype=torch.bool)


@pytest.mark.parametrize(
    ("given", "error", "pattern"),
    [
        ({"queries": Q[0]}, ValueError, "queries=.* has 2 axes; expected 3"),
        ({"queries": Q[..., :6]}, ValueError, r"queries=.* has the shape \(2, 3, 6\)"),
        ({"contents": Z[:1]}, ValueError, r"contents=.* has the shape \(1, 5, 4, 8\)"),
        ({"contents": Z[..., :6]}, ValueError, r"contents=.* has the shape \(2, 5, 4, 6\)"),
        ({"contents": Z[:, :, :0]}, ValueError, "contents=.* has chunks without steps"),
        ({"contents": Z.flatten(1, 2)}, ValueError, "contents=.* has 3 axes; expected 4"),
        ({"keys": K[:, :4]}, ValueError, r"keys=.* has the shape \(2, 4, 8\)"),
        ({"keys": K[..., :6]}, ValueError, r"keys=.* has the shape \(2, 5, 6\)"),
        ({"mask": MASK[:, :2]}, ValueError, r"mask=.* has the shape \(2, 2, 5\)"),
        ({"mask": MASK[..., :4]}, ValueError, r"mask=.* has the shape \(2, 3, 4\)"),
        ({"step_mask": STEPS[..., :3]}, ValueError, r"step_mask=.* has the shape \(2, 5, 3\)"),
        ({"mask": MASK.float()}, TypeError, r"mask=.* is of torch.float32; expected bool"),
        ({"step_mask": STEPS.long()}, TypeError, r"step_mask=.* is of torch.int64; expected bool"),
        ({"queries": Q.long()}, TypeError, "queries=.* is of torch.int64; expected floating"),
        ({"contents": Z.int()}, TypeError, "contents=.* is of torch.int32; expected floating"),
        ({"keys": K.long()}, TypeError, "keys=.* is of torch.int64; expected floating"),
        ({"queries": Q.numpy()}, TypeError, "queries=.* is of ndarray"),
        ({"contents": Z.double()}, TypeError, "contents=.* is of torch.float64; expected torch.f"),
        ({"queries": Q.to("meta")}, ValueError, "queries=.* is on meta; expected cpu"),
    ],
)
def test_tensors_that_do_not_go_together(given, error, pattern):
    module = HCAMAttention(8, heads=2)
    assert_refused(error, pattern, module, **({"queries": Q, "contents": Z} | given))


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("n_queries", [2, 40])
@pytest.mark.parametrize("name", ["queries", "contents", "keys"])
def test_values_that_are_not_finite_where_they_are_read(value, n_queries, name):
    module, queries, contents = drawn_read(n_queries=n_queries, k=6)
    given = {"queries": queries, "contents": contents, "keys": contents.mean(dim=2)}
    given[name] = given[name].clone()
    given[name][1, 1] = value
    assert_refused(ValueError, rf"HCAMAttention: {name}=.* is not finite", module, **given)
    if name == "contents":
        del given["keys"]
        assert_refused(ValueError, "contents=.* is not finite", module, **given)


def test_one_value_that_is_not_finite_is_enough():
    module, queries, contents = drawn_read(k=6)
    contents[0, 3, 2, 5] = torch.inf
    assert_refused(ValueError, "is not finite", module, queries, contents)


def test_weights_that_are_not_finite():
    module, queries, contents = drawn_read()
    with torch.no_grad():
        module.value.weight[0, 0] = torch.nan
    assert_refused(ValueError, "value.weight=.* is not finite", module, queries, contents)


def test_numbers_so_large_that_the_result_is_not_finite():
    module, queries, contents = drawn_read()
    expected = "queries=.* leads to a result that is not finite"
    assert_refused(ValueError, expected, module, queries * 1e200, contents * 1e200)


@pytest.mark.parametrize(
    ("call", "args", "error", "pattern"),
    [
        (position_code, (3, 5), ValueError, "dim=5 is odd"),
        (position_code, (0, 4), ValueError, "chunk_size=0 is too small"),
        (position_code, (3, 4.0), TypeError, "dim=4.0 is of float"),
        (summarise, (Q,), ValueError, "contents=.* has 3 axes; expected 4"),
        (summarise, (Z, STEPS[:1]), ValueError, r"step_mask=.* has the shape \(1, 5, 4\)"),
        (chunk_steps, (Q, 2), ValueError, "has 3 steps, no multiple of chunk_size=2"),
        (chunk_steps, (Q, 0), ValueError, "chunk_size=0 is too small"),
        (chunk_steps, (Q[0], 1), ValueError, "steps=.* has 2 axes"),
        (chunk_steps, (Q.long(), 1), TypeError, "steps=.* is of torch.int64"),
        (chunk_steps, (Q, 2, MASK[:, 0]), ValueError, r"step_mask=.* has the shape \(2, 5\)"),
        (chunk_steps, (Q, 2, Q[..., 0]), TypeError, "step_mask=.* is of torch.float32"),
        (causal_mask, (Q[0], MASK[0]), TypeError, "query_steps=.* is of torch.float32"),
        (causal_mask, (Q.long()[0], Q.long()), ValueError, r"chunk_ends=.* has the shape"),
        (causal_mask, (*[Q.long()[0]] * 3,), ValueError, "chunk_episodes=None does not go"),
        (
            causal_mask,
            (*[Q.long()[0]] * 2, Q.long()[0, :, :2], Q.long()[0]),
            ValueError,
            r"query_episodes=.* has the shape \(3, 2\)",
        ),
    ],
)
def test_functions_around_the_read(call, args, error, pattern):
    assert_refused(error, pattern, call, *args)
