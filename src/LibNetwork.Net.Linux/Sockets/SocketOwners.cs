using System.Globalization;

namespace LibNetwork.Linux.Sockets;

/// <summary>Finds the process that has a socket, among those that this process may look into.</summary>
public static class SocketOwners
{
    /// <summary>The process in words, <c>process "nginx" (1234)</c>; <see langword="null"/> when it is not found.</summary>
    /// <remarks>Looks through the descriptors of all processes: for an error's message, not for every day.</remarks>
    public static string? Find(uint inode)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            string number = Path.GetFileName(process);
            if (char.IsAsciiDigit(number[0]) && Has(process, wanted))
            {
                return $"process \"{NameOf(process)}\" ({number})";
            }
        }

        return null;
    }

    private static bool Has(string process, string wanted)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
            {
                if (LinkTarget(descriptor) == wanted)
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is not ours to look into: then it goes without a name.
        }

        return false;
    }

    private static string? LinkTarget(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null;   // closed meanwhile
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return "?";   // it ended meanwhile
        }
    }
}
