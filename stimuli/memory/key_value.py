"""Events to be found by content and read by position: key-value episodes, alone or in batches."""

from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.movie import Drawing, Frame
from stimuli.parameters import Integer, Number, Seed
from stimuli.randomness import realise_seed, stream
from stimuli.registry import generator

N_EVENTS = Integer("Events of an episode, M", "events", at_least=1)
N_QUERIES = Integer("Questions at its end", at_least=1)
N_STEPS = Integer("Steps of an event", "frames", at_least=1)
N_BLANKS = Integer("Blank steps after each event", "frames", at_least=0)
N_SYMBOLS = Integer("Number of symbols", at_least=2)
N_KEY_FEATURES = Integer("Numbers in a key", at_least=1)
KEY_NOISE = Number("Length of the noise on a key, of length 1, r.m.s.", at_least=0)


class KeyValueBatch(NamedTuple):
    """B episodes of M events, with Q questions each.

    ``memory`` (B, T, F) float32, what is to be remembered; ``queries`` (B, Q, key + steps) float32;
    ``answers`` (B, Q) the symbols asked for; ``query_events`` and ``query_steps`` (B, Q), where in
    the episode the answer stands; ``keys`` (B, M, key) and ``symbols`` (B, M, steps) of all events.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.key_value_batch(4, n_queries=2).answers.shape
    (4, 2)
    """

    memory: NDArray[np.float32]
    queries: NDArray[np.float32]
    answers: NDArray[np.int64]
    query_events: NDArray[np.int64]
    query_steps: NDArray[np.int64]
    keys: NDArray[np.float32]
    symbols: NDArray[np.int64]


@generator(
    reference="After the event recall of Lampinen et al. (2021), NeurIPS 34; own protocol",
    family="memory",
    examples=({"n_events": 2}, {"n_events": 3, "n_blanks": 0, "n_queries": 4}),
    picture={"n_events": 4},
)
def key_value_episode(
    *,
    n_events: Annotated[int, N_EVENTS] = 8,
    n_queries: Annotated[int, N_QUERIES] = 1,
    n_steps: Annotated[int, N_STEPS] = 8,
    n_blanks: Annotated[int, N_BLANKS] = 8,
    n_symbols: Annotated[int, N_SYMBOLS] = 16,
    n_key_features: Annotated[int, N_KEY_FEATURES] = 16,
    key_noise: Annotated[float, KEY_NOISE] = 0.3,
    seed: Seed = 0,
) -> Drawing:
    """Events with a key and a list of symbols; a query gives a key and asks for one symbol.

    Step i of event m is [u_m + noise, onehot(symbol_mi), 1], with u_m a random unit vector and
    noise (key_noise / sqrt(n_key_features)) N(0, I). Each event is followed by blank steps
    [noise, 0, 0]. A query is [u_m, onehot(i)], its answer symbol_mi: the event is found by its
    content, the symbol by its place. With the defaults an event takes 16 steps and chance is 1/16.

    Returns
    -------
    stimulus
        Frames (T, F) with T = n_events (n_steps + n_blanks), F = n_key_features + n_symbols + 1.
        Truth: ``queries`` (Q, n_key_features + n_steps); ``answers``, ``query_events``,
        ``query_steps`` (Q,); ``keys`` (M, n_key_features); ``symbols`` (M, n_steps); ``event``
        (T,), its number or -1 in blanks; ``chance``, the accuracy of a guess.

    Raises
    ------
    ValueError
        If a value is out of its range.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    key_value_batch : many episodes at once.

    Examples
    --------
    >>> s = key_value_episode(n_events=4, seed=0)
    >>> s.shape, s.truth["queries"].shape, s.truth["chance"]
    ((64, 33), (1, 24), 0.0625)
    """
    batch = _drawn(
        1, seed, n_events, n_queries, n_steps, n_blanks, n_symbols, n_key_features, key_noise
    )
    memory = batch.memory[0]
    is_event = np.arange(n_steps + n_blanks) < n_steps
    event = np.where(is_event, np.arange(n_events)[:, None], -1).reshape(-1)
    names = ("queries", "answers", "query_events", "query_steps", "keys", "symbols")

    def draw(t: int, out: Frame) -> None:
        out[...] = memory[t]

    truth = {name: getattr(batch, name)[0] for name in names}
    truth |= {"event": event, "chance": 1 / n_symbols}
    return Drawing(len(memory), draw, truth, frame_shape=memory.shape[1:])


def key_value_batch(
    n_episodes: int,
    *,
    n_events: int = 8,
    n_queries: int = 1,
    n_steps: int = 8,
    n_blanks: int = 8,
    n_symbols: int = 16,
    n_key_features: int = 16,
    key_noise: float = 0.3,
    seed: int | None = 0,
) -> KeyValueBatch:
    """Return many key-value episodes at once; the first is that of `key_value_episode`.

    Parameters
    ----------
    n_episodes
        B.
    n_events, n_queries, n_steps, n_blanks, n_symbols, n_key_features, key_noise, seed
        As for `key_value_episode`; one seed for the whole batch.

    Returns
    -------
    batch
        Memory, queries and answers.

    Raises
    ------
    ValueError
        If a value is out of its range.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> batch = key_value_batch(64, n_events=8, seed=0)
    >>> batch.memory.shape, batch.queries.shape
    ((64, 128, 33), (64, 1, 24))
    """
    name = "key_value_batch"
    given: dict[str, tuple[Any, Any]] = {
        "n_events": (N_EVENTS, n_events),
        "n_queries": (N_QUERIES, n_queries),
        "n_steps": (N_STEPS, n_steps),
        "n_blanks": (N_BLANKS, n_blanks),
        "n_symbols": (N_SYMBOLS, n_symbols),
        "n_key_features": (N_KEY_FEATURES, n_key_features),
        "key_noise": (KEY_NOISE, key_noise),
    }
    checked = [kind.check(name, key, value) for key, (kind, value) in given.items()]
    n_episodes = Integer("Number of episodes", at_least=1).check(name, "n_episodes", n_episodes)
    return _drawn(n_episodes, realise_seed(seed, function=name), *checked)


def _drawn(
    n_episodes: int,
    seed: int,
    n_events: int,
    n_queries: int,
    n_steps: int,
    n_blanks: int,
    n_symbols: int,
    n_key_features: int,
    key_noise: float,
) -> KeyValueBatch:
    """Return the batch; every draw runs over the episodes first, so that more leave these as is."""
    period = n_steps + n_blanks
    keys = stream(seed, "keys").standard_normal((n_episodes, n_events, n_key_features), np.float32)
    keys /= np.linalg.norm(keys, axis=-1, keepdims=True)
    symbols = stream(seed, "symbols").integers(n_symbols, size=(n_episodes, n_events, n_steps))
    asked = stream(seed, "queries").integers(n_events * n_steps, size=(n_episodes, n_queries))
    query_events, query_steps = np.divmod(asked, n_steps)

    n_features = n_key_features + n_symbols + 1
    memory = np.zeros((n_episodes, n_events, period, n_features), np.float32)
    noise = stream(seed, "noise").standard_normal(
        (n_episodes, n_events, period, n_key_features), np.float32
    )
    noise *= np.float32(key_noise / np.sqrt(n_key_features))
    memory[..., :n_key_features] = noise
    memory[:, :, :n_steps, :n_key_features] += keys[:, :, None]
    memory[:, :, :n_steps, n_key_features:-1] = np.eye(n_symbols, dtype=np.float32)[symbols]
    memory[:, :, :n_steps, -1] = 1

    rows = np.arange(n_episodes)[:, None]
    place = np.eye(n_steps, dtype=np.float32)[query_steps]
    return KeyValueBatch(
        memory=memory.reshape(n_episodes, n_events * period, n_features),
        queries=np.concatenate([keys[rows, query_events], place], axis=-1),
        answers=symbols[rows, query_events, query_steps],
        query_events=query_events,
        query_steps=query_steps,
        keys=keys,
        symbols=symbols,
    )
