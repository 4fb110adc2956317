"""Children that write while the parent kills, races or watches them, and what the parent checks."""
