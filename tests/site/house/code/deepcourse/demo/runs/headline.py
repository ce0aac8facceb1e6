"""What the stage of the house runs: nothing; its record lies there already."""
