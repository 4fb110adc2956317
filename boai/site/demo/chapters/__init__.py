"""The chapters of the story. Each puts its acts into the diary; the diary plays them in order."""
