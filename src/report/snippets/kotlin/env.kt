/** Read once, at start. No default: a program without its secret must not run. */
fun @camel@(): String =
    System.getenv("@VAR@")?.takeIf { it.isNotEmpty() } ?: error("@VAR@ is not set")
