"""The list of generators: how one joins it, and how a stimulus is made from its name.

A generator is a function with keyword-only parameters, each annotated with its `Parameter` (see
`parameters`), that returns a `Drawing`: how many frames there are, how one is drawn, and what is
true. `@generator` makes it public: it checks the parameters, realises the seed, records everything
in ``params`` and returns a `Stimulus`.
"""

import functools
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from .errors import invalid, unknown, wrong_kind
from .movie import Drawing, Movie
from .parameters import Parameter
from .stimulus import Stimulus

P = ParamSpec("P")

FAMILIES = (
    "gratings",
    "dots",
    "element arrays",
    "textures",
    "second order",
    "moving scenes",
    "mapping",
    "visual search",
    "memory",
    "worlds",
)


@dataclass(frozen=True)
class Entry:
    """One generator of the registry.

    Parameters
    ----------
    name
        Its name.
    summary
        One line on what it shows.
    reference
        Where it comes from.
    parameters
        Name to `Parameter`.
    defaults
        Name to default value.
    family
        What kind of stimulus it is: one of `FAMILIES`.
    examples
        Parameters of small stimuli, quick to make, that cover its forms.
    picture
        Parameters that show best what it is, for a gallery.
    seeded
        Whether the seed changes what is shown.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.entry("grating").summary
    'Drifting grating of any of five waveforms.'
    """

    name: str
    summary: str
    reference: str
    parameters: Mapping[str, Parameter]
    defaults: Mapping[str, Any]
    family: str
    examples: tuple[Mapping[str, Any], ...]
    picture: Mapping[str, Any]
    seeded: bool
    draw: Callable[..., Drawing] = field(repr=False)

    def movie(self, **params: Any) -> Movie:
        """Return the movie of these parameters, not drawn yet."""
        for key in params:
            if key not in self.parameters:
                raise unknown(self.name, "parameter", key, "a parameter", self.parameters)
        checked = {
            key: parameter.check(self.name, key, params.get(key, self.defaults[key]))
            for key, parameter in self.parameters.items()
        }
        plain = {key: self.parameters[key].to_json(value) for key, value in checked.items()}
        drawing = self.draw(**checked)
        return Movie(
            name=self.name,
            screen=drawing.screen or checked.get("screen"),
            params={"name": self.name, **plain},
            drawing=drawing,
        )


_ENTRIES: dict[str, Entry] = {}


def generator(
    *,
    reference: str,
    family: str,
    examples: Sequence[Mapping[str, Any]],
    picture: Mapping[str, Any] | None = None,
    seeded: bool = True,
) -> Callable[[Callable[P, Drawing]], Callable[P, Stimulus]]:
    """Make a drawing function a public generator, and put it in the registry.

    Parameters
    ----------
    reference
        Where the stimulus comes from, one line.
    family
        What kind of stimulus it is: one of `FAMILIES`.
    examples
        Parameters of small stimuli that cover its forms; tests rebuild each of them in every way.
    picture
        Parameters that show best what it is; None: the defaults.
    seeded
        False if nothing is drawn at random.

    Returns
    -------
    decorator
        Its result takes the same keywords, all checked, and returns a `Stimulus`.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.grating(duration=None).shape
    (1, 256, 256)
    """

    def decorate(function: Callable[P, Drawing]) -> Callable[P, Stimulus]:
        name = function.__name__
        signature = inspect.signature(function)
        hints = typing.get_type_hints(function, include_extras=True)
        doc = inspect.getdoc(function) or ""
        entry = Entry(
            name=name,
            summary=doc.split("\n")[0],
            reference=reference,
            parameters={key: hints[key].__metadata__[0] for key in signature.parameters},
            defaults={key: item.default for key, item in signature.parameters.items()},
            family=family,
            examples=tuple(examples),
            picture=picture or {},
            seeded=seeded,
            draw=function,
        )
        _ENTRIES[name] = entry

        @functools.wraps(function)
        def make_stimulus(*args: P.args, **params: P.kwargs) -> Stimulus:
            if args:
                raise wrong_kind(name, "argument", args[0], "keywords only", "Name the parameter")
            return entry.movie(**params).stimulus()

        make_stimulus.__doc__ = _documented(doc, entry)
        make_stimulus.__signature__ = signature.replace(return_annotation=Stimulus)
        # doctest skips functions whose globals are another module's, unless they are listed here
        function.__globals__.setdefault("__test__", {})[name] = make_stimulus
        return make_stimulus

    return decorate


def _documented(doc: str, entry: Entry) -> str:
    lines = [
        entry.parameters[key].describe(key, default) for key, default in entry.defaults.items()
    ]
    section = "\n".join(["Parameters", "----------", *lines])
    return doc.replace("Returns\n-------", f"{section}\n\nReturns\n-------", 1)


def names(family: str | None = None) -> list[str]:
    """Return the names of all generators, or of those of one family.

    Parameters
    ----------
    family
        "gratings", "dots", "element arrays", "textures", "second order", "moving scenes",
        "mapping", "visual search", "memory" or "worlds"; None: all of them.

    Returns
    -------
    names
        Sorted.

    Raises
    ------
    UnknownNameError
        If there is no such family.

    Examples
    --------
    >>> "plaid" in names(), "plaid" in names("dots")
    (True, False)
    """
    if family is not None and family not in FAMILIES:
        raise unknown("names", "family", family, "a family of stimuli", FAMILIES)
    return sorted(n for n, e in _ENTRIES.items() if family in (None, e.family))


def entry(name: str) -> Entry:
    """Return what is known of a generator: summary, reference, parameters, defaults.

    Parameters
    ----------
    name
        One of `names`.

    Returns
    -------
    entry
        Its entry in the registry.

    Raises
    ------
    UnknownNameError
        If there is no such generator.

    Examples
    --------
    >>> entry("rdk").defaults["coherence"]
    0.5
    """
    if name not in _ENTRIES:
        raise unknown("make", "name", name, "a stimulus", _ENTRIES)
    return _ENTRIES[name]


def make(name: str, **params: Any) -> Stimulus:
    """Make a stimulus from its name; ``make(**s.params)`` makes ``s`` again, to the byte.

    Parameters
    ----------
    name
        One of `names`.
    params
        The generator's parameters; those left out keep their defaults.

    Returns
    -------
    stimulus
        Frames (T, H, W) or (T, H, W, 3), linear light in [0, 1].

    Raises
    ------
    UnknownNameError
        If there is no such generator, or it has no such parameter.

    Examples
    --------
    >>> s = make("noise_1f", seed=1)
    >>> make(**s.params).checksum() == s.checksum()
    True
    """
    return entry(name).movie(**params).stimulus()


def stream(name: str, **params: Any) -> Movie:
    """Return a movie whose frames are drawn only when asked for, with the bytes of `make`.

    Parameters
    ----------
    name, params
        As for `make`.

    Returns
    -------
    movie
        With ``frame(t)``, ``chunks(n)`` and iteration.

    Raises
    ------
    ValueError
        If the parameters do not describe a stimulus.

    Examples
    --------
    >>> movie = stream("grating", duration=600)
    >>> movie.n_frames, movie.frame(35_999).shape
    (36000, (256, 256))
    """
    return entry(name).movie(**params)


def check_one_given(function: str, **pair: Any) -> None:
    """Raise if more than one of several exclusive parameters is given.

    Parameters
    ----------
    function
        Name that the error message begins with.
    pair
        The parameters; None means not given.

    Raises
    ------
    ValueError
        If more than one is not None.

    Examples
    --------
    >>> check_one_given("grating", tf=None, speed=2.0)
    """
    given = [key for key, value in pair.items() if value is not None]
    if len(given) > 1:
        raise invalid(
            function,
            given[0],
            pair[given[0]],
            f"is given together with {given[1]}",
            f"only one of {', '.join(pair)}",
            f"Leave out {given[1]}",
        )
