using LibNetwork.Controller;

namespace LibNetwork.Core.Tests;

public sealed class EventStreamTests
{
    private const int MaxBehind = 1024;

    private readonly EventStream _stream = new();

    [Fact]
    public async Task Each_reader_sees_every_event_from_the_moment_on_in_which_it_begins()
    {
        _stream.Publish(new Happened(1));
        await using IAsyncEnumerator<ControllerEvent> one = _stream.GetAsyncEnumerator(ControllerFixture.Cancel);
        _stream.Publish(new Happened(2));
        await using IAsyncEnumerator<ControllerEvent> other = _stream.GetAsyncEnumerator(ControllerFixture.Cancel);
        _stream.Publish(new Happened(3));
        _stream.Complete();

        Assert.Equal([2, 3], await ReadAsync(one));
        Assert.Equal([3], await ReadAsync(other));
    }

    [Fact]
    public async Task A_reader_that_is_too_far_behind_hears_so_and_the_others_do_not_suffer()
    {
        await using IAsyncEnumerator<ControllerEvent> slow = _stream.GetAsyncEnumerator(ControllerFixture.Cancel);
        for (int number = 0; number <= MaxBehind; number++)
        {
            _stream.Publish(new Happened(number));
        }

        await using IAsyncEnumerator<ControllerEvent> fresh = _stream.GetAsyncEnumerator(ControllerFixture.Cancel);
        _stream.Publish(new Happened(-1));
        _stream.Complete();

        NetworkException lost = await Assert.ThrowsAsync<NetworkException>(() => ReadAsync(slow));
        Assert.Equal(NetworkErrorKind.Unavailable, lost.Kind);
        Assert.Equal([-1], await ReadAsync(fresh));
    }

    [Fact]
    public async Task A_reading_that_was_given_up_holds_nothing_and_one_after_the_end_is_over_at_once()
    {
        await using (IAsyncEnumerator<ControllerEvent> left = _stream.GetAsyncEnumerator(ControllerFixture.Cancel))
        {
            _stream.Publish(new Happened(1));
        }

        _stream.Complete();
        await using IAsyncEnumerator<ControllerEvent> late = _stream.GetAsyncEnumerator(ControllerFixture.Cancel);

        Assert.Empty(await ReadAsync(late));
    }

    private static async Task<List<int>> ReadAsync(IAsyncEnumerator<ControllerEvent> reading)
    {
        List<int> seen = [];
        while (await reading.MoveNextAsync())
        {
            seen.Add(((Happened)reading.Current).Number);
        }

        return seen;
    }

    private sealed record Happened : ControllerEvent
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Happened(int number) => (Number, Time, Subject) = (number, DateTimeOffset.UnixEpoch, "test");

        public int Number { get; }
    }
}
