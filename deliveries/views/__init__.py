"""Pages of subscriptions, deliveries and notices for people of the co-op."""
