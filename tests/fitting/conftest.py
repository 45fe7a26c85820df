"""One BLAS thread: small factorisations on two threads spend their time waiting for each other."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="package", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield
