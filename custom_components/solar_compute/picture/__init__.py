"""Pictures of what was: drawn with numpy, without a library for drawing.

Pure: frozen values in, bytes of a PNG out; the same values give the same bytes. Nothing
of Home Assistant, no clock, no files. Too much work for the event loop.
"""
