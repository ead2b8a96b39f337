"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

from ui.pool import ONE_THREAD

# As in the worker processes, and before NumPy is loaded: on a loaded machine threads that wait for one
# another made small products ten times slower.
os.environ.update(ONE_THREAD)

# On a loaded machine an example may take long without anything being wrong: no test asserts a time.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# CI tries the same examples every time, so that a red run is about the change that was made.
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
