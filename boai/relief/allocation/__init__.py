"""Who needs what, and who decides: needs, list 1, requests, proposals."""
