"""What tests of more than one package share."""

import pytest


@pytest.fixture(scope="session")
def brainscore(tmp_path_factory):
    """Set Brain-Score up to leave this machine as it is; skip where it is not installed."""
    folder = str(tmp_path_factory.mktemp("brainscore"))
    with pytest.MonkeyPatch.context() as patch:
        # These are read when the package is imported. Left alone, it runs pip whenever a metric is
        # loaded, keeps data in the home folder, and remembers results by name, not by content.
        patch.setenv("BS_INSTALL_DEPENDENCIES", "no")
        patch.setenv("RESULTCACHING_DISABLE", "1")
        for variable in ("BRAINSCORE_HOME", "BRAINIO_HOME", "RESULTCACHING_HOME"):
            patch.setenv(variable, folder)
        yield pytest.importorskip("brainscore_vision")
