"""The eyes: one package per kind of source, all shaped alike."""
