"""Wrong input at every door: pages, interface, uploads, command line; and what must not come out."""
