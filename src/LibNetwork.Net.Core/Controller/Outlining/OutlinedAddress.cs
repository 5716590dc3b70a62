using System.Net;

namespace LibNetwork.Controller.Outlining;

/// <summary>An address that an endpoint has of a pool.</summary>
internal readonly record struct OutlinedAddress(string PoolId, IPAddress Address);
