using System.Text.Json;

namespace MiniRuntime.Engine.Containers;

/// <summary>One container on disk: its record, and the files that its process finds in <c>/etc</c>.</summary>
internal sealed class ContainerFiles(string path)
{
    private const string RecordName = "container.json";

    public string Path { get; } = path;

    public string HostsPath => System.IO.Path.Combine(Path, "hosts");

    public string HostNamePath => System.IO.Path.Combine(Path, "hostname");

    public string ResolvConfPath => System.IO.Path.Combine(Path, "resolv.conf");

    private string RecordPath => System.IO.Path.Combine(Path, RecordName);

    /// <summary>Reads the record; <see langword="null"/> when the folder's making or removal was cut short.</summary>
    public ContainerRecord? Read()
    {
        if (!File.Exists(RecordPath))
        {
            return null;
        }

        using FileStream file = File.OpenRead(RecordPath);
        return JsonSerializer.Deserialize(file, ContainerRecordJson.Default.ContainerRecord);
    }

    /// <summary>Writes the record; a reader finds the old one or the new one, never a part.</summary>
    public void Write(ContainerRecord record)
    {
        Directory.CreateDirectory(Path);
        AtomicFile.Write(RecordPath, JsonSerializer.SerializeToUtf8Bytes(record, ContainerRecordJson.Default.ContainerRecord));
    }

    /// <summary>Takes away the record: what is left without one is no container, also for the next engine.</summary>
    public void DeleteRecord() => File.Delete(RecordPath);

    /// <summary>Replaces a file's text in place: the container's process has this very file mounted.</summary>
    public static void WriteInPlace(string path, string text) => File.WriteAllText(path, text);

    /// <summary>Makes the files in <c>/etc</c> those of another container.</summary>
    public void ShareFilesOf(ContainerFiles other)
    {
        Share(HostsPath, other.HostsPath);
        Share(HostNamePath, other.HostNamePath);
        Share(ResolvConfPath, other.ResolvConfPath);
    }

    private static void Share(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
