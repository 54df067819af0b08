// 1Password has no official SDK for .NET: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
using System;
using System.Diagnostics;

static class Secrets
{
    public static string @Pascal@()
    {
        var start = new ProcessStartInfo("op", "read --no-newline op://Production/@slug@/credential")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using (var op = Process.Start(start))
        {
            var value = op.StandardOutput.ReadToEnd();
            op.WaitForExit();
            if (op.ExitCode != 0 || value.Length == 0)
            {
                throw new InvalidOperationException("op did not give @slug@");
            }
            return value;
        }
    }
}
