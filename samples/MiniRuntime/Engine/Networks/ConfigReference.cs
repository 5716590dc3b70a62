namespace MiniRuntime.Engine.Networks;

/// <summary>The network whose configuration another one takes over, as the Docker Engine API writes it (<c>ConfigFrom</c>).</summary>
internal sealed record ConfigReference
{
    public string Network { get; init; } = string.Empty;
}
