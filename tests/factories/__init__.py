"""People and places for tests, made by calling services so that test data obeys the books."""
