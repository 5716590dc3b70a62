namespace LibNetwork.Ipam;

/// <summary>Subnets of one family, by their bits: which one is in the way of another, and where the lowest free block of a size is. Not thread safe.</summary>
/// <remarks>A subnet may be held more than once, and subnets may lie in one another. Every operation costs the length of a prefix.</remarks>
internal sealed class PrefixTree
{
    private const int Full = byte.MaxValue;

    private readonly Node _root = new();

    public void Add(Prefix prefix) => Add(_root, depth: 0, prefix);

    public void Remove(Prefix prefix) => Remove(_root, depth: 0, prefix);

    /// <summary>The lowest subnet that shares an address with another, or <see langword="null"/>.</summary>
    public Prefix? FindOverlap(Prefix prefix)
    {
        Node node = _root;
        for (int depth = 0; ; depth++)
        {
            if (node.Holds > 0)
            {
                return new Prefix(prefix.Bits, depth);
            }

            if (depth == prefix.Length)
            {
                return node.IsEmpty ? null : First(node, prefix);
            }

            if (node.Child(prefix.BitAt(depth)) is not { } next)
            {
                return null;
            }

            node = next;
        }
    }

    /// <summary>The lowest block of a size inside a range, from an address on, that no subnet touches.</summary>
    public Prefix? FindFree(Prefix within, int length, UInt128 from)
    {
        Node? node = _root;
        for (int depth = 0; depth < within.Length && node is not null; depth++)
        {
            if (node.Holds > 0)
            {
                return null;
            }

            node = node.Child(within.BitAt(depth));
        }

        return FindFree(node, within, length, from);
    }

    /// <summary>All subnets by their first address, larger ones before those in them.</summary>
    public IEnumerable<Prefix> All()
    {
        Stack<(Node Node, Prefix Prefix)> open = new([(_root, new Prefix(0, 0))]);
        while (open.TryPop(out (Node Node, Prefix Prefix) next))
        {
            if (next.Node.Holds > 0)
            {
                yield return next.Prefix;
            }

            if (next.Node.One is { } one)
            {
                open.Push((one, next.Prefix.Half(upper: true)));
            }

            if (next.Node.Zero is { } zero)
            {
                open.Push((zero, next.Prefix.Half(upper: false)));
            }
        }
    }

    private static Prefix First(Node node, Prefix prefix)
    {
        while (node.Holds == 0)
        {
            prefix = prefix.Half(upper: node.Zero is null);
            node = node.Zero ?? node.One!;   // a node that holds nothing has children, or it would be gone
        }

        return prefix;
    }

    private static Prefix? FindFree(Node? node, Prefix here, int length, UInt128 from)
    {
        if (from > here.LastBits)
        {
            return null;
        }

        if (node is null)
        {
            Prefix first = new(UInt128.Max(here.Bits, from), length);
            return first.Bits >= from ? first : first.Next() is { } next && next.Bits <= here.LastBits ? next : null;
        }

        return here.Length >= length || node.LargestFree > length ? null
            : FindFree(node.Zero, here.Half(upper: false), length, from) ?? FindFree(node.One, here.Half(upper: true), length, from);
    }

    private static void Add(Node node, int depth, Prefix prefix)
    {
        if (depth == prefix.Length)
        {
            node.Holds++;
        }
        else
        {
            Add(prefix.BitAt(depth) ? node.One ??= new Node() : node.Zero ??= new Node(), depth + 1, prefix);
        }

        node.Settle(depth);
    }

    private static void Remove(Node node, int depth, Prefix prefix)
    {
        if (depth == prefix.Length)
        {
            node.Holds--;
        }
        else
        {
            ref Node? child = ref prefix.BitAt(depth) ? ref node.One : ref node.Zero;
            Remove(child ?? throw new InvalidOperationException($"{prefix} is not held."), depth + 1, prefix);
            child = child.IsEmpty ? null : child;
        }

        node.Settle(depth);
    }

    private sealed class Node
    {
        public Node? Zero;
        public Node? One;
        public int Holds;

        /// <summary>The prefix length of the largest free block below; the shorter, the larger.</summary>
        public int LargestFree { get; private set; }

        public bool IsEmpty => Holds == 0 && Zero is null && One is null;

        public Node? Child(bool upper) => upper ? One : Zero;

        public void Settle(int depth) => LargestFree = Holds > 0 ? Full
            : IsEmpty ? depth
            : Math.Min(Zero?.LargestFree ?? depth + 1, One?.LargestFree ?? depth + 1);
    }
}
