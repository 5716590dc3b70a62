using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>The few system calls about processes, pipes and terminals that .NET does not offer.</summary>
internal static partial class Posix
{
    public const int SigKill = 9;
    public const short PollIn = 1;

    private const int NoSuchProcess = 3;      // ESRCH
    private const int Exists = 17;            // EEXIST
    private const uint TiocsWinsz = 0x5414;   // TIOCSWINSZ
    private const int ProcessFileOpen = 434;  // SYS_pidfd_open, the same number on every architecture that .NET runs on
    private const int CloseRange = 436;       // SYS_close_range
    private const int CloseOnExec = 4;        // CLOSE_RANGE_CLOEXEC
    private const uint OwnerReadWrite = 0x180;
    private const int CurrentFolder = -100;   // AT_FDCWD
    private const int NoFollow = 0x100;       // AT_SYMLINK_NOFOLLOW
    private const uint BasicStatus = 0x7ff;   // STATX_BASIC_STATS
    private const int FileTypeMask = 0xf000;  // S_IFMT
    private const int RegularFile = 0x8000;   // S_IFREG

    /// <summary>Sends a signal.</summary>
    /// <returns>Whether there was a process to send it to.</returns>
    public static bool Kill(int process, int signal)
    {
        if (kill(process, signal) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error, $"kill({process}, {signal}): {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Makes a named pipe if it is not there yet.</summary>
    public static void MakePipe(string path)
    {
        if (mkfifo(path, OwnerReadWrite) != 0 && Marshal.GetLastPInvokeError() is var error and not Exists)
        {
            throw new Win32Exception(error, $"mkfifo({path}): {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Opens a descriptor of a process that becomes readable when the process ends.</summary>
    /// <returns>The descriptor; <see langword="null"/> when there is no such process.</returns>
    public static SafeFileHandle? OpenProcess(int process)
    {
        nint descriptor = syscall(ProcessFileOpen, process, 0);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? null : throw new Win32Exception(error, $"pidfd_open({process}): {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Keeps all descriptors above the standard three from programs that are started; .NET does so only with those that it opens.</summary>
    public static void KeepDescriptors()
    {
        if (syscall3(CloseRange, 3, int.MaxValue, CloseOnExec) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"close_range: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Waits until at least one descriptor is ready, however long it takes.</summary>
    public static void Poll(Span<PollDescriptor> descriptors)
    {
        while (poll(descriptors, (nuint)descriptors.Length, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not 4)   // EINTR
            {
                throw new Win32Exception(error, $"poll: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    /// <summary>Sets the size of a terminal.</summary>
    public static void SetTerminalSize(SafeFileHandle terminal, int rows, int columns)
    {
        WindowSize size = new() { Rows = (ushort)rows, Columns = (ushort)columns };
        if (ioctl(terminal, TiocsWinsz, in size) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"TIOCSWINSZ: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Whether a path is a regular file itself, not by a link.</summary>
    public static bool IsRegularFile(string path) => (Status(path).Mode & FileTypeMask) == RegularFile;

    /// <summary>Gives a file or directory the owner and group that another has.</summary>
    public static void CopyOwner(string from, string to)
    {
        FileStatus status = Status(from);
        SetOwner(to, status.User, status.Group);
    }

    /// <summary>Sets the owner and group of a path itself, not of what a link leads to.</summary>
    public static void SetOwner(string path, uint user, uint group)
    {
        if (lchown(path, user, group) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"lchown({path}): {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Takes the exit code of a child that has ended: 128 and the signal's number when a signal ended it.</summary>
    public static int Reap(int child)
    {
        int status;
        while (waitpid(child, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not 4)   // EINTR
            {
                throw new Win32Exception(error, $"waitpid({child}): {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
    }

    /// <summary>Gives a file a second name.</summary>
    public static void Link(string existing, string name)
    {
        if (link(existing, name) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"link({existing}, {name}): {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static FileStatus Status(string path)
    {
        if (statx(CurrentFolder, path, NoFollow, BasicStatus, out FileStatus status) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"statx({path}): {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return status;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int child, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall3(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(Span<PollDescriptor> descriptors, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, in WindowSize size);

    /// <summary>struct pollfd</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    /// <summary>struct statx, of which this is the beginning</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct FileStatus
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
    }
}
