"""The solutions of the lesson."""

# --8<-- [start:count]
parameters = 0
# --8<-- [end:count]
