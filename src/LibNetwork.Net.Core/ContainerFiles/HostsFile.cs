using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LibNetwork.ContainerFiles;

/// <summary>A container's <c>/etc/hosts</c>: it begins with the standard lines, and gains and loses a line for each address. Other lines stay. Thread safe.</summary>
/// <remarks>The file keeps its inode, for it is mounted into containers.</remarks>
public sealed class HostsFile
{
    private const string StandardIPv4 = "127.0.0.1\tlocalhost\n";

    private const string StandardIPv6 =
        "::1\tlocalhost ip6-localhost ip6-loopback\n" +
        "fe00::\tip6-localnet\n" +
        "ff00::\tip6-mcastprefix\n" +
        "ff02::1\tip6-allnodes\n" +
        "ff02::2\tip6-allrouters\n";

    // By path, because two objects may mean one file; a few for all, so that paths of the past cost nothing.
    private static readonly Lock[] Gates = [.. Enumerable.Range(0, 64).Select(static _ => new Lock())];

    private readonly string _path;

    /// <summary>Makes the object; no file is touched.</summary>
    public HostsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
    }

    /// <summary>Begins the file anew.</summary>
    /// <param name="hasIPv6">Whether the sandbox has IPv6.</param>
    /// <param name="extra">Further lines: names, perhaps several with a space between, and their addresses.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a name is not made of words.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Begin(bool hasIPv6, IReadOnlyList<(string Names, IPAddress Address)> extra)
        => Begin(StandardIPv4 + (hasIPv6 ? StandardIPv6 : string.Empty), extra);

    /// <summary>Begins the file anew with the lines of another, for a container in the host's network.</summary>
    /// <param name="origin">The other file; one that is not there has no lines.</param>
    /// <param name="extra">Further lines.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a name is not made of words.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void BeginFrom(string origin, IReadOnlyList<(string Names, IPAddress Address)> extra)
        => Begin(File.Exists(origin) ? WithNewline(File.ReadAllText(origin)) : StandardIPv4 + StandardIPv6, extra);

    /// <summary>Adds a line.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the name is not made of words.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(IPAddress address, string names)
    {
        string line = Line(address, names);
        Change(text => WithNewline(text) + line);
    }

    /// <summary>Removes the lines that are exactly so; one that is not there is not an error.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Remove(IPAddress address, string names)
    {
        string line = Line(address, names);
        Change(text => string.Concat(Lines(text).Where(other => other != line)));
    }

    /// <summary>Gives a name another address in all lines that begin with it; a name that only begins alike is another.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Update(string name, IPAddress address)
    {
        Change(text => string.Concat(Lines(text).Select(line =>
        {
            string[] words = line.TrimEnd('\n').Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            bool isMeant = words.Length > 1 && line[0] != '#' && (words[1] == name || words[1].StartsWith(name + ".", StringComparison.Ordinal));
            return isMeant ? $"{address}\t{string.Join(' ', words[1..])}\n" : line;
        })));
    }

    private void Begin(string text, IReadOnlyList<(string Names, IPAddress Address)> extra)
    {
        ArgumentNullException.ThrowIfNull(extra);
        string whole = text + string.Concat(extra.Select(line => Line(line.Address, line.Names)));
        lock (GateOf(_path))
        {
            Write(whole);
        }
    }

    private void Change(Func<string, string> change)
    {
        lock (GateOf(_path))
        {
            string before = File.Exists(_path) ? File.ReadAllText(_path) : string.Empty;
            string after = change(before);
            if (after != before)
            {
                Write(after);
            }
        }
    }

    private void Write(string text)
    {
        using FileStream file = new(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes);
        file.SetLength(bytes.Length);
    }

    private static Lock GateOf(string path) => Gates[(uint)path.GetHashCode(StringComparison.Ordinal) % Gates.Length];

    private static string Line(IPAddress address, string names)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(names);
        return names.Length == 0 || names.Any(character => char.IsControl(character) || character is '#' || (char.IsWhiteSpace(character) && character != ' '))
            ? throw NetworkException.InvalidArgument("hosts file", "Names", $"\"{ContainerText.Escape(names)}\" is not made of words")
            : $"{(address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address)}\t{names}\n";
    }

    private static IEnumerable<string> Lines(string text)
        => text.Length == 0 ? [] : WithNewline(text)[..^1].Split('\n').Select(line => line + "\n");

    private static string WithNewline(string text) => text.Length == 0 || text[^1] == '\n' ? text : text + "\n";
}
