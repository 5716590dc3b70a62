namespace LibNetwork.Stores;

/// <summary>A change to a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value, or <see langword="null"/> when the key was deleted.</param>
/// <param name="Revision">The store's revision that changed it.</param>
public sealed record StoreChange(string Key, ReadOnlyMemory<byte>? Value, long Revision);
