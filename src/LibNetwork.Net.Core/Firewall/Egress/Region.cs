namespace LibNetwork.Firewall;

/// <summary>Ranges of several fields together.</summary>
/// <param name="Fields">A range for each field.</param>
internal sealed record Region(IReadOnlyList<FieldRange> Fields)
{
    /// <summary>Cuts regions that may overlap into those that do not, since a set of intervals holds no others; few, if not always the fewest.</summary>
    public static IReadOnlyList<Region> Cut(IReadOnlyList<Region> given)
    {
        if (given.Count == 0)
        {
            return [];
        }

        // One order cuts rows into pieces, the other one columns.
        List<Region> forwards = Cut(given, field: 0), backwards = Cut([.. given.Select(Reversed)], field: 0);
        return forwards.Count <= backwards.Count ? forwards : [.. backwards.Select(Reversed)];
    }

    public bool Equals(Region? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Aggregate(0, HashCode.Combine);

    private static Region Reversed(Region region) => new([.. region.Fields.Reverse()]);

    private static List<Region> Cut(IReadOnlyList<Region> given, int field)
    {
        if (field == given[0].Fields.Count)
        {
            return [new Region([])];
        }

        // Between two neighbouring borders nothing begins or ends, so the same regions are there all the way.
        UInt128[] starts = [.. given.Select(region => region.Fields[field].First)
            .Concat(given.Where(region => region.Fields[field].Last < UInt128.MaxValue).Select(region => region.Fields[field].Last + 1))
            .Distinct().Order()];
        List<(FieldRange Range, List<Region> Others)> cut = [];
        for (int i = 0; i < starts.Length; i++)
        {
            Region[] there = [.. given.Where(region => region.Fields[field].Contains(starts[i]))];
            if (there.Length == 0)
            {
                continue;
            }

            FieldRange range = new(starts[i], i + 1 < starts.Length ? starts[i + 1] - 1 : UInt128.MaxValue);
            List<Region> others = Cut(there, field + 1);
            if (cut.Count > 0 && cut[^1].Range.Last + 1 == range.First && cut[^1].Others.SequenceEqual(others))
            {
                cut[^1] = (new FieldRange(cut[^1].Range.First, range.Last), others);
            }
            else
            {
                cut.Add((range, others));
            }
        }

        return [.. cut.SelectMany(static part => part.Others.Select(region => new Region([part.Range, .. region.Fields])))];
    }
}
