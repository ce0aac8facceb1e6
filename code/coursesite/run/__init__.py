"""What runs under tests: the blocks of the pages, and what the two sides of an equation differ by."""
