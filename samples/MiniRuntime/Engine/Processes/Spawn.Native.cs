using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>Starts a program inside a running container: a thread goes in, gives up what the container may not have, starts it, and ends.</summary>
/// <remarks>
/// No program of the machine can do that: once inside, it would not find itself. Namespaces, root, user and capabilities are a thread's own
/// in Linux, so the engine's other threads notice nothing. Only bare system calls are made in there: a thread that the runtime started from
/// this one would be born in the container. That is why <see cref="WarmUpAsync"/> goes through all of it at home first.
/// </remarks>
internal static partial class Spawn
{
    private const int CloneFileSystem = 0x200;              // CLONE_FS
    private const int AllNamespaces = 0x6c020000;           // CLONE_NEWNS, NEWUTS, NEWIPC, NEWPID, NEWNET
    private const int DropFromBoundingSet = 24;             // PR_CAPBSET_DROP
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;        // O_NOCTTY
    private const int CloseOnExec = 0x80000;                // O_CLOEXEC
    private const uint UnlockTerminal = 0x40045431;         // TIOCSPTLCK
    private const uint TerminalNumber = 0x80045430;         // TIOCGPTN
    private const short NewSessionDefaultSignals = 0x8c;    // POSIX_SPAWN_SETSID, SETSIGMASK, SETSIGDEF
    private const int OpaqueSize = 512;                     // more than any posix_spawn structure or sigset_t has
    private const uint TerminalGroup = 5;                   // tty, as on every distribution
    private const int LastCapability = 40;
    private const int NotFound = 2;
    private const int OutOfMemory = 12;
    private const int NotPermitted = 13;
    private const int NotADirectory = 20;
    private const int InvalidArgument = 22;

    /// <summary>What to start.</summary>
    /// <param name="Container">A descriptor of a process in the container (pidfd); <see langword="null"/> stays at home.</param>
    /// <param name="Programs">Paths to try in turn.</param>
    public sealed record Request(
        SafeFileHandle? Container, IReadOnlyList<string> Programs, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment,
        string WorkingDirectory, ContainerUser User, ulong Bound, bool Terminal, SafeHandle? Input, SafeHandle? Output, SafeHandle? Error);

    /// <summary>What came of it.</summary>
    /// <param name="Failed">Which step failed; <see langword="null"/> when none did.</param>
    public readonly record struct Result(int Process, SafeFileHandle? Terminal, string? Failed, int Error);

    /// <summary>Starts it on a thread of its own.</summary>
    public static async Task<Result> RunAsync(Request request)
    {
        TaskCompletionSource<Result> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Result result = default;
        Thread inside = new(() => result = Run(request), maxStackSize: 256 * 1024);
        Thread waiting = new(() =>
        {
            inside.Join();   // announced only when the thread inside is gone
            done.SetResult(result);
        }, maxStackSize: 64 * 1024);
        inside.Start();
        waiting.Start();
        return await done.Task;
    }

    /// <summary>Goes through all of it once without leaving home, so that nothing is compiled or loaded inside.</summary>
    public static async Task WarmUpAsync()
    {
        Request request = new(
            Container: null, ["/nonexistent", HostPrograms.Shell], ["sh", "-c", ":"], ["A=1"], "/", new ContainerUser(0, 0, [0], "/"),
            ulong.MaxValue, Terminal: true, null, null, null);
        Result result = await RunAsync(request);
        result.Terminal?.Dispose();
        if (result.Failed is null)
        {
            _ = Posix.Reap(result.Process);
        }
    }

    private static unsafe Result Run(Request request)
    {
        if (unshare(CloneFileSystem) != 0)
        {
            return Failure("unshare");
        }

        if (request.Container is { } container && setns(container, AllNamespaces) != 0)
        {
            return Failure("setns");
        }

        SafeFileHandle? terminal = null;
        string? slave = null;
        if (request.Terminal)
        {
            terminal = open("/dev/ptmx", ReadWrite | NoControllingTerminal | CloseOnExec);
            int unlock = 0;
            uint number = 0;
            if (terminal.IsInvalid || ioctl(terminal, UnlockTerminal, ref unlock) != 0 || ioctl(terminal, TerminalNumber, ref number) != 0)
            {
                return Failure("open /dev/ptmx");
            }

            slave = $"/dev/pts/{number}";
            if (lchown(slave, request.User.Id, TerminalGroup) != 0)
            {
                return Failure($"chown {slave}");
            }
        }

        if (chdir(request.WorkingDirectory) != 0)
        {
            return Failure("chdir");
        }

        for (int capability = 0; capability <= LastCapability; capability++)
        {
            if ((request.Bound >> capability & 1) == 0 && prctl(DropFromBoundingSet, (nuint)capability, 0, 0, 0) != 0
                && Marshal.GetLastPInvokeError() != InvalidArgument)   // an older kernel does not have it
            {
                return Failure("prctl");
            }
        }

        // Past libc, which would change the user of all threads.
        uint[] groups = [.. request.User.Groups];
        fixed (uint* list = groups)
        {
            if (syscall((nint)SystemCall.SetGroups, groups.Length, (nint)list, 0) != 0
                || syscall((nint)SystemCall.SetGroup, (nint)request.User.Group, (nint)request.User.Group, (nint)request.User.Group) != 0
                || syscall((nint)SystemCall.SetUser, (nint)request.User.Id, (nint)request.User.Id, (nint)request.User.Id) != 0)
            {
                return Failure("setuid");
            }
        }

        return Start(request, terminal, slave);
    }

    private static unsafe Result Start(Request request, SafeFileHandle? terminal, string? slave)
    {
        byte* actions = stackalloc byte[OpaqueSize], attributes = stackalloc byte[OpaqueSize], signals = stackalloc byte[OpaqueSize];
        byte** arguments = ToPointers(request.Arguments), environment = ToPointers(request.Environment);
        int refused = posix_spawn_file_actions_init(actions) | posix_spawnattr_init(attributes);
        new Span<byte>(signals, OpaqueSize).Clear();
        refused |= posix_spawnattr_setsigmask(attributes, signals) | sigfillset(signals)
            | posix_spawnattr_setsigdefault(attributes, signals) | posix_spawnattr_setflags(attributes, NewSessionDefaultSignals);
        if (slave is not null)
        {
            // The leader of a session gets its terminal by opening it.
            refused |= posix_spawn_file_actions_addopen(actions, 0, slave, ReadWrite, 0)
                | posix_spawn_file_actions_adddup2(actions, 0, 1) | posix_spawn_file_actions_adddup2(actions, 0, 2);
        }
        else
        {
            refused |= request.Input is { } input
                ? posix_spawn_file_actions_adddup2(actions, (int)input.DangerousGetHandle(), 0)
                : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
            refused |= posix_spawn_file_actions_adddup2(actions, (int)request.Output!.DangerousGetHandle(), 1)   // given whenever there is no terminal
                | posix_spawn_file_actions_adddup2(actions, (int)request.Error!.DangerousGetHandle(), 2);
        }

        try
        {
            if (refused != 0)
            {
                terminal?.Dispose();
                return new Result(0, null, "posix_spawn", OutOfMemory);   // the only way in which these fail
            }

            int failure = NotFound;
            foreach (string program in request.Programs)
            {
                int error = posix_spawn(out int process, program, actions, attributes, arguments, environment);
                if (error == 0)
                {
                    return new Result(process, terminal, null, 0);
                }

                failure = error is NotFound or NotADirectory ? failure : error;
                if (error is not (NotFound or NotADirectory or NotPermitted))
                {
                    break;
                }
            }

            terminal?.Dispose();
            return new Result(0, null, "exec", failure);
        }
        finally
        {
            Free(arguments);
            Free(environment);
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    private static Result Failure(string step) => new(0, null, step, Marshal.GetLastPInvokeError());

    private static unsafe byte** ToPointers(IReadOnlyList<string> texts)
    {
        byte** pointers = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return pointers;
    }

    private static unsafe void Free(byte** pointers)
    {
        for (int i = 0; pointers[i] is not null; i++)
        {
            Marshal.FreeCoTaskMem((nint)pointers[i]);
        }

        NativeMemory.Free(pointers);
    }

    /// <summary>Numbers of system calls, which differ by architecture.</summary>
    private static class SystemCall
    {
        private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

        public static int SetGroups => IsX64 ? 116 : 159;

        public static int SetGroup => IsX64 ? 119 : 149;   // setresgid

        public static int SetUser => IsX64 ? 117 : 147;    // setresuid
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int kinds);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, ref int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, ref uint value);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc")]
    private static unsafe partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int target);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(
        out int process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);
}
