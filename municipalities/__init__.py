"""Municipalities, the desks one may call there, and postal codes."""
