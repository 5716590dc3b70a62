namespace LibNetwork.Publishing;

/// <summary>Who has a port of the host.</summary>
/// <param name="Subject">The endpoint in words.</param>
/// <param name="Address">The address that it has the port on.</param>
internal sealed record PortHolder(string Subject, System.Net.IPAddress Address);
