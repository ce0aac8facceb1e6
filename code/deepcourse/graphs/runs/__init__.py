"""What lesson 1 measures; each module writes a record."""
