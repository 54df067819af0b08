// Read once, at start. No default: a program without its secret must not run.
const @camel@ = process.env.@VAR@;
if (!@camel@) {
  throw new Error("@VAR@ is not set");
}
