"""What runs at build: numbers, figures and tables, formulas, labs, the theme."""
