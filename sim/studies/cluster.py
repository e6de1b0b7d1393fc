"""joblib's Dask backend, which otherwise waits for ever for work that a cluster could not do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import distributed  # noqa: F401 - tells whether the extra is installed
from joblib._dask import DaskDistributedBackend


class Undone:
    """Stands for the result of work that never ran, or whose workers died."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class ClusterBackend(DaskDistributedBackend):
    """Raises where work fails outside the function that was sent.

    Such as when a worker cannot import it, or died with it too often: joblib notes the error, and
    tells nobody who is waiting.
    """

    def effective_n_jobs(self, n_jobs: int = 1) -> int:
        """Workers there are; never 1, for which joblib would do the work in this process."""
        return max(2, int(super().effective_n_jobs(n_jobs)))

    def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Future[Any]:
        future: Future[Any] = super().submit(func, callback)

        def tell(done: Future[Any]) -> None:
            error = done.exception()
            if error is not None and callback is not None:
                callback(Undone(error))

        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        if isinstance(out, Undone):
            raise out.error
        return super().retrieve_result_callback(out)
