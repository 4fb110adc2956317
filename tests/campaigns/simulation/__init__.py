"""The simulation of the whole service layer beside an independent model (G1)."""
