"""What outside sources bring to the store."""
