"""Every number that anybody publishes, asked for by its name."""
