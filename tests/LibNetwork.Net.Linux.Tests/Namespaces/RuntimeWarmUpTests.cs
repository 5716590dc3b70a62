using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux.Tests.Namespaces;

public sealed class RuntimeWarmUpTests
{
    [Fact]
    public void It_needs_nothing_that_another_process_may_hold()
    {
        using Socket other = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint("\0"));

        Exception? failure = Record.Exception(RuntimeWarmUp.StartRuntimeThreads);

        Assert.Null(failure);
    }
}
