using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.Controller;

/// <summary>Refuses egress policies that nothing could make true, before anything is touched.</summary>
internal static class EgressCheck
{
    private const int MostRules = 128;
    private const int MostRegions = 1024;   // of one family; the kernel copies a set of intervals for each change
    private const int MostNamedPorts = 64;   // each costs an element for each address that a name leads to
    private const string AllBelow = "*.";

    /// <summary>The policy that an endpoint is asked for with; its label wins over the property.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: a rule is none. <see cref="NetworkErrorKind.NotSupported"/>: the driver enforces none.
    /// </exception>
    public static EgressPolicy? Checked(string subject, EndpointSpec spec, INetworkDriver driver)
    {
        EgressPolicy? policy = spec.Options.TryGetValue(NetworkLabels.Egress, out string? text) ? Parse(subject, text) : spec.Egress;
        Check(subject, policy, driver, spec.Discovery.DisableResolver);
        return policy;
    }

    /// <summary>Checks a policy that an endpoint is to have.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: a rule is none. <see cref="NetworkErrorKind.NotSupported"/>: the driver enforces none.
    /// </exception>
    public static void Check(string subject, EgressPolicy? policy, INetworkDriver driver, bool hasNoResolver)
    {
        if (policy is null)
        {
            return;
        }

        if (driver is not IEgressDriver)
        {
            throw new NetworkException(
                NetworkErrorKind.NotSupported, subject, $"its packets do not pass the host's rules with driver \"{driver.Name}\", so that no egress policy would hold")
            {
                Field = nameof(EndpointSpec.Egress),
                Remedy = "use a driver that enforces egress policies, such as \"bridge\"",
            };
        }

        if (policy.Allowed.Count > MostRules)
        {
            throw Invalid(subject, $"has {policy.Allowed.Count} rules, more than {MostRules}");
        }

        foreach (EgressRule rule in policy.Allowed)
        {
            Check(subject, rule, hasNoResolver);
        }

        EgressPlan plan = new(policy);
        if (Math.Max(plan.Reach4.Count, plan.Reach6.Count) is > MostRegions and var regions)
        {
            throw Invalid(subject, $"has rules that overlap in {regions} ways, more than {MostRegions}; say all ports where many are meant");
        }
    }

    private static void Check(string subject, EgressRule rule, bool hasNoResolver)
    {
        if (rule.Name is not null && rule.Destination is not null)
        {
            throw Invalid(subject, $"has {rule}: {nameof(rule.Name)} and {nameof(rule.Destination)} exclude each other");
        }

        if (rule.Protocol is not (null or TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp))
        {
            throw Invalid(subject, $"has {rule}: {nameof(rule.Protocol)} is not TCP, UDP or SCTP");
        }

        if (rule is { Ports: not null, Protocol: null })
        {
            throw Invalid(subject, $"has {rule.Ports} for {rule}: {nameof(rule.Ports)} need a {nameof(rule.Protocol)}");
        }

        if (rule.Ports is { First: 0 })
        {
            throw Invalid(subject, $"has {rule}: {nameof(rule.Ports)} begin with port 0");
        }

        if (rule is { MayBePrivate: true, Name: null })
        {
            throw Invalid(subject, $"has {rule}: only a {nameof(rule.Name)} needs {nameof(rule.MayBePrivate)}");
        }

        if (rule.Name is { } name)
        {
            DnsNameRules.Check([name.StartsWith(AllBelow, StringComparison.Ordinal) ? name[AllBelow.Length..] : name], subject, nameof(EndpointSpec.Egress));
            if (rule.Ports is { Count: > MostNamedPorts })
            {
                throw Invalid(subject, $"has {rule}: with a {nameof(rule.Name)} there are at most {MostNamedPorts} {nameof(rule.Ports)} in a row, or all");
            }

            if (hasNoResolver)
            {
                throw Invalid(subject, $"has {rule}: a {nameof(rule.Name)} means something only to an endpoint with a resolver");
            }
        }
    }

    private static EgressPolicy Parse(string subject, string text)
    {
        try
        {
            return EgressPolicy.Parse(text);
        }
        catch (NetworkException exception)
        {
            throw new NetworkException(NetworkErrorKind.InvalidArgument, subject, $"label {NetworkLabels.Egress}: {exception.Problem}", exception)
            {
                Field = NetworkLabels.Egress,
            };
        }
    }

    private static NetworkException Invalid(string subject, string problem)
        => NetworkException.InvalidArgument(subject, nameof(EndpointSpec.Egress), problem);
}
