"""Indicators, annual figures, the dashboard and the API of figures."""
