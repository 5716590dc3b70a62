using System.Text.Json;
using LibNetwork.Linux;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Drivers.Remote;

/// <summary>Looks plugins up in the file system, as Docker does: a socket first, then files with addresses.</summary>
/// <remarks>What somebody else than root and this process's user could have put there is not used: it would be given the host's network.</remarks>
internal sealed class PluginFolders(RemoteDriverOptions options)
{
    private const int MaxFileBytes = 64 << 10;

    /// <summary>Looks a plugin up.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    /// <exception cref="PluginException">
    /// <see cref="NetworkErrorKind.PermissionDenied"/>: others could have put it there. <see cref="NetworkErrorKind.InvalidArgument"/>: a file makes no sense.
    /// </exception>
    public PluginAddress? Find(string name)
    {
        foreach (string path in options.SocketFolders.SelectMany(folder => Candidates(folder, name, ".sock")))
        {
            if (Look(name, path) is { IsSocket: true })
            {
                return PluginAddress.OfSocket(path);
            }
        }

        foreach (string folder in options.SpecFolders)
        {
            if (Candidates(folder, name, ".spec").Select(path => Read(name, path, ReadSpec)).FirstOrDefault(static found => found is not null)
                is { } spec)
            {
                return spec;
            }

            if (Candidates(folder, name, ".json").Select(path => Read(name, path, ReadJson)).FirstOrDefault(static found => found is not null)
                is { } json)
            {
                return json;
            }
        }

        return null;
    }

    private static string[] Candidates(string folder, string name, string extension)
        => [Path.Combine(folder, name + extension), Path.Combine(folder, name, name + extension)];

    /// <summary>Looks at a file, and at the folder that it is in.</summary>
    private static FileOwnership? Look(string name, string path)
    {
        if (FileOwnership.Of(path) is not { } file)
        {
            return null;
        }

        string folder = Path.GetDirectoryName(path)!;   // a rooted path of a file has one
        ThrowUnlessTrusted(name, folder, FileOwnership.Of(folder));
        ThrowUnlessTrusted(name, path, file);
        return file;
    }

    private static void ThrowUnlessTrusted(string name, string path, FileOwnership? ownership)
    {
        if (ownership is { IsTrusted: false } others)
        {
            throw new PluginException(NetworkErrorKind.PermissionDenied, name, path, $"{path} belongs to user {others.UserId} with mode {Convert.ToString((int)others.Mode, 8)}: others could have put it there")
            {
                Remedy = "let root own it, and nobody else write it",
                Outcome = CallOutcome.NotSent,
            };
        }
    }

    private static PluginAddress? Read(string name, string path, Func<string, string, byte[], PluginAddress> parse)
    {
        if (Look(name, path) is null)
        {
            return null;
        }

        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            ThrowUnlessTrusted(name, path, FileOwnership.Of(file));   // it may be another by now
            byte[] content = new byte[MaxFileBytes];
            int length = RandomAccess.Read(file, content, fileOffset: 0);
            return length == MaxFileBytes ? throw Invalid(name, path, $"has more than {MaxFileBytes - 1} bytes") : parse(name, path, content[..length]);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Invalid(name, path, $"cannot be read: {failure.Message}", failure);
        }
    }

    private static PluginAddress ReadSpec(string name, string path, byte[] content)
    {
        string text = System.Text.Encoding.UTF8.GetString(content).Trim();
        return PluginAddress.TryParse(text, tls: null) ?? throw Invalid(name, path, $"does not hold an address such as unix:///run/x.sock: \"{Quotation.Of(text)}\"");
    }

    private static PluginAddress ReadJson(string name, string path, byte[] content)
    {
        try
        {
            PluginFile file = JsonSerializer.Deserialize(content, PluginFileJson.Default.PluginFile) ?? new PluginFile();
            return PluginAddress.TryParse(file.Addr ?? string.Empty, file.Tls)
                ?? throw Invalid(name, path, $"has an Addr that is no address: \"{Quotation.Of(file.Addr ?? string.Empty)}\"");
        }
        catch (JsonException exception)
        {
            throw Invalid(name, path, $"is not JSON with Name, Addr and TLSConfig: {exception.Message}", exception);
        }
    }

    private static PluginException Invalid(string name, string path, string problem, Exception? cause = null)
        => new(NetworkErrorKind.InvalidArgument, name, path, problem, cause) { Outcome = CallOutcome.NotSent };
}
