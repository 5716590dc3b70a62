namespace LibNetwork.Ipam;

/// <summary>Addresses of a pool by their distance from its first, both ends included.</summary>
internal readonly record struct OrdinalRange(UInt128 First, UInt128 Last)
{
    /// <summary>What is left of a range when others are cut out of it, in ascending order.</summary>
    public static OrdinalRange[] Without(OrdinalRange whole, IEnumerable<OrdinalRange> others)
    {
        List<OrdinalRange> left = [];
        UInt128 next = whole.First;
        foreach (OrdinalRange other in others.OrderBy(static other => other.First))
        {
            if (other.Last < next || other.First > whole.Last)
            {
                continue;
            }

            if (other.First > next)
            {
                left.Add(new OrdinalRange(next, other.First - 1));
            }

            if (other.Last >= whole.Last)
            {
                return [.. left];
            }

            next = other.Last + 1;
        }

        if (next <= whole.Last)
        {
            left.Add(new OrdinalRange(next, whole.Last));
        }

        return [.. left];
    }

    public bool Contains(UInt128 ordinal) => ordinal >= First && ordinal <= Last;
}
