"""What answers the exercises of lesson NUMBER."""
