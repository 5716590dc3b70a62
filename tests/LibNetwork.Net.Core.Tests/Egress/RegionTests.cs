using CsCheck;
using LibNetwork.Firewall;

namespace LibNetwork.Core.Tests.Egress;

public sealed class RegionTests
{
    private const int Size = 9;   // of a world small enough to look at every point

    private static readonly Gen<FieldRange> Range = Gen.Select(Gen.Int[0, Size], Gen.Int[0, Size], static (one, other)
        => new FieldRange((UInt128)Math.Min(one, other), (UInt128)Math.Max(one, other)));

    [Fact]
    public void What_was_in_some_region_is_in_exactly_one()
        => Gen.Select(Range, Range, Range, static (a, b, c) => new Region([a, b, c])).Array[0, 8].Sample(static given =>
        {
            IReadOnlyList<Region> cut = Region.Cut(given);

            for (int point = 0; point < (Size + 1) * (Size + 1) * (Size + 1); point++)
            {
                UInt128[] values = [(UInt128)(point % (Size + 1)), (UInt128)(point / (Size + 1) % (Size + 1)), (UInt128)(point / ((Size + 1) * (Size + 1)))];
                Assert.Equal(Array.Exists(given, region => Contains(region, values)) ? 1 : 0, cut.Count(region => Contains(region, values)));
            }
        });

    [Fact]
    public void Regions_that_add_up_become_one_and_the_last_value_of_all_is_no_border()
    {
        FieldRange all = new(0, UInt128.MaxValue);

        Assert.Equal([new Region([all])], Region.Cut([new Region([new FieldRange(0, 9)]), new Region([new FieldRange(5, UInt128.MaxValue)])]));
        Assert.Equal(
            [new Region([all, new FieldRange(1, 4)])],
            Region.Cut([new Region([all, new FieldRange(1, 2)]), new Region([all, new FieldRange(3, 4)]), new Region([new FieldRange(7, 8), new FieldRange(2, 3)])]));
        Assert.Empty(Region.Cut([]));
    }

    [Fact]
    public void Rows_and_columns_are_cut_where_that_makes_fewer_pieces()
    {
        FieldRange all = new(0, 1000);
        Region[] rows = [.. Enumerable.Range(1, 50).Select(i => new Region([all, new FieldRange((UInt128)(2 * i), (UInt128)(2 * i))]))];
        Region[] parts = [.. Enumerable.Range(1, 50).Select(static i => new Region([new FieldRange((UInt128)(3 * i), (UInt128)(3 * i)), new FieldRange(200, 200)]))];

        Assert.Equal(100, Region.Cut([.. rows, .. parts]).Count);
        Assert.Equal(100, Region.Cut([.. rows.Concat(parts).Select(static region => new Region([.. region.Fields.Reverse()]))]).Count);
    }

    private static bool Contains(Region region, UInt128[] point) => region.Fields.Zip(point).All(static pair => pair.First.Contains(pair.Second));
}
