"""The page of one service: how it and its parts are, what waits and until when, and its past."""
