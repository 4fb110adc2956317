"""Pure ground (core, merkle) and Django without domain (kit)."""
