using System.Numerics;
using System.Runtime.CompilerServices;

namespace LibNetwork.Ipam;

/// <summary>
/// A sparse set of numbers, with who holds each and since when. Taking, giving back and finding the lowest free one cost the depth of a
/// tree with 64 branches per node, whether the set is empty or nearly full. Not thread safe.
/// </summary>
/// <remarks>
/// The tree is only as deep as its largest number needs, so low numbers of a huge range cost one leaf: 6 bits a level, 792 bytes for 64
/// numbers. A node that becomes empty is kept for the next one that is needed, so a number that comes and goes allocates nothing.
/// </remarks>
internal sealed class AddressTree
{
    private const int BitsPerLevel = 6;
    private const int TopLevel = 21;                // 22 levels of 6 bits are more than the 128 there are
    private const ulong TopLevelBranches = 0b1111;  // of which the top level has two bits

    private Node _root = new Leaf();
    private int _rootLevel;
    private Leaf? _spareLeaf;
    private Branch? _spareBranches;   // linked by their first child
    private int _spareBranchCount;

    /// <summary>How many numbers are taken.</summary>
    public ulong Count => _root.Count;

    public bool Contains(UInt128 number) => LeafOf(number) is { } leaf && (leaf.Full >> IndexAt(number, level: 0) & 1) != 0;

    /// <summary>Who holds a number; <see langword="null"/> when nobody does, or somebody who gave no name.</summary>
    public string? HolderOf(UInt128 number) => LeafOf(number)?.Holders[IndexAt(number, level: 0)];

    /// <summary>Says who holds a number; one that is not taken is left alone.</summary>
    public void Rename(UInt128 number, string holder)
    {
        if (Contains(number))
        {
            LeafOf(number)!.Holders[IndexAt(number, level: 0)] = holder;   // a number that is taken has a leaf
        }
    }

    /// <summary>Takes a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="holder">Who takes it.</param>
    /// <param name="since">The time, in seconds since 1970.</param>
    /// <returns><see langword="false"/> when it is taken already.</returns>
    public bool Add(UInt128 number, string? holder, uint since)
    {
        while (number > LargestBelow(_rootLevel))
        {
            Deepen();
        }

        return Add(_root, _rootLevel, number, holder, since);
    }

    /// <summary>Gives a number back; one that is not taken is left alone.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Remove(UInt128 number, out string? holder)
    {
        holder = null;
        return number <= LargestBelow(_rootLevel) && Remove(_root, _rootLevel, number, ref holder);
    }

    /// <summary>Finds the lowest number from <paramref name="first"/> to <paramref name="last"/> that is not taken.</summary>
    public bool TryFindFree(UInt128 first, UInt128 last, out UInt128 free)
    {
        UInt128 largest = LargestBelow(_rootLevel);
        if (first > largest)
        {
            free = first;
        }
        else if (!TryFindFree(_root, _rootLevel, first, out free))
        {
            if (largest == UInt128.MaxValue)
            {
                return false;
            }

            free = largest + 1;
        }

        return free <= last;
    }

    /// <summary>How many numbers from <paramref name="first"/> to <paramref name="last"/> are taken.</summary>
    public ulong CountBetween(UInt128 first, UInt128 last)
        => first > last ? 0 : CountBelow(last) + (Contains(last) ? 1u : 0u) - CountBelow(first);

    /// <summary>Shows the numbers that are taken, lowest first, until the visitor has seen enough.</summary>
    /// <param name="visit">Gets a number, its holder and since when; answers whether it wants more.</param>
    public void Visit(Func<UInt128, string?, uint, bool> visit) => Visit(_root, _rootLevel, start: 0, visit);

    private static bool Visit(Node node, int level, UInt128 start, Func<UInt128, string?, uint, bool> visit)
    {
        if (node is Leaf leaf)
        {
            for (ulong taken = leaf.Full; taken != 0; taken &= taken - 1)
            {
                int index = BitOperations.TrailingZeroCount(taken);
                if (!visit(start + (uint)index, leaf.Holders[index], leaf.Since[index]))
                {
                    return false;
                }
            }

            return true;
        }

        Branch branch = (Branch)node;
        for (int index = 0; index < Branch.Children; index++)
        {
            if (branch.Child[index] is { } child && !Visit(child, level - 1, start + At(index, level), visit))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryFindFree(Node node, int level, UInt128 from, out UInt128 found)
    {
        int index = IndexAt(from, level);
        ulong open = ~node.Full & (ulong.MaxValue << index);
        if (level == 0)
        {
            found = (uint)BitOperations.TrailingZeroCount(open);
            return open != 0;
        }

        open &= level == TopLevel ? TopLevelBranches : ulong.MaxValue;
        Branch branch = (Branch)node;
        for (; open != 0; open &= open - 1)
        {
            int candidate = BitOperations.TrailingZeroCount(open);
            UInt128 rest = candidate == index ? RestBelow(from, level) : UInt128.Zero;
            if (branch.Child[candidate] is not { } child)
            {
                found = At(candidate, level) + rest;
                return true;
            }

            // Only the branch in which the search begins can have nothing to give: what is free in it may lie before the beginning.
            if (TryFindFree(child, level - 1, rest, out UInt128 below))
            {
                found = At(candidate, level) + below;
                return true;
            }
        }

        found = 0;
        return false;
    }

    private ulong CountBelow(UInt128 number)
    {
        ulong count = 0;
        Node? node = _root;
        if (number > LargestBelow(_rootLevel))
        {
            return node.Count;
        }

        for (int level = _rootLevel; node is not null; level--)
        {
            int index = IndexAt(number, level);
            if (node is not Branch branch)
            {
                return count + (ulong)BitOperations.PopCount(node.Full & ~(ulong.MaxValue << index));
            }

            for (int before = 0; before < index; before++)
            {
                count += branch.Child[before]?.Count ?? 0;
            }

            node = branch.Child[index];
        }

        return count;
    }

    private bool Add(Node node, int level, UInt128 number, string? holder, uint since)
    {
        int index = IndexAt(number, level);
        ulong bit = 1UL << index;
        if ((node.Full & bit) != 0)
        {
            return false;
        }

        if (node is Leaf leaf)
        {
            leaf.Holders[index] = holder;
            leaf.Since[index] = since;
            leaf.Full |= bit;
            leaf.Count++;
            return true;
        }

        ref Node? child = ref ((Branch)node).Child[index];
        child ??= level == 1 ? RentLeaf() : RentBranch();
        if (!Add(child, level - 1, RestBelow(number, level), holder, since))
        {
            return false;
        }

        node.Count++;
        if (child.Full == ulong.MaxValue)
        {
            node.Full |= bit;
        }

        return true;
    }

    private bool Remove(Node node, int level, UInt128 number, ref string? holder)
    {
        int index = IndexAt(number, level);
        ulong bit = 1UL << index;
        if (node is Leaf leaf)
        {
            if ((leaf.Full & bit) == 0)
            {
                return false;
            }

            holder = leaf.Holders[index];
            leaf.Holders[index] = null;
        }
        else
        {
            ref Node? child = ref ((Branch)node).Child[index];
            if (child is null || !Remove(child, level - 1, RestBelow(number, level), ref holder))
            {
                return false;
            }

            if (child.Count == 0)
            {
                Keep(child);
                child = null;
            }
        }

        node.Full &= ~bit;
        node.Count--;
        return true;
    }

    private Leaf? LeafOf(UInt128 number)
    {
        if (number > LargestBelow(_rootLevel))
        {
            return null;
        }

        Node? node = _root;
        for (int level = _rootLevel; node is Branch branch; level--)
        {
            node = branch.Child[IndexAt(number, level)];
        }

        return (Leaf?)node;
    }

    /// <summary>Puts a level on top, for larger numbers.</summary>
    private void Deepen()
    {
        Branch top = RentBranch();
        if (_root.Count == 0)
        {
            Keep(_root);
        }
        else
        {
            top.Child[0] = _root;
            top.Count = _root.Count;
            top.Full = _root.Full == ulong.MaxValue ? 1UL : 0;
        }

        _root = top;
        _rootLevel++;
    }

    private Leaf RentLeaf()
    {
        Leaf leaf = _spareLeaf ?? new Leaf();
        _spareLeaf = null;
        return leaf;
    }

    private Branch RentBranch()
    {
        if (_spareBranches is not { } branch)
        {
            return new Branch();
        }

        _spareBranches = (Branch?)branch.Child[0];
        _spareBranchCount--;
        branch.Child[0] = null;
        return branch;
    }

    private void Keep(Node empty)
    {
        if (empty is Leaf leaf)
        {
            _spareLeaf = leaf;
        }
        else if (_spareBranchCount < TopLevel)
        {
            Branch branch = (Branch)empty;
            branch.Child[0] = _spareBranches;
            _spareBranches = branch;
            _spareBranchCount++;
        }
    }

    private static int IndexAt(UInt128 number, int level) => (int)(uint)(number >> (level * BitsPerLevel)) & (Branch.Children - 1);

    private static UInt128 At(int index, int level) => (UInt128)(uint)index << (level * BitsPerLevel);

    private static UInt128 RestBelow(UInt128 number, int level) => number & ((UInt128.One << (level * BitsPerLevel)) - 1);

    /// <summary>The largest number of a tree whose root is on a level.</summary>
    private static UInt128 LargestBelow(int rootLevel)
        => rootLevel >= TopLevel ? UInt128.MaxValue : (UInt128.One << ((rootLevel + 1) * BitsPerLevel)) - 1;

    private abstract class Node
    {
        /// <summary>One bit per child, or per number in a leaf: nothing is free there.</summary>
        public ulong Full;

        public ulong Count;
    }

    private sealed class Branch : Node
    {
        public const int Children = 64;

        public Nodes Child;
    }

    private sealed class Leaf : Node
    {
        public Names Holders;
        public Times Since;
    }

    [InlineArray(Branch.Children)]
    private struct Nodes
    {
        private Node? _first;
    }

    [InlineArray(Branch.Children)]
    private struct Names
    {
        private string? _first;
    }

    [InlineArray(Branch.Children)]
    private struct Times
    {
        private uint _first;
    }
}
