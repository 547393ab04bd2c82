"""A mail server on loopback that keeps what it gets, or answers as told."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self._say(220)
        for line in self.rfile:
            verb = line.split(maxsplit=1)[0].upper().decode()
            if verb == "RCPT":
                self.server.recipients.append(line.partition(b":")[2].strip().decode())
                self._say(self.server.answer)
            elif verb == "DATA":
                self._say(354)
                data = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    data += part
                self.server.mails.append(message_from_bytes(data))
                self._say(250)
            else:
                self._say(221 if verb == "QUIT" else 250)
            if verb == "QUIT":
                return

    def _say(self, code):
        self.wfile.write(f"{code} said\r\n".encode())


@contextmanager
def mail_server(settings, answer=250):
    """Run a server; `answer` is what it says to recipients. Yields the server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.recipients, server.mails, server.answer = [], [], answer
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
