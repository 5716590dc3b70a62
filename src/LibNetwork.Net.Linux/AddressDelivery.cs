using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux;

/// <summary>Knows when new IPv6 addresses can be reached.</summary>
/// <remarks>
/// The kernel takes an address up in a work queue, behind the lock that all changes of the machine's networking share: mostly at
/// once, and seconds later on a machine that makes and removes many namespaces. Until then a neighbour's answer is dropped.
/// </remarks>
public static class AddressDelivery
{
    private const int Glances = 5;   // the kernel is mostly ready within microseconds, and a pause takes a millisecond at least

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);   // the pauses, each twice the last, add up to this

    /// <summary>Waits until packets for addresses are delivered, 4 s at most.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="stack">Gives the network stack that has the addresses.</param>
    /// <param name="addresses">The addresses; those of IPv4 are there at once, and not looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KernelException">The kernel does not answer.</exception>
    public static async ValueTask AwaitAsync(
        HostKernel kernel, Func<KernelSession, RtNetlink> stack, IEnumerable<IPAddress> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        IPAddress[] awaited = [.. addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6)];
        ValueTask<bool> AreDeliveredAsync() => kernel.RunAsync(
            static (session, state) => state.awaited.All(address => state.stack(session).FindRoute(address)?.Type == RouteType.Local), (stack, awaited), cancellationToken);

        for (int glance = 0; glance < Glances; glance++)
        {
            if (await AreDeliveredAsync().ConfigureAwait(false))
            {
                return;
            }

            Thread.Yield();   // the work queue's thread may wait for this very core
        }

        for (TimeSpan pause = FirstPause; pause < Patience && !await AreDeliveredAsync().ConfigureAwait(false); pause *= 2)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
