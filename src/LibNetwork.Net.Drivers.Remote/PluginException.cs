namespace LibNetwork.Drivers.Remote;

/// <summary>A plugin refused a call, answered it wrongly, or could not be reached.</summary>
public sealed class PluginException : NetworkException
{
    internal PluginException(NetworkErrorKind kind, string plugin, string? address, string problem, Exception? innerException = null)
        : base(kind, address is null ? $"plugin \"{plugin}\"" : $"plugin \"{plugin}\" at {address}", problem, innerException)
    {
        Plugin = plugin;
        Address = address;
    }

    /// <summary>The plugin's name.</summary>
    public string Plugin { get; }

    /// <summary>Where it is: its socket's path, or an address; <see langword="null"/> when it was not found.</summary>
    public string? Address { get; }

    /// <summary>What it said, as far as that can be shown; <see langword="null"/> when it said nothing.</summary>
    public string? Answer { get; init; }

    /// <summary>What the call may have done all the same.</summary>
    internal CallOutcome Outcome { get; init; }
}
