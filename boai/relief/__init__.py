"""The relief wing: stores, transport, money, gifts, needs."""
