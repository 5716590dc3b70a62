using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>An image (<c>docker image inspect</c>).</summary>
internal sealed record ImageMessage
{
    public required string Id { get; init; }

    public required IReadOnlyList<string> RepoTags { get; init; }

    public IReadOnlyList<string> RepoDigests { get; init; } = [];

    public string Parent { get; init; } = string.Empty;

    public string Comment { get; init; } = "Imported from -";

    public required DateTimeOffset Created { get; init; }

    public string Author { get; init; } = string.Empty;

    public required string Architecture { get; init; }

    public string Os { get; init; } = "linux";

    public required long Size { get; init; }

    /// <summary>An imported root says nothing about what to run.</summary>
    public ContainerConfig Config { get; init; } = new();

    public required RootMessage RootFS { get; init; }

    public static ImageMessage Of(Image image) => new()
    {
        Id = image.Id,
        RepoTags = image.Tags,
        Created = image.Created,
        Architecture = Machine.GoArchitecture,
        Size = image.Size,
        RootFS = new RootMessage("layers", [image.Id]),
    };
}
