using CsCheck;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests.Ipam;

[Collection(nameof(WholeProcess))]
public sealed class AddressTreeTests
{
    // Numbers that meet in one leaf, in neighbouring leaves, and at both ends of what 128 bits can count.
    private static readonly Gen<UInt128> Number = Gen.OneOf(
        Gen.Int[0, 200].Select(value => (UInt128)value),
        Gen.Int[4000, 4200].Select(value => (UInt128)value),
        Gen.Int[0, 70].Select(value => UInt128.MaxValue - (UInt128)value),
        Gen.Int[0, 127].Select(bit => UInt128.One << bit));

    [Fact]
    public void It_agrees_with_a_plain_set()
        => Gen.Select(Number.Array[0, 400], Number, Number).Sample((numbers, one, other) =>
        {
            AddressTree tree = new();
            SortedDictionary<UInt128, string> oracle = [];
            foreach (UInt128 number in numbers)
            {
                // Every other visit of a number gives it back.
                if (oracle.TryAdd(number, $"holder of {number}"))
                {
                    Assert.True(tree.Add(number, oracle[number], since: 1));
                    Assert.False(tree.Add(number, "thief", since: 2));
                }
                else
                {
                    Assert.True(tree.Remove(number, out string? holder));
                    Assert.Equal(oracle[number], holder);
                    Assert.False(tree.Remove(number, out _));
                    oracle.Remove(number);
                }
            }

            (UInt128 first, UInt128 last) = (UInt128.Min(one, other), UInt128.Max(one, other));
            Assert.Equal((ulong)oracle.Count, tree.Count);
            Assert.Equal((ulong)oracle.Keys.Count(number => number >= first && number <= last), tree.CountBetween(first, last));
            Assert.All(oracle, pair => Assert.Equal(pair.Value, tree.HolderOf(pair.Key)));
            Assert.Equal(oracle.ContainsKey(one), tree.Contains(one));
            AssertLowestFree(tree, oracle, first, last);
            List<(UInt128, string?)> visited = [];
            tree.Visit((number, holder, _) =>
            {
                visited.Add((number, holder));
                return true;
            });
            Assert.Equal(oracle.Select(pair => (pair.Key, (string?)pair.Value)), visited);
        });

    [Fact]
    public void The_last_number_that_128_bits_can_count_can_be_taken_and_then_nothing_is_free()
    {
        AddressTree tree = new();

        Assert.True(tree.TryFindFree(UInt128.MaxValue, UInt128.MaxValue, out UInt128 free));
        Assert.Equal(UInt128.MaxValue, free);
        Assert.True(tree.Add(UInt128.MaxValue, holder: null, since: 0));
        Assert.False(tree.TryFindFree(UInt128.MaxValue, UInt128.MaxValue, out _));
    }

    [Theory]
    [InlineData(0, 1 << 16)]
    [InlineData((1 << 16) * 99 / 100, 1 << 16)]
    [InlineData(1 << 20, 1 << 24)]
    public void Taking_and_giving_back_allocates_nothing(int taken, int size)
    {
        AddressTree tree = Filled(taken);
        UInt128 last = (UInt128)(size - 1);
        void Pair()
        {
            Assert.True(tree.TryFindFree(1, last, out UInt128 free));
            tree.Add(free, "holder", since: 1);
            tree.Remove(free, out _);
        }

        Pair();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Pair();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_full_16_with_its_holders_takes_less_than_a_mebibyte()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);

        AddressTree tree = Filled(1 << 16);

        long size = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(tree);
        Assert.InRange(size, 1 << 16, 1 << 20);
    }

    private static AddressTree Filled(int count)
    {
        AddressTree tree = new();
        for (int number = 0; number < count; number++)
        {
            tree.Add((UInt128)number, "holder", since: 1);
        }

        return tree;
    }

    private static void AssertLowestFree(AddressTree tree, SortedDictionary<UInt128, string> oracle, UInt128 first, UInt128 last)
    {
        UInt128? expected = null;
        for (UInt128 number = first; ; number++)
        {
            if (!oracle.ContainsKey(number))
            {
                expected = number;
                break;
            }

            if (number == last)
            {
                break;
            }
        }

        Assert.Equal(expected is not null, tree.TryFindFree(first, last, out UInt128 free));
        if (expected is not null)
        {
            Assert.Equal(expected, free);
        }
    }
}
