namespace LibNetwork.Linux.Netlink;

/// <summary>Names the object of a request from the request itself.</summary>
/// <param name="request">The whole message.</param>
/// <param name="subject">What its sender called it.</param>
internal delegate string NetlinkSubjectDescriber(ReadOnlySpan<byte> request, string subject);
