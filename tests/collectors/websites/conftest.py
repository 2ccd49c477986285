"""One certificate authority for all tests of a worker: making keys is the slow part."""

from __future__ import annotations

import pytest

from tests.support.http_servers import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
