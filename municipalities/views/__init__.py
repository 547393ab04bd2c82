"""Pages of municipalities, desks and delivery courses."""
