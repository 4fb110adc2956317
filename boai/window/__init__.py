"""The window: what the public may see, and prove."""
