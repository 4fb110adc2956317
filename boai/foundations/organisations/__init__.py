"""The tree of societies, and hospitals, commands, companies beside it."""
