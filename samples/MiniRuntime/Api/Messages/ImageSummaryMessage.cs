using MiniRuntime.Engine.Images;

namespace MiniRuntime.Api.Messages;

/// <summary>An image in a list (<c>docker images</c>).</summary>
internal sealed record ImageSummaryMessage
{
    public required string Id { get; init; }

    public string ParentId { get; init; } = string.Empty;

    public required IReadOnlyList<string> RepoTags { get; init; }

    public IReadOnlyList<string> RepoDigests { get; init; } = [];

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    public required long Size { get; init; }

    public long SharedSize { get; init; } = -1;   // not counted

    public long Containers { get; init; } = -1;   // not counted

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public static ImageSummaryMessage Of(Image image) => new()
    {
        Id = image.Id,
        RepoTags = image.Tags,
        Created = image.Created.ToUnixTimeSeconds(),
        Size = image.Size,
    };
}
