using System.Security.Cryptography;
using System.Text.Json;

namespace MiniRuntime.Engine.Images;

/// <summary>The images of an engine, kept in a folder. Thread safe.</summary>
/// <remarks>An image is a folder named after its id: its files in <c>root</c>, and <c>image.json</c>, with which it comes into being.</remarks>
internal sealed class ImageStore
{
    private const string HostName = "host:latest";
    private const string IdPrefix = "sha256:";
    private const string RecordFile = "image.json";
    private const string RootFolder = "root";
    private const string DraftSuffix = ".draft";

    private static readonly Image Host = new(
        IdPrefix + Convert.ToHexStringLower(SHA256.HashData("host"u8)), [HostName], DateTimeOffset.UnixEpoch, Size: 0, "/");

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly Dictionary<string, Image> _images = [];

    public ImageStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            Load(path);
        }
    }

    /// <summary>All images, the built-in <c>host</c> among them.</summary>
    public IReadOnlyList<Image> List()
    {
        lock (_gate)
        {
            return [Host, .. _images.Values.OrderByDescending(image => image.Created)];
        }
    }

    /// <summary>Finds by name (<c>bb</c> means <c>bb:latest</c>), id or a unique beginning of it.</summary>
    public Image? Find(string nameOrId)
    {
        IReadOnlyList<Image> all = List();
        string id = nameOrId.StartsWith(IdPrefix, StringComparison.Ordinal) ? nameOrId : IdPrefix + nameOrId;
        Image[] byId = id.Length == IdPrefix.Length ? [] : [.. all.Where(image => image.Id.StartsWith(id, StringComparison.Ordinal)).Take(2)];
        string? name = nameOrId.StartsWith(IdPrefix, StringComparison.Ordinal) ? null : ImageName.Normalize(nameOrId);
        return all.FirstOrDefault(image => image.Id == id || image.Tags.Contains(name)) ?? (byId.Length == 1 ? byId[0] : null);
    }

    /// <summary>Unpacks a tar archive (as it is, or compressed with gzip) as a new image; a name that is in use moves to it.</summary>
    /// <exception cref="EngineException">400: not a tar archive, or an entry that would leave the root.</exception>
    public async Task<Image> ImportAsync(Stream tar, string? name, string? tag, CancellationToken cancellationToken)
    {
        string? reference = string.IsNullOrEmpty(name) ? null : ImageName.Normalize(name, tag);
        if (reference == HostName)
        {
            throw EngineException.Conflict($"the image {HostName} is built in");
        }

        string draft = Path.Combine(_folder, Guid.NewGuid().ToString("N") + DraftSuffix);
        Directory.CreateDirectory(draft);
        try
        {
            (string hash, long size) = await TarArchive.UnpackAsync(tar, Path.Combine(draft, RootFolder), cancellationToken);
            lock (_gate)
            {
                return Add(draft, new ImageRecord(IdPrefix + hash, reference is null ? [] : [reference], DateTimeOffset.UtcNow, size));
            }
        }
        finally
        {
            Delete(draft);
        }
    }

    /// <summary>Removes an image by name or id.</summary>
    /// <returns>What was untagged and what was deleted.</returns>
    /// <exception cref="EngineException">404: no such image. 409: it is built in, or has several names and is given by id without force.</exception>
    public (IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted) Remove(string nameOrId, bool force)
    {
        lock (_gate)
        {
            Image image = Find(nameOrId) ?? throw EngineException.NotFound($"No such image: {nameOrId}");
            if (ReferenceEquals(image, Host))
            {
                throw EngineException.Conflict($"conflict: unable to remove repository reference \"{nameOrId}\": the image is built in");
            }

            string[] named = [.. image.Tags.Where(tag => !IsId(image, nameOrId) && tag == ImageName.Normalize(nameOrId))];
            if (named.Length > 0 && image.Tags.Count > 1)
            {
                Write(image with { Tags = [.. image.Tags.Except(named)] });
                return (named, []);
            }

            if (named.Length == 0 && image.Tags.Count > 1 && !force)
            {
                throw EngineException.Conflict(
                    $"conflict: unable to delete {image.Id[IdPrefix.Length..][..12]} (must be forced) - image is referenced in multiple repositories");
            }

            _images.Remove(image.Id);
            string folder = FolderOf(image.Id);
            File.Delete(Path.Combine(folder, RecordFile));   // with which it is no image any more, whatever happens
            Delete(folder);
            return (image.Tags, [image.Id]);
        }
    }

    private static bool IsId(Image image, string text) => image.Id.StartsWith(text, StringComparison.Ordinal) || image.Id.StartsWith(IdPrefix + text, StringComparison.Ordinal);

    private string FolderOf(string id) => Path.Combine(_folder, id[IdPrefix.Length..]);

    private Image Add(string draft, ImageRecord record)
    {
        string folder = FolderOf(record.Id);
        IReadOnlyList<string> tags = record.Tags;
        if (_images.TryGetValue(record.Id, out Image? same))
        {
            record = record with { Tags = [.. same.Tags.Union(tags)], Created = same.Created };
        }
        else
        {
            Delete(folder);   // what an interrupted removal left
            Directory.Move(draft, folder);
        }

        foreach (Image other in _images.Values.Where(image => image.Id != record.Id && image.Tags.Intersect(tags).Any()).ToArray())
        {
            Write(other with { Tags = [.. other.Tags.Except(tags)] });
        }

        return Write(new Image(record.Id, record.Tags, record.Created, record.Size, Path.Combine(folder, RootFolder)));
    }

    private Image Write(Image image)
    {
        ImageRecord record = new(image.Id, image.Tags, image.Created, image.Size);
        AtomicFile.Write(
            Path.Combine(FolderOf(image.Id), RecordFile), JsonSerializer.SerializeToUtf8Bytes(record, ImageRecordJson.Default.ImageRecord));
        return _images[image.Id] = image;
    }

    private void Load(string path)
    {
        string file = Path.Combine(path, RecordFile);
        if (path.EndsWith(DraftSuffix, StringComparison.Ordinal) || !File.Exists(file))
        {
            Delete(path);   // an earlier engine was importing or removing it when it ended
        }
        else if (JsonSerializer.Deserialize(File.ReadAllBytes(file), ImageRecordJson.Default.ImageRecord) is { } record)
        {
            _images[record.Id] = new Image(record.Id, record.Tags, record.Created, record.Size, Path.Combine(path, RootFolder));
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
