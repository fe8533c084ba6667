"""What holds for all tests."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the command line does; before torch is loaded
if "PYTEST_XDIST_WORKER" in os.environ:  # there are as many of us as cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("unhurried", deadline=None)  # what a property holds for does not depend on other processes
settings.load_profile("unhurried")
