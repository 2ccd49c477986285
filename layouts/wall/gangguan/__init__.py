"""The wall screen of incidents: what is open, who has it, what comes next, and how much comes in."""
