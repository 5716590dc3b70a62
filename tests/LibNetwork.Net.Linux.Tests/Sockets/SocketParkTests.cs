using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux.Tests.Sockets;

/// <summary>What is parked here is connected: the other end sees when it is closed.</summary>
public sealed class SocketParkTests : IDisposable
{
    private const int Count = 300;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SocketParkTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(Count)]
    public void Each_is_open_until_it_is_closed(int withDescriptor)
    {
        using SocketPark park = new(withDescriptor);
        (Socket Peer, SocketPark.Place Place)[] parked = [.. Enumerable.Range(0, Count).Select(_ => Park(park))];
        (Socket Peer, SocketPark.Place Place)[] order = [.. parked];
        new Random(7).Shuffle(order);
        park.SendWaiting();
        Assert.Equal(withDescriptor, parked.Count(one => one.Place.Descriptor is not null));

        for (int closed = 0; closed < Count; closed++)
        {
            if (closed % 37 == 0)
            {
                Assert.Equal(order[..closed].Select(one => one.Peer).ToHashSet(), parked.Select(one => one.Peer).Where(IsAtEnd).ToHashSet());
            }

            park.Close(order[closed].Place);
            park.Close(order[closed].Place);
            Assert.True(IsAtEnd(order[closed].Peer), $"number {closed} is open");
        }
    }

    [Fact]
    public void Who_disposes_it_closes_all_without_a_descriptor()
    {
        SocketPark park = new(mostWithDescriptor: 1);
        (Socket Peer, SocketPark.Place Place)[] parked = [.. Enumerable.Range(0, Count).Select(_ => Park(park))];

        park.SendWaiting();
        park.Dispose();
        bool[] closed = [.. parked.Select(one => IsAtEnd(one.Peer))];
        Array.ForEach(parked, one => park.Close(one.Place));

        Assert.Equal([false, .. Enumerable.Repeat(true, Count - 1)], closed);
        Assert.True(IsAtEnd(parked[0].Peer));
    }

    [Fact]
    public async Task Few_wait_with_a_descriptor_and_none_for_long()
    {
        const int MostWaiting = 256;
        using SocketPark park = new(mostWithDescriptor: 0);
        (Socket Peer, SocketPark.Place Place)[] parked = [.. Enumerable.Range(0, MostWaiting + 40).Select(_ => Park(park))];
        Assert.InRange(WithDescriptor(), 0, MostWaiting);

        for (int attempt = 0; attempt < 500 && WithDescriptor() > 0; attempt++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, WithDescriptor());
        Assert.DoesNotContain(parked, one => IsAtEnd(one.Peer));

        int WithDescriptor() => parked.Count(one => one.Place.Descriptor is not null);
    }

    [Fact]
    public void One_that_is_closed_while_it_waits_is_closed_at_once()
    {
        using SocketPark park = new(mostWithDescriptor: 0);
        (Socket peer, SocketPark.Place place) = Park(park);

        park.Close(place);
        bool closed = IsAtEnd(peer);
        park.SendWaiting();

        Assert.True(closed);
        Assert.Null(place.Bay);
    }

    private (Socket Peer, SocketPark.Place Place) Park(SocketPark park)
    {
        Socket parked = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        parked.Connect(_listener.LocalEndPoint!);
        nint descriptor = parked.SafeHandle.DangerousGetHandle();
        parked.SafeHandle.SetHandleAsInvalid();
        return (_listener.Accept(), park.Park(new SafeFileHandle(descriptor, ownsHandle: true)));
    }

    private static bool IsAtEnd(Socket peer) => peer.Poll(TimeSpan.Zero, SelectMode.SelectRead);   // nobody ever sends
}
