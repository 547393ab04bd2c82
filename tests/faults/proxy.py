"""A proxy on this machine only that cuts connections at random.

One request per connection. It is cut before the request is through, after it but
before the answer, or in the middle of the answer; counted is what was really cut.
"""

import asyncio
import random
import threading
from collections import Counter
from enum import StrEnum

TIMEOUT = 90
MOST_AT_ONCE = 256


class Cut(StrEnum):
    REQUEST = "request cut"
    UNANSWERED = "cut before the answer"
    ANSWER = "answer cut"


class CuttingProxy:
    """Passes on to `port`; `share` is the part of connections that gets each cut."""

    def __init__(self, port, *, share, dice: random.Random):
        self.target = port
        self.share = share
        self.dice = dice
        self.counts = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    def __enter__(self):
        self._thread.start()
        self._ready.wait(timeout=10)
        return self

    def __exit__(self, *exception):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=30)

    def _serve(self):
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._listen())

    async def _listen(self):
        self._end = asyncio.Event()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            self._ready.set()
            await self._end.wait()

    async def _pass_on(self, reader, writer):
        cut = self._draw()
        try:
            async with self._room, asyncio.timeout(TIMEOUT):
                request = await read_request(reader)
                answer = await self._ask(request, cut)
                writer.write(answer)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # What the client then sees is a broken connection, as it should.
        finally:
            writer.transport.close() if cut is None else writer.transport.abort()

    def _draw(self):
        drawn = self.dice.random()
        for n, cut in enumerate(Cut, start=1):
            if drawn < n * self.share:
                return cut
        return None

    async def _ask(self, request, cut):
        """Return what the client gets to see of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            if cut is Cut.REQUEST:
                writer.write(request[: self.dice.randrange(1, len(request))])
                await writer.drain()
                self.counts[cut] += 1
                return b""
            writer.write(request)
            await writer.drain()
            if cut is Cut.UNANSWERED:
                if self.dice.random() < 0.5:
                    await reader.read(1)
                self.counts[cut] += 1
                return b""
            answer = await reader.read(-1)
            if cut is Cut.ANSWER and len(answer) > 1:
                self.counts[cut] += 1
                return answer[: self.dice.randrange(1, len(answer))]
            return answer
        finally:
            writer.transport.abort()


async def read_request(reader):
    """Return a whole request, as long as its header says that it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head
