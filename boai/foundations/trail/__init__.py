"""Who did what, append-only, and the evidence that goes with it."""
