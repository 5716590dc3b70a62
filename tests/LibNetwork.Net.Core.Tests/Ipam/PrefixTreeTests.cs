using CsCheck;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests.Ipam;

public sealed class PrefixTreeTests
{
    private const int Depth = 6;   // a whole world of 64 addresses at the top of the bits

    private static readonly Gen<Prefix> Subnet = Gen.Select(Gen.Int[0, 63], Gen.Int[0, Depth], (bits, length) => new Prefix((UInt128)bits << (128 - Depth), length));

    [Fact]
    public void It_agrees_with_a_plain_list()
        => Gen.Select(Subnet.Array[0, 12], Gen.Int[0, 12], Subnet, Gen.Int[0, Depth], Gen.Int[0, 63]).Sample((held, removed, within, extra, from) =>
        {
            PrefixTree tree = new();
            List<Prefix> oracle = [.. held];
            oracle.ForEach(tree.Add);
            foreach (Prefix gone in held.Take(removed))
            {
                tree.Remove(gone);
                oracle.Remove(gone);
            }

            Assert.Equal(oracle.Distinct().OrderBy(prefix => prefix.Bits).ThenBy(prefix => prefix.Length), tree.All());
            Prefix? overlap = tree.FindOverlap(within);
            Assert.Equal(oracle.Exists(within.Overlaps), overlap is not null);
            Assert.True(overlap is not { } found || (found.Overlaps(within) && oracle.Contains(found)));

            int length = Math.Min(Depth, within.Length + extra);
            UInt128 start = (UInt128)from << (128 - Depth);
            Prefix? expected = null;
            for (Prefix? candidate = new Prefix(within.Bits, length); candidate is { } block && block.Bits <= within.LastBits; candidate = block.Next())
            {
                if (block.Bits >= start && !oracle.Exists(block.Overlaps))
                {
                    expected = block;
                    break;
                }
            }

            Assert.Equal(expected, tree.FindFree(within, length, start));
        });
}
