namespace LibNetwork.Stores;

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Revision">The store's revision that wrote it.</param>
public sealed record StoreEntry(string Key, ReadOnlyMemory<byte> Value, long Revision);
