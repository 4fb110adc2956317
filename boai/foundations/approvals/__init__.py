"""Deciding together: a case, its committee, its votes, its clock. It knows nothing of what it approves."""
