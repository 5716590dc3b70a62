using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Flows;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    /// <inheritdoc/>
    public async Task<FlowExplanation> ExplainAsync(Flow flow, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        flow = FlowCheck.Checked(flow);
        FlowEndpoint? source = flow.Source.EndpointId is { } id ? FindSource(id, flow) : null;
        FlowEndpoint[] endpoints = [.. _networks.Values.SelectMany(static network => network.Endpoints.Cast<Endpoint>()).Select(Follow).OfType<FlowEndpoint>()];
        HashSet<string> interfaces = [.. _networks.Values.SelectMany(InterfacesOfAny)];
        try
        {
            return await Services.Kernel.RunAsync(
                static (session, state) => Explain(session, state.flow, state.source, state.endpoints, state.interfaces),
                (flow, source, endpoints, interfaces),
                cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException refused)
        {
            throw KernelErrors.Translate("flow", refused);
        }
    }

    private static FlowExplanation Explain(
        KernelSession session, Flow flow, FlowEndpoint? source, IReadOnlyList<FlowEndpoint> endpoints, IReadOnlySet<string> interfaces)
    {
        using Surroundings surroundings = new(session, endpoints, interfaces);
        FlowInquiry inquiry = new(surroundings, LegacyTables.Read(session.HostNamespace));
        IPAddress none = flow.Destination.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        Packet packet = new()
        {
            Source = flow.Source.Address is { } given ? FlowCheck.Plain(given) : source is null ? none : AddressOf(source, flow)!,   // it was checked
            Destination = flow.Destination,
            Protocol = flow.Port.Protocol,
            SourcePort = flow.SourcePort,
            DestinationPort = flow.Port.Number,
        };
        if (source is not null)
        {
            NetworkStack sandbox = surroundings.StackOf(source) ?? throw NetworkException.NotFound($"sandbox of container \"{source.ContainerId}\"");
            _ = surroundings.PortOf(source) ?? throw new NetworkException(NetworkErrorKind.NotSupported, source.Subject, "is on no bridge of the host, so no rules of the host see what it sends");
            string subject = $"{flow.Port} from {source.Subject} ({packet.Source}) to {flow.Destination}";

            // To itself and to neighbours on the link it sends from another address than to everybody else.
            bool isNear = flow.Destination.IsIPv6LinkLocal || sandbox.Routing.TypeOf(flow.Destination, link: null) == NftAddressType.Local;
            Packet sent = flow.Source.Address is null && isNear ? packet with { Source = none } : packet;
            return inquiry.Explain(flow, subject, path => path.Send(sandbox, sent), expectsAnswer: isNear || source.Has(packet.Source));
        }

        if (flow.Source.Interface is not { } name)
        {
            return inquiry.Explain(flow, flow.ToString(), path => path.Send(surroundings.Host, packet));
        }

        LinkInfo link = session.Route.FindLink(name.Value) ?? throw NetworkException.NotFound($"interface \"{name}\"");
        if (link.Master is { } master)
        {
            string bridge = session.Route.FindLink(master)?.Name ?? string.Empty;
            throw NetworkException.InvalidArgument("flow", nameof(Flow.Source), $"comes in by \"{name}\", which is a port of \"{bridge}\": say \"{bridge}\"");
        }

        return inquiry.Explain(flow, flow.ToString(), path => path.Receive(surroundings.Host, packet with { Input = link, HasFrame = true }));
    }

    private FlowEndpoint? FindSource(EndpointId id, Flow flow)
    {
        Endpoint endpoint = _networks.Values.SelectMany(static network => network.Endpoints.Cast<Endpoint>()).FirstOrDefault(found => found.Id == id)
            ?? throw NetworkException.NotFound($"endpoint {id}");
        if (endpoint.State.SandboxId is not { } sandbox || FindSandbox(sandbox) is not { } joined)
        {
            throw NetworkException.Forbidden(endpoint.Subject, "is not joined to a sandbox, so it sends nothing", remedy: "join it first");
        }

        if (joined.State.UsesHostNamespace)
        {
            return null;   // it is the host
        }

        FlowEndpoint source = Follow(endpoint) ?? throw NetworkException.NotFound(endpoint.Subject);
        return flow.Source.Address is not null || AddressOf(source, flow) is not null
            ? source
            : throw NetworkException.InvalidArgument("flow", nameof(Flow.Destination), $"{flow.Destination} is of a family of which {endpoint.Subject} has no address");
    }

    private FlowEndpoint? Follow(Endpoint endpoint)
    {
        EndpointState state = endpoint.State;
        return state.SandboxId is { } id && FindSandbox(id) is { State.UsesHostNamespace: false } sandbox
            ? new FlowEndpoint(endpoint.Subject, sandbox.ContainerId, sandbox.NamespacePath, state)
            : null;
    }

    private static IPAddress? AddressOf(FlowEndpoint endpoint, Flow flow)
        => (flow.Destination.AddressFamily == AddressFamily.InterNetwork ? endpoint.State.IPv4 : endpoint.State.IPv6)?.Address;

    private static IEnumerable<string> InterfacesOfAny(Network network)
        => network.Driver is IReconcilableDriver driver ? driver.GetHostInterfaces(network.Id).Select(static name => name.Value) : [];
}
