"""The pure ground of the house: values and registries that know no Django and no database."""
