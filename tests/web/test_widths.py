"""Every view at every width: on a phone, at 400 and 200 % zoom, on a wall."""

from __future__ import annotations

import pytest

from tests.web.conftest import Pages, Site, overflow
from tests.web.screenshots import VIEWS

WIDTHS = (320, 360, 720, 2560)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_no_view_is_wider_than_its_window(site: Site, open_page: Pages, width: int) -> None:
    page = open_page(site.url, (width, 900))
    for view, path in VIEWS.items():
        page.goto(f"{site.url}/{path}", wait_until="networkidle")
        assert (view, overflow(page)) == (view, 0)
