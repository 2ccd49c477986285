"""The faces: one package per audience, all shaped alike."""
