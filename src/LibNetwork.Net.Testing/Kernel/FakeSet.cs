namespace LibNetwork.Testing.Kernel;

/// <summary>A set or map with its elements.</summary>
internal sealed record FakeSet(string Name, ulong Handle, IReadOnlyList<(ushort Type, byte[] Value)> Attributes)
{
    public List<FakeElement> Elements { get; private init; } = [];

    public FakeSet Copy() => this with { Elements = [.. Elements] };
}
