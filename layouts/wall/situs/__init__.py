"""The wall screen of all sites: what is wrong, and every site in its fixed place."""
