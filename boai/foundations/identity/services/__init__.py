"""The acts of identity."""
