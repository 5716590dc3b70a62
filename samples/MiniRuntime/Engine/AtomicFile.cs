namespace MiniRuntime.Engine;

/// <summary>Writes files that are there wholly or not at all, whenever the process or the machine dies.</summary>
internal static class AtomicFile
{
    /// <summary>What an unfinished file's name ends with; whoever lists a folder ignores or removes these.</summary>
    public const string UnfinishedExtension = ".unfinished";

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = path + UnfinishedExtension;
        using (FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);   // otherwise the name could reach the disk before the content
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
