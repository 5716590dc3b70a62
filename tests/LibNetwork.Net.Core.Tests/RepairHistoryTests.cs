using LibNetwork.Reconciliation;

namespace LibNetwork.Core.Tests;

public sealed class RepairHistoryTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly RepairHistory _history = new();

    [Fact]
    public void A_few_repairs_are_free_and_then_each_rest_is_twice_as_long_up_to_a_limit()
    {
        DateTimeOffset now = Start;
        for (int repair = 0; repair < RepairHistory.FreeRepairs; repair++)
        {
            _history.Count(now, failed: false);
            Assert.False(_history.IsResting(now));
        }

        TimeSpan expected = RepairHistory.FirstRest;
        for (int repair = 0; repair < 40; repair++)
        {
            _history.Count(now, failed: false);

            Assert.Equal(now + expected, _history.NotBefore);
            Assert.True(_history.IsResting(now));
            now = _history.NotBefore;
            expected = expected * 2 < RepairHistory.LongestRest ? expected * 2 : RepairHistory.LongestRest;
        }
    }

    [Fact]
    public void Repairs_that_last_do_not_add_up()
    {
        DateTimeOffset now = Start;
        for (int repair = 0; repair < 40; repair++)
        {
            _history.Count(now, failed: false);
            Assert.False(_history.IsResting(now));
            now += RepairHistory.Calm + TimeSpan.FromSeconds(1);
        }

        Assert.True(_history.IsOver(now));
    }

    [Fact]
    public void A_failure_rests_at_once_and_counts_as_reported()
    {
        _history.Count(Start, failed: true);

        Assert.Equal(Start + RepairHistory.FirstRest, _history.NotBefore);
        Assert.True(_history.IsReported);
    }

    [Fact]
    public void The_rest_after_a_failure_grows_with_failures_and_not_with_repairs()
    {
        _history.Count(Start, failed: false);
        _history.Count(Start, failed: false);
        _history.Count(Start, failed: true);
        DateTimeOffset first = _history.NotBefore;
        _history.Count(Start, failed: true);

        Assert.Equal(Start + RepairHistory.FirstRest, first);
        Assert.Equal(Start + (RepairHistory.FirstRest * 2), _history.NotBefore);
    }
}
