"""Every linear encoder as a differentiable module: a stimulus can be optimised against it."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

import fitting

ENCODERS = [
    fitting.RidgeCV(alphas=[1.0, 10.0], cv=2),
    fitting.PLSRegression(3),
    fitting.NeuronToNeuron(),
]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("n_features", [8, 80])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("one_target", [False, True])
def test_gradient_ascent_raises_the_predicted_response(encoder, n_features, dtype, one_target):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, n_features)).astype(dtype)
    Y = X[:, :4] + 0.1 * rng.standard_normal((40, 4)).astype(dtype)
    encoder.fit(X, Y[:, 0] if one_target else Y)
    module = encoder.to_torch()
    predicted = encoder.predict(X).reshape(40, -1)
    np.testing.assert_allclose(
        module(torch.tensor(X)).detach(), predicted, atol=1e-10 if dtype == "float64" else 1e-4
    )
    image = torch.zeros((1, n_features), dtype=getattr(torch, dtype), requires_grad=True)
    responses = []
    for _ in range(5):
        response = module(image)[0, 0]
        (gradient,) = torch.autograd.grad(response, image)
        responses.append(encoder.predict(image.detach().numpy()).reshape(-1)[0])
        image = (image + 0.5 * gradient).detach().requires_grad_()
    assert np.all(np.diff(responses) > 0.01)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: type(e).__name__)
def test_only_a_fitted_encoder_has_a_module(encoder):
    from sklearn.base import clone

    with pytest.raises(NotFittedError):
        clone(encoder).to_torch()
