using System.Net;

namespace LibNetwork;

/// <summary>Settings of the resolvers inside sandboxes.</summary>
public sealed record DnsResolverOptions
{
    /// <summary>How long clients may keep an answer about an endpoint.</summary>
    /// <value>Whole seconds from 0; the default is 0, because an endpoint may go at any moment.</value>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.Zero;

    /// <summary>How many threads serve all resolvers.</summary>
    /// <value>The default, 0, is half of the processors, from 1 to 4.</value>
    public int Threads { get; set; }

    /// <summary>How many questions of one sandbox are with servers outside at the same time; as many may wait.</summary>
    /// <value>The default is 1024.</value>
    public int MaxForwarded { get; set; } = 1024;

    /// <summary>How long a question waits for its turn to be forwarded before it is refused.</summary>
    /// <value>The default is 4 seconds.</value>
    public TimeSpan ForwardPatience { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a server outside may take.</summary>
    /// <value>The default is 4 seconds.</value>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a server may be silent before the next one is asked as well; one that has been slower before gets twice its time, up to a quarter of a second.</summary>
    /// <value>The default is 40 milliseconds.</value>
    public TimeSpan HedgeAfter { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>How many streams (TCP) of one sandbox are served at the same time.</summary>
    /// <value>The default is 64; the oldest gives way to the next.</value>
    public int MaxStreams { get; set; } = 64;

    /// <summary>How long a stream may be silent.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan StreamPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long at least an endpoint may reach an address that was found for a name of its <see cref="EgressPolicy"/>: programs connect a while after they asked.</summary>
    /// <value>From 1 second; the default is 30 seconds.</value>
    public TimeSpan LeastEgressTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long at most, whatever the answer says. An answer that is good for longer is given with this time, so that clients ask again.</summary>
    /// <value>The default is 1 hour.</value>
    public TimeSpan MostEgressTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Where a resolver listens in the host's namespace, for all networks' names.</summary>
    /// <value>The default is nowhere.</value>
    public IPEndPoint? HostListener { get; set; }
}
