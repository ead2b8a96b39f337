"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

from ui.pool import ONE_THREAD

# As in the worker processes: on a loaded machine threads waiting for one another made small products ten times slower.
os.environ.update(ONE_THREAD)
# As in the app's own workers, and before NumPy is loaded: on a loaded machine several threads that wait
# for each other made a training of small matrices take ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# On a loaded machine an example may take long without anything being wrong: no test asserts a time.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# CI tries the same examples every time, so that a red run is about the change that was made.
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
