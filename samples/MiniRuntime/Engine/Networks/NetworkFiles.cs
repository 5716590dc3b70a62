using System.Text.Json;

namespace MiniRuntime.Engine.Networks;

/// <summary>The records of networks in a folder, a file each.</summary>
internal sealed class NetworkFiles(string folder)
{
    private const string Extension = ".json";

    public IReadOnlyList<NetworkRecord> Load()
    {
        Directory.CreateDirectory(folder);
        foreach (string unfinished in Directory.EnumerateFiles(folder, $"*{AtomicFile.UnfinishedExtension}"))
        {
            File.Delete(unfinished);
        }

        return [.. Directory.EnumerateFiles(folder, $"*{Extension}").Select(Read)];
    }

    public void Save(NetworkRecord record)
        => AtomicFile.Write(PathOf(record.Id), JsonSerializer.SerializeToUtf8Bytes(record, NetworkRecordJson.Default.NetworkRecord));

    public void Delete(string id) => File.Delete(PathOf(id));

    private static NetworkRecord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), NetworkRecordJson.Default.NetworkRecord)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} is damaged: {damage.Message}", damage);
        }
    }

    private string PathOf(string id) => Path.Combine(folder, id + Extension);
}
