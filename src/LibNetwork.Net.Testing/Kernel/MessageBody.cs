using LibNetwork.Linux.Netlink;

namespace LibNetwork.Testing.Kernel;

/// <summary>Fills the body of a message.</summary>
internal delegate void MessageBody(ref NetlinkMessageWriter writer);
