"""What lesson NUMBER measures; each module writes a record."""
