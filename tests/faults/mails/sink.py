"""A mail server on this machine only: takes mails, remembers them, misbehaves as told.

Times are those of `time.monotonic`, to be compared with others of this process.
"""

import asyncio
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.mails.faults import Fault

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
LIMIT = 4_000_000
HOLD = 0.5
# So that closing sends a reset instead of a farewell.
ABRUPTLY = struct.pack("ii", 1, 0)


class Gone(Exception):
    """The client is gone, or was sent away."""


@dataclass(frozen=True)
class Taken:
    """A mail that was received whole: its envelope, when DATA came, when it ended."""

    message_id: str
    sender: str
    recipients: list
    begun_at: float
    ended_at: float
    content: bytes = b""


class Sink:
    """Runs in a thread of its own. `seconds` is what it takes over each mail,
    half of it before DATA, as servers do that look senders up; before that, a mail also
    waits up to HOLD while `holds` says so of its recipient.

    `taken` are the mails, `tried` pairs of time and recipient, in this order;
    `on_first` is called when a Message-ID comes for the first time.
    """

    def __init__(self, *, faults=None, seconds=0.0, keeps=False, on_first=None):
        self.faults, self.seconds, self.keeps = faults, seconds, keeps
        self.on_first = on_first or (lambda: None)
        self.holds = lambda recipient: False
        self.taken, self.tried, self.seen = [], [], set()
        self.port = None
        self._clients = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self):
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *exception):
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()

    def open(self):
        """Listen, the second time on the port of the first."""
        self._call(self._listen())

    def close(self):
        """Be dead: nobody gets in any more, those inside are thrown out."""
        self._call(self._end())

    def _call(self, coroutine):
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    async def _listen(self):
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port or 0, limit=LIMIT, backlog=256
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self):
        self._server.close()
        clients = list(self._clients)
        for task in clients:
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._clients.add(task := asyncio.current_task())
        try:
            if self.faults and self.faults.refuses():
                self._refuse(writer)
            else:
                await _Dialogue(self, reader, writer).run()
        except (Gone, OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    def _refuse(self, writer):
        if self.faults.dice.random() < 0.5:
            writer.write(b"554 not now\r\n")
        else:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
        self.faults.count(Fault.REFUSED)

    def take(self, mail):
        self.taken.append(mail)
        if mail.message_id not in self.seen:
            self.seen.add(mail.message_id)
            self.on_first()


class _Dialogue:
    """What is said over one connection."""

    def __init__(self, sink, reader, writer):
        self.sink, self.reader, self.writer = sink, reader, writer
        self.sender, self.recipients, self.fault, self.where = "", [], None, ""

    async def run(self):
        self._say(220)
        try:
            while line := await self.reader.readline():
                verb, _blank, rest = line.decode("utf-8", "replace").partition(" ")
                await self._answer(verb.strip().upper(), rest.strip())
        finally:
            if self.fault:
                self.sink.faults.put_back(self.fault)

    def _say(self, code):
        self.writer.write(b"%d said\r\n" % code)

    async def _answer(self, verb, rest):
        if verb == "MAIL":
            self._begin(rest)
        if verb == "RCPT":
            self.recipients.append(_path(rest))
            self.sink.tried.append((time.monotonic(), self.recipients[-1]))
            await self._take_time()
            await self._hold()
        if verb in ("RCPT", "DATA") and await self._misbehaves(verb):
            return
        if verb == "DATA" and not self.recipients:
            self._say(503)
        elif verb == "DATA":
            await self._take()
        elif verb == "EHLO":
            self.writer.write(b"250-here\r\n250 PIPELINING\r\n")
        elif verb == "QUIT":
            self._say(221)
            raise Gone
        else:
            self._say(250)

    def _begin(self, rest):
        self.sender, self.recipients = _path(rest), []
        faults = self.sink.faults
        if faults and self.fault is None and (fault := faults.for_mail()):
            self.fault = fault
            # Not at MAIL: nobody would know whose mail was tried.
            self.where = faults.dice.choice(["RCPT", "DATA"])

    async def _misbehaves(self, verb):
        """Whether this was answered by a fault. Raises Gone when that was all."""
        if self.fault is Fault.LATER and verb == "RCPT":
            self._injected()
            self._say(451)
            self.recipients.pop()
            return True
        if self.fault is Fault.UNAVAILABLE and verb == self.where:
            self._injected()
            self._say(421)
            raise Gone
        if self.fault is Fault.DROP and verb == "DATA":
            self._injected()
            raise Gone
        if self.fault is Fault.STALL and verb == self.where:
            # Silent until the client has had enough.
            await self.reader.read()
            self._injected()
            raise Gone
        return False

    def _injected(self):
        self.sink.faults.count(self.fault)
        self.fault = None

    async def _take_time(self):
        if self.sink.seconds:
            await asyncio.sleep(self.sink.seconds / 2)

    async def _hold(self):
        end = time.monotonic() + HOLD
        while self.sink.holds(self.recipients[-1]) and time.monotonic() < end:
            await asyncio.sleep(0.005)

    async def _take(self):
        begun_at = time.monotonic()
        self._say(354)
        data = await self.reader.readuntil(b"\r\n.\r\n")
        await self._take_time()
        head = data.partition(b"\r\n\r\n")[0]
        found = MESSAGE_ID.search(head)
        mail = Taken(
            found[1].decode() if found else "",
            self.sender,
            self.recipients,
            begun_at,
            time.monotonic(),
            data[:-3].replace(b"\r\n..", b"\r\n.") if self.sink.keeps else b"",
        )
        self.sink.take(mail)
        if self.fault is Fault.SWALLOW:
            self._injected()
            raise Gone
        self._say(250)


def _path(rest):
    """Return the address in `FROM:<…>` or `TO:<…>`, or what else stands there."""
    found = re.search(r"<(.*)>", rest)
    return found[1] if found else rest
