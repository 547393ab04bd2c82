"""Paging whose cost does not grow with the table."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

# Nobody leafs through more; who needs another row filters, or takes the export.
MAX_ROWS = 10_000


class BoundedPaginator(Paginator):
    """A paginator that counts, and leafs, no further than MAX_ROWS rows."""

    def __init__(self, object_list: Any, per_page: int, **kwargs: Any) -> None:
        # Whoever opens a list may name the number in its address.
        super().__init__(object_list, min(max(per_page, 1), MAX_ROWS), **kwargs)

    @cached_property
    def count(self) -> int:
        """Return the number of rows, MAX_ROWS when there are more."""
        rows = getattr(self.object_list, "data", self.object_list)
        if isinstance(rows, QuerySet):
            return min(rows.order_by()[: MAX_ROWS + 1].count(), MAX_ROWS)
        return min(len(rows), MAX_ROWS)

    @property
    def is_bounded(self) -> bool:
        """Tell whether there may be more rows than can be leafed through."""
        return self.count >= MAX_ROWS
