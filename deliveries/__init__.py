"""Delivery notices: a family learns by mail that a member's groceries came."""
