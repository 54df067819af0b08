using System;

static class Secrets
{
    /// <summary>Read once, at start. No default: a program without its secret must not run.</summary>
    public static string @Pascal@()
    {
        var value = Environment.GetEnvironmentVariable("@VAR@");
        if (string.IsNullOrEmpty(value))
        {
            throw new InvalidOperationException("@VAR@ is not set");
        }
        return value;
    }
}
