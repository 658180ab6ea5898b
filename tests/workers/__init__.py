"""Back-ends against the real programs that they control, in scratch folders."""
