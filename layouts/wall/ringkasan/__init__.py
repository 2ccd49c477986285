"""The wall screen of the whole city: one sentence, four numbers, where, who."""
