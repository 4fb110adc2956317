"""Papers of the room, set by typst."""
