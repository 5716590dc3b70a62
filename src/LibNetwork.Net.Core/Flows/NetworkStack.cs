using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>A network stack on a packet's way, the host's or a sandbox's: its rules and routes.</summary>
internal sealed class NetworkStack : IDisposable
{
    private readonly IDisposable[] _owned;

    public NetworkStack(string name, NftRuleset rules, IRouting routing, params IDisposable[] owned)
    {
        Name = name;
        Rules = rules;
        Routing = routing;
        _owned = owned;
    }

    /// <summary>For people: <c>host</c>, <c>sandbox "web"</c>.</summary>
    public string Name { get; }

    public NftRuleset Rules { get; }

    public IRouting Routing { get; }

    /// <summary>The host's.</summary>
    public static NetworkStack OfHost(KernelSession session)
        => new("host", session.Nftables.ReadAll(), new KernelRouting(session, session.HostNamespace, session.Route));

    /// <summary>A sandbox's.</summary>
    /// <exception cref="KernelException">It is gone.</exception>
    public static NetworkStack OfSandbox(KernelSession session, string containerId, string namespacePath)
    {
        NetworkNamespace inside = NetworkNamespace.Open(namespacePath);
        try
        {
            RtNetlink route = session.OpenRoute(inside);
            try
            {
                using NftSocket nftables = session.OpenNftables(inside);
                return new NetworkStack($"sandbox \"{containerId}\"", nftables.ReadAll(), new KernelRouting(session, inside, route), route, inside);
            }
            catch
            {
                route.Dispose();
                throw;
            }
        }
        catch
        {
            inside.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
    }
}
