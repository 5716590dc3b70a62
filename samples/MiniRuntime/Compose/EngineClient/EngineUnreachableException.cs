namespace MiniRuntime.Compose.EngineClient;

/// <summary>There is no engine, or it went away.</summary>
internal sealed class EngineUnreachableException(string message, Exception? innerException = null) : Exception(message, innerException);
