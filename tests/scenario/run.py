"""usage: run.py [WORD...] - run the scenarios whose sentence has one of the words."""
import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402

for name in sorted(os.listdir(os.path.dirname(os.path.abspath(__file__)))):
    if name.startswith("test_") and name.endswith(".py"):
        importlib.import_module(name[:-3])
sys.exit(harness.run(sys.argv[1:]))
