"""A mail server on loopback, in a process of its own, that counts and forgets."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection. Says yes to everything.

    What COUNT answers is no SMTP: the mails until now, and over how many connections at
    once they came since COUNT was asked before.
    """

    mails = 0
    senders: ClassVar[set["Sink"]] = set()
    most = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data, self.reads_mail = transport, b"", False
        transport.write(b"220 sink\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        Sink.senders.discard(self)

    def data_received(self, data: bytes) -> None:
        self.data += data
        answers = []
        while part := self.next_part():
            answers.append(self.answer(part))
        if answers:
            self.transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self.transport.close()

    def next_part(self) -> bytes:
        """Return the next line or mail, empty when it has not come as a whole."""
        part, found, rest = self.data.partition(END if self.reads_mail else b"\r\n")
        if not found:
            return b""
        self.data = rest
        return part + found

    def answer(self, part: bytes) -> bytes:
        if self.reads_mail:
            self.reads_mail = False
            Sink.mails += 1
            return b"250 taken\r\n"
        verb = part[:4].upper()
        if verb == b"MAIL":
            Sink.senders.add(self)
            Sink.most = max(Sink.most, len(Sink.senders))
        if verb == b"COUN":
            most, Sink.most = Sink.most, 0
            return b"250 %d %d\r\n" % (Sink.mails, most)
        if verb == b"DATA":
            self.reads_mail = True
            return b"354 go on\r\n"
        return {
            b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            b"QUIT": b"221 bye\r\n",
        }.get(verb, b"250 ok\r\n")


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - who waits for it
    await server.serve_forever()


@contextmanager
def running() -> Iterator[int]:
    """Run the sink; yields its port."""
    command = [sys.executable, "-m", "tests.bench_mail.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
