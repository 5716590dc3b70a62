namespace MiniRuntime.Engine.Processes;

/// <summary>The environment of a container's program: what was asked, and docker's defaults for what was not.</summary>
internal static class ProgramEnvironment
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <exception cref="EngineException">400: an entry without a name.</exception>
    public static IReadOnlyList<string> Build(IReadOnlyList<string> asked, string hostName, string home, bool terminal)
    {
        Dictionary<string, string> variables = new()
        {
            ["PATH"] = DefaultPath,
            ["HOSTNAME"] = hostName,
        };
        if (terminal)
        {
            variables["TERM"] = "xterm";
        }

        foreach (string entry in asked)
        {
            string[] parts = entry.Split('=', 2);
            if (parts[0].Length == 0)
            {
                throw EngineException.BadRequest($"invalid environment variable: {entry}");
            }

            if (parts.Length == 2)
            {
                variables[parts[0]] = parts[1];
            }
            else
            {
                variables.Remove(parts[0]);   // a bare name takes a default away
            }
        }

        variables.TryAdd("HOME", home);
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
