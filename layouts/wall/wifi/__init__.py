"""The wall screen of the free Wi-Fi: one sentence, every point on the map, every kelurahan in the table."""
