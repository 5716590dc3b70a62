using System.Net;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>The engine refused; the message is its own.</summary>
internal sealed class EngineRefusalException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;
}
