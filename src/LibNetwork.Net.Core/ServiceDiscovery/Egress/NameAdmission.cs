using System.Collections.Immutable;
using System.Net;
using LibNetwork.Firewall;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Forwarding;
using LibNetwork.ServiceDiscovery.Listening;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Egress;

/// <summary>Opens to endpoints what their resolver found for the names of their policies, before they hear the answer.</summary>
internal sealed partial class NameAdmission(IEgressFirewall? firewall, DnsResolverOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);   // a program may ask for the same as often as it likes

    private long _logged;

    private TimeSpan Least => options.LeastEgressTime < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : options.LeastEgressTime;

    private TimeSpan Most => options.MostEgressTime < Least ? Least : options.MostEgressTime;

    /// <summary>Opens what an answer from outside leads to.</summary>
    /// <returns>The answer to be given: it is good no longer than what it leads to is open, and a failure when that could not be opened.</returns>
    public ValueTask<ForwardedAnswer> AdmitAsync(Resolver resolver, ReadOnlySpan<byte> message, ForwardedAnswer answer)
    {
        if (resolver.View.Egress is not { Policies: { IsEmpty: false } policies } || answer.Reply is not { } reply || firewall is null
            || DnsQuery.Read(message, out DnsQuery query) is not (DnsQueryStatus.Valid or DnsQueryStatus.BadVersion))
        {
            return ValueTask.FromResult(answer);
        }

        Span<byte> labels = stackalloc byte[DnsWire.MaxNameBytes];
        labels = labels[..query.Labels.Length];
        DnsNameReader.Lower(query.Labels, labels);
        List<(EndpointId Endpoint, ImmutableArray<EgressRule> Rules)> meant = [];
        foreach (EndpointNamePolicy policy in policies)
        {
            if (policy.RulesFor(labels) is { IsEmpty: false } rules)
            {
                meant.Add((policy.Endpoint, rules));
            }
        }

        DnsAddressRecords records = DnsAddressRecords.Read(reply, query.QuestionEnd);
        return meant.Count == 0 || records.Addresses.Count == 0
            ? ValueTask.FromResult(answer)
            : AdmitAsync(resolver, firewall, meant, records, answer with { Reply = Limited(reply, query.QuestionEnd) }, DnsNameReader.Print(labels));
    }

    private async ValueTask<ForwardedAnswer> AdmitAsync(
        Resolver resolver, IEgressFirewall opens, List<(EndpointId Endpoint, ImmutableArray<EgressRule> Rules)> meant, DnsAddressRecords records,
        ForwardedAnswer answer, string name)
    {
        double seconds = Math.Clamp(records.TimeToLive, Least.TotalSeconds, Most.TotalSeconds);
        try
        {
            foreach ((EndpointId endpoint, ImmutableArray<EgressRule> rules) in meant)
            {
                foreach (IGrouping<AddressScope, IPAddress> group in records.Addresses.GroupBy(AddressScopes.Of))
                {
                    EgressRule[] fitting = [.. rules.Where(rule => group.Key == AddressScope.Public || (group.Key == AddressScope.Private && rule.MayBePrivate))];
                    if (fitting.Length == 0)
                    {
                        Report(() => Log.Refused(logger, resolver.ContainerId, name, group.First()));
                    }
                    else if (!await opens.AdmitAsync(endpoint, fitting, [.. group], TimeSpan.FromSeconds(seconds)).ConfigureAwait(false))
                    {
                        Report(() => Log.TooMany(logger, resolver.ContainerId, name));
                    }
                }
            }

            return answer;
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, resolver.ContainerId, name);   // nobody awaits this but the answer
            return ForwardedAnswer.Failed;   // which would lead nowhere; the client asks again
        }
    }

    /// <summary>The answer is shared by all who ask the same now, so it is not changed itself.</summary>
    private byte[] Limited(byte[] reply, int questionEnd)
    {
        byte[] limited = [.. reply];
        DnsAddressRecords.Limit(limited, questionEnd, (uint)Math.Min(Most.TotalSeconds, int.MaxValue));
        return limited;
    }

    private void Report(Action log)
    {
        long last = Volatile.Read(ref _logged), now = time.GetTimestamp();
        if ((last == 0 || time.GetElapsedTime(last, now) >= LogInterval) && Interlocked.CompareExchange(ref _logged, now, last) == last)
        {
            log();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.EgressNameRefused, LogLevel.Warning,
            "The name {Name}, which container {ContainerId} may reach, leads to {Address}, which is not public, and stays closed.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string? containerId, string name, IPAddress address);

        [LoggerMessage(
            EventIds.EgressNamesFull, LogLevel.Warning,
            "The names that container {ContainerId} may reach lead to too many addresses at once; {Name} stays closed for now.", EventName = nameof(TooMany))]
        public static partial void TooMany(ILogger logger, string? containerId, string name);

        [LoggerMessage(
            EventIds.EgressNameFailed, LogLevel.Error,
            "What the name {Name} leads to could not be opened to container {ContainerId}.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception, string? containerId, string name);
    }
}
