"""Childcare hubs and the sessions held there."""
