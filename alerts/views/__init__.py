"""Pages of incident reports and case stories."""
