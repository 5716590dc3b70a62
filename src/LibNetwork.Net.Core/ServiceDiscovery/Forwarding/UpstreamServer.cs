using System.Net;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>A server outside, and how it has been answering. Thread safe.</summary>
/// <remarks>
/// The user's order counts as long as a server answers at all: its place goes to the next only after half a second and three questions
/// without any answer, and every five seconds one question tries it again.
/// </remarks>
internal sealed class UpstreamServer(DnsServer server, TimeSpan leastHedge, TimeProvider time)
{
    private const int MostUnanswered = 3;

    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostHedge = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private TimeSpan _roundTrip = TimeSpan.Zero;
    private long _firstUnanswered;
    private long _lastProbe;
    private int _unanswered;

    public IPEndPoint EndPoint => server.EndPoint;

    public bool IsReachedFromHost => server.IsReachedFromHost;

    /// <summary>How long it may be silent before the next one is asked as well.</summary>
    public TimeSpan Hedge
    {
        get
        {
            lock (_gate)
            {
                TimeSpan patience = 2 * _roundTrip;
                return _unanswered > 0 || patience < leastHedge ? leastHedge : patience > MostHedge ? MostHedge : patience;
            }
        }
    }

    /// <summary>Whether others are asked first. Now and then it says no, so that somebody finds out.</summary>
    public bool IsSuspect()
    {
        lock (_gate)
        {
            if (_unanswered < MostUnanswered || time.GetElapsedTime(_firstUnanswered) < Silence)
            {
                return false;
            }

            if (time.GetElapsedTime(_lastProbe) < ProbeInterval)
            {
                return true;
            }

            _lastProbe = time.GetTimestamp();
            return false;
        }
    }

    public void Answered(long asked)
    {
        lock (_gate)
        {
            TimeSpan took = time.GetElapsedTime(asked);
            _roundTrip = _roundTrip == TimeSpan.Zero ? took : ((7 * _roundTrip) + took) / 8;
            _unanswered = 0;
        }
    }

    public void Silent(long asked)
    {
        lock (_gate)
        {
            if (_unanswered++ == 0)
            {
                _firstUnanswered = asked;
            }

            if (_unanswered == MostUnanswered)
            {
                _lastProbe = time.GetTimestamp();
            }
        }
    }
}
