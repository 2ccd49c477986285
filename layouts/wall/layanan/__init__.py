"""The wall screen of electronic services: one row for each, worst first, every open item on its own clock."""
