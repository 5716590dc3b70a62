using System.Text;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;

namespace LibNetwork.Linux.Nftables;

/// <summary>Tables of <c>iptables-legacy</c>, which nftables cannot read: only that they are there.</summary>
public static class LegacyTables
{
    private const int MaxBytes = 4096;

    /// <summary>The names of a namespace's tables, such as <c>filter</c>; none when the kernel has no such tables.</summary>
    public static IReadOnlyList<string> Read(NetworkNamespace inside)
    {
        ArgumentNullException.ThrowIfNull(inside);
        return inside.Substitute is not null ? [] : [.. Read(inside, "ip_tables_names"), .. Read(inside, "ip6_tables_names")];
    }

    private static unsafe string[] Read(NetworkNamespace inside, string file)
    {
        byte[] path = SystemCalls.ToUtf8("/proc/thread-self/net/" + file);
        Span<byte> text = stackalloc byte[MaxBytes];
        fixed (byte* pathBytes = path, textBytes = text)
        {
            using NetworkNamespace.Use use = inside.Begin();
            int read = NamespaceWindow.ReadFile(use.Descriptor, pathBytes, follows: true, textBytes, text.Length, out int errno);
            return read >= 0
                ? Encoding.UTF8.GetString(text[..read]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : errno == LinuxErrno.ENOENT ? [] : throw new KernelException("read names of legacy tables", file, errno);
        }
    }
}
