"""The log before a verifier that others wrote, in another language."""
