"""The API and its people, as tests/integration/app has them."""

from tests.integration.app.conftest import api, signed_in

__all__ = ["api", "signed_in"]
