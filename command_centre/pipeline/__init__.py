"""The straight line from a reading to history, one station per file."""
