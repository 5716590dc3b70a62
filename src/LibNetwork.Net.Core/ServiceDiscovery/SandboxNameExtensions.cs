using System.Net;
using LibNetwork.Controller;

namespace LibNetwork.ServiceDiscovery;

/// <summary>What a sandbox's resolver knows, without asking it by a socket.</summary>
public static class SandboxNameExtensions
{
    /// <summary>Finds the addresses that the sandbox's resolver gives for a name of its networks, IPv4 before IPv6. Nobody outside is asked.</summary>
    /// <param name="sandbox">A sandbox of a <see cref="NetworkController"/>.</param>
    /// <param name="name">The name, as a program inside would ask for it.</param>
    /// <returns>The addresses; none when the sandbox has no resolver, or the name is none of its networks'.</returns>
    /// <exception cref="ArgumentException">The sandbox belongs to another kind of controller.</exception>
    public static IReadOnlyList<IPAddress> FindAddresses(this ISandbox sandbox, string name)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        ArgumentNullException.ThrowIfNull(name);
        return sandbox is Sandbox own ? own.FindAddresses(name) : throw new ArgumentException($"{sandbox.GetType().Name} has no names.", nameof(sandbox));
    }
}
