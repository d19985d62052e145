"""A province's server as it is, and one page more: the hello-world that every figure is divided by."""

from supervision.config.settings.production import *  # noqa: F403  (settings modules extend each other by design)

ROOT_URLCONF = "benchmarks.urls"
