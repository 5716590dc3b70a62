namespace LibNetwork.Ipam.Host;

/// <summary>Why the host needs a range: a route of some table that leads there, or an address in it.</summary>
internal readonly record struct HostRange(int? Link, uint Table, uint Metric, bool IsAddress);
