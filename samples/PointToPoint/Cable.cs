using LibNetwork;

namespace PointToPoint;

/// <summary>The two ends of a network's cable, and who has them.</summary>
internal sealed class Cable(NetworkId network, string name)
{
    public const string MarkPrefix = "libnetwork:ptp:";

    private const int Digits = 10;   // of an interface's 15 characters

    private readonly Lock _gate = new();
    private readonly EndpointId?[] _holders = new EndpointId?[2];

    public string Subject => $"network \"{name}\"";

    /// <summary>The names of the ends while they are on the host.</summary>
    public string[] Ends { get; } = [$"ptp{network.Value[..Digits]}a", $"ptp{network.Value[..Digits]}b"];

    /// <summary>What the kernel keeps with each end, by which a later process knows whose it is.</summary>
    public string[] Marks { get; } = [$"{MarkPrefix}{network}:0", $"{MarkPrefix}{network}:1"];

    public bool[] IsJoined { get; } = new bool[2];

    public string Holders => string.Join(" and ", _holders.OfType<EndpointId>());

    public int? EndOf(EndpointId endpoint) => Array.IndexOf(_holders, endpoint) is var end and >= 0 ? end : null;

    public bool TryTake(EndpointId endpoint)
    {
        lock (_gate)
        {
            int end = EndOf(endpoint) ?? Array.IndexOf(_holders, null);
            return end >= 0 && (_holders[end] = endpoint) is not null;
        }
    }

    public void Free(EndpointId endpoint)
    {
        lock (_gate)
        {
            if (EndOf(endpoint) is { } end)
            {
                _holders[end] = null;
            }
        }
    }
}
