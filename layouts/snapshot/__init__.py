"""The snapshot as documents: paper, card, text, page and annex, all made from the same facts."""
