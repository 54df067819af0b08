final class Secrets {
    /** Read once, at start. No default: a program without its secret must not run. */
    static String @camel@() {
        String value = System.getenv("@VAR@");
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException("@VAR@ is not set");
        }
        return value;
    }
}
