"""Fixtures of all tests live in tests/fixtures, one module for each real part."""

import os

from hypothesis import settings

# Where this is set every process that tests start compiles its libraries anew, which takes two seconds of each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long one example takes says how busy the machine is. All else stays as it is, on a developer's machine and in CI.
settings.register_profile("no deadline", settings(), deadline=None)
settings.load_profile("no deadline")

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.demo",
    "tests.fixtures.odoo",
    "tests.fixtures.dovecot",
    "tests.fixtures.smtp",
    "tests.fixtures.scripted_model",
    "tests.fixtures.injections",
    "tests.fixtures.slack.running",
]
