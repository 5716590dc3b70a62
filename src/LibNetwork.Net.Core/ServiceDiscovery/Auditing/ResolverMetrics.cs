using System.Diagnostics.Metrics;

namespace LibNetwork.ServiceDiscovery.Auditing;

/// <summary>What resolvers count, in the meter <c>LibNetwork.Net</c>.</summary>
internal sealed class ResolverMetrics : IDisposable
{
    private const string ResultTag = "libnetwork.dns.result";

    private readonly Meter _meter = new("LibNetwork.Net");
    private readonly Counter<long> _answers;
    private readonly Histogram<double> _duration;

    public ResolverMetrics()
    {
        _answers = _meter.CreateCounter<long>("libnetwork.dns.answers", "{answer}", "Questions answered by the resolvers inside sandboxes.");
        _duration = _meter.CreateHistogram<double>("libnetwork.dns.forward.duration", "s", "How long servers outside took.");
    }

    public void CountLocal(int answers)
    {
        if (answers > 0 && _answers.Enabled)
        {
            _answers.Add(answers, new KeyValuePair<string, object?>(ResultTag, "local"));
        }
    }

    public void CountForwarded(DnsResponseCode code, TimeSpan took)
    {
        if (_answers.Enabled || _duration.Enabled)
        {
            string result = code switch
            {
                DnsResponseCode.Success or DnsResponseCode.NameError => "forwarded",
                DnsResponseCode.Refused => "refused",
                _ => "failed",
            };
            _answers.Add(1, new KeyValuePair<string, object?>(ResultTag, result));
            _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>(ResultTag, result));
        }
    }

    public void Dispose() => _meter.Dispose();
}
