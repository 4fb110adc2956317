"""Lists of money gifts and account statements, as societies, banks and wallets write them.

Pure: sheet rows in, a ``ParsedList`` out. What a gift means is decided in ``importing``.
"""
