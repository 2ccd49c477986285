"""The desk: pages read from sixty centimetres, by a person who asks."""
