"""finance: what is paid and bought."""
