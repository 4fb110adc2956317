"""The transparency log: one leaf for each public act, in an append-only tree that anyone can check."""
