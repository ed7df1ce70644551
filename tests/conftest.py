"""Fixtures of all tests live in tests/fixtures, one module for each real part."""

import os

# Where this is set every process that tests start compiles its libraries anew, which takes two seconds of each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

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
