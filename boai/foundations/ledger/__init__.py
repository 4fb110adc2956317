"""ledger: the books of money and goods, the heart of the house."""
