namespace MiniRuntime.Engine.Images;

/// <summary>The images of an engine, kept in a folder. Thread safe.</summary>
internal sealed class ImageStore(string folder)
{
    /// <summary>All images, the built-in <c>host</c> among them.</summary>
    public IReadOnlyList<Image> List() => throw new NotSupportedException(folder);

    /// <summary>Finds by name (<c>bb</c> means <c>bb:latest</c>), id or a unique beginning of it.</summary>
    public Image? Find(string nameOrId) => throw new NotSupportedException();

    /// <summary>Unpacks a tar archive (as it is, or compressed with gzip) as a new image; a name that is in use moves to it.</summary>
    /// <exception cref="EngineException">400: not a tar archive, or an entry that would leave the root.</exception>
    public Task<Image> ImportAsync(Stream tar, string? name, string? tag, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Removes an image by name or id.</summary>
    /// <returns>What was untagged and what was deleted.</returns>
    /// <exception cref="EngineException">404: no such image. 409: it is built in, or has several names and is given by id without force.</exception>
    public (IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted) Remove(string nameOrId, bool force) => throw new NotSupportedException();
}
