"""The recorded runs; each writes its records below `runs/`."""
