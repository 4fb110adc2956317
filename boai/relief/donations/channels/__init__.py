"""Outside payment platforms, one folder each."""
