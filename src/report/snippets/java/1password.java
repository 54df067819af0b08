// 1Password has no official SDK for the JVM: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
import java.io.IOException;
import java.nio.charset.StandardCharsets;

final class Secrets {
    static String @camel@() throws IOException, InterruptedException {
        Process op = new ProcessBuilder("op", "read", "--no-newline", "op://Production/@slug@/credential")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        String value = new String(op.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (op.waitFor() != 0 || value.isEmpty()) {
            throw new IOException("op did not give @slug@");
        }
        return value;
    }
}
