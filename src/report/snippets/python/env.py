import os

# Read once, at start. No default: a program without its secret must not run.
@var@ = os.environ["@VAR@"]
if not @var@:
    raise RuntimeError("@VAR@ is empty")
