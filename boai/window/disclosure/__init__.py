"""What the public may see, and prove: leaves, traces, love list, bulletins, open data."""
