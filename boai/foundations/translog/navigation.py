"""Menu entries of the room: none, the log is a public page."""

from boai.ground.kit.web.navigation import Entry

entries: list[Entry] = []
