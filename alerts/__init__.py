"""Incident reports, their way to a municipal desk, and case stories."""
