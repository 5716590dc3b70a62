using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>Takes away what root may do, from one thread.</summary>
internal static partial class Capabilities
{
    public static unsafe void DropAllOfThisThread()
    {
        const uint Version3 = 0x20080522;   // _LINUX_CAPABILITY_VERSION_3
        uint* header = stackalloc uint[] { Version3, 0 };
        uint* none = stackalloc uint[6];
        new Span<uint>(none, 6).Clear();
        if (CapSet(header, none) != 0)
        {
            throw new InvalidOperationException("capset failed");
        }
    }

    [LibraryImport("libc", EntryPoint = "capset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int CapSet(uint* header, uint* data);
}
