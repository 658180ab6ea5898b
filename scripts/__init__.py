"""Programs that keep the project. Those in Python run as `python -m scripts.NAME`."""
