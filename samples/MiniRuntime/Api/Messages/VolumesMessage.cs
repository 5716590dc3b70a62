using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>The volumes; there are none.</summary>
internal sealed record VolumesMessage
{
    public IReadOnlyList<EmptyObject> Volumes { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];
}
