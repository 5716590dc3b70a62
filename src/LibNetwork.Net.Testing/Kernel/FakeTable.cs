namespace LibNetwork.Testing.Kernel;

/// <summary>A table of packet rules. What a message said of an object is kept as its attributes, in order.</summary>
internal sealed record FakeTable(byte Family, string Name, ulong Handle, IReadOnlyList<(ushort Type, byte[] Value)> Attributes)
{
    public List<FakeChain> Chains { get; private init; } = [];

    public List<FakeSet> Sets { get; private init; } = [];

    public FakeTable Copy() => this with { Chains = [.. Chains.Select(static chain => chain.Copy())], Sets = [.. Sets.Select(static set => set.Copy())] };
}
