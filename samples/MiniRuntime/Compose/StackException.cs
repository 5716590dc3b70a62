namespace MiniRuntime.Compose;

/// <summary>What a stack file asks for cannot be done here; the message says why, and what to do.</summary>
internal sealed class StackException(string message) : Exception(message);
