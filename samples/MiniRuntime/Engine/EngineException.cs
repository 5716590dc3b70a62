namespace MiniRuntime.Engine;

/// <summary>What the engine answers instead of doing it: the status and the message that dockerd would give.</summary>
internal sealed class EngineException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status: 400, 403, 404, 409, 500, 501, 503.</summary>
    public int Status { get; } = status;

    /// <summary>The exit code of a container whose program did not start: 127 when it is not there, 126 when it cannot be run, otherwise 128.</summary>
    public int? ExitCode { get; init; }

    public static EngineException BadRequest(string message) => new(400, message);

    public static EngineException Forbidden(string message) => new(403, message);

    public static EngineException NotFound(string message) => new(404, message);

    public static EngineException Conflict(string message) => new(409, message);

    public static EngineException NotASwarmManager()
        => new(503, "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.");

    public static EngineException NotImplemented(string message) => new(501, message);
}
