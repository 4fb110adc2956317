"""The outside: the finance department's receipt platform."""
