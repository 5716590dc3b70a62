using System.Collections.Immutable;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.ServiceDiscovery.Egress;

/// <summary>The names that one endpoint may reach.</summary>
internal sealed record EndpointNamePolicy(EndpointId Endpoint, ImmutableArray<(NamePattern Pattern, EgressRule Rule)> Names)
{
    /// <summary>Reads a policy.</summary>
    /// <returns><see langword="null"/> when it has no names.</returns>
    public static EndpointNamePolicy? Of(EndpointId endpoint, EgressPolicy? policy)
    {
        ImmutableArray<(NamePattern, EgressRule)> names = [.. (policy?.Allowed ?? [])
            .Select(static rule => (Pattern: rule.Name is { } name ? NamePattern.Parse(name) : null, rule))
            .Where(static pair => pair.Pattern is not null)
            .Select(static pair => (pair.Pattern!.Value, pair.rule))];
        return names.IsEmpty ? null : new EndpointNamePolicy(endpoint, names);
    }

    /// <summary>The rules that have a name.</summary>
    public ImmutableArray<EgressRule> RulesFor(ReadOnlySpan<byte> labels)
    {
        ImmutableArray<EgressRule> rules = [];
        foreach ((NamePattern pattern, EgressRule rule) in Names)
        {
            rules = pattern.Matches(labels) ? rules.Add(rule) : rules;
        }

        return rules;
    }
}
