namespace LibNetwork.Testing.Kernel;

/// <summary>An element: its key with what tells it from others, its data, and all of it as it was said.</summary>
internal sealed record FakeElement(string Key, string Data, byte[] Value);
