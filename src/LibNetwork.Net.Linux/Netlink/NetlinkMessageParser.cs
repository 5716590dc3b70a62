namespace LibNetwork.Linux.Netlink;

/// <summary>Turns a message of a dump into an object, or into <see langword="null"/> to leave it out.</summary>
/// <param name="message">The message; valid only during the call.</param>
public delegate T? NetlinkMessageParser<out T>(in NetlinkMessage message)
    where T : class;
