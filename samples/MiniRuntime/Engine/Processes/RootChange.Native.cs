using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>Makes a container's root the root of its mount namespace, so that the machine's files are out of reach.</summary>
/// <remarks>
/// Once the root is the container's, no program of the machine finds itself there any more. So a thread goes in, makes four system calls
/// and ends; the processes that wait in the namespace are moved along. See <see cref="Spawn"/> for what such a thread must not do.
/// </remarks>
internal static partial class RootChange
{
    private const int CloneFileSystem = 0x200;    // CLONE_FS
    private const int MountNamespace = 0x20000;   // CLONE_NEWNS
    private const int Detach = 2;                 // MNT_DETACH

    static RootChange() => Marshal.PrelinkAll(typeof(RootChange));   // at home

    /// <exception cref="EngineException">500: the kernel refused.</exception>
    public static void Run(int process, string root)
    {
        using SafeFileHandle container = Posix.OpenProcess(process) ?? throw KeeperProcess.CannotCreate(500, "the process ended while it was set up", exitCode: 128);
        (string? Step, int Error) failure = default;
        Thread inside = new(() => failure = Change(container, root), maxStackSize: 256 * 1024);
        inside.Start();
        inside.Join();
        if (failure.Step is { } step)
        {
            throw KeeperProcess.CannotCreate(500, $"{step}: {Marshal.GetPInvokeErrorMessage(failure.Error)}", exitCode: 128);
        }
    }

    private static (string? Step, int Error) Change(SafeFileHandle container, string root)
    {
        string? failed =
            unshare(CloneFileSystem) != 0 ? "unshare"
            : setns(container, MountNamespace) != 0 ? "setns"
            : chdir(root) != 0 ? "chdir"
            : pivot_root(".", ".") != 0 ? "pivot_root"   // the old root now lies on the new one, and needs no place in it
            : umount2(".", Detach) != 0 ? "umount" : null;
        return (failed, failed is null ? 0 : Marshal.GetLastPInvokeError());
    }

    private static int pivot_root(string root, string old) => (int)syscall(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 155 : 41, root, old);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int kinds);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, string root, string old);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string path, int flags);
}
