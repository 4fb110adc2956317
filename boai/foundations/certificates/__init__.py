"""One register and one public check page for every paper that the society hands out."""
