using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Testing.Kernel;

/// <summary>A netlink socket inside a namespace of a <see cref="FakeKernel"/>.</summary>
internal sealed class FakeEndpoint(Lock gate, FakeNamespace inside, NetlinkProtocol protocol, uint port) : INetlinkEndpoint
{
    private readonly Answers _answers = new();

    public uint Port => port;

    public int Send(ReadOnlySpan<byte> messages)
    {
        lock (gate)
        {
            switch (protocol)
            {
                case NetlinkProtocol.Route:
                    NetlinkMessageReader reader = new(messages);
                    while (reader.TryRead(out NetlinkMessage message))
                    {
                        RtnetlinkFamily.Handle(inside, message, _answers);
                    }

                    return 0;
                case NetlinkProtocol.Netfilter:
                    NetfilterFamily.Handle(inside, messages, _answers);
                    return 0;
                default:
                    return LinuxErrno.EOPNOTSUPP;
            }
        }
    }

    public int Receive(Span<byte> buffer, bool wait, out int errno)
    {
        int length = _answers.Read(buffer);
        errno = length > 0 ? 0 : LinuxErrno.EAGAIN;
        return length > 0 ? length : -1;
    }

    public void Dispose()
    {
        // It holds nothing: namespaces of a fake kernel live as long as they have a name.
    }
}
