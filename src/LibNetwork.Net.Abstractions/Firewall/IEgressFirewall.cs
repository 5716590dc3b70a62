using System.Net;

namespace LibNetwork.Firewall;

/// <summary>Optional part of a firewall: enforces <see cref="FirewallEndpoint.Egress"/>. Found by a type test.</summary>
public interface IEgressFirewall
{
    /// <summary>Changes what an endpoint may reach, in one atomic change. Flows that are not allowed any more end.</summary>
    /// <param name="endpointId">The endpoint; an unknown one is not an error.</param>
    /// <param name="egress">What it may reach; <see langword="null"/> is everything.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    ValueTask ChangeEgressAsync(EndpointId endpointId, EgressPolicy? egress, CancellationToken cancellationToken = default);

    /// <summary>Lets an endpoint reach addresses that its resolver found for a name, for a while.</summary>
    /// <param name="endpointId">The endpoint; an unknown one, and one without such rules, is not an error.</param>
    /// <param name="rules">The rules of its policy that have the name.</param>
    /// <param name="addresses">The addresses; how they were checked is the caller's business.</param>
    /// <param name="duration">How long from now on; a longer time that was given before stays.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    /// <returns>Whether all addresses may be reached now; otherwise there are too many of them.</returns>
    ValueTask<bool> AdmitAsync(
        EndpointId endpointId, IReadOnlyList<EgressRule> rules, IReadOnlyList<IPAddress> addresses, TimeSpan duration, CancellationToken cancellationToken = default);
}
