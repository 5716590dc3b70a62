using System.Net;

namespace MiniRuntime.Api;

/// <summary>The cluster that an engine is a node of.</summary>
/// <param name="Endpoints">Where etcd is.</param>
/// <param name="Advertise">Where other engines reach this one's tunnels.</param>
/// <param name="NodeName">What people call the node.</param>
internal sealed record ClusterMembership(IReadOnlyList<Uri> Endpoints, IPAddress Advertise, string NodeName);
