"""The model of scaling: what it says where the answer is known."""

import pytest

from benchmarks.scaling import model_speedup, model_time, parts_of

PARTS = {"start": 2.0, "client": 0.1, "worker": 1.0}


def test_time_is_counted_in_rounds_of_chunks():
    assert model_time(12, 1, PARTS) == 14
    assert model_time(12, 4, PARTS) == 5
    assert model_time(12, 5, PARTS) == model_time(12, 4, PARTS)  # three rounds both


def test_speedup_ends_where_the_client_cannot_feed_more():
    free = {**PARTS, "start": 0.0}
    assert model_speedup(1000, 5, free) == 5
    assert model_speedup(1000, 10, free) == pytest.approx(10)
    assert model_speedup(1000, 100, free) == pytest.approx(10)  # worker / client


def test_parts_are_found_again():
    few, many = ((2 + 0.1 * n, 5 + 1.0 * n) for n in (8, 24))
    assert parts_of(few, many, 8, 24) == pytest.approx(PARTS)
