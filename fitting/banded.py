"""Ridge regression with a penalty for each of several feature spaces."""

from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace, rows, to_numpy
from .banded_search import refit, search_gammas
from .banded_solvers import DualSide, PrimalSide, reduce_rank, sample_gammas
from .bands import resolve_bands
from .crossvalidation import resolve_folds
from .errors import check_choice, describe
from .gram import gram, precision
from .inputs import check_alphas, check_count, check_equal_length, check_samples, check_variance
from .linear_encoder import LinearEncoder
from .progress import counted
from .ridge import DEFAULT_ALPHAS
from .scores import SCORES
from .split_scores import split_r, split_r2

__all__ = ["BandedRidgeCV"]

#: Targets handled together, at most: their predictions should stay in cache.
CHUNK_LIMIT = 2048
#: A race with this margin lost 0.0004 of a mean R2 of 0.31 at 0.4 of the products of a full search,
#: on 50 mixes of three and of four bands; to keep only mixes that win for some of 100 random
#: targets lost as much at 0.7 of the products, and the third of them that wins most lost 0.002.
RACE_MARGIN = 0.02


class BandedRidgeCV(LinearEncoder):
    """Ridge regression on several feature spaces, each with its own penalty for each target.

    Minimises ||Y - sum_i X_i B_i||^2 + alpha sum_i ||B_i||^2 / gamma_i, with gamma on the simplex.
    For each target a random search over gamma and a grid of alpha finds what predicts left-out
    samples best, so that a large band of noise does not cost a small band of signal its weight.

    Parameters
    ----------
    bands
        Number of columns of each band in their order; or a list of slices or arrays of column
        numbers; or a dictionary from name to one of these; None makes all features one band, which
        is ridge regression.
    alphas
        (n_alphas,) penalties > 0, squared units of the features.
    n_iter
        Number of mixes gamma: the equal mix, each band alone, then Dirichlet draws.
    gammas
        (n_gammas, n_bands) the mixes to try instead, >= 0, in the order in which they run.
    cv
        Number of folds (contiguous blocks, or whole runs where `groups` is passed to `fit`), a
        splitter, or a list of (train, test) rows.
    scoring
        What chooses: "r2", "r" (Pearson) or "neg_mse", computed in each fold and averaged.
    search
        "race" drops a mix for a target after the first folds on which it is 0.02 (of R2, r, or the
        variance) behind the best mix before it; "full" scores all mixes on all folds.
    fit_intercept
        Whether means are removed (training means, in each fold) and added to the prediction.
    seed
        Seed of the Dirichlet draws.
    max_memory
        Gigabytes for temporary arrays; sets how many targets are handled together.
    progress
        Whether to show a progress bar over mixes.

    Attributes
    ----------
    coef_
        (n_targets, n_features), or (n_features,) for a one-dimensional y; computed when first asked
        for where there are more features than samples.
    intercept_
        (n_targets,), or a scalar for a one-dimensional y.
    alpha_
        (n_targets,) chosen penalties, float64 on the host.
    gamma_
        (n_bands, n_targets) chosen mixes; the penalty of band i is ``alpha_ / gamma_[i]``.
    gammas_
        (n_gammas, n_bands) mixes that were tried.
    cv_scores_
        (n_gammas, n_targets) cross-validated scores, float64, at the best penalty; minus infinity
        where a target left the race.
    bands_
        Dictionary from the name of each band to its column numbers.
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit`, if bands do not share out the columns, a mix is negative or all zero, a penalty is
        not positive, shapes do not match, values are not finite, or no target varies.
    TypeError
        In `fit`, if arrays hold no real numbers, or are of different libraries.
    UnknownNameError
        In `fit`, if `scoring` or `search` is not known.

    Notes
    -----
    Source: Dupre la Tour, Eickenberg, Nunez-Elizalde and Gallant (2022). Bands of redundant columns
    are first reduced to their numerical rank; the smaller of X'X and XX' is factorised. Features
    of different bands should have comparable scale. See also himalaya.ridge.GroupRidgeCV.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 110))
    >>> Y = X[:, :10] @ rng.standard_normal((10, 2)) + rng.standard_normal((200, 2))
    >>> model = BandedRidgeCV({"signal": 10, "noise": 100}).fit(X, Y)
    >>> model.gamma_[:, 0].round(2)
    array([1., 0.])
    """

    def __init__(
        self,
        bands: Any = None,
        alphas: Any = DEFAULT_ALPHAS,
        n_iter: int = 20,
        gammas: Any = None,
        cv: Any = 5,
        scoring: str = "r2",
        search: str = "race",
        fit_intercept: bool = True,
        seed: Any = 0,
        max_memory: float = 1.0,
        progress: bool = False,
    ) -> None:
        self.bands = bands
        self.alphas = alphas
        self.n_iter = n_iter
        self.gammas = gammas
        self.cv = cv
        self.scoring = scoring
        self.search = search
        self.fit_intercept = fit_intercept
        self.seed = seed
        self.max_memory = max_memory
        self.progress = progress

    def fit(self, X: Any, y: Any, groups: Any = None) -> "BandedRidgeCV":
        """Choose mix and penalty of each target and fit all samples with them.

        Parameters
        ----------
        X
            (n_samples, n_features) features of all bands, side by side.
        y
            (n_samples, n_targets) or (n_samples,) responses.
        groups
            (n_samples,) run of each sample, for folds of whole runs.

        Returns
        -------
        BandedRidgeCV
            This estimator.
        """
        alphas = check_alphas("BandedRidgeCV", self.alphas)
        check_choice("BandedRidgeCV", "scoring", self.scoring, SCORES)
        check_choice("BandedRidgeCV", "search", self.search, ["race", "full"])
        X, Y = self._check_training(X, y)
        check_variance("BandedRidgeCV", X=X, y=Y)
        self.bands_ = resolve_bands("BandedRidgeCV", self.bands, X.shape[1])
        self.gammas_ = self._mixes(len(self.bands_))
        folds = resolve_folds("BandedRidgeCV", self.cv, X, groups)
        xp, centre = namespace(X, Y), bool(self.fit_intercept)
        self._mean_x = xp.mean(X, axis=0) * centre
        Xc = X - self._mean_x
        gram_dtype, dtype = precision(Xc, alphas)
        Xc = xp.astype(Xc, dtype, copy=False)
        mean_y = xp.mean(xp.astype(Y, dtype, copy=False), axis=0) * centre
        Yc = xp.astype(Y, dtype, copy=False) - mean_y
        parts, rotations = zip(
            *(reduce_rank(rows(Xc.T, band).T) for band in self.bands_.values()), strict=True
        )
        side: Any
        if sum(part.shape[1] for part in parts) <= X.shape[0]:
            side = PrimalSide(list(parts), Yc, folds, centre=centre, gram_dtype=gram_dtype)
        else:
            kernels = [gram(part, gram_dtype) for part in parts]
            side = DualSide(kernels, Yc, folds, centre=centre, dtype=dtype)
        with counted(len(self.gammas_), self.progress, "BandedRidgeCV", "mix") as tick:
            choice = search_gammas(
                side,
                Y.shape[1],
                len(folds),
                self.gammas_,
                alphas,
                scoring=self.scoring,
                margin=self._margin(Yc) if self.search == "race" else None,
                chunk=self._chunk(Xc),
                tick=tick,
            )
        self.alpha_, self.cv_scores_ = choice.alpha, choice.scores
        self.gamma_ = self.gammas_[choice.mix].T
        weights = refit(side, choice, self.gammas_, Yc)
        weights = xp.astype(weights, X.dtype, copy=False)
        self._mean_y = xp.astype(mean_y, X.dtype, copy=False)
        if isinstance(side, PrimalSide):
            self._dual, self._coef = None, self._unreduce(weights, parts, rotations)
            shift = self._mean_x @ self._coef
        else:
            self._dual, self._coef = (xp.astype(Xc, X.dtype, copy=False), weights), None
            at_zero = -xp.zeros_like(X[:1, :]) - self._mean_x
            shift = -xp.sum(self._by_band(at_zero), axis=0)[0, :]
        intercept = self._mean_y - shift
        self.intercept_ = intercept[0] if self._one_target else intercept
        return self

    def _margin(self, Y: Any) -> np.ndarray:
        """(n_targets,) margin of the race, in the unit of the score."""
        xp = namespace(Y)
        unit = xp.mean(Y * Y, axis=0) if self.scoring == "neg_mse" else xp.ones_like(Y[0, :])
        return RACE_MARGIN * to_numpy(unit)

    def _mixes(self, n_bands: int) -> np.ndarray:
        """(n_gammas, n_bands) mixes to try, from `gammas` or drawn."""
        if self.gammas is None:
            n_iter = check_count("BandedRidgeCV", "n_iter", self.n_iter)
            return sample_gammas(n_bands, n_iter, self.seed)
        gammas = np.array(check_samples("BandedRidgeCV", "gammas", self.gammas), dtype=np.float64)
        if gammas.shape[1] != n_bands or gammas.min() < 0 or not gammas.any(axis=1).all():
            raise ValueError(
                describe(
                    "BandedRidgeCV",
                    "gammas",
                    f"array{gammas.shape}",
                    f"is no list of mixes of {n_bands} band(s)",
                    f"(n_gammas, {n_bands}) values >= 0, not all of a row zero",
                    "Give one column a band",
                )
            )
        return gammas

    def _unreduce(self, weights: Any, parts: Any, rotations: Any) -> Any:
        """Coefficients of the given columns from those of the reduced ones: B_i = R_i b_i."""
        xp = namespace(weights)
        coef = xp.zeros_like(weights[:1, :]) + xp.zeros_like(self._mean_x)[:, None]
        start = 0
        for part, rotation, band in zip(parts, rotations, self.bands_.values(), strict=True):
            found = weights[start : start + part.shape[1], :]
            if rotation is not None:
                found = xp.astype(rotation, weights.dtype, copy=False) @ found
            coef[band] = found
            start += part.shape[1]
        return coef

    @property
    def coef_(self) -> Any:
        """(n_targets, n_features) coefficients, or (n_features,) for a one-dimensional y."""
        if self._coef is None:
            samples, weights = self._dual
            xp = namespace(weights)
            coef = xp.zeros_like(weights[:1, :]) + xp.zeros_like(self._mean_x)[:, None]
            for gamma, band in zip(self.gamma_, self.bands_.values(), strict=True):
                scaled = weights * as_tensor_like(gamma, weights)
                coef[band] = rows(samples.T, band) @ scaled  # B_i = gamma_i X_i' D
            self._coef = coef
        return self._coef[:, 0] if self._one_target else self._coef.T

    def _by_band(self, deviation: Any) -> Any:
        """(n_bands, n_samples, n_targets) parts of the prediction, from centred features."""
        parts = []
        for gamma, band in zip(self.gamma_, self.bands_.values(), strict=True):
            X = rows(deviation.T, band).T
            if self._coef is None:
                samples, weights = self._dual
                kernel = X @ rows(samples.T, band)
                parts.append(kernel @ (weights * as_tensor_like(gamma, weights)))
            else:
                parts.append(X @ rows(self._coef, band))
        return namespace(deviation).stack(parts)

    def predict(self, X: Any) -> Any:
        """Responses to new samples.

        Parameters
        ----------
        X
            (n_samples, n_features) features.

        Returns
        -------
        array
            (n_samples, n_targets), or (n_samples,) where y was one-dimensional.

        Raises
        ------
        ValueError
            If the number of features is not that of the fit, or a value is not finite.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
        >>> model = BandedRidgeCV([1, 1], [1e-9], cv=2).fit(X, 2 * X[:, 0] + 1)
        >>> model.predict([[10.0, 0.0]]).round(3)
        array([21.])
        """
        X = self._check_features(X)
        deviation = namespace(X).astype(X, self._mean_x.dtype, copy=False) - self._mean_x
        if self._coef is None:
            prediction = namespace(X).sum(self._by_band(deviation), axis=0) + self._mean_y
        else:
            prediction = deviation @ self._coef + self._mean_y
        return prediction[:, 0] if self._one_target else prediction

    def predict_bands(self, X: Any) -> Any:
        """The part of each band in the prediction; they add up to it without its constant.

        Parameters
        ----------
        X
            (n_samples, n_features) features.

        Returns
        -------
        array
            (n_bands, n_samples, n_targets), around the mean of the samples of the fit.

        Raises
        ------
        ValueError
            If the number of features is not that of the fit, or a value is not finite.

        Examples
        --------
        >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
        >>> model = BandedRidgeCV([1, 1], [1e-9], cv=2).fit(X, 2 * X[:, 0] + 1)
        >>> model.predict_bands([[10.0, 0.0]])[:, 0, 0].round(3)
        array([17.,  0.])
        """
        X = self._check_features(X)
        return self._by_band(namespace(X).astype(X, self._mean_x.dtype, copy=False) - self._mean_x)

    def score_bands(self, X: Any, y: Any, *, scoring: str = "r2") -> Any:
        """The part of each band in R2 (the product measure) or in r; they add up to the whole.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) measured responses.
        scoring
            "r2" or "r".

        Returns
        -------
        array
            (n_bands, n_targets) float64; see :func:`split_r2` and :func:`split_r`.

        Raises
        ------
        ValueError
            If shapes do not match or values are not finite.
        UnknownNameError
            If `scoring` is not known.

        Examples
        --------
        >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
        >>> model = BandedRidgeCV([1, 1], [1e-9], cv=2).fit(X, 2 * X[:, 0] + 1)
        >>> model.score_bands(X, 2 * X[:, 0] + 1)[:, 0].round(3)
        array([1., 0.])
        """
        splits = {"r2": split_r2, "r": split_r}
        check_choice("score_bands", "scoring", scoring, splits)
        parts = self.predict_bands(X)
        y = y if hasattr(y, "ndim") else np.asarray(y)
        Y = check_samples("score_bands", "y", y[:, None] if y.ndim == 1 else y)
        check_equal_length("score_bands", X=X, y=Y)
        return splits[scoring](Y - self._mean_y, parts)

    def _chunk(self, X: Any) -> int:
        """Number of targets whose temporary arrays fit into `max_memory`."""
        if not self.max_memory > 0:
            remedy = "Give the gigabytes that temporary arrays may take"
            raise ValueError(
                describe(
                    "BandedRidgeCV", "max_memory", self.max_memory, "is no size", "> 0", remedy
                )
            )
        n, p = X.shape
        bytes_per_target = X.itemsize * (3 * n + 3 * min(n, p))
        return int(np.clip(self.max_memory * 1e9 // bytes_per_target, 1, CHUNK_LIMIT))
