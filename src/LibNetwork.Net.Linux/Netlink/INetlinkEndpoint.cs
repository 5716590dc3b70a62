namespace LibNetwork.Linux.Netlink;

/// <summary>This side of a netlink conversation: bytes go out, answers are read. Used by one thread at a time.</summary>
public interface INetlinkEndpoint : IDisposable
{
    /// <summary>The socket's port number, by which notifications name who made a change.</summary>
    uint Port { get; }

    /// <summary>Sends messages, which are carried out before this returns.</summary>
    /// <returns>0, or the error (<see cref="LinuxErrno"/>) when none of them was taken.</returns>
    int Send(ReadOnlySpan<byte> messages);

    /// <summary>Reads what waits: one or more whole messages.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="wait">Whether to wait for a dump that is being made; whatever else is to come has come.</param>
    /// <param name="errno">The error; <see cref="LinuxErrno.EAGAIN"/> when nothing waits.</param>
    /// <returns>How many bytes; negative after an error.</returns>
    int Receive(Span<byte> buffer, bool wait, out int errno);
}
