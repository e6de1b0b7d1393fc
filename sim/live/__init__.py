"""The live room: the workshop page for phones in the same network, bets counted, what-ifs run.

Everything is held in memory and gone when the room closes. The packages of the extra ``live`` are
imported only once a room opens.
"""

from __future__ import annotations

from sim.live.serving import check_live, serve_workshop

__all__ = ["check_live", "serve_workshop"]
