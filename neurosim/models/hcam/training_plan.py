"""The schedule that all networks of this package are trained by."""

from neurosim.training import TrainingPlan

#: The rate stays, and goes to 0 over the last tenth: (fraction of the steps, of the rate).
_KNEE = (0.9, 0.95)


def training_plan(n_updates: int, learning_rate: float, seed: int) -> TrainingPlan:
    """Adam at one rate that goes to 0 over the last tenth, and a validation every 100 updates.

    Examples
    --------
    >>> training_plan(1600, 2e-3, seed=0).n_steps
    1600
    """
    return TrainingPlan(
        n_steps=n_updates,
        learning_rate=learning_rate,
        warmup=0.0,
        knee=_KNEE,
        weight_decay=0.0,
        seed=seed,
        validate_every=100,
    )
