"""Pages without domain: doors, frames, lists, acts, refusals, downloads."""
