"""The transparency log: one leaf for each public act, in a tree that anyone can check."""
