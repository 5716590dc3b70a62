using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux.Netlink;

/// <summary>A netlink socket of the kernel.</summary>
internal sealed class NetlinkDescriptor(SafeFileHandle handle) : INetlinkEndpoint
{
    public uint Port => SystemCalls.PortOf(handle);

    public int Send(ReadOnlySpan<byte> messages) => SystemCalls.Send(handle, messages);

    public int Receive(Span<byte> buffer, bool wait, out int errno) => SystemCalls.Receive(handle, buffer, wait, out errno);

    public void Dispose() => handle.Dispose();
}
