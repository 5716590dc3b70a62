namespace LibNetwork.Testing.Kernel;

/// <summary>The packet rules of a namespace: kept word by word as they were said, and never applied.</summary>
internal sealed class FakeRuleset
{
    public uint Generation { get; set; } = 1;

    public ulong LastHandle { get; set; }

    public List<FakeTable> Tables { get; private init; } = [];

    /// <summary>A copy to change, of which nothing is shared that changes.</summary>
    public FakeRuleset Copy() => new() { Generation = Generation, LastHandle = LastHandle, Tables = [.. Tables.Select(static table => table.Copy())] };

    public FakeTable? Find(byte family, string name) => Tables.Find(table => table.Family == family && table.Name == name);
}
