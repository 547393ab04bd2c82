"""Mails under faults: workers killed, a mail server that misbehaves on purpose."""
