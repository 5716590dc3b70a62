using System.Net;

namespace LibNetwork.Linux.Sockets;

/// <summary>A socket that has a port.</summary>
/// <param name="Address">Where it is bound.</param>
/// <param name="Inode">The number that tells it from all others: <c>socket:[NUMBER]</c> in a process's descriptors.</param>
public sealed record BoundSocket(IPEndPoint Address, uint Inode);
