using System.Diagnostics.CodeAnalysis;
using System.Net;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>Follows a packet from where it is sent to where it arrives or ends, with one set of answers to what is not known.</summary>
internal sealed partial class FlowPath(Surroundings surroundings, Alternatives alternatives)
{
    private const int MaxStacks = 8;   // routers in containers may send in circles

    private readonly List<(NetworkStack Stack, Packet Last)> _tracked = [];   // the first packet, as each stack saw it last
    private Func<FlowVerdict>? _answer;
    private int _stacks;

    public FlowTrace Trace { get; private set; } = new();

    private NetworkStack Host => surroundings.Host;

    /// <summary>Sends the first packet, and if it arrives, the answer. The answer's steps are told only if it does not arrive.</summary>
    public FlowVerdict Follow(Func<FlowPath, FlowVerdict> begin)
    {
        FlowVerdict verdict = begin(this);
        if (verdict != FlowVerdict.Allowed || _answer is null)
        {
            return verdict;
        }

        FlowTrace question = Trace;
        Trace = new FlowTrace();
        _stacks = 0;
        FlowVerdict answered = _answer();
        if (answered == FlowVerdict.Allowed)
        {
            Trace = question;
            return verdict;
        }

        question.Append(Trace);
        Trace = question;
        return answered;
    }

    /// <summary>A process of a stack sends it. An unspecified source is the stack's choice.</summary>
    public FlowVerdict Send(NetworkStack stack, Packet packet)
    {
        Trace.Place = stack.Name;
        packet = Into(stack, packet);
        if (!TryRoute(stack, ref packet, input: null, out RouteInfo? route, out FlowVerdict verdict))
        {
            return verdict;
        }

        Packet before = packet;
        if (Pass(stack, NftHook.Output, ref packet) is { } ended)
        {
            return ended;
        }

        bool isChanged = !packet.Destination.Equals(before.Destination) || packet.Mark != before.Mark;
        if (isChanged && !TryRoute(stack, ref packet, input: null, out route, out verdict))
        {
            return verdict;
        }

        if (Pass(stack, NftHook.Postrouting, ref packet) is { } stopped)
        {
            return stopped;
        }

        return route.Type == RouteType.Local
            ? Return(stack, packet with { Input = packet.Output, Output = null, HasFrame = true })
            : Transmit(stack, packet, route.Gateway ?? packet.Destination);
    }

    /// <summary>It comes in by an interface of a stack.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="packet">The packet; what connection tracking knew of it in this stack is kept.</param>
    /// <param name="hasPassed">Whether it has passed the rules before routing on a bridge already.</param>
    public FlowVerdict Receive(NetworkStack stack, Packet packet, bool hasPassed = false)
    {
        Trace.Place = stack.Name;
        packet = hasPassed ? packet : Into(stack, packet);
        if (!hasPassed && Pass(stack, NftHook.Prerouting, ref packet) is { } ended)
        {
            return ended;
        }

        LinkInfo input = packet.Input!;   // the caller says by which
        if (!TryRoute(stack, ref packet, input, out RouteInfo? route, out FlowVerdict verdict))
        {
            return verdict;
        }

        if (route.Type == RouteType.Local)
        {
            return Enter(stack, packet, isOwn: false);
        }

        if (!stack.Routing.Forwards(input, packet.Destination))
        {
            return Obstacle($"forwarding is off for what comes in by \"{input.Name}\"", packet);
        }

        return Pass(stack, NftHook.Forward, ref packet) ?? Pass(stack, NftHook.Postrouting, ref packet) ?? Transmit(stack, packet, route.Gateway ?? packet.Destination);
    }

    /// <summary>It comes back by loopback, with the route that it left by.</summary>
    private FlowVerdict Return(NetworkStack stack, Packet packet) => Pass(stack, NftHook.Prerouting, ref packet) ?? Enter(stack, packet, isOwn: true);

    private FlowVerdict Enter(NetworkStack stack, Packet packet, bool isOwn)
    {
        packet = packet with { Output = null };
        if (Pass(stack, NftHook.Input, ref packet) is { } ended)
        {
            return ended;
        }

        Track(stack, packet);
        _answer = packet.IsAnswer || isOwn ? null : () => Send(stack, packet.Answer());   // by loopback it meets the same rules again
        string waiting = packet.IsAnswer || stack.Awaits(packet) ? string.Empty : ", where no socket is known to wait for it";
        return Arrive($"it arrives at {packet.Destination} port {packet.DestinationPort}{waiting}", packet);
    }

    /// <summary>It leaves a stack by an interface.</summary>
    private FlowVerdict Transmit(NetworkStack stack, Packet packet, IPAddress nextHop)
    {
        LinkInfo output = packet.Output!;   // the route said by which
        Track(stack, packet);
        if (stack != Host)
        {
            return surroundings.FindPort(stack, output) is { } own
                ? CrossBridge(own, packet, nextHop)
                : Arrive($"it leaves by \"{output.Name}\", which is no endpoint on a bridge of the host", packet, FlowVerdict.Unknown);
        }

        if (output.Kind != "bridge" || (!surroundings.IsOwn(output) && surroundings.FindPort(output, nextHop) is null))
        {
            _answer = packet.IsAnswer ? null : () => Receive(stack, packet.Answer() with { Input = output, HasFrame = true });
        }

        if (output.Kind != "bridge")
        {
            return IsDown(output) ? Obstacle($"interface \"{output.Name}\" is down", packet) : Arrive($"it leaves the host by \"{output.Name}\" to {nextHop}", packet);
        }

        return surroundings.FindPort(output, nextHop) is { } port ? LeaveByBridge(port, packet)
            : surroundings.IsOwn(output) ? Obstacle($"nobody on bridge \"{output.Name}\" has {nextHop}", packet)
            : Arrive($"it leaves the host by bridge \"{output.Name}\" to {nextHop}", packet);
    }

    /// <summary>The packet as a stack takes it up, which may know its flow.</summary>
    private Packet Into(NetworkStack stack, Packet packet) => !packet.IsAnswer ? packet : packet with
    {
        First = _tracked.FirstOrDefault(tracked => tracked.Stack == stack && tracked.Last.Answer().Tuple == packet.Tuple).Last,
    };

    private void Track(NetworkStack stack, Packet packet)
    {
        if (!packet.IsAnswer)
        {
            _tracked.Add((stack, packet));
        }
    }

    /// <summary>Asks where it goes, and says so.</summary>
    private bool TryRoute(
        NetworkStack stack, ref Packet packet, LinkInfo? input, [NotNullWhen(true)] out RouteInfo? route, out FlowVerdict verdict)
    {
        bool isChosen = IsUnspecified(packet.Source);

        // The kernel answers only for its own addresses; a process that says it is another needs a raw socket, which routes without asking.
        bool isOwn = input is not null || stack.Routing.TypeOf(packet.Source, link: null) == NftAddressType.Local;
        if (packet.Mark is null)
        {
            alternatives.Choose(1, "whether a routing rule asks for the packet's mark, which a rule took from what is not known");
        }

        RouteAnswer answer = stack.Routing.Resolve(QuestionAbout(packet, input, isChosen || !isOwn ? null : packet.Source));
        route = answer.Route;
        verdict = FlowVerdict.Unreachable;
        LinkInfo? output = route?.OutputInterface is { } index ? stack.Routing.FindLink(index) : null;
        if (route is null || output is null || route.Type is not (RouteType.Unicast or RouteType.Local))
        {
            verdict = Obstacle(answer.Problem ?? $"{packet.Destination} is not the address of one host", packet);
            return false;
        }

        if (isChosen && route.Source is null)
        {
            verdict = Obstacle($"there is no address to send to {packet.Destination} from", packet);
            return false;
        }

        packet = packet with { Source = isChosen ? route.Source! : packet.Source, Output = output };
        if (route.Type == RouteType.Unicast)
        {
            string way = route.Gateway is { } gateway ? $"by \"{output.Name}\" and router {gateway}" : $"by \"{output.Name}\"";
            Trace.Add(FlowStepKind.Route, $"the route to {packet.Destination} leads {way}", packet);
        }

        return true;
    }

    private static RouteQuestion QuestionAbout(Packet packet, LinkInfo? input, IPAddress? source)
        => new() { Destination = packet.Destination, Source = source, InputInterface = input?.Index, Mark = packet.Mark ?? 0 };

    private FlowVerdict? Pass(NetworkStack stack, NftHook hook, ref Packet packet)
        => Of(new HookRun(stack.Rules, stack.Routing, alternatives, Trace).Pass(hook, ref packet));

    private FlowVerdict? PassBridge(NftHook hook, ref Packet packet)
        => Of(new HookRun(Host.Rules, Host.Routing, alternatives, Trace).PassBridge(hook, ref packet));

    private FlowVerdict Arrive(string text, Packet packet, FlowVerdict verdict = FlowVerdict.Allowed)
    {
        Trace.Add(FlowStepKind.Arrival, text, packet);
        return verdict;
    }

    private FlowVerdict Obstacle(string text, Packet packet)
    {
        Trace.Add(FlowStepKind.Obstacle, text, packet);
        return FlowVerdict.Unreachable;
    }

    private static FlowVerdict? Of(Fate fate) => fate switch
    {
        Fate.Passes => null,
        Fate.Dropped => FlowVerdict.Dropped,
        Fate.Rejected => FlowVerdict.Rejected,
        _ => FlowVerdict.Unknown,
    };

    private static bool IsDown(LinkInfo link) => !link.Up || !link.Carrier;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
