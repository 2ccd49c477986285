"""The page of one hotspot: who it is, what its sources say, and its past."""
