"""The acts of the room."""
