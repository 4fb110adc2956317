"""Items with unit, pack sizes, standard and protective class."""
