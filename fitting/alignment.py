"""Brains in a common space: rotations of each subject's voxels, learned from shared stimuli."""

from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .alignment_solvers import procrustes_passes, shared_response
from .arrays import namespace
from .errors import describe
from .inputs import check_count, check_one_library, check_samples, check_variance

__all__ = ["SRM", "Hyperalignment"]


class _Alignment(BaseEstimator):
    """What both share: a list of subjects in, orthonormal maps, and predictions between subjects.

    Subclasses set `means_`, `maps_` and `shared_`.
    """

    means_: list[Any]
    maps_: list[Any]
    shared_: Any

    def transform(self, subjects: Sequence[Any]) -> list[Any]:
        """Responses of the fitted subjects in the common space.

        Parameters
        ----------
        subjects
            One (n_samples, n_features) array a subject, in the order of the fit; None for a subject
            without data. The samples are new ones, of any number.

        Returns
        -------
        list of array
            (n_samples, n_components) each; None where None was given.

        Raises
        ------
        ValueError
            If subjects or features are not those of the fit.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.random.default_rng(0).standard_normal((30, 2))
        >>> model = SRM(2).fit([X, -X])
        >>> first, second = model.transform([X, -X])
        >>> bool(np.allclose(first, second))
        True
        """
        check_is_fitted(self)
        name = type(self).__name__
        if len(subjects) != len(self.maps_):
            expected = f"{len(self.maps_)}, as in the fit"
            remedy = "Give None for a subject without data"
            raise ValueError(
                describe(
                    name,
                    "subjects",
                    f"list of {len(subjects)}",
                    "is another number",
                    expected,
                    remedy,
                )
            )
        given = [(s, X) for s, X in enumerate(subjects) if X is not None]
        found: list[Any] = [None] * len(subjects)
        for s, X in given:
            X = check_samples(name, f"subjects[{s}]", X)
            self._check_width(s, X)
            found[s] = (X - self.means_[s]) @ self.maps_[s]
        return found

    def inverse_transform(self, shared: Any, subject: int) -> Any:
        """Responses of the common space, as the voxels of one subject would give them.

        Parameters
        ----------
        shared
            (n_samples, n_components) responses in the common space.
        subject
            Number of the subject in the fit, from 0.

        Returns
        -------
        array
            (n_samples, n_features) of that subject.

        Raises
        ------
        ValueError
            If there is no such subject, or `shared` has another number of components.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.random.default_rng(0).standard_normal((30, 2))
        >>> model = SRM(2).fit([X, -X])
        >>> model.inverse_transform(model.transform([X, None])[0], subject=1).shape
        (30, 2)
        """
        check_is_fitted(self)
        name = type(self).__name__
        if not 0 <= check_count(name, "subject", subject, n_min=0) < len(self.maps_):
            expected, remedy = f"0 to {len(self.maps_) - 1}", "Count subjects from 0"
            raise ValueError(
                describe(name, "subject", subject, "is no subject of the fit", expected, remedy)
            )
        shared = check_samples(name, "shared", shared)
        n_components = self.maps_[subject].shape[1]
        if shared.shape[1] != n_components:
            expected, remedy = f"{n_components} columns", "Use what transform gives"
            problem = f"has {shared.shape[1]} columns"
            shown = f"array{tuple(shared.shape)}"
            raise ValueError(describe(name, "shared", shown, problem, expected, remedy))
        return shared @ self.maps_[subject].T + self.means_[subject]

    def predict(self, subjects: Sequence[Any], subject: int) -> Any:
        """Responses of one subject to new samples, from those of all others.

        Parameters
        ----------
        subjects
            As in `transform`; the data of `subject` itself are not looked at, and may be None.
        subject
            Number of the subject to predict, from 0.

        Returns
        -------
        array
            (n_samples, n_features) of that subject: the mean of the others in the common space,
            turned into its voxels.

        Raises
        ------
        ValueError
            If subjects or features are not those of the fit, or nobody else has data.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.random.default_rng(0).standard_normal((30, 2))
        >>> model = SRM(2).fit([X, -X])
        >>> bool(np.allclose(model.predict([X, None], subject=1), -X))
        True
        """
        others = [None if s == subject else X for s, X in enumerate(subjects)]
        aligned = [Z for Z in self.transform(others) if Z is not None]
        name = type(self).__name__
        if not aligned:
            expected, remedy = "data of one other subject or more", "Give their responses"
            raise ValueError(
                describe(name, "subjects", "list of None", "predicts nothing", expected, remedy)
            )
        if len({len(Z) for Z in aligned}) > 1:
            shown = f"lengths {[len(Z) for Z in aligned]}"
            expected, remedy = "one length", "Cut all to the samples that all saw"
            raise ValueError(
                describe(name, "subjects", shown, "differ in samples", expected, remedy)
            )
        return self.inverse_transform(sum(aligned) / len(aligned), subject)

    def _check_width(self, s: int, X: Any) -> None:
        """Refuse features that are not those of the fit, or another library."""
        name, n_features = type(self).__name__, self.maps_[s].shape[0]
        if X.shape[1] != n_features:
            problem, expected = f"has {X.shape[1]} features", f"{n_features}, as in the fit"
            remedy = "Use the voxels of the fit, and its order of subjects"
            shown = f"array{tuple(X.shape)}"
            raise ValueError(describe(name, f"subjects[{s}]", shown, problem, expected, remedy))
        check_one_library(name, X, self.maps_[s])

    def _check_subjects(self, subjects: Sequence[Any]) -> list[Any]:
        """Centred training data of each subject, one library, equal samples; sets the means."""
        name = type(self).__name__
        if len(subjects) < 2:
            expected, remedy = "two or more", "Give a list of (n_samples, n_features) arrays"
            shown = f"list of {len(subjects)}"
            raise ValueError(describe(name, "subjects", shown, "is too few", expected, remedy))
        checked = []
        for s, X in enumerate(subjects):
            parameter = f"subjects[{s}]"
            X = check_samples(name, parameter, X, n_min=2)
            check_variance(name, **{parameter: X})
            if checked:
                check_one_library(name, checked[0], X)
                if len(X) != len(checked[0]):
                    problem = f"has {len(X)} samples, subjects[0] has {len(checked[0])}"
                    remedy = "Give the responses to the same stimuli in the same order"
                    shown = f"array{tuple(X.shape)}"
                    raise ValueError(
                        describe(name, parameter, shown, problem, f"{len(checked[0])}", remedy)
                    )
            checked.append(X)
        xp = namespace(*checked)
        dtype = xp.result_type(*checked)
        checked = [xp.astype(X, dtype, copy=False) for X in checked]
        self.means_ = [xp.mean(X, axis=0) for X in checked]
        return [X - mean for X, mean in zip(checked, self.means_, strict=True)]


class SRM(_Alignment):
    """Shared response model: a few time courses that all subjects have, each in its own voxels.

    X_i = S W_i' + noise with orthonormal columns of W_i, found by expectation maximisation. Fit it
    on training runs; `transform` and `predict` take others.

    Parameters
    ----------
    n_components
        Number of shared time courses, at most that of the samples and of every subject's features.
    n_iter
        Steps of expectation maximisation; 10 is the source's.
    seed
        Seed of the orthonormal maps that it starts from.

    Attributes
    ----------
    maps_
        One (n_features, n_components) orthonormal map W_i a subject.
    means_
        One (n_features,) training mean a subject.
    shared_
        (n_samples, n_components) shared response to the training samples.
    noise_
        (n_subjects,) variance of what is not shared, a voxel, in squared units of the data.
    log_likelihood_
        (n_iter,) log-likelihood of the training data at the start of each step, but for a constant.

    Raises
    ------
    ValueError
        In `fit`, if subjects differ in samples, are fewer than two, or have fewer samples or
        features than components; if values are not finite or a subject does not vary.
    TypeError
        In `fit`, if arrays hold no real numbers or are of different libraries.

    Notes
    -----
    Source: Chen, Chen, Yeshurun, Hasson, Haxby and Ramadge (2015), A reduced-dimension fMRI shared
    response model, NeurIPS 28. Features are centred and not scaled: z-score voxels first where
    their variances mean nothing.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> shared = rng.standard_normal((100, 3))
    >>> subjects = [shared @ rng.standard_normal((3, v)) for v in (20, 30, 25)]
    >>> model = SRM(3).fit([X[:80] for X in subjects])
    >>> predicted = model.predict([X[80:] for X in subjects], subject=0)
    >>> round(float(np.corrcoef(predicted.ravel(), subjects[0][80:].ravel())[0, 1]), 1)
    1.0
    """

    def __init__(self, n_components: int = 50, n_iter: int = 10, seed: int = 0) -> None:
        self.n_components = n_components
        self.n_iter = n_iter
        self.seed = seed

    def fit(self, subjects: Sequence[Any], y: Any = None) -> "SRM":
        """Find the maps.

        Parameters
        ----------
        subjects
            One (n_samples, n_features) array a subject: responses to the same samples, in one
            order; features may differ in number.
        y
            Not used; scikit-learn passes it.

        Returns
        -------
        SRM
            This estimator.
        """
        k = check_count("SRM", "n_components", self.n_components)
        check_count("SRM", "n_iter", self.n_iter)
        check_count("SRM", "seed", self.seed, n_min=0)
        centred = self._check_subjects(subjects)
        for s, X in enumerate(centred):
            if k > min(X.shape):
                problem = f"is more than subjects[{s}] has (samples, features): {tuple(X.shape)}"
                expected = f"at most {min(X.shape)}"
                remedy = "Lower it, or leave the subject out"
                raise ValueError(describe("SRM", "n_components", k, problem, expected, remedy))
        found = shared_response(centred, k, self.n_iter, self.seed)
        self.maps_, self.shared_, self.noise_, self.log_likelihood_ = found
        return self


class Hyperalignment(_Alignment):
    """Hyperalignment: every subject's voxels rotated onto a common template, the mean of all.

    R_i = U V' of the singular value decomposition X_i' M = U s V' is the rotation that brings X_i
    nearest to the template M. Subjects need the same number of features, for instance those
    of a template brain, or of a searchlight.

    Parameters
    ----------
    n_iter
        Passes over the subjects. The first builds the template one subject after the other, each
        later one replaces it by the mean of all aligned ones.

    Attributes
    ----------
    maps_
        One (n_features, n_features) orthogonal rotation a subject.
    means_
        One (n_features,) training mean a subject.
    shared_
        (n_samples, n_features) template of the training samples.

    Raises
    ------
    ValueError
        In `fit`, if subjects differ in samples or features, are fewer than two, values are
        not finite or a subject does not vary.
    TypeError
        In `fit`, if arrays hold no real numbers or are of different libraries.

    Notes
    -----
    Source: Haxby et al. (2011), Neuron 72:404-416. With fewer samples than features many rotations
    are equally good, and one of them is taken.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 4))
    >>> turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    >>> maps = Hyperalignment().fit([X, X @ turn]).maps_
    >>> np.abs(maps[0] @ maps[1].T - turn).max().round(6)
    np.float64(0.0)
    """

    def __init__(self, n_iter: int = 3) -> None:
        self.n_iter = n_iter

    def fit(self, subjects: Sequence[Any], y: Any = None) -> "Hyperalignment":
        """Find the rotations.

        Parameters
        ----------
        subjects
            One (n_samples, n_features) array a subject: responses to the same samples, in one
            order.
        y
            Not used; scikit-learn passes it.

        Returns
        -------
        Hyperalignment
            This estimator.
        """
        check_count("Hyperalignment", "n_iter", self.n_iter)
        centred = self._check_subjects(subjects)
        for s, X in enumerate(centred):
            if X.shape[1] != centred[0].shape[1]:
                problem = f"has {X.shape[1]} features, subjects[0] has {centred[0].shape[1]}"
                remedy = "Use SRM, which takes any number, or a template of equal voxels"
                expected, shown = "as many in each subject", f"array{tuple(X.shape)}"
                raise ValueError(
                    describe("Hyperalignment", f"subjects[{s}]", shown, problem, expected, remedy)
                )
        self.maps_, self.shared_ = procrustes_passes(centred, self.n_iter)
        return self
