namespace LibNetwork.Testing.Kernel;

/// <summary>A chain with its rules.</summary>
internal sealed record FakeChain(string Name, ulong Handle, IReadOnlyList<(ushort Type, byte[] Value)> Attributes)
{
    public List<(ulong Handle, IReadOnlyList<(ushort Type, byte[] Value)> Attributes)> Rules { get; private init; } = [];

    public FakeChain Copy() => this with { Rules = [.. Rules] };
}
