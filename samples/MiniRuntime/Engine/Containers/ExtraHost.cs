using System.Net;

namespace MiniRuntime.Engine.Containers;

/// <summary>A line that a user adds to <c>/etc/hosts</c>: <c>name:address</c>.</summary>
internal static class ExtraHost
{
    /// <summary>Stands for an address by which the container reaches its host.</summary>
    public const string HostGateway = "host-gateway";

    /// <exception cref="EngineException">400: not a name and an address.</exception>
    public static (string Name, string Address) Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        string address = parts.Length == 2 ? parts[1].Trim('[', ']') : string.Empty;
        return parts[0].Length == 0 || parts.Length != 2
            ? throw EngineException.BadRequest($"bad format for add-host: \"{text}\"")
            : address == HostGateway || IPAddress.TryParse(address, out _)
                ? (parts[0], address)
                : throw EngineException.BadRequest($"invalid IP address in add-host: \"{address}\"");
    }
}
