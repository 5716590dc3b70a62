namespace LibNetwork;

/// <summary>What an endpoint may reach beyond its own network; nothing else. An endpoint without one may reach everything.</summary>
/// <remarks>
/// <para>
/// It holds for flows that the endpoint begins, by both families: towards the outside, towards other networks, and towards the host and
/// its published ports. Answers always pass, so published ports work as before, and a flow that was allowed goes on after the name's answer
/// has grown old. What goes by the host's address is compared as it was addressed, before translation.
/// </para>
/// <para>
/// It does not hold between the endpoints of one network, which inter-container communication decides, nor for questions to the sandbox's own
/// resolver. Other resolvers are closed like everything else. The resolver answers for every name: what a name leads to is closed, but
/// a question itself reaches name servers.
/// </para>
/// <para>
/// The endpoint's addresses must be guarded (see the bridge driver's label <c>libnetwork.bridge.source_guard</c>), because the policy goes by
/// them, and the bridge the library's own; where it would not hold it is refused.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// new EndpointSpec { Name = "web", Egress = EgressPolicy.DenyAll };
/// new EndpointSpec { Name = "web", Egress = EgressPolicy.Allow("10.20.0.0/16:5432", "*.example.org:443") };
/// </code>
/// </example>
public sealed record EgressPolicy
{
    private const string Nothing = "none";

    /// <summary>Nothing may be reached.</summary>
    public static EgressPolicy DenyAll { get; } = new();

    /// <summary>What may be reached.</summary>
    /// <value>The default is nothing.</value>
    public IReadOnlyList<EgressRule> Allowed { get; init; } = [];

    /// <summary>A policy from the texts of its rules; see <see cref="EgressRule"/>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a text is no rule.</exception>
    public static EgressPolicy Allow(params ReadOnlySpan<string> rules)
    {
        EgressRule[] allowed = new EgressRule[rules.Length];
        for (int i = 0; i < rules.Length; i++)
        {
            allowed[i] = EgressRule.Parse(rules[i]);
        }

        return new EgressPolicy { Allowed = allowed };
    }

    /// <summary>Parses rules with commas or semicolons between, or <c>none</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static EgressPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim() == Nothing ? DenyAll : Allow(text.Split([',', ';']));
    }

    /// <summary>Whether the rules are the same, one by one.</summary>
    public bool Equals(EgressPolicy? other) => other is not null && Allowed.SequenceEqual(other.Allowed);

    /// <inheritdoc/>
    public override int GetHashCode() => Allowed.Aggregate(Allowed.Count, HashCode.Combine);

    /// <summary>The rules with commas between, or <c>none</c>.</summary>
    public override string ToString() => Allowed.Count == 0 ? Nothing : string.Join(", ", Allowed);
}
