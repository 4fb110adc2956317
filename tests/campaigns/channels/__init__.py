"""G6: three payment platforms with their own books, a storm of what they say, and its judges."""
