"""Watch agreements with municipalities and visits to their heads."""
