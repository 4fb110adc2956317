"""The acts of the room, one topic a file."""
