using System.Net;

namespace LibNetwork.Flows;

/// <summary>Who begins a flow: an endpoint, the host itself, or somebody outside. Immutable.</summary>
public sealed record FlowSource
{
    private FlowSource()
    {
    }

    /// <summary>The host itself, which picks the address that the route says.</summary>
    public static FlowSource Host { get; } = new();

    /// <summary>The endpoint whose interface it is sent by; <see langword="null"/> for the other two.</summary>
    public EndpointId? EndpointId { get; private init; }

    /// <summary>The interface of the host that it comes in by, for somebody outside.</summary>
    public InterfaceName? Interface { get; private init; }

    /// <summary>The address that it is sent from; <see langword="null"/> for the sender's own.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>The host itself, by one of its addresses.</summary>
    public static FlowSource HostAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new FlowSource { Address = address };
    }

    /// <summary>An endpoint that is joined to a sandbox.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="address">The address that it sends from, also one that is not its own; by default its own.</param>
    public static FlowSource Endpoint(EndpointId id, IPAddress? address = null) => new() { EndpointId = id, Address = address };

    /// <summary>Somebody outside.</summary>
    /// <param name="incoming">The interface of the host that the packet comes in by.</param>
    /// <param name="address">The sender's address.</param>
    public static FlowSource Outside(InterfaceName incoming, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new FlowSource { Interface = incoming, Address = address };
    }

    /// <summary>For example <c>192.0.2.2 by interface "eth0"</c>.</summary>
    public override string ToString()
    {
        string who = EndpointId is { } endpoint ? $"endpoint {endpoint}" : Interface is { } incoming ? $"interface \"{incoming}\"" : "the host";
        return Address is null ? who : $"{Address} by {who}";
    }
}
