"""The decoder of scanpaths: its codes, tokens, masks and choices, and what it refuses."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

import stimuli
from neurosim.errors import UnknownNameError
from neurosim.model import Searcher
from neurosim.models.visual_search import OATConfig, OATSearcher
from neurosim.models.visual_search.oat.batch import START, side_by_side, steps_of
from neurosim.models.visual_search.oat.decoding import decode
from neurosim.models.visual_search.oat.item_display import ItemDisplay, item_display
from neurosim.models.visual_search.oat.network import OAT, ItemAttention
from neurosim.models.visual_search.oat.position_code import position_code
from stimuli import Stimulus

from .search_displays import colored_squares, display_of

UNTRAINED = OATConfig(weights=None)


def items_of(display):
    return item_display(display, crop=24, n_places=24)


@pytest.fixture(scope="module")
def network():
    return OAT(UNTRAINED).eval()


@pytest.fixture(scope="module")
def squares():
    return items_of(colored_squares(6))


def permuted(display, order):
    target = order.index(display.target)
    return ItemDisplay(display.crops[order], display.places[order], display.middles[order], target)


@pytest.mark.parametrize(("n_places", "sigma"), [(24, 2.0), (11, 2.0), (14, 3.0)])
def test_similarity_of_places_is_a_gaussian_of_their_distance(n_places, sigma):
    code = position_code(n_places, 16, sigma=sigma).double().numpy()
    for i in range(n_places):
        for j in range(n_places):
            cosine = code[i] @ code[j] / math.dist(code[i], 0 * code[i])
            cosine /= math.dist(code[j], 0 * code[j])
            assert cosine == pytest.approx(math.exp(-((i - j) ** 2) / (2 * sigma**2)), abs=1e-2)


def test_places_have_one_norm():
    assert np.ptp(position_code(24, 16).norm(dim=1).numpy()) < 1e-5


def test_items_are_read_from_the_boxes():
    frame = np.zeros((48, 48))
    frame[4:12, 24:40] = 0.5
    table = np.array([(True,)], [("is_target", "?")])
    shown = items_of(display_of(frame, frame[4:12, 24:40], boxes=[[24, 4, 40, 12]], items=table))
    assert shown.places.tolist() == [[4, 16]]
    assert shown.middles.tolist() == [[8, 32]]
    assert shown.crops.shape == (1, 3, 24, 24)
    assert np.array_equal(shown.crops.unique().numpy(), [0.5])
    assert shown.target == 0


def test_equal_crops_are_encoded_once(squares):
    items = side_by_side([squares, squares])
    assert len(items.kinds) == squares.n_items + 1
    assert torch.equal(items.kinds[items.kind[1]], squares.crops)
    assert torch.equal(items.kinds[0], torch.ones(3, 24, 24))


def test_steps_begin_with_the_blank_and_end_with_end():
    seen, following = steps_of([[2, 0, 1], [1]], [3, 2])
    assert seen.tolist() == [[-1, 2, 0, 1], [-1, 1, -1, -1]]
    assert following.tolist() == [[2, 0, 1, 3], [1, 3, -100, -100]]


def test_end_is_closed_before_the_first_fixation_alone(network, squares):
    logits = network(side_by_side([squares]), torch.tensor([[START, 2, 0]]))[0]
    assert logits.shape == (3, 8)  # 6 items, END, filling up
    assert logits[0, 6] == -math.inf
    assert torch.isfinite(logits[1:]).all()
    assert torch.isfinite(logits[0, [0, 1, 2, 3, 4, 5, 7]]).all()


def test_absent_items_are_closed_and_change_nothing(network, squares):
    few = items_of(colored_squares(3, seed=1))
    seen = torch.tensor([[START, 1, 2]])
    alone = network(side_by_side([few]), seen)[0]
    beside = network(side_by_side([few, squares]), seen.expand(2, -1))[0]
    assert (beside[:, 3:6] == -math.inf).all()
    kept = beside[:, [0, 1, 2, 6, 7]]
    assert torch.allclose(kept, alone, atol=1e-5)


def test_permuted_items_give_permuted_logits(network, squares):
    order = [3, 0, 5, 1, 4, 2]
    path = [2, 4, 1]
    renamed = [order.index(item) for item in path]
    logits = network(side_by_side([squares]), torch.tensor([[START, *path]]))[0]
    other = network(side_by_side([permuted(squares, order)]), torch.tensor([[START, *renamed]]))[0]
    assert torch.allclose(other, logits[:, [*order, 6, 7]], atol=1e-5)
    assert not torch.allclose(other[:, :6], logits[:, :6], atol=1e-3)


def test_what_follows_is_not_seen(network, squares):
    items = side_by_side([squares])
    one = network(items, torch.tensor([[START, 2, 0, 5]]))[0]
    other = network(items, torch.tensor([[START, 2, 4, 1]]))[0]
    assert torch.allclose(one[:2], other[:2], atol=1e-6)
    assert (one[2] - other[2])[:6].abs().max() > 1e-3


def test_target_changes_the_output(network, squares):
    other = replace(squares, target=(squares.target + 1) % 6)
    seen = torch.tensor([[START]])
    one, two = (network(side_by_side([d]), seen)[0, 0, :6] for d in (squares, other))
    assert (one - two).abs().max() > 1e-3


def test_choice_is_the_merged_product_over_the_root_of_the_units():
    torch.manual_seed(0)
    head = ItemAttention(6)
    decoded, encoded = torch.randn(1, 2, 6), torch.randn(1, 4, 6)
    logits = head(decoded, encoded)[0]
    (a, b), bias = head.merge.weight[0].tolist(), head.merge.bias.item()
    for step in range(2):
        for item in range(4):
            d = head.of_steps.weight @ decoded[0, step] + head.of_steps.bias
            e = head.of_items.weight @ encoded[0, item] + head.of_items.bias
            heads = [(d[:6] @ e[:6]).item(), (d[6:] @ e[6:]).item()]
            expected = (a * heads[0] + b * heads[1]) / 6**0.5 + bias
            assert logits[step, item].item() == pytest.approx(expected, abs=1e-5)
        assert logits[step, 4].item() == pytest.approx(bias, abs=1e-6)


class Says:
    """A stand-in for the network that prefers items in a given order, then END."""

    def __init__(self, wanted, longest=12):
        self.wanted, self.config = wanted, replace(UNTRAINED, longest=longest)

    def encode(self, items):
        return None, None

    def after(self, items, encoded, tokens, seen):
        logits = torch.zeros(1, seen.shape[1], items.present.shape[1] + 2)
        logits[0, -1, -1] = 9.0  # filling up is never chosen
        if seen.shape[1] == 1:
            logits[0, -1, -2] = -math.inf  # END
        logits[0, -1, self.wanted[seen.shape[1] - 1]] = 5.0
        return logits


def test_path_ends_before_end_and_at_the_longest(squares):
    end = squares.n_items
    assert decode(Says([4, 1, end, 2]), squares) == [4, 1]
    assert decode(Says([4, 4, 1, 2], longest=3), squares) == [4, 4, 1]


def test_draws_have_the_probabilities_of_the_network(squares):
    draw = np.random.default_rng(0)
    first = [decode(Says([3], longest=1), squares, draw)[0] for _ in range(400)]
    p = math.exp(5) / (math.exp(5) + 5)
    assert abs(np.mean([item == 3 for item in first]) - p) < 4 * (p * (1 - p) / 400) ** 0.5


def test_searcher_fulfils_the_protocol():
    display = stimuli.search_array(task="homo_t20", set_size=8, seed=5)
    searcher = OATSearcher(UNTRAINED, decoding="greedy")
    path = searcher.search(display)
    assert isinstance(searcher, Searcher)
    assert path.n_saccades == len(path.items) == len(path.fixations) - 1
    items, table = searcher.path(display), display.truth["items"]
    assert path.items.tolist() == table["cell"][items].tolist()
    assert path.found == bool(table["is_target"][items[-1]])
    assert path.fixations[0].tolist() == [169, 169]
    for (row, column), item in zip(path.fixations[1:].tolist(), items, strict=True):
        left, top, right, bottom = display.truth["boxes"][item]
        assert (row, column) == ((top + bottom) // 2, (left + right) // 2)


def test_sampled_paths_follow_the_seed_and_not_the_company():
    shown = [stimuli.search_array(task="homo_t20", set_size=8, seed=s) for s in range(3)]
    first = OATSearcher(UNTRAINED, decoding="sampled", seed=1)
    alone = first.search(shown[2]).items.tolist()
    assert first.search_many(shown)[2].items.tolist() == alone
    others = [
        OATSearcher(UNTRAINED, decoding="sampled", seed=s).path(shown[2]) for s in range(2, 6)
    ]
    assert any(other != first.path(shown[2]) for other in others)


def test_weights_follow_the_seed():
    one, same, other = (OAT(replace(UNTRAINED, seed=s)).state_dict() for s in (0, 0, 1))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not torch.equal(one["choice.of_items.weight"], other["choice.of_items.weight"])


def _without(key):
    display = stimuli.search_array(task="homo_t0", set_size=4)
    truth = {k: v for k, v in display.truth.items() if k != key}
    return Stimulus(display.frames, ppd=30.0, truth=truth)


def _boxes(boxes):
    table = np.zeros(1, [("is_target", "?")])
    table["is_target"] = True
    return display_of(np.zeros((20, 20)), np.zeros((4, 4)), boxes=boxes, items=table)


@pytest.mark.parametrize(
    ("display", "problem"),
    [
        (_without("boxes"), "no boxes"),
        (_without("items"), "which of its boxes is the target"),
        (stimuli.search_array(task="homo_t0", set_size=4, present=False), "0 targets"),
        (_boxes([[4, 4, 4, 8]]), "without a pixel"),
        (_boxes([[4, 4, 21, 8]]), "leave it"),
        (_boxes([[4, 4, 8.5, 8]]), "between pixels"),
        (_boxes([[4, 4, 8]]), "shape"),
    ],
)
def test_displays_without_items_are_refused(display, problem):
    with pytest.raises(ValueError, match=f"search: display=.*{problem}"):
        OATSearcher(UNTRAINED).search(display)


def test_what_is_no_display_is_refused():
    with pytest.raises(TypeError, match="search: display="):
        OATSearcher(UNTRAINED).search_many([np.zeros((8, 8))])


@pytest.mark.parametrize(
    ("path", "problem"), [([], "no fixation"), ([0, 3], "names 3"), ([-1], "names -1"), ([0.5], "")]
)
def test_paths_that_are_none_are_refused(path, problem):
    with pytest.raises(ValueError, match=f"paths=.*{problem}"):
        steps_of([path], [3])


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"n_heads": 5}, ValueError),
        ({"n_layers": 0}, ValueError),
        ({"crop": 19}, ValueError),
        ({"n_code": 4.0}, TypeError),
        ({"dropout": 1.0}, ValueError),
        ({"sigma": 0.0}, ValueError),
        ({"seed": -1}, ValueError),
    ],
)
def test_configurations_out_of_range_are_refused(settings, error):
    with pytest.raises(error, match=f"OATConfig: {next(iter(settings))}="):
        OATConfig(**settings)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError):
        OATSearcher(UNTRAINED, decoding="beam")
    with pytest.raises(ValueError, match=r"weights='none'.*train_oat"):
        OATSearcher(OATConfig(weights="none"))
