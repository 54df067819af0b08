# Read once, at start. fetch raises when it is not set: better than a default.
@var@ = ENV.fetch("@VAR@")
raise "@VAR@ is empty" if @var@.empty?
