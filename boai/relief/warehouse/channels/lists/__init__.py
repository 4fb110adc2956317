"""Lists of goods received and goods issued, as societies publish and keep them.

Pure: sheet rows in, ``GoodsList`` out. Which item is meant is decided in ``importing``.
"""
