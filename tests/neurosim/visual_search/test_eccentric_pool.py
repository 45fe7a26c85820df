"""Acceptance 1 and 2: eccentricity-dependent pooling against the authors' layer."""

import numpy as np
import pytest
import torch

from neurosim.models.visual_search.eccentric_pool import EccentricPool2d

CASES = [
    "pool1_n120_slope0",
    *(f"pool{level}_n{n}" for level, n in ((3, 131), (4, 66), (3, 202), (4, 101), (5, 51))),
    *(f"pool{level}_n{n}" for level, n in ((3, 340), (4, 170), (5, 85))),
    "pool3_target_n12",
    "pool3_target_n45",
    "rect_h40_w61",
]


@pytest.fixture
def reference(data_root):
    with np.load(data_root / "visual_search/reference/ecc_pool_reference.npz") as stored:
        yield stored


def _pool(reference, case, mode="avg"):
    eta, ppd, fovea, ring, rf_min, stride = reference[f"{case}__param"][2:]
    return EccentricPool2d(eta, ppd, fovea, ring, int(rf_min), int(stride), mode)


def test_every_stored_case_is_compared(reference):
    assert sorted(CASES) == sorted({name.split("__")[0] for name in reference})


@pytest.mark.parametrize("mode", ["avg", "max"])
@pytest.mark.parametrize("case", CASES)
def test_acceptance_1_outputs_are_those_of_the_authors(reference, case, mode):
    pool = _pool(reference, case, mode)
    x = torch.from_numpy(reference[f"{case}__x"])[None, None]
    for layout in (torch.contiguous_format, torch.channels_last):
        both = torch.cat([x, -x], 1).contiguous(memory_format=layout)
        found = pool(both)[0, 0].numpy()
        assert found.shape == reference[f"{case}__{mode}"].shape
        np.testing.assert_allclose(found, reference[f"{case}__{mode}"], rtol=0, atol=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_acceptance_1_rings_and_windows_are_those_of_the_authors(reference, case):
    n = int(reference[f"{case}__param"][:2].max())
    rings = _pool(reference, case).rings(n)
    np.testing.assert_array_equal(rings.ring.numpy(), reference[f"{case}__ring"])
    assert list(rings.windows) == reference[f"{case}__rf"].tolist()


@pytest.mark.parametrize("n", [1, 2, 7, 64, 131])
@pytest.mark.parametrize("mode", ["avg", "max"])
def test_acceptance_1_without_slope_it_is_plain_pooling(n, mode):
    x = torch.randn(2, 3, n, n, generator=torch.Generator().manual_seed(n))
    plain = torch.nn.functional.avg_pool2d if mode == "avg" else torch.nn.functional.max_pool2d
    odd = n % 2
    filled = torch.nn.functional.pad(x, (0, odd, 0, odd), mode="replicate")
    # A doubled last row leaves the mean and the maximum of the valid ones as they are.
    found = EccentricPool2d(0, 8, mode=mode)(x)
    torch.testing.assert_close(found, plain(filled, 2), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", [66, 131, 170])
def test_acceptance_1_average_of_a_constant_is_the_constant(n):
    x = torch.full((1, 2, n, n), 3.7)
    found = EccentricPool2d(0.16, 4)(x)
    torch.testing.assert_close(found, torch.full_like(found, 3.7), rtol=1e-5, atol=0)


@pytest.mark.parametrize(("eta", "ppd", "n"), [(0.07, 8, 202), (0.16, 4, 101), (0.32, 2, 51)])
def test_acceptance_2_windows_grow_and_are_radial(eta, ppd, n):
    rings = EccentricPool2d(eta, ppd).rings(n)
    m = len(rings.ring)
    assert list(rings.windows) == sorted(rings.windows)
    y, x = np.indices((m, m)) - m // 2
    order = np.argsort(y**2 + x**2, axis=None, kind="stable")
    assert (np.diff(rings.window.numpy().ravel()[order]) >= 0).all()
    assert set(rings.ring.unique().tolist()) == set(range(len(rings.windows)))
    odd = rings.window[:, :] if m % 2 else rings.window[1:, 1:]
    for turns in (1, 2, 3):
        assert torch.equal(torch.rot90(odd, turns), odd)


@pytest.mark.parametrize("mode", ["avg", "max"])
@pytest.mark.parametrize("n", [66, 131])
def test_a_part_is_the_same_part_of_the_whole(mode, n):
    pool = EccentricPool2d(0.3, 4, rf_min=2, mode=mode)
    x = torch.randn(1, 3, n, n, generator=torch.Generator().manual_seed(0))
    whole, m = pool(x), pool.side(n)
    for box in ((0, m, 0, m), (0, 5, 10, 20), (m - 3, m, 0, 1), (12, 20, m - 9, m)):
        y0, y1, x0, x1 = pool.field(n, box)
        part = pool.part(x[..., y0:y1, x0:x1], n, (y0, x0), box)
        torch.testing.assert_close(part, whole[..., box[0] : box[1], box[2] : box[3]])


@pytest.mark.parametrize("n", [66, 131])
@pytest.mark.parametrize(
    "box", [(30, 31, 40, 41), (0, 1, 60, 66), (0, 66, 0, 66), (20, 45, 50, 66)]
)
def test_reach_is_exactly_what_a_change_can_reach(n, box):
    pool = EccentricPool2d(0.3, 4)
    x = torch.zeros(1, 1, n, n)
    x[..., box[0] : box[1], box[2] : box[3]] = 1
    changed = pool(x)[0, 0].nonzero()
    (y0, x0), (y1, x1) = changed.amin(0).tolist(), changed.amax(0).tolist()
    assert pool.reach(n, box) == (y0, y1 + 1, x0, x1 + 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"eta": -0.1, "ppd": 4}, "eta=-0.1 is out of range"),
        ({"eta": float("nan"), "ppd": 4}, "eta=nan is out of range"),
        ({"eta": 0.1, "ppd": 0}, "ppd=0 is out of range"),
        ({"eta": 0.1, "ppd": 4, "fovea": -1}, "fovea=-1 is out of range"),
        ({"eta": 0.1, "ppd": 4, "ring": 0}, "ring=0 is out of range"),
        ({"eta": 0.1, "ppd": 4, "stride": 0}, "stride=0 is too small"),
        ({"eta": 0.1, "ppd": 4, "rf_min": 0}, "rf_min=0 is too small"),
        ({"eta": 0.1, "ppd": 4, "mode": "mean"}, "mode='mean' is not known"),
    ],
)
def test_bad_values_are_refused(values, message):
    with pytest.raises(ValueError, match=rf"^EccentricPool2d: {message}"):
        EccentricPool2d(**values)


def test_bad_kinds_and_shapes_are_refused():
    with pytest.raises(TypeError, match=r"^EccentricPool2d: stride=2.0 is no whole number"):
        EccentricPool2d(0.1, 4, stride=2.0)
    with pytest.raises(ValueError, match=r"^EccentricPool2d: x=\(3, 8, 8\) is no batch of maps"):
        EccentricPool2d(0.1, 4)(torch.zeros(3, 8, 8))
    with pytest.raises(ValueError, match=r"^EccentricPool2d: ring=1.0 is thinner than an output"):
        EccentricPool2d(0.1, 1)(torch.zeros(1, 1, 20, 20))
