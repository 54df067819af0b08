// 1Password has no official SDK for the JVM: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
fun @camel@(): String {
    val op = ProcessBuilder("op", "read", "--no-newline", "op://Production/@slug@/credential")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
    val value = op.inputStream.bufferedReader().readText()
    check(op.waitFor() == 0 && value.isNotEmpty()) { "op did not give @slug@" }
    return value
}
