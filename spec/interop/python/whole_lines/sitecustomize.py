"""In PYTHONPATH: lines that threads print at the same time are not mixed, as they are by python3 -u."""
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
