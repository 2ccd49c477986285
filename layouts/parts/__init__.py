"""Parts shared by screens: pure functions from facts and words to nodes."""
