using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A network with a speaker, a listener and a third, where frames are made by hand and heard raw.</summary>
internal sealed class Segment
{
    private static readonly TimeSpan Patience = Waiting.Patience, Grace = TimeSpan.FromMilliseconds(50);

    private readonly ISandbox _speaking;
    private readonly ISandbox _listening;

    private Segment(ISandbox speaking, ISandbox listening, INetwork network)
    {
        _speaking = speaking;
        _listening = listening;
        Network = network;
    }

    public INetwork Network { get; }

    public EndpointState Speaker => Network.GetEndpoint("speaker").State;

    public EndpointState Listener => Network.GetEndpoint("listener").State;

    public EndpointState Third => Network.GetEndpoint("third").State;

    public static async Task<Segment> CreateAsync(World world, string? networkGuard = null, string? speakerGuard = null)
    {
        INetwork network = await world.NetworkAsync("web", spec => spec with { Options = Guard(networkGuard) });
        foreach (string name in (string[])["listener", "third", "speaker"])
        {
            ISandbox sandbox = await world.SandboxAsync(name);
            EndpointSpec spec = new()
            {
                Name = name,
                Options = name == "speaker" ? Guard(speakerGuard) : Guard(null),
                LinkLocalAddresses = name == "speaker" ? [IPAddress.Parse("169.254.7.7"), IPAddress.Parse("fe80::7:7")] : [],
            };
            await network.AttachAsync(sandbox, spec, cancellationToken: World.Cancel);
        }

        return Of(world);
    }

    /// <summary>The segment as the world's controller has it now.</summary>
    public static Segment Of(World world)
        => new(world.Controller.GetSandbox("speaker"), world.Controller.GetSandbox("listener"), world.Controller.GetNetwork("web"));

    /// <summary>Says something and then a plain truth, which shows that the way is open, and whether the first was heard.</summary>
    public async Task<bool> IsHeardAsync(byte[] frame)
    {
        using Socket ear = await OpenAsync(_listening);
        using Socket mouth = await OpenAsync(_speaking);
        byte[] mark = Guid.NewGuid().ToByteArray();   // of other protocols the kernel itself says the same
        byte[] marked = IsIP(frame) ? frame : [.. frame, .. mark];   // where bridged packets pass the IP firewall, they lose what is behind them
        await mouth.SendAsync(marked, World.Cancel);
        bool isHeard = await HearAsync(ear, IsIP(frame) ? frame : mark, Grace);
        byte[] truth = Frame.Ethernet(
            Own(Speaker), Own(Listener), Frame.IPv4, Frame.OverIPv4(IPv4(Speaker), IPv4(Listener), Frame.Udp, [.. Frame.Datagram(1000, 1000), .. mark]));
        await mouth.SendAsync(truth, World.Cancel);
        Assert.True(await HearAsync(ear, truth, Patience), "the truth did not arrive");
        return isHeard;
    }

    /// <summary>Says something and does not listen.</summary>
    public async Task SayAsync(params byte[][] frames)
    {
        using Socket mouth = await OpenAsync(_speaking);
        foreach (byte[] frame in frames)
        {
            await mouth.SendAsync(frame, World.Cancel);
        }
    }

    public static MacAddress Own(EndpointState endpoint) => endpoint.MacAddress!.Value;   // every endpoint of a bridge has one

    public static IPAddress IPv4(EndpointState endpoint) => endpoint.IPv4!.Value.Address;   // the network has both families

    public static IPAddress IPv6(EndpointState endpoint) => endpoint.IPv6!.Value.Address;

    /// <summary>Whether a frame that ends with a mark is heard.</summary>
    public static async Task<bool> HearAsync(Socket ear, byte[] mark, TimeSpan patience)
    {
        byte[] buffer = new byte[2048];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < patience;)
        {
            if (ear.Available == 0)
            {
                await Task.Delay(1, World.Cancel);
            }
            else if (buffer.AsSpan(0, ear.Receive(buffer)).EndsWith(mark))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIP(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) is Frame.IPv4 or Frame.IPv6;

    private static async Task<Socket> OpenAsync(ISandbox sandbox)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        int index = await kernel.RunAsync(static (session, _) => session.Route.FindLink("eth0")!.Index, 0);   // it was attached
        Socket socket = sandbox.OpenSocket(AddressFamily.Packet, SocketType.Raw, 0);
        socket.Bind(new PacketEndPoint(index));
        return socket;
    }

    private static Dictionary<string, string> Guard(string? value) => value is null ? [] : new() { [Drivers.Bridge.BridgeLabels.SourceGuard] = value };
}
