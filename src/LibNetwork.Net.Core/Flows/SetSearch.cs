using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Looks for a key, of which not everything may be known, in a set.</summary>
internal static class SetSearch
{
    /// <summary>Looks the registers up.</summary>
    /// <param name="set">The set.</param>
    /// <param name="registers">The registers.</param>
    /// <param name="register">Where the key begins.</param>
    /// <param name="candidates">What it may be: one when it is in the set for sure, several when it may be one of them or none.</param>
    public static Truth Find(NftSet set, Registers registers, int register, out IReadOnlyList<NftElement> candidates)
    {
        if (set.Interval && set.Key.Count == 0)
        {
            candidates = set.Elements;   // types of another program: where ranges end is not known
            return Truth.Unknown;
        }

        List<NftElement> possible = [];
        NftElement? otherwise = null;
        foreach (NftElement element in set.Elements)
        {
            if (element.Key.IsEmpty)
            {
                otherwise = element;   // it stands for all keys that no other has
                continue;
            }

            switch (Matches(element, registers, register))
            {
                case Truth.Yes:
                    candidates = [element];
                    return Truth.Yes;
                case Truth.Unknown:
                    possible.Add(element);
                    break;
            }
        }

        if (otherwise is not null)
        {
            possible.Add(otherwise);
        }

        candidates = possible;
        return possible.Count == 0 ? Truth.No : otherwise is not null && possible.Count == 1 ? Truth.Yes : Truth.Unknown;
    }

    private static Truth Matches(NftElement element, Registers registers, int register)
    {
        Span<byte> first = stackalloc byte[NftValue.MaxLength];
        Span<byte> last = stackalloc byte[NftValue.MaxLength];
        Truth all = Truth.Yes;
        for (int i = 0; i < element.Key.Length; i++)
        {
            NftValue field = element.Key[i];
            int length = field.CopyTo(first);
            KnownBytes value = registers.Load(register, length);
            Truth one;
            if (element.End.IsEmpty)
            {
                one = value.Equals(first[..length]);
            }
            else
            {
                element.End[i].CopyTo(last);
                one = value.IsWithin(first[..length], last[..length]);
            }

            if (one == Truth.No)
            {
                return Truth.No;
            }

            all = one == Truth.Unknown ? Truth.Unknown : all;
            register += Registers.WordsOf(field);
        }

        return all;
    }
}
