"""The proof machinery, pure: RFC 6962 trees, C2SP tiles, signed notes, checkpoints, proofs.

Knows no Django, no database and no file system. Two programs stand beside it and do read files:
``verify.py``, the public verifier, one file that shares no code with the rest, so that one mistake
cannot hide in both; and ``witness.py``, which anybody may run to watch over somebody else's log.
"""
