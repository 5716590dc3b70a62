using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>Remembers what it was told, in order and as a state, and can fail a call.</summary>
internal sealed class FakeFirewall : INetworkFirewall
{
    private readonly Lock _gate = new();
    private int _calls;

    public List<string> Calls { get; } = [];

    public SortedSet<string> State { get; } = new(StringComparer.Ordinal);

    public List<FirewallNetwork> Networks { get; } = [];

    public List<FirewallLink> Links { get; } = [];

    /// <summary>Which call from now on fails, counted from 1; 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>Run at the start of each call.</summary>
    public Func<string, Task>? Before { get; set; }

    public void Arm(int failAt)
    {
        _calls = 0;
        FailAt = failAt;
    }

    public async ValueTask ReplaceAsync(Func<ValueTask<bool>> changes, CancellationToken cancellationToken = default) => await changes();

    public async ValueTask AddNetworkAsync(FirewallNetwork network, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"add network {network.Id}");
        Change(() => State.Add($"network {network.Id}"));
        Networks.Add(network);
    }

    public async ValueTask RemoveNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"remove network {networkId}");
        Change(() => State.Remove($"network {networkId}"));
    }

    public async ValueTask AddEndpointAsync(FirewallEndpoint endpoint, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"add endpoint {endpoint.EndpointId} {endpoint.Port}");
        Change(() => State.Add($"endpoint {endpoint.EndpointId}"));
    }

    public async ValueTask RemoveEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"remove endpoint {endpointId}");
        Change(() => State.Remove($"endpoint {endpointId}"));
    }

    public async ValueTask AddLinkAsync(FirewallLink link, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"add link {link}");
        Change(() => State.Add($"link {link}"));
        Links.Add(link);
    }

    public async ValueTask RemoveLinkAsync(FirewallLink link, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"remove link {link}");
        Change(() => State.Remove($"link {link}"));
        Links.Remove(link);
    }

    public async ValueTask ChangePortsAsync(
        IReadOnlyCollection<FirewallPort> opened, IReadOnlyCollection<FirewallPort> closed, CancellationToken cancellationToken = default)
    {
        await NoteAsync($"change ports +{opened.Count} -{closed.Count}");
        Change(() =>
        {
            State.ExceptWith(closed.Select(port => $"port {port}"));
            State.UnionWith(opened.Select(port => $"port {port}"));
        });
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }

    private async Task NoteAsync(string call)
    {
        if (Before is { } before)
        {
            await before(call);
        }

        lock (_gate)
        {
            Calls.Add(call);
            if (++_calls == FailAt)
            {
                throw new NetworkException(NetworkErrorKind.NotSupported, "firewall", "was told to fail");
            }
        }
    }
}
